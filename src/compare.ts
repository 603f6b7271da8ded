// Runs of both sides, joined case by case. Failed runs are counted, never averaged over; only cases that are the same
// on both sides enter the test. Scores here are fractions in [0, 1] of what `compare` names.

import type { Case, FlipKind, Result } from './domain.ts'
import type { CaseRole } from './plan/cases.ts'

/** All runs of one case. `identical` cases have one answer for both sides, or none when nothing needed it. */
export type CaseRuns = {
  readonly kase: Case
  readonly role: CaseRole
  readonly identical: boolean
  readonly base: readonly Result[]
  readonly head: readonly Result[]
}

export type CaseComparison = {
  readonly kase: Case
  readonly role: CaseRole
  readonly identical: boolean
  /** Means over the complete passes; null when not run or missing. */
  readonly base: number | null
  readonly head: number | null
  /** Head minus base over the complete passes; 0 for identical requests; null when the pair is missing. */
  readonly difference: number | null
  readonly runs: CaseRuns
  readonly missing: string | null
}

export type Metric = (result: Extract<Result, { state: 'scored' }>) => number | null

/** What `compare` names. */
export const metricOf = (compare: 'pass' | 'score'): Metric =>
  compare === 'pass' ? (result) => (result.pass ? 1 : 0) : (result) => result.score

/** One scorer's value; null where the case does not have that scorer. */
export const scorerMetric =
  (name: string): Metric =>
  (result) => {
    const score = result.scores.find((one) => one.scorer === name)
    return score?.state === 'scored' ? score.value : null
  }

export function compareCase(runs: CaseRuns, metric: Metric): CaseComparison {
  const [base, head] = [meanOf(passesOf(runs.base), metric), meanOf(passesOf(runs.head), metric)]
  const { kase, role, identical } = runs
  if (identical) {
    const level = head ?? base
    return { kase, role, identical, base: level, head: level, difference: 0, runs, missing: null }
  }
  const missing = missingReason(runs)
  const difference = base === null || head === null ? null : head - base
  return { kase, role, identical, base, head, difference, runs, missing }
}

const passesOf = (results: readonly Result[]) => results.filter((result) => result.trial.step !== 'fresh')

function meanOf(results: readonly Result[], metric: Metric): number | null {
  const values = results
    .flatMap((result) => (result.state === 'scored' ? [metric(result)] : []))
    .filter((value) => value !== null)
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function missingReason(runs: CaseRuns): string | null {
  const needed = runs.role === 'head-only' ? [runs.head] : [runs.base, runs.head]
  for (const side of needed) {
    const lost = passesOf(side).find((result) => result.state === 'missing')
    if (lost?.state === 'missing') return lost.why
  }
  return null
}

/** A graded case counts as changed from a fifth of the scale on; pass/fail cases whenever they differ. */
export const CHANGED_GRADED = 0.2

export function flipKind(one: CaseComparison, label: FlipKind | undefined): FlipKind | null {
  if (label !== undefined) return label
  if (one.difference === null || one.identical) return null
  if (one.difference <= -CHANGED_GRADED) return 'broken'
  return one.difference >= CHANGED_GRADED ? 'fixed' : null
}
