// Runs of both sides, joined case by case. Failed runs are counted, never averaged over; only cases that are the same
// on both sides enter the test. Scores here are fractions in [0, 1] of what `compare` names.

import type { Case, FlipKind, Result, SideLabel } from './domain.ts'
import { ROUNDS } from './gate/score/levels.ts'
import type { CaseRole } from './plan/cases.ts'

/** All runs of one case. `identical` cases have one answer for both sides, or none when nothing needed it. */
export type CaseRuns = {
  readonly kase: Case
  readonly role: CaseRole
  readonly identical: boolean
  /** Complete passes of the set. */
  readonly passes: number
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
  /** Head minus base over the complete passes; 0 for identical requests; null when one of them is missing. */
  readonly difference: number | null
  readonly runs: CaseRuns
  /** Why a run that the verdict asked for is missing; one of a later step, or of a tie, leaves the difference as it is. */
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
  const passes = { base: passesOf(runs, 'base'), head: passesOf(runs, 'head') }
  const [base, head] = [meanOf(passes.base, metric), meanOf(passes.head, metric)]
  const { kase, role, identical } = runs
  if (identical) {
    const level = head ?? base
    return { kase, role, identical, base: level, head: level, difference: 0, runs, missing: missingAnswer(runs) }
  }
  const whole = [passes.base, passes.head].every((results) => results.every(({ state }) => state !== 'missing'))
  const difference = !whole || base === null || head === null ? null : head - base
  return { kase, role, identical, base, head, difference, runs, missing: missingReason(runs) }
}

/** Without the pass that a verdict may add for the cases that did not change: it would count for these alone. */
const passesOf = (runs: CaseRuns, side: SideLabel) =>
  runs[side].filter(({ trial }) => trial.step !== 'fresh' && trial.index < runs.passes)

function meanOf(results: readonly Result[], metric: Metric): number | null {
  let [sum, count] = [0, 0]
  for (const result of results) {
    const value = result.state === 'scored' ? metric(result) : null
    if (value === null) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}

/** A tie stays one without an answer; what is lost is the level that a gate asked it for. */
function missingAnswer(runs: CaseRuns): string | null {
  const lost = runs.head.find(({ state, trial }) => state === 'missing' && trial.step === 'identical')
  return lost?.state === 'missing' ? lost.why : null
}

/** Re-runs beyond the rounds of the set belong to its slices, and are not missing in its verdict. */
function missingReason(runs: CaseRuns): string | null {
  const sides: readonly SideLabel[] = runs.role === 'head-only' ? ['head'] : ['base', 'head']
  for (const side of sides)
    for (const run of runs[side])
      if (run.state === 'missing' && (run.trial.step !== 'fresh' || run.trial.index < ROUNDS)) return run.why
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
