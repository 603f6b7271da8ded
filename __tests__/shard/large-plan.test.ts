// Requests of a large set are made where they are used; that must change nothing but the memory.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { plannedCalls } from '../../src/plan/estimate.ts'

const LARGE = 2_500

describe('the plan of a large set', () => {
  it('asks what the plan of a small one asks, each time anew', () => {
    const [large, small] = [planOf('set', { cases: LARGE }), planOf('set', { cases: 50 })]
    for (const [id, one] of small.cases) {
      const other = large.cases.get(id)
      expect([other?.base, other?.head, other?.identical]).toEqual([one.base, one.head, one.identical])
      expect(other?.head).toEqual(other?.head)
    }
    // A small set keeps them: rendering twice would be time for nothing.
    const [kept, made] = [small.cases.get('c0'), large.cases.get('c0')]
    expect(kept?.head).toBe(kept?.head)
    expect(made?.head).not.toBe(made?.head)
  })

  it('has a content key that depends on each of its requests', () => {
    const keys = [LARGE, LARGE, LARGE + 1].map((cases) => planOf('set', { cases }).contentKey)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).not.toBe(keys[2])
  })

  it('counts both sides of every pass', () => {
    expect(plannedCalls(planOf('set', { cases: LARGE, passes: 2 }))).toBe(4 * LARGE)
  })
})
