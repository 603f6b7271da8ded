// Calls that are lost on one side alone: the provider's doing, or the head's.

import { describe, expect, it } from 'vitest'
import { isOutage } from '../../src/evaluate/outage.ts'

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Pairs of a provider that loses calls at a rate, and a head that loses some of its own for good. */
function lostIn(pairs: number, rate: number, { own, seed }: { readonly own: number; readonly seed: number }) {
  const next = random(seed)
  const isLost = () => next() < rate
  const lost = { pairs, base: 0, head: 0 }
  for (let i = 0; i < pairs; i++) {
    const isOwn = i < own
    const [base, head] = [isLost(), isLost() || isOwn]
    if (base && !head) lost.base += 1
    if (!base && head && !isLost() && (isLost() || isOwn)) lost.head += 1
  }
  return lost
}

const share = (pairs: number, rate: number, own: number) => {
  const seeds = Array.from({ length: 1000 }, (_, seed) => seed)
  const told = seeds.map((seed) => lostIn(pairs, rate, { own, seed })).filter((one) => one.head > 0)
  return told.length === 0 ? 0 : told.filter((one) => isOutage(one)).length / told.length
}

describe('a head that is lost twice while its base answers', () => {
  it.each([
    [20, 0.3],
    [50, 0.3],
    [50, 0.8],
    [200, 0.1],
    [500, 0.05],
  ])('in %i pairs of a provider that loses %f of all calls is no regression', (pairs, rate) => {
    expect(share(pairs, rate, 0)).toBeGreaterThan(0.85)
  })

  it.each([
    [40, 0, 1],
    [40, 0.002, 5],
    [200, 0.01, 5],
    [500, 0.006, 3],
    [500, 0.1, 50],
  ])('in %i pairs at a rate of %f, of which %i fail for good, is one', (pairs, rate, own) => {
    expect(share(pairs, rate, own)).toBeLessThan(0.15)
  })

  it("is the head's own where no base was lost, however many they are", () => {
    expect(isOutage({ pairs: 20, base: 0, head: 20 })).toBe(false)
    expect(isOutage({ pairs: 20, base: 20, head: 0 })).toBe(false)
  })
})
