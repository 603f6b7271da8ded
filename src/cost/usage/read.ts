// A usage file: rows of our own (JSON lines or CSV), or the buckets of a provider's export as they come from its API.

import { isObject } from '../../config/cases.ts'
import { csvRows } from '../../config/tables.ts'
import type { Json } from '../../domain.ts'
import { type Problem, UserError } from '../../errors.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { Actual } from './actual.ts'
import { bucketsOf, readBucket } from './buckets.ts'
import { OWN_EXPECTED, readOwnRow } from './own-rows.ts'
import { joinSlices, type Slice } from './slices.ts'

const MAX_ROWS = 200_000
const MAX_PROBLEMS = 10

export type UsageOf = { readonly path: string; readonly route: string; readonly book: PriceBook }

type Row = { readonly value: Json; readonly line: number }

/** Throws a UserError with every row that cannot be read: a bill that is read in part is no bill. */
export async function readUsage(text: string, of: UsageOf): Promise<readonly Actual[]> {
  const plain = text.replace(/^\uFEFF/, '')
  const rows = /\.csv$/i.test(of.path) ? await tableRows(plain, of.path) : jsonRows(plain, of.path)
  const slices: Slice[] = []
  const problems: { line: number; why: string }[] = []
  for (const { value, line } of rows) {
    const read = readRow(value, line, of)
    if ('why' in read) problems.push({ line, why: read.why })
    else for (const slice of read.slices) slices.push(slice)
    if (slices.length > MAX_ROWS) problems.push({ line, why: `with it there are more than ${MAX_ROWS} rows` })
    if (problems.length >= MAX_PROBLEMS || slices.length > MAX_ROWS) break
  }
  if (problems.length > 0) throw wrong(of.path, problems)
  const joined = joinSlices(slices, { route: of.route, path: of.path })
  if (joined.state === 'joined') return joined.actuals
  if (joined.state === 'unpriced') throw wrong(of.path, [joined])
  const why = `it covers a part of the time of line ${joined.other}, so that their sum is not known`
  throw wrong(of.path, [{ line: joined.line, why }])
}

type ReadRow = { readonly slices: readonly Slice[] } | { readonly why: string }

function readRow(value: Json, line: number, { route, book }: UsageOf): ReadRow {
  const buckets = bucketsOf(value)
  if (buckets === null) {
    if (!isObject(value)) return { why: 'it is no object' }
    const read = readOwnRow(value, line, route)
    return 'why' in read ? read : { slices: read.slice === null ? [] : [read.slice] }
  }
  const slices: Slice[] = []
  for (const bucket of buckets) {
    const read = readBucket(bucket, line, book)
    if ('why' in read) return read
    for (const slice of read.slices) slices.push(slice)
  }
  return { slices }
}

function jsonRows(text: string, path: string): readonly Row[] {
  const whole = parse(text)
  if (whole !== undefined) {
    // A list of our own rows is as good as lines of them.
    const isList = Array.isArray(whole) && bucketsOf(whole) === null
    return isList ? whole.map((value, at) => ({ value, line: at + 1 })) : [{ value: whole, line: 1 }]
  }
  const rows: Row[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const value = parse(line)
    if (value === undefined) throw wrong(path, [{ line: at + 1, why: 'it is no JSON' }])
    rows.push({ value, line: at + 1 })
  }
  return rows
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

async function tableRows(text: string, path: string): Promise<readonly Row[]> {
  const read = await csvRows(path, text)
  if ('problem' in read) throw new UserError(read.problem)
  return read.rows.map(({ row, line }) => ({ value: row, line }))
}

function wrong(path: string, problems: readonly { readonly line: number; readonly why: string }[]): UserError {
  const [first, ...rest] = problems.map(
    ({ line, why }): Problem => ({
      what: `the usage row cannot be used: ${why}.`,
      expected: `${OWN_EXPECTED}; or the pages of OpenAI's costs and usage, or of Anthropic's cost and usage reports`,
      remedy: 'Correct the row, or leave the file out of the route.',
      place: { path, line },
    }),
  )
  return new UserError(
    first ?? { what: 'the usage file cannot be read.', remedy: 'Correct it.', place: { path } },
    ...rest,
  )
}
