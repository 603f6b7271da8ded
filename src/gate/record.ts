// record.jsonl: one run per line, no texts. Reading it, and writing it so that it can be verified on its own.

import type { RecordRow } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { readLedger } from './score/ledger.ts'
import { casesCovered, furthestLook } from './score/looks.ts'
import { judgeSample } from './score/sample.ts'
import { readSuite, type ScoreOptions } from './score/suite.ts'

const MOST_PROBLEMS = 20
const REMEDY = 'Fix or delete the line.'
const ROW = '{"case": id, "side": "base" or "head", "step": "pass" or "fresh", "index": 0, 1, ..., "score": 0 to 1}'

type Checked = { readonly row: RecordRow } | { readonly what: string; readonly expected?: string }

/**
 * Rows of a record, in order. Blank lines and a torn last one are skipped, a repeated line counts once.
 * Throws a UserError with file and line for each line that is no row, and for two scores of the same run.
 */
export function parseRecord(text: string, path: string): RecordRow[] {
  const rows: RecordRow[] = []
  const problems: Problem[] = []
  const seen = new Map<string, { readonly line: number; readonly score: number }>()
  wholeLines(text)
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((source, at) => {
      if (source.trim() === '' || problems.length >= MOST_PROBLEMS) return
      const place = { path, line: at + 1 }
      const checked = checkLine(source)
      if ('what' in checked) {
        problems.push({ ...checked, place, remedy: REMEDY })
        return
      }
      const row = checked.row
      if (row.step !== 'identical') {
        const key = JSON.stringify([row.evalSet, row.case, row.side, row.step, row.index])
        const first = seen.get(key)
        if (first !== undefined && first.score !== row.score) problems.push(conflict(row.case, place, first.line))
        if (first !== undefined) return
        seen.set(key, { line: at + 1, score: row.score })
      }
      rows.push(row)
    })
  const [first, ...rest] = problems
  if (first !== undefined) throw new UserError(first, ...rest)
  return rows
}

/** A file that is being written, or whose job was killed, may end within a line: what is there of it says nothing yet. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n') + 1
  return end === text.length || isJson(text.slice(end)) ? text : text.slice(0, end)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function conflict(id: string, place: { readonly path: string; readonly line: number }, first: number): Problem {
  return {
    what: `A run of case ${JSON.stringify(id)} has another score than in line ${first}.`,
    place,
    expected: 'one score for each case, side, step and index',
    remedy: 'Keep the line that was written first: a run is never drawn again.',
  }
}

function checkLine(source: string): Checked {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return { what: `The line is not JSON: ${JSON.stringify(source.trim().slice(0, 60))}.`, expected: ROW }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { what: 'The line is not an object.', expected: ROW }
  }
  return checkRow(value as { readonly [key: string]: unknown })
}

function checkRow(value: { readonly [key: string]: unknown }): Checked {
  const { case: id, side, step, index, score, evalSet } = value
  const wrong = (key: string, expected: string): Checked => ({
    what: `\`${key}\` is ${key in value ? JSON.stringify(value[key]) : 'missing'}.`,
    expected,
  })
  if (typeof id !== 'string' || id === '') return wrong('case', 'the id of a case')
  if (evalSet !== undefined && typeof evalSet !== 'string') return wrong('evalSet', 'the name of an eval set')
  const set = evalSet === undefined ? {} : { evalSet }
  if (step === 'identical') return { row: { ...set, case: id, step } }
  if (step !== 'pass' && step !== 'fresh') return wrong('step', '"pass", "fresh" or "identical"')
  if (side !== 'base' && side !== 'head') return wrong('side', '"base" or "head"')
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    return wrong('index', 'a whole number from 0')
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) return wrong('score', 'a number from 0 to 1')
  const lent = value.stored === true && side === 'base' && step === 'pass' ? { stored: true as const } : {}
  return { row: { ...set, case: id, side, step, index, score, ...lent } }
}

/**
 * The rows to publish: in an order in which a reader that knows nothing but the rows (and the number of cases) comes to the same
 * verdict. First each case's first pair in seeded order, then the rest as recorded. Ties by identity of cases that no look
 * reached are left out, for they would shift the quarters. Rows of other cases are left out: they are not in the test.
 */
export function recordToPublish(record: readonly RecordRow[], options: ScoreOptions): RecordRow[] {
  return rowsToPublish(record, options).flatMap((place) => record[place] ?? [])
}

/** The places of these rows in the record, in that order. */
export function rowsToPublish(record: Iterable<RecordRow>, options: ScoreOptions): readonly number[] {
  const suite = readSuite(readLedger(record), options)
  // A sample is one of the cases that differ, so that every tie counts; a look covers a part of the order.
  const bySample = judgeSample(suite, new Set(options.mustPass)) === 'pass'
  const covered = bySample ? suite.views : suite.views.slice(0, casesCovered(suite, furthestLook(suite)))
  const reached = new Set(covered.filter((view) => view.identical).map((view) => view.id))
  const position = new Map(options.cases.map((id, at) => [id, at]))
  const first: number[] = []
  const rest: number[] = []
  let place = -1
  for (const row of record) {
    place += 1
    const at = position.get(row.case)
    if (at === undefined || (row.step === 'identical' && !reached.has(row.case))) continue
    if (row.step === 'identical' || (row.step === 'pass' && row.index === 0)) first.push(at * MOST_ROWS + place)
    else rest.push(place)
  }
  // One number says where a row belongs and which it is: sorted without a call for each comparison.
  return [...Float64Array.from(first).sort()].map((both) => both % MOST_ROWS).concat(rest)
}

/** Of one set: far more than there are, and few enough that a case's number beside a row's fits into a double. */
const MOST_ROWS = 2 ** 32
