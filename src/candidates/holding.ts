// Whether a candidate holds against the model in use, in the words of the gate that says so.

import type { RecordRow } from '../domain.ts'
import { FEWEST_CASES } from '../evaluate/slice-pairs.ts'
import { TOLERANCE } from '../gate/score/levels.ts'
import { decideScore, type ScoreDecision, type ScoreOptions } from '../gate/score.ts'
import type { Holding } from '../report/candidates/report.ts'
import { normCdf, normQuantile } from '../stats/normal.ts'
import { binomCdf } from '../stats/proportion.ts'

export type Tested = {
  readonly decision: ScoreDecision
  /** Cases of the test, and what they lost in all. */
  readonly cases: number
  readonly losses: number
  /** Cases that were run on both sides. */
  readonly measured: number
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

/** `isPair`: of the cases that two slices have in common. */
export type Family = { readonly limit: number; readonly tests: number; readonly isPair?: boolean }

/**
 * The same for one of many slices: what rests on an error level has to reach it for the whole family (Bonferroni), so that
 * among twenty slices not one "holds" by luck in nineteen runs of twenty.
 */
export function sliceHolding(tested: Tested, family: Family): Holding {
  const { decision, cases } = tested
  const found = holdingOf(tested)
  if (found.state === 'drops' || decision.outcome === 'not-measured') return found
  if (cases < FEWEST_CASES) return { state: 'too-few' }
  // A set that passes is not run again for its slices.
  if (found.state !== 'holds') return { state: 'undecided' }
  const holding = inFamily(tested, found, family)
  return family.isPair === true && !isSure(tested, holding, family) ? { state: 'too-few' } : holding
}

type Holds = Extract<Holding, { readonly state: 'holds' }>

function inFamily(tested: Tested, found: Holds, { limit, tests }: Family): Holding {
  const { decision, cases, losses } = tested
  // Those that an early end left unrun may all be lost.
  const few = losses + (cases - tested.measured) < cases * limit - TOLERANCE
  if (found.how === 'proof' && !isProven(decision, limit, tests))
    return few
      ? { state: 'holds', how: losses > TOLERANCE ? 'losses-below-limit' : 'no-drop-seen' }
      : { state: 'undecided' }
  if (found.how === 're-measured' && !few && !isBelow(decision, cases * limit, tests)) return { state: 'undecided' }
  return found
}

/** A drop so many times the limit is one that nobody wants by luck. */
const FAR = 3

/**
 * Pairs are found by looking at many, of which the smallest have no loss by luck: what holds without proof has to rule out a
 * drop of three times the limit for the whole family, by the exact binomial bound on its losses.
 */
function isSure({ decision, cases, measured, losses }: Tested, holding: Holding, { limit, tests }: Family): boolean {
  if (holding.state !== 'holds' || holding.how === 'proof') return true
  if (holding.how === 're-measured' && isBelow(decision, cases * limit, tests)) return true
  return binomCdf(Math.ceil(losses - TOLERANCE), measured, Math.min(1, FAR * limit)) <= ALPHA / tests
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
