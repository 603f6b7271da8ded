// Every slice of a set by the set's own test on the slice's cases: where models are compared, one may hold on German and not
// on the rest. It comes after the set's verdict, which it does not move.

import { decideScore, type ScoreDecision, type ScoreOptions } from '../gate/score.ts'
import type { SetPlan } from '../plan.ts'
import { type Context, runPairs } from './pairs.ts'
import { pairsOf } from './slice-pairs.ts'

export type SliceTest = {
  readonly dimension: string
  readonly value: string
  /** Only the cases that are in this one, too. */
  readonly and?: { readonly dimension: string; readonly value: string }
  readonly cases: readonly string[]
  /** As a fraction: the slice's own limit where a gate names one. */
  readonly maxDrop: number
  readonly decision: ScoreDecision
}

export type Slice = Omit<SliceTest, 'decision'>
type Of = { readonly options: ScoreOptions; readonly tested: ScoreDecision | null }

/** Null where the plan does not ask for it. A set that passes, or that lacks runs, is not run again for its slices. */
export async function testEachSlice(context: Context, { options, tested }: Of): Promise<readonly SliceTest[] | null> {
  const { plan, ledger } = context
  if (plan.sliceTests === undefined || tested === null) return null
  const slices = slicesOf(plan, options.maxDrop)
  const runs = tested.outcome === 'fail' || tested.outcome === 'inconclusive'
  let tests: readonly SliceTest[] = []
  for (;;) {
    const before = ledger.progress()
    tests = slices.map((slice, at) => {
      const known = tests[at]
      // What is settled stays so, whatever runs for other slices.
      if (known !== undefined && known.decision.outcome !== 'undecided') return known
      return { ...slice, decision: decideScore(ledger.record, of(slice, context, options)) }
    })
    if (!runs) return tests
    const open = tests.filter(mayHold).flatMap(({ decision }) => decision.next)
    // A case may be in several slices.
    const wanted = new Map(open.map((run) => [JSON.stringify(run), run]))
    await runPairs(context, [...wanted.values()])
    if (ledger.progress() === before) return tests
  }
}

/** A pair is looked at for what it may save: one whose loss is beyond the limit so far is not worth more calls. */
const mayHold = ({ and, decision, maxDrop }: SliceTest) => and === undefined || decision.interval.mean > -100 * maxDrop

/** That a slice drops needs no more proof than that the set does; what makes it hold is held against its family later. */
function of(slice: Slice, { ledger }: Context, options: ScoreOptions): ScoreOptions {
  return { ...options, cases: slice.cases, maxDrop: slice.maxDrop, mustPass: [], missing: [...ledger.missing] }
}

/** Each by itself, then where two of them meet. */
export function slicesOf(plan: SetPlan, maxDrop: number): readonly Slice[] {
  const slices = singleSlices(plan, maxDrop)
  return [...slices, ...pairsOf(slices)]
}

/** In the seeded order of the set. */
function singleSlices({ head, gates, cases, order }: SetPlan, maxDrop: number): readonly Slice[] {
  const dimensions = [...new Set([...head.slices, ...Object.keys(gates.slices ?? {})])]
  return dimensions.flatMap((dimension) => {
    const limit = gates.slices?.[dimension]?.maxDropPoints?.limit
    const groups = new Map<string, string[]>()
    for (const id of order) {
      const value = cases.get(id)?.kase.labels[dimension]
      if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), id])
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, ids]) => ({ dimension, value, cases: ids, maxDrop: limit === undefined ? maxDrop : limit / 100 }))
  })
}
