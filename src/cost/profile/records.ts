// An export as it comes, in pieces, to its records: JSON lines, a JSON document, or a table. Only a document is held in memory,
// up to a limit; lines and tables may be of any size.

import { pipeline, Readable } from 'node:stream'
import type { Json, JsonObject } from '../../domain.ts'
import { isObject } from '../../targets/outside.ts'

export type Found = { readonly at: string; readonly record: JsonObject } | { readonly at: string; readonly why: string }

/** Prompts and answers stand in the lines of some exports. */
const MOST_LINE_CHARS = 16_000_000
const MOST_DOCUMENT_CHARS = 64_000_000

export async function* recordsOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly Found[]> {
  const source = chunks[Symbol.asyncIterator]()
  const start = await firstText(source)
  const all = joined(start, source)
  yield* /^[{[]/.test(start) ? jsonRecords(all) : tableRecords(all)
}

/** Up to the first piece that is more than space, without a byte order mark. */
async function firstText(source: AsyncIterator<string>): Promise<string> {
  for (;;) {
    const next = await source.next()
    if (next.done) return ''
    const text = next.value.replace(/^\ufeff/, '').trimStart()
    if (text !== '') return text
  }
}

async function* joined(start: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  if (start !== '') yield start
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
}

async function* jsonRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly Found[]> {
  const lines = new Lines()
  // Until the first line shows which of the two it is; a document stays here to its end.
  let held: string[] | null = []
  let chars = 0
  for await (const chunk of chunks) {
    if (held === null) {
      yield lines.add(chunk)
      continue
    }
    held.push(chunk)
    chars += chunk.length
    const isLines = chars > MOST_DOCUMENT_CHARS || (held.length < 3 && isObjectLine(held.join('')))
    if (!isLines) continue
    yield lines.add(held.join(''))
    held = null
  }
  if (held !== null) yield documentRecords(held.join('')) ?? lines.add(held.join(''))
  yield lines.end()
}

/** Whether the first line is an object of its own; false while it is not complete. */
function isObjectLine(text: string): boolean {
  const end = text.indexOf('\n')
  if (end < 0) return false
  return isObject(parsed(text.slice(0, end)))
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

const LISTS = ['data', 'observations', 'runs', 'spans', 'requests']

/** Records of a document; null when it is none. */
function documentRecords(text: string): readonly Found[] | null {
  const value = parsed(text)
  if (Array.isArray(value)) return (value as readonly Json[]).map((one, index) => found(`record ${index + 1}`, one))
  if (!isObject(value)) return null
  const list = LISTS.map((name) => value[name]).find(Array.isArray) as readonly Json[] | undefined
  if (list === undefined) return [{ at: 'the document', record: value }]
  return list.map((one, index) => found(`record ${index + 1}`, one))
}

function found(at: string, value: Json | undefined): Found {
  if (isObject(value)) return { at, record: value }
  return { at, why: value === undefined ? 'not valid JSON' : 'no JSON object' }
}

class Lines {
  #rest = ''
  #line = 0
  #isLong = false

  add(chunk: string): readonly Found[] {
    const records: Found[] = []
    let from = 0
    for (let to = chunk.indexOf('\n'); to !== -1; to = chunk.indexOf('\n', from)) {
      records.push(...this.#take(chunk.slice(from, to)))
      from = to + 1
    }
    this.#keep(chunk.slice(from))
    return records
  }

  end(): readonly Found[] {
    return this.#rest === '' && !this.#isLong ? [] : this.#take('')
  }

  #keep(part: string): void {
    if (this.#rest.length + part.length > MOST_LINE_CHARS) this.#isLong = true
    this.#rest = this.#isLong ? '' : this.#rest + part
  }

  #take(part: string): readonly Found[] {
    this.#keep(part)
    const [text, isLong] = [this.#rest.trim(), this.#isLong]
    this.#rest = ''
    this.#isLong = false
    this.#line += 1
    const at = `line ${this.#line}`
    if (isLong) return [{ at, why: `longer than ${MOST_LINE_CHARS / 1e6} million characters` }]
    return text === '' ? [] : [found(at, parsed(text))]
  }
}

async function* tableRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly Found[]> {
  const { CsvError, parse } = await import('csv-parse')
  const wrong: Found[] = []
  const parser = parse({
    columns: (header: string[]) => header.map((name) => name.trim()),
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_LINE_CHARS,
    skip_records_with_error: true,
    on_skip: (error) => {
      wrong.push({
        at: error?.lines === undefined ? 'a line' : `line ${error.lines}`,
        why: error?.message ?? 'not a row',
      })
      return undefined
    },
  })
  // The error of either end arrives where the rows are read.
  pipeline(Readable.from(chunks), parser, () => {})
  try {
    for await (const row of parser) {
      const { record, info } = row as { record: JsonObject; info: { lines: number } }
      yield [...wrong.splice(0), { at: `line ${info.lines}`, record }]
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    wrong.push({ at: `line ${error.lines ?? '?'}`, why: error.message })
  }
  yield wrong
}
