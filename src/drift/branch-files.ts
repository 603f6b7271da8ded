// What the files of the branch say, and what they are to be: `history.json`, a file of lines for each month, the registry.
// Text in, text out; git is elsewhere (src/io/history-branch.ts).

import { isObject } from '../config/cases.ts'
import { plural } from '../report/numbers.ts'
import { branchReadme } from './branch-readme.ts'
import { compactRecord, firstWholeMonth } from './join.ts'
import {
  checkSchema,
  type LineProblem,
  monthOf,
  newerHistory,
  type ParsedLines,
  parseLine,
  parseLines,
  serializeRecord,
} from './lines.ts'
import { HISTORY_BRANCH, HISTORY_SCHEMA, type HistoryRecord } from './records.ts'

export type BranchFiles = ReadonlyMap<string, string>

export type BranchContent = {
  /** In the order of the lines, month after month. */
  readonly records: readonly HistoryRecord[]
  readonly registry: string | null
  /** Since the log was last squashed. */
  readonly commits: number
  /** What shows that something was cut off or taken away; null = nothing does. */
  readonly damage: string | null
  /** Whole lines that are no records of ours; they stay where they are. */
  readonly foreign: number
  /** Other files and nothing of a history: somebody's branch of the same name, or what ours was overwritten with. */
  readonly stranger: boolean
  readonly files: BranchFiles
}

export const HISTORY_FILE = 'history.json'
export const REGISTRY_FILE = 'registry.json'
const MONTH_FILE = /^runs\/[12]\d{3}-[01]\d\.jsonl$/
const monthFile = (month: string) => `runs/${month}.jsonl`

/** Pages serves the files as they are, without a build. */
const OWN_FILES = { 'README.md': branchReadme(), '.nojekyll': '' }

export const EMPTY_BRANCH: BranchContent = {
  ...{ records: [], registry: null, commits: 0, damage: null, foreign: 0, stranger: false },
  files: new Map(),
}

/** Files of the branch that are read; what else lies there (a CNAME of Pages) is left alone. */
export function isHistoryFile(path: string): boolean {
  return path === HISTORY_FILE || path === REGISTRY_FILE || path in OWN_FILES || MONTH_FILE.test(path)
}

/** What a branch may have before its first record: made by hand, or for Pages. */
const HARMLESS = /^(README(\.\w+)?|LICENSE(\.\w+)?|CNAME|\.nojekyll|\.gitattributes|\.gitignore|index\.html)$/i

const isStranger = (paths: readonly string[]) =>
  !paths.some((path) => path === HISTORY_FILE || MONTH_FILE.test(path)) && paths.some((path) => !HARMLESS.test(path))

/**
 * Throws a UserError when a later release has written, or the branch is not ours.
 * @param paths of everything on the branch
 * @param parse may remember: most months are the same at the next attempt
 */
export function readBranch(
  files: BranchFiles,
  paths: readonly string[],
  parse: (text: string) => ParsedLines = parseLines,
): BranchContent {
  const head = readHead(files.get(HISTORY_FILE))
  const months = [...files].filter(([path]) => MONTH_FILE.test(path)).sort(([a], [b]) => (a < b ? -1 : 1))
  const parsed = months.map(([path, text]) => ({ path, ...parse(text) }))
  const problems = parsed.flatMap((month) => month.problems.map((one) => ({ path: month.path, ...one })))
  if (problems.some(({ problem }) => problem === 'newer')) throw newerHistory(HISTORY_BRANCH)
  const records = parsed.flatMap((month) => month.records)
  const foreign = problems.filter(({ problem }) => problem === 'foreign').length
  return {
    ...{ records, foreign, files, commits: head.commits, stranger: isStranger(paths) },
    registry: files.get(REGISTRY_FILE) ?? null,
    damage: damageOf({ head, problems, lines: records.length + foreign }),
  }
}

type Head = { readonly state: 'read' | 'missing' | 'unreadable'; readonly lines: number; readonly commits: number }

function readHead(text: string | undefined): Head {
  const nothing = { lines: 0, commits: 0 }
  if (text === undefined) return { state: 'missing', ...nothing }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { state: 'unreadable', ...nothing }
  }
  if (!isObject(value)) return { state: 'unreadable', ...nothing }
  checkSchema(value.schema, HISTORY_BRANCH)
  return { state: 'read', lines: countOf(value.lines), commits: countOf(value.commits) }
}

const countOf = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0)

type Seen = {
  readonly head: Head
  readonly problems: readonly (LineProblem & { readonly path: string })[]
  readonly lines: number
}

function damageOf({ head, problems, lines }: Seen): string | null {
  const torn = problems.find(({ problem }) => problem === 'torn')
  if (torn !== undefined) return `line ${torn.line} of ${torn.path} is cut off`
  if (head.state !== 'read') return `${HISTORY_FILE} ${head.state === 'missing' ? 'is missing' : 'cannot be read'}`
  return lines < head.lines ? `${plural(head.lines - lines, 'line')} of ${plural(head.lines, 'line')} are gone` : null
}

export type Addition = {
  /** None of them is in the content. */
  readonly records: readonly HistoryRecord[]
  /** Files that the caller makes of all records. */
  readonly files: { readonly [name: string]: string }
  readonly commits: number
  readonly nowMs: number
}

/** The files that change. Lines go behind those that are there; months that grew old are written anew once. */
export function addToBranch(content: BranchContent, { records, files, commits, nowMs }: Addition): BranchFiles {
  const months = new Map(content.damage === null ? [] : mendedMonths(content.files))
  const textOf = (path: string) => months.get(path) ?? content.files.get(path) ?? ''
  for (const path of content.files.keys())
    if (MONTH_FILE.test(path)) months.set(path, compacted(path, textOf(path), nowMs))
  for (const [month, lines] of byMonth(records, nowMs)) {
    const path = monthFile(month)
    months.set(path, endedLine(textOf(path)) + lines.join(''))
  }
  const lines = content.records.length + content.foreign + records.length
  const head = `${JSON.stringify({ schema: HISTORY_SCHEMA, lines, commits })}\n`
  const all = [...months, ...Object.entries(files), [HISTORY_FILE, head] as const, ...Object.entries(OWN_FILES)]
  return new Map(all.filter(([path, text]) => content.files.get(path) !== text))
}

function byMonth(records: readonly HistoryRecord[], nowMs: number): ReadonlyMap<string, readonly string[]> {
  const months = new Map<string, string[]>()
  for (const record of records) {
    const line = `${serializeRecord(compactRecord(record, nowMs))}\n`
    const lines = months.get(monthOf(record))
    if (lines === undefined) months.set(monthOf(record), [line])
    else lines.push(line)
  }
  return months
}

function compacted(path: string, text: string, nowMs: number): string {
  if (path >= monthFile(firstWholeMonth(nowMs)) || !text.includes(LEVELS)) return text
  return text
    .split('\n')
    .map((line) => (line.includes(LEVELS) ? compactedLine(line, nowMs) : line))
    .join('\n')
}

const LEVELS = '"levels":'

function compactedLine(line: string, nowMs: number): string {
  const read = parseLine(line)
  if (!('record' in read)) return line
  const record = compactRecord(read.record, nowMs)
  return record === read.record ? line : serializeRecord(record)
}

/** Without the lines that are no JSON; whole lines of a kind that only a later release knows stay. */
function* mendedMonths(files: BranchFiles): Generator<[string, string]> {
  for (const [path, text] of files) {
    if (!MONTH_FILE.test(path)) continue
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !isTorn(line))
    yield [path, lines.map((line) => `${line}\n`).join('')]
  }
}

function isTorn(line: string): boolean {
  const read = parseLine(line)
  return 'problem' in read && read.problem === 'torn'
}

const endedLine = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
