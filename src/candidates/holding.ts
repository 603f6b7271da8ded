// Whether a candidate holds against the model in use, in the words of the gate that says so.

import type { RecordRow } from '../domain.ts'
import { FEWEST_CASES } from '../evaluate/slice-pairs.ts'
import { TOLERANCE } from '../gate/score/levels.ts'
import { decideScore, type ScoreDecision, type ScoreOptions } from '../gate/score.ts'
import type { Holding } from '../report/candidates/report.ts'
import { normCdf, normQuantile } from '../stats/normal.ts'

export type Tested = {
  readonly decision: ScoreDecision
  /** Cases of the test, and what they lost in all. */
  readonly cases: number
  readonly losses: number
  readonly missing: number
}

export function holdingOf({ decision, losses, cases, missing }: Tested): Holding {
  const { outcome, rule } = decision
  if (outcome === 'fail') return { state: 'drops' }
  if (outcome === 'inconclusive') return { state: 'undecided' }
  if (outcome !== 'pass')
    return {
      state: 'not-measured',
      why: `${missing} of ${cases} cases could not be measured`,
      remedy: 'Run it again: answers that are there are kept.',
    }
  if (rule === 'pass-all') return { state: 'holds', how: 'proof' }
  if (rule === 'pass-rerun') return { state: 'holds', how: 're-measured' }
  return { state: 'holds', how: losses > TOLERANCE ? 'losses-below-limit' : 'no-drop-seen' }
}

const ALPHA = 0.05
/** A slice of `FEWEST_CASES` without a loss rules out a drop of so much, and no less. */
const FAR = 0.3

export type Family = { readonly limit: number; readonly tests: number; readonly isPair?: boolean }

/** Among so many that were looked at, the fewest cases of a pair that rule out a drop of 30 points when none is lost. */
export function fewestCases({ tests, isPair = false }: Omit<Family, 'limit'>): number {
  if (!isPair) return FEWEST_CASES
  return Math.max(FEWEST_CASES, Math.ceil(Math.log(tests / ALPHA) / -Math.log(1 - FAR)))
}

/**
 * The same for one of many slices: what rests on an error level has to reach it for the whole family (Bonferroni), so that
 * among twenty slices not one "holds" by luck in nineteen runs of twenty.
 */
export function sliceHolding(tested: Tested, family: Family): Holding {
  const { limit, tests } = family
  const { decision, cases, losses } = tested
  const found = holdingOf(tested)
  if (found.state === 'drops' || decision.outcome === 'not-measured') return found
  if (cases < fewestCases(family)) return { state: 'too-few' }
  // A set that passes is not run again for its slices.
  if (found.state !== 'holds') return { state: 'undecided' }
  const few = losses < cases * limit - TOLERANCE
  if (found.how === 'proof' && !isProven(decision, limit, tests))
    return few
      ? { state: 'holds', how: losses > TOLERANCE ? 'losses-below-limit' : 'no-drop-seen' }
      : { state: 'undecided' }
  if (found.how === 're-measured' && !few && !isBelow(decision, cases * limit, tests)) return { state: 'undecided' }
  return found
}

/** One-sided, from the shown interval, whose bounds are 1.96 standard errors away. */
function isProven({ interval }: ScoreDecision, limit: number, tests: number): boolean {
  const se = (interval.high - interval.low) / (2 * 1.96)
  return 1 - normCdf((interval.mean + 100 * limit) / se) <= ALPHA / tests
}

/** The upper bound of the net loss was made with the margin of one test. */
function isBelow({ net, upper }: ScoreDecision, limitCases: number, tests: number): boolean {
  if (net === null || upper === null) return false
  const se = (upper - net) / -normQuantile(ALPHA)
  return net - normQuantile(ALPHA / tests) * se < limitCases - TOLERANCE
}

/** Better by proof: the gate would fail the model in use as a change of the candidate. */
export function isBetter(rows: Iterable<RecordRow>, options: ScoreOptions): boolean {
  const turned = Array.from(rows, (row): RecordRow => {
    if (row.step === 'identical') return row
    return { ...row, side: row.side === 'base' ? 'head' : 'base' }
  })
  return decideScore(turned, { ...options, mustPass: [] }).outcome === 'fail'
}
