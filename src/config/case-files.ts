// Files of cases: JSON lines, CSV, YAML, JSON. Rows keep their line, and what is wrong with one names it.

import type { Json, Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Intake } from './case-intake.ts'
import { bareCase, fullCase, reservedOf } from './case-rows.ts'
import { type Draft, isObject, MAX_CASES } from './cases.ts'
import { lineReader } from './lines.ts'
import { readScorers } from './scorer-list.ts'
import type { ScorerNames } from './scorer-names.ts'
import { type Checker, show } from './validate.ts'
import { MAX_CASES_BYTES, type ParsedFile, sizeProblem, unsafeProblem, unsafeValue } from './yaml.ts'

export type CaseContext = {
  readonly known: ScorerNames
  /** Checks a full case against the schema. */
  readonly check: Checker
  /** Fields that a case may have because `slices` names them. */
  readonly slices: readonly string[]
}
export type Drafts = { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] }
/** Gives a text to `take`, in one piece or many; each time from its beginning. */
export type Source = (take: (piece: string) => void) => Promise<void>
/** What came of a file; its cases are where they were put. */
export type Taken = { readonly cases: number; readonly problems: readonly Problem[] }

const MAX_PROBLEMS = 20

/** Reads the cases of a file by its extension. Throws a UserError for extensions that hold no cases. */
export async function takeCaseFile(
  path: string,
  source: Source,
  { context, intake }: { readonly context: CaseContext; readonly intake: Intake },
): Promise<Taken> {
  const file = caseRows(path, intake)
  try {
    const read = await readerOf(path)
    await read(path, boundedSource(path, source), { context, file })
    return file.taken()
  } catch (error) {
    file.again()
    throw error
  }
}

export type CaseFileReader = (
  path: string,
  read: Source,
  into: { readonly context: CaseContext; readonly file: CaseRows },
) => Promise<void>

/** What is not JSON lines is loaded when it is met. */
async function readerOf(path: string): Promise<CaseFileReader> {
  if (/\.(jsonl|ndjson)$/i.test(path)) return jsonLines
  if (/\.csv$/i.test(path)) return (await import('./case-tables.ts')).readTable
  return (await import('./case-lists.ts')).readList
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

/** The rows of one file, until there is too much of them or of what is wrong with them. */
type CaseRows = {
  /** Of an error that reading a row throws the file is over, too; it comes with `taken`. */
  add(read: () => Drafts): void
  /** As if nothing had been added. */
  again(): void
  /** Alone: nothing else of the file counts. */
  refuse(...problems: readonly Problem[]): void
  taken(): Taken
}

function caseRows(path: string, intake: Intake): CaseRows {
  const before = intake.length
  let problems: Problem[] = []
  let failed: { readonly error: unknown } | null = null
  let isOver = false
  const again = () => {
    intake.cut(before)
    problems = []
    failed = null
    isOver = false
  }
  const refuse = (...found: readonly Problem[]) => {
    again()
    problems = [...found]
    isOver = true
  }
  return {
    add: (read) => {
      if (isOver) return
      try {
        const row = read()
        for (const draft of row.drafts) intake.add(draft)
        problems.push(...row.problems)
      } catch (error) {
        failed = { error }
      }
      if (failed !== null || problems.length >= MAX_PROBLEMS) isOver = true
      else if (intake.length - before > MAX_CASES) refuse(tooMany({ path }))
    },
    again,
    refuse,
    taken: () => {
      if (failed !== null) throw failed.error
      return { cases: intake.length - before, problems }
    },
  }
}

/** Passes on no more than a file may have. Throws a UserError when it has more. */
function boundedSource(path: string, source: Source): Source {
  return async (take) => {
    let bytes = 0
    await source((piece) => {
      bytes += Buffer.byteLength(piece)
      if (bytes <= MAX_CASES_BYTES) take(piece)
    })
    const tooBig = sizeProblem(path, bytes, MAX_CASES_BYTES)
    if (tooBig) throw new UserError(tooBig)
  }
}

export function tooMany(place: Place): Problem {
  return {
    what: `There are more than ${MAX_CASES} cases.`,
    expected: `at most ${MAX_CASES} in an eval set`,
    remedy: 'Draw a sample.',
    place,
  }
}

const jsonLines: CaseFileReader = async (path, read, { context, file }) => {
  const lines = lineReader((text, line) => {
    const source = text.trim()
    if (source !== '') file.add(() => jsonLine({ path, line }, source, context))
  })
  await read(lines.take)
  lines.end()
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

/** The part of a file at `prefix`, with positions. */
export function subFile(file: ParsedFile, prefix: readonly (string | number)[], value: Json): ParsedFile {
  return {
    path: file.path,
    value,
    place: (pointer) => file.place([...prefix, ...pointer]),
    keyPlace: (pointer, key) => file.keyPlace([...prefix, ...pointer], key),
  }
}
