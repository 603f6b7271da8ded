// Step 0 of the score gate, for a change that many eval sets share: a seeded sample of each set first, and in full only where
// it leans. The sample can only make a set green: any loss in it, and the set is judged by all its cases as if there were none.

import type { WantedPair } from './ledger.ts'
import { TOLERANCE } from './levels.ts'
import type { CaseView, Suite } from './suite.ts'

/** Cases of the first share: enough to see a change that breaks much, for a fraction of the price. */
export const FIRST_SAMPLE = 20
/** Chance at most that a loss of the limit shows nowhere in the sample. */
const OVERLOOKED = 0.05

/**
 * Smallest sample without a loss that rules out a loss of the limit (95 %): with K of `cases` lost, none of m drawn without
 * replacement is among them with probability (cases-K)!/(cases-K-m)! * (cases-m)!/cases!.
 *
 * @param lost K: fewest lost cases that reach the limit, at least 1
 */
export function sampleSize(cases: number, lost: number): number {
  let none = 1
  for (let drawn = 0; drawn < cases; drawn++) {
    if (none <= OVERLOOKED && drawn >= FIRST_SAMPLE) return drawn
    none *= Math.max(0, cases - lost - drawn) / (cases - drawn)
  }
  return cases
}

/** Of the differing cases in their order, those of the sample. `limitCases` is the limit in cases of the set. */
export function sampledCases(differing: readonly string[], limitCases: number): readonly string[] {
  return differing.slice(0, sampleSize(differing.length, lostAtLimit(limitCases)))
}

const lostAtLimit = (limitCases: number) => Math.max(1, Math.ceil(limitCases - TOLERANCE))

/** `pass`: nothing got worse in the sample. `full`: it leans, or saves nothing. Else the pairs to make next. */
export type SampleVerdict = 'pass' | 'full' | readonly WantedPair[]

/** @param mustPass ids that no sample leaves out */
export function judgeSample(suite: Suite, mustPass: ReadonlySet<string>): SampleVerdict {
  if (!suite.sampled || suite.stored || suite.passes > 1 || suite.graded) return 'full'
  const differing = suite.views.filter((view) => !view.identical)
  const cases = differing.length + suite.n - suite.views.length
  const size = sampleSize(cases, lostAtLimit(suite.limitCases))
  if (size >= cases) return 'full'
  const sample = differing.filter((view, at) => at < size || mustPass.has(view.id))
  if (sample.some(hasLoss)) return 'full'
  const first = sample.slice(0, FIRST_SAMPLE).filter(isOpen)
  const open = first.length > 0 ? first : sample.filter(isOpen)
  if (open.length > 0) return open.map((view) => ({ case: view.id, step: 'pass', index: 0 }))
  return sample.length >= size ? 'pass' : []
}

const isOpen = (view: CaseView) => view.passes.length === 0
const hasLoss = (view: CaseView) => view.passes.some((pair) => pair.head < pair.base)
