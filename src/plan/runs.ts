// How often each case is expected to run, and how often at the most: the complete passes, and what re-runs may add to them.

import { ROUNDS } from '../gate/score/levels.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import type { Range } from './guess.ts'
import { expectedCases } from './sampling.ts'

/** Rounds of the head alone that `gates.since` may ask for: where its level lies beyond the limit and could be luck. */
export const LEVEL_ROUNDS = 3

export type PlannedRun = {
  readonly planned: PlannedCase
  readonly sides: readonly ('base' | 'head')[]
  readonly times: Range
}

/** Fresh pairs that the gate may ask for, however few cases a set has. */
const FEWEST_FRESH_PAIRS = 200

export function* plannedRuns(plan: SetPlan): Generator<PlannedRun> {
  const expected = expectedCases(plan)
  const ties = new Set(plan.levels)
  const fresh = freshRuns(plan)
  const { passes } = plan.head
  for (const planned of plan.cases.values()) {
    const { id } = planned.kase
    if (plan.gates.since !== undefined && planned.role !== 'quarantined') {
      const unasked = planned.identical && !ties.has(id) ? 1 : 0
      yield { planned, sides: ['head'], times: { expected: 0, worst: LEVEL_ROUNDS + unasked } }
    }
    const isExpected = expected === null || expected.has(id)
    if (planned.identical) {
      if (ties.has(id)) yield { planned, sides: ['head'], times: { expected: isExpected ? 1 : 0, worst: 1 } }
      continue
    }
    const again = plan.base !== null && planned.role === 'paired' ? 1 + (fresh.get(id) ?? 0) : 0
    const times = { expected: isExpected ? passes : 0, worst: passes + again }
    yield { planned, sides: sidesOf(plan), times }
  }
}

const sidesOf = ({ base, shared }: SetPlan): PlannedRun['sides'] =>
  base === null ? ['head'] : shared !== undefined ? [shared.side] : ['base', 'head']

/** Every case may change and run again, within the budget of the rounds: the longest requests are the ones that do. */
function freshRuns(plan: SetPlan): ReadonlyMap<string, number> {
  const open = [...plan.cases.values()].filter((one) => one.role === 'paired' && !one.identical)
  const sizes = new Map(open.map((one) => [one.kase.id, sizeOf(one)]))
  const longest = [...sizes].sort(([, a], [, b]) => b - a)
  let left = freshPairs(plan, open.length)
  return new Map(
    longest.map(([id]) => {
      const rounds = Math.min(ROUNDS, left)
      left -= rounds
      return [id, rounds] as const
    }),
  )
}

/** Comparisons that share a base may each ask for other cases of it; slices have rounds of their own. */
function freshPairs(plan: SetPlan, open: number): number {
  if (plan.sliceTests !== undefined && plan.sliceTests > 0) return ROUNDS * open
  const comparisons = plan.shared?.side === 'base' ? plan.shared.comparisons : 1
  return comparisons * Math.max(open, plan.order.length, FEWEST_FRESH_PAIRS)
}

const sizeOf = ({ baseSize, headSize }: PlannedCase) => (baseSize ?? 0) + (headSize ?? 0)
