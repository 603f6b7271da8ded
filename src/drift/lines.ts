// Records as lines of text and back. What cannot be read is named and left out, never taken for a measurement; what a later
// release wrote stops the reader, since judging half of a history would be worse than judging none.

import { canonicalJson, sha256 } from '../config/canonical.ts'
import { UserError } from '../errors.ts'
import { judgeRecord } from './record-shape.ts'
import { HISTORY_SCHEMA, type HistoryRecord } from './records.ts'

/** A line of this many characters is no record: a baseline of 100,000 cases has a third of it. */
const MAX_LINE = 32 * 1024 * 1024

export type LineProblem = {
  /** From 1. */
  readonly line: number
  /** `torn`: cut off while it was written. `foreign`: whole, but no record. `newer`: of a later release. */
  readonly problem: 'torn' | 'foreign' | 'newer'
  readonly why: string
}

export type ParsedLines = {
  readonly records: readonly HistoryRecord[]
  readonly problems: readonly LineProblem[]
}

/** Records in the order of the lines. */
export function parseLines(text: string): ParsedLines {
  const records: HistoryRecord[] = []
  const problems: LineProblem[] = []
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return
    const read = parseLine(line)
    if ('record' in read) records.push(read.record)
    else problems.push({ line: at + 1, ...read })
  })
  return { records, problems }
}

export function parseLine(line: string): { readonly record: HistoryRecord } | Omit<LineProblem, 'line'> {
  if (line.length > MAX_LINE) return { problem: 'foreign', why: 'it is too long' }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { problem: 'torn', why: 'it is no whole JSON value' }
  }
  const judged = judgeRecord(value)
  if (judged.state === 'record') return { record: judged.record }
  if (judged.state === 'newer') return { problem: 'newer', why: 'a later release wrote it' }
  return { problem: 'foreign', why: judged.why }
}

/** One line without its line break. Equal records have equal lines, whatever the order of their members. */
export function serializeRecord(record: HistoryRecord): string {
  const { v, kind, id, at, ...rest } = record
  const first = JSON.stringify({ v, kind, id, at })
  const more = canonicalJson(rest)
  return more === '{}' ? first : `${first.slice(0, -1)},${more.slice(1)}`
}

export function serializeRecords(records: readonly HistoryRecord[]): string {
  return records.map((record) => `${serializeRecord(record)}\n`).join('')
}

/** The same parts give the same id, so that a job that runs twice writes one record. */
export function recordId(kind: HistoryRecord['kind'], ...parts: readonly (string | number)[]): string {
  return `${kind}-${sha256(JSON.stringify(parts)).slice(0, 20)}`
}

/** The month whose file a record is in: `2026-11`. */
export function monthOf(record: HistoryRecord): string {
  return record.at.slice(0, 7)
}

/** Throws for a schema that is not ours to read, as `history.json` of the branch names it. */
export function checkSchema(schema: unknown, branch: string): void {
  if (schema === HISTORY_SCHEMA) return
  const [name, version] = typeof schema === 'string' ? schema.split('/') : []
  const [ourName = '', ourVersion = ''] = HISTORY_SCHEMA.split('/')
  if (name === ourName && Number(version) > Number(ourVersion)) throw newerHistory(branch)
  const named = schema === undefined ? 'no schema' : `the schema ${JSON.stringify(schema)?.slice(0, 60)}`
  throw notOurs(branch, `its history.json names ${named}`)
}

export function notOurs(branch: string, why: string): UserError {
  return new UserError({
    what: `the branch ${branch} is not a history of ours: ${why}.`,
    expected: HISTORY_SCHEMA,
    remedy: 'Rename that branch if it is somebody else’s; nothing was written to it.',
  })
}

export function newerHistory(branch: string): UserError {
  return new UserError({
    what: `a later release of Prompt Parity has written to the branch ${branch}, and this one cannot read all of it.`,
    expected: HISTORY_SCHEMA,
    remedy: 'Use the same or a later release in every workflow that reads the history.',
  })
}
