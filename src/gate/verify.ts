// `verify RECORD.jsonl`: the verdict again, from the rows alone, offline.

import { DEFAULT_DROP_POINTS } from '../config/gates.ts'
import type { RecordRow } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { decideScore, type NextRun, type ScoreDecision, type ScoreOptions } from './score.ts'

export type VerifyOptions = {
  /** All paired cases, missing ones included. Default: the cases of the record and of `missing`. */
  readonly cases?: number
  /** Default 5. */
  readonly maxDropPoints?: number
  /** 1 to 4, default 1. */
  readonly passes?: number
  /** Gated eval sets of the run, default 1. */
  readonly suites?: number
  /** Default: `score` when a score lies between 0 and 1, else `pass`. */
  readonly compare?: 'pass' | 'score'
  readonly mustPass?: readonly string[]
  /** Needed when the record holds more than one eval set. */
  readonly evalSet?: string
  /** Cases without a run for good (a report names them; a bare record cannot). */
  readonly missing?: readonly string[]
  /** Default: whether the record has stored base runs. */
  readonly stored?: boolean
  /** The change is shared by many sets: a sample without a loss may end it. */
  readonly sampled?: boolean
}

export type Verification = Omit<ScoreDecision, 'mustPassBroken' | 'next'> & { readonly next?: readonly NextRun[] }

/**
 * The cases run in the order in which they first appear in the record (`recordToPublish` writes them so). With more `cases`
 * than the record has, the others are taken as not run yet, last in that order and without an id: the outcome is then
 * `undecided` unless an early look or a must-pass case decides, and `next` names only runs of known cases, so it is
 * empty when nothing but unnamed cases is open. Throws a UserError for options that no record can have.
 */
export function verifyRecord(rows: readonly RecordRow[], options: VerifyOptions = {}): Verification {
  const own = rowsOfOneSet(rows, options.evalSet)
  const { mustPassBroken: _, next, ...decision } = decideScore(own, toScoreOptions(own, options))
  return decision.outcome === 'undecided' ? { ...decision, next } : decision
}

function toScoreOptions(rows: readonly RecordRow[], options: VerifyOptions): ScoreOptions {
  const missing = options.missing ?? []
  const known = [...new Set([...rows.map((row) => row.case), ...missing])]
  const { cases = known.length, maxDropPoints = DEFAULT_DROP_POINTS, passes = 1, suites = 1, mustPass = [] } = options
  const graded = rows.some((row) => row.step !== 'identical' && row.score !== 0 && row.score !== 1)
  refuse([
    !isWhole(cases, 0, Number.MAX_SAFE_INTEGER) && option('cases', cases, 'a whole number from 0'),
    cases < known.length && option('cases', cases, `at least the ${known.length} cases of the record`),
    !(maxDropPoints >= 0 && maxDropPoints <= 100) && option('max-drop-points', maxDropPoints, 'points from 0 to 100'),
    !isWhole(passes, 1, 4) && option('passes', passes, 'a whole number from 1 to 4'),
    !isWhole(suites, 1, Number.MAX_SAFE_INTEGER) && option('suites', suites, 'a whole number from 1'),
    options.compare === 'pass' &&
      graded &&
      option('compare', 'pass', '`score`, for the record has scores between 0 and 1'),
    ...mustPass
      .filter((id) => cases === known.length && !known.includes(id))
      .map((id) => option('must-pass', id, 'the id of a case of the record')),
  ])
  return {
    cases: known,
    unnamed: cases - known.length,
    maxDrop: maxDropPoints / 100,
    passes,
    suites,
    compare: options.compare ?? (graded ? 'score' : 'pass'),
    mustPass,
    missing,
    stored: options.stored ?? rows.some((row) => row.step !== 'identical' && row.stored === true),
    sampled: options.sampled ?? false,
  }
}

/** Rows of `evalSet`; without it, all of them if they belong to one set. */
function rowsOfOneSet(rows: readonly RecordRow[], evalSet: string | undefined): readonly RecordRow[] {
  const names = [...new Set(rows.map((row) => row.evalSet))]
  const listed = names.map((name) => (name === undefined ? '(no name)' : JSON.stringify(name))).join(', ')
  if (evalSet === undefined && names.length <= 1) return rows
  if (evalSet !== undefined && names.includes(evalSet)) return rows.filter((row) => row.evalSet === evalSet)
  throw new UserError({
    what:
      evalSet === undefined
        ? `The record holds ${names.length} eval sets: ${listed}.`
        : `The record has no eval set ${JSON.stringify(evalSet)}.`,
    expected: evalSet === undefined ? 'the runs of one eval set' : `one of ${listed}`,
    remedy: 'Verify REPORT.json instead, which knows the cases of each set, or a file with the lines of one set.',
  })
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function option(name: string, value: string | number, expected: string): Problem {
  return { what: `--${name} is ${value}.`, expected, remedy: 'See prompt-parity verify --help.' }
}

function refuse(found: readonly (Problem | false)[]): void {
  const [first, ...rest] = found.filter((problem) => problem !== false)
  if (first !== undefined) throw new UserError(first, ...rest)
}
