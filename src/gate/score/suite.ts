// What the gate looks at: the cases that can be tested, their complete pairs, and the limit in cases.

import { permWorse, type Stratum } from '../../stats/permutation.ts'
import { completePairs, isIdentical, type Ledger, type Pair } from './ledger.ts'
import { GRADED_CHANGE, GRADED_STEPS, QUARTERS_FROM, TOLERANCE } from './levels.ts'

export type ScoreOptions = {
  /** Ids of all paired cases, in seeded order (`caseOrder`), those of `missing` included. */
  readonly cases: readonly string[]
  /** Paired cases beyond `cases` whose ids are not known (they have not run); last in the order. */
  readonly unnamed?: number
  /** Limit as a fraction: .05 = 5 points. */
  readonly maxDrop: number
  /** Complete passes, 1 to 4. */
  readonly passes: number
  /** Gated eval sets of the run. */
  readonly suites: number
  readonly compare: 'pass' | 'score'
  /** Case ids; also of added cases, which are outside `cases` but have rows. */
  readonly mustPass: readonly string[]
  /** Cases that lack a run for good. Without their complete passes they leave the test, else they are not re-run. */
  readonly missing?: readonly string[]
  /** The base runs of the complete passes are stored ones: they may lead to re-runs, never to a verdict of their own. */
  readonly stored?: boolean
  /** The change is shared by many sets: a sample without a loss may end the set (`pass-sample`). */
  readonly sampled?: boolean
}

export type CaseView = {
  readonly id: string
  /** Tie by identity of the requests: difference 0, never run. */
  readonly identical: boolean
  /** No further runs can be made. */
  readonly stuck: boolean
  /** Complete passes and the extra one. */
  readonly passes: readonly Pair[]
  readonly fresh: readonly Pair[]
}

export type Suite = {
  /** Cases in the test, in seeded order. */
  readonly views: readonly CaseView[]
  readonly n: number
  readonly passes: number
  readonly looks: number
  readonly limit: number
  /** The limit in cases. */
  readonly limitCases: number
  readonly graded: boolean
  readonly stored: boolean
  readonly sampled: boolean
}

// A limit of 0 means that any loss is one too many, not that no loss is.
const SMALLEST_LIMIT = 1e-6

export function readSuite(ledger: Ledger, options: ScoreOptions): Suite {
  const passes = Math.min(4, Math.max(1, Math.floor(options.passes)))
  const missing = new Set(options.missing)
  const views = options.cases
    .map((id) => viewCase(ledger, id, passes, missing.has(id)))
    .filter((view) => view.identical || !view.stuck || view.passes.length >= passes)
  const n = views.length + (options.unnamed ?? 0)
  const stored = options.stored ?? false
  const quarters = passes === 1 && n >= QUARTERS_FROM ? 4 : passes
  const limit = Math.max(options.maxDrop, SMALLEST_LIMIT)
  return {
    views,
    n,
    passes,
    // Looks would trust the stored runs.
    looks: stored ? 1 : quarters,
    limit,
    limitCases: n * limit,
    graded: options.compare === 'score',
    stored,
    sampled: options.sampled ?? false,
  }
}

export function viewCase(ledger: Ledger, id: string, passes: number, stuck: boolean): CaseView {
  return {
    id,
    identical: isIdentical(ledger, id),
    stuck,
    passes: completePairs(ledger, id, 'pass', passes + 1),
    fresh: completePairs(ledger, id, 'fresh'),
  }
}

/** Mean of head - base; 0 for no pairs. */
export function meanDifference(pairs: readonly Pair[]): number {
  if (pairs.length === 0) return 0
  return pairs.reduce((sum, pair) => sum + (pair.head - pair.base), 0) / pairs.length
}

/** Mean difference of a case over its first complete passes; 0 by identity. */
export function caseDifference(view: CaseView, passes: number): number {
  return view.identical ? 0 : meanDifference(view.passes.slice(0, passes))
}

export function hasChanged(suite: Suite, difference: number): boolean {
  return Math.abs(difference) > (suite.graded ? GRADED_CHANGE - TOLERANCE : TOLERANCE)
}

/** One-sided mid-p that the head is worse, over the pairs of each case. */
export function worseP(suite: Suite, cases: readonly (readonly Pair[])[]): number {
  return permWorse(strataOf(cases, suite.graded ? GRADED_STEPS : 1)).midP
}

/** One at a time: of many cases few differ, and only those are looked at twice. */
function* strataOf(cases: readonly (readonly Pair[])[], steps: number): Generator<Stratum> {
  for (const pairs of cases)
    yield {
      base: pairs.map((pair) => Math.round(steps * pair.base)),
      head: pairs.map((pair) => Math.round(steps * pair.head)),
    }
}
