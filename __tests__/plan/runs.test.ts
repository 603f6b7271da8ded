import { describe, expect, it } from 'vitest'
import { plannedCalls } from '../../src/plan/estimate.ts'
import { plannedRuns } from '../../src/plan/runs.ts'
import type { SetPlan } from '../../src/plan.ts'

const ready = { state: 'ready', request: { messages: [] } }
const plan = (over: object = {}) => {
  const cases = [
    ['tie', { identical: true, role: 'paired' }],
    ['other', { identical: false, role: 'paired' }],
    ['aside', { identical: false, role: 'quarantined' }],
  ] as const
  const planned = cases.map(
    ([id, one]) => [id, { ...one, ...{ kase: { id }, base: ready, head: ready, baseSize: 0, headSize: 0 } }] as const,
  )
  const set = { ...{ head: { passes: 1 }, base: {}, gates: {}, levels: [], order: ['tie', 'other'] }, ...over }
  return { ...set, cases: new Map(planned) } as unknown as SetPlan
}
const timesOf = (of: SetPlan) =>
  [...plannedRuns(of)].map(({ planned, sides, times }) => [planned.kase.id, sides.length, times.expected, times.worst])
const SINCE = { since: { ref: 'baseline', maxDropPoints: { limit: 5, level: 'fail' } } }

describe('the runs of a plan', () => {
  it('are those of the passes and of re-runs', () => {
    expect(timesOf(plan())).toEqual([
      ['other', 2, 1, 10],
      ['aside', 2, 1, 1],
    ])
  })

  it('at the worst those of the head alone, which an anchor may ask for, ties once more', () => {
    const guarded = plan({ gates: SINCE })
    expect(timesOf(guarded)).toEqual([
      ['tie', 1, 0, 4],
      ['other', 1, 0, 3],
      ['other', 2, 1, 10],
      ['aside', 2, 1, 1],
    ])
    expect(timesOf(plan({ gates: SINCE, levels: ['tie'] })).slice(0, 2)).toEqual([
      ['tie', 1, 0, 3],
      ['tie', 1, 1, 1],
    ])
    expect(plannedCalls(guarded)).toBe(plannedCalls(plan()))
  })
})
