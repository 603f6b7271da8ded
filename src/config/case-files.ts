// Files of cases: JSON lines, CSV, YAML, JSON. Rows keep their line, and what is wrong with one names it.

import type { Json, JsonObject, Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { readPromptfooRow } from '../formats/promptfoo-csv.ts'
import { bareCase, fullCase, reservedOf } from './case-rows.ts'
import { type Draft, isObject, MAX_CASES } from './cases.ts'
import { readScorers } from './scorer-list.ts'
import type { ScorerNames } from './scorer-names.ts'
import { type Checker, show } from './validate.ts'
import {
  MAX_CASES_BYTES,
  type ParsedFile,
  parseYaml,
  sizeProblem,
  stripBom,
  unsafeProblem,
  unsafeValue,
} from './yaml.ts'

export type CaseContext = {
  readonly known: ScorerNames
  /** Checks a full case against the schema. */
  readonly check: Checker
  /** Fields that a case may have because `slices` names them. */
  readonly slices: readonly string[]
}
export type Drafts = { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] }

const MAX_PROBLEMS = 20

/** Reads the cases of a file by its extension. Throws a UserError for extensions that hold no cases. */
export async function readCaseFile(path: string, text: string, context: CaseContext): Promise<Drafts> {
  const tooBig = sizeProblem(path, text, MAX_CASES_BYTES)
  if (tooBig) return { drafts: [], problems: [tooBig] }
  if (/\.(jsonl|ndjson)$/i.test(path)) return jsonLines(path, stripBom(text), context)
  if (/\.csv$/i.test(path)) return csv(path, text, context)
  if (/\.(ya?ml|json)$/i.test(path)) return wholeFile(path, text, context)
  throw new UserError({
    what: `"${path}" is no file of cases.`,
    expected: '.jsonl, .csv, .yaml or .json',
    remedy: 'Correct the path.',
    place: { path },
  })
}

/** One inline case or row. `file` is the row alone, with its own positions. */
export function readCase(file: ParsedFile, context: CaseContext): Drafts {
  const row = file.value
  const place = file.place([])
  if (!isObject(row)) {
    const problem = { what: `A case is ${show(row)}.`, expected: 'a map of keys', remedy: 'Correct the row.', place }
    return { drafts: [], problems: [problem] }
  }
  const full = Object.hasOwn(row, 'vars')
  const checked = full ? file : { ...file, value: reservedOf(row) }
  const problems = context.check(checked, context.slices)
  if (problems.length > 0) return { drafts: [], problems }
  const key = Array.isArray(row.scorers) ? 'scorers' : 'assert'
  const scorers = readScorers(row[key], (index) => file.place([key, index]), { known: context.known, foreign: false })
  if (scorers.problems.length > 0) return { drafts: [], problems: scorers.problems }
  return { drafts: [(full ? fullCase : bareCase)(row, place, scorers.specs)], problems: [] }
}

function collect(path: string, rows: Iterable<Drafts>): Drafts {
  const drafts: Draft[] = []
  const problems: Problem[] = []
  for (const row of rows) {
    for (const draft of row.drafts) drafts.push(draft)
    problems.push(...row.problems)
    if (problems.length >= MAX_PROBLEMS) break
    if (drafts.length > MAX_CASES) return { drafts: [], problems: [tooMany({ path })] }
  }
  return { drafts, problems }
}

export function tooMany(place: Place): Problem {
  return {
    what: `There are more than ${MAX_CASES} cases.`,
    expected: `at most ${MAX_CASES} in an eval set`,
    remedy: 'Draw a sample.',
    place,
  }
}

function jsonLines(path: string, text: string, context: CaseContext): Drafts {
  return collect(path, jsonLineRows(path, text, context))
}

// Line by line, so that no second copy of the whole file is ever held.
function* jsonLineRows(path: string, text: string, context: CaseContext): Generator<Drafts> {
  let line = 0
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    line++
    const source = text.slice(start, end).trim()
    start = end + 1
    if (source !== '') yield jsonLine({ path, line }, source, context)
  }
}

function jsonLine(place: Required<Pick<Place, 'path' | 'line'>>, source: string, context: CaseContext): Drafts {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const what = `The line is not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}.`
    return {
      drafts: [],
      problems: [{ what, expected: 'one JSON object per line', remedy: 'Correct the line.', place }],
    }
  }
  const unsafe = unsafeValue(value)
  if (unsafe) return { drafts: [], problems: [unsafeProblem(unsafe.what, place)] }
  const at = (key: string | number | undefined): Place => {
    const column = key === undefined ? -1 : source.indexOf(`"${key}"`)
    return { path: place.path, line: place.line, column: column + 1 || 1 }
  }
  const file = {
    path: place.path,
    value: value as Json,
    place: () => place,
    keyPlace: (_: unknown, key: string) => at(key),
  }
  return readCase({ ...file, place: (pointer) => at(pointer[0]) }, context)
}

function wholeFile(path: string, text: string, context: CaseContext): Drafts {
  const parsed = parseYaml(path, text, { maxBytes: MAX_CASES_BYTES })
  if (!parsed.ok) return { drafts: [], problems: parsed.problems }
  const { value } = parsed.file
  const key = isObject(value) && Array.isArray(value.cases) ? ['cases'] : []
  const rows = isObject(value) ? value.cases : value
  if (!Array.isArray(rows)) {
    const what = `The file is ${show(value)}.`
    return {
      drafts: [],
      problems: [{ what, expected: 'a list of cases', remedy: 'Write one list item per case.', place: { path } }],
    }
  }
  return collect(path, wholeRows(parsed.file, key, { rows, context }))
}

function* wholeRows(
  file: ParsedFile,
  prefix: readonly string[],
  { rows, context }: { readonly rows: readonly Json[]; readonly context: CaseContext },
): Generator<Drafts> {
  for (const index of rows.keys()) yield readCase(subFile(file, [...prefix, index], rows[index] ?? null), context)
}

/** The part of a file at `prefix`, with positions. */
export function subFile(file: ParsedFile, prefix: readonly (string | number)[], value: Json): ParsedFile {
  return {
    path: file.path,
    value,
    place: (pointer) => file.place([...prefix, ...pointer]),
    keyPlace: (pointer, key) => file.keyPlace([...prefix, ...pointer], key),
  }
}

async function csv(path: string, text: string, context: CaseContext): Promise<Drafts> {
  const rows = await csvRows(path, text)
  if ('problem' in rows) return { drafts: [], problems: [rows.problem] }
  return collect(
    path,
    rows.rows.map(({ row, line }) => csvCase(row, { path, line }, context)),
  )
}

function csvCase(row: { readonly [column: string]: string }, place: Place, context: CaseContext): Drafts {
  if (Object.keys(row).some((column) => column.startsWith('__'))) return readPromptfooRow(row, place, context.known)
  const { threshold, ...cells } = row
  const value: JsonObject =
    threshold === undefined || threshold === '' ? cells : { ...cells, threshold: Number(threshold) }
  return readCase({ path: place.path, value, place: () => place, keyPlace: () => place }, context)
}

export type CsvRow = { readonly row: { readonly [column: string]: string }; readonly line: number }

/** Rows of a table with a header line; BOM, CRLF, quoted line breaks. Quotes are relaxed when strict parsing fails. */
export async function csvRows(
  path: string,
  text: string,
): Promise<{ readonly rows: readonly CsvRow[] } | { readonly problem: Problem }> {
  const { CsvError, parse } = await import('csv-parse/sync')
  const options = {
    bom: true,
    columns: (header: string[]) => uniqueColumns(header, path),
    info: true,
    skip_empty_lines: true,
    relax_column_count_less: true,
    to: MAX_CASES + 1,
  }
  for (const relax_quotes of [false, true]) {
    try {
      const parsed: unknown = parse(text, { ...options, relax_quotes })
      const rows = parsed as readonly { record: { readonly [column: string]: string }; info: { lines: number } }[]
      return { rows: rows.map(({ record, info }) => ({ row: record, line: info.lines })) }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      const line = Number(error.lines)
      const what = `Not a valid table: ${error.message.replace(/\.$/, '')}.`
      const place = { path, ...(line > 0 ? { line } : {}) }
      if (relax_quotes)
        return { problem: { what, expected: 'CSV with a header line', remedy: 'Correct the line.', place } }
    }
  }
  return { rows: [] }
}

function uniqueColumns(header: string[], path: string): string[] {
  const columns = header.map((column) => column.trim())
  const twice = columns.find((column, index) => column === '__proto__' || columns.indexOf(column) !== index)
  if (twice === undefined) return columns
  throw new UserError({
    what: `The column "${twice.slice(0, 100)}" ${twice === '__proto__' ? 'is not allowed' : 'stands twice'}.`,
    remedy: 'Rename it.',
    place: { path, line: 1 },
  })
}
