import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/domain.ts'
import { costOfUsage } from '../../src/prices/cost-of-usage.ts'
import type { Price } from '../../src/prices/table.ts'

const PRICE: Price = {
  rates: { input: 1000, output: 5000, cached: 100, write5m: 1250, audioInput: 3000, audioOutput: 9000 },
  tiers: [
    { above: 100, rates: { input: 2000, output: 7000, cached: 200, write5m: 2500 } },
    { above: 200, rates: { input: 3001, output: 8000, cached: 300, write5m: 3500 } },
  ],
  multipliers: { batch: { num: 1, den: 2, assumed: false } },
}
const pico = (usage: Usage, options = {}): bigint => {
  const cost = costOfUsage(PRICE, usage, options)
  if (cost.state === 'error') throw new Error(cost.why)
  return cost.pico
}
const cause = (usage: Usage, options = {}): string => {
  const cost = costOfUsage(PRICE, usage, options)
  return cost.state === 'error' ? cost.cause : `cost ${cost.pico}`
}

describe('counts that cannot be true', () => {
  it.each<[string, Usage]>([
    ['more cached than input', { input: 10, cachedInput: 11, output: 1 }],
    ['reads and writes above the input', { input: 10, cachedInput: 6, cacheWrite5m: 5, output: 1 }],
    ['more reasoning than output', { input: 10, output: 5, reasoning: 6 }],
    ['more audio than output', { input: 10, output: 5, audioOutput: 6 }],
    ['more audio than input', { input: 10, output: 5, audioInput: 11 }],
    ['negative', { input: -1, output: 1 }],
    ['a fraction', { input: 1.5, output: 1 }],
    ['not a number', { input: Number.NaN, output: 1 }],
    ['endless', { input: Number.POSITIVE_INFINITY, output: 1 }],
    ['beyond exact integers', { input: 2 ** 60, output: 1 }],
  ])('%s', (_, usage) => {
    expect(cause(usage)).toBe('usage')
  })
})

describe('what the price does not cover is not free', () => {
  it.each<[string, Usage, object]>([
    ['an hour-long write without a rate', { input: 10, cacheWrite1h: 1, output: 1 }, {}],
    ['audio without a rate in the tier', { input: 150, audioInput: 1, output: 1 }, {}],
    ['an unknown service tier', { input: 10, output: 1 }, { tier: 'priority' }],
    ['flex without a factor', { input: 10, output: 1 }, { tier: 'flex' }],
  ])('%s', (_, usage, options) => {
    expect(cause(usage, options)).toBe('price')
  })

  it('output of an embedding model', () => {
    const cost = costOfUsage({ rates: { input: 1 }, tiers: [], multipliers: {} }, { input: 1, output: 1 })
    expect(cost).toMatchObject({ state: 'error', cause: 'price' })
  })
})

describe('what is billed', () => {
  it('makes the whole request pay the tier of its total input', () => {
    expect(pico({ input: 100, output: 0 })).toBe(100_000n)
    expect(pico({ input: 101, output: 0 })).toBe(202_000n)
    expect(pico({ input: 101, cachedInput: 101, output: 1 })).toBe(101n * 200n + 7000n)
    expect(pico({ input: 201, output: 0 })).toBe(201n * 3001n)
  })

  it('does not bill reasoning on top of output', () => {
    expect(pico({ input: 1, output: 9, reasoning: 9 })).toBe(pico({ input: 1, output: 9 }))
  })

  it('bills audio at its own rates and never twice', () => {
    expect(pico({ input: 10, audioInput: 4, output: 6, audioOutput: 2 })).toBe(6000n + 12_000n + 20_000n + 18_000n)
    // 8 cached + 4 audio of 10: two audio tokens must have been cached.
    expect(pico({ input: 10, cachedInput: 8, audioInput: 4, output: 0 })).toBe(6n * 100n + 2n * 3000n + 2n * 3000n)
  })

  it('rounds half a pico-dollar up, once', () => {
    expect(pico({ input: 201, output: 0 }, { batch: true })).toBe((201n * 3001n + 1n) / 2n)
  })

  it.each(['default', 'standard', 'auto', ''])('takes the service tier %j as the list price', (tier) => {
    expect(pico({ input: 1, output: 0 }, { tier })).toBe(1000n)
  })

  it('stays exact beyond floats', () => {
    expect(pico({ input: 9_007_199_254_740_991, output: 0 })).toBe(9_007_199_254_740_991n * 3001n)
  })

  it('never falls when a token is added at list prices', () => {
    for (let input = 0; input < 300; input += 1) {
      expect(pico({ input: input + 1, output: 3 })).toBeGreaterThan(pico({ input, output: 3 }))
      expect(pico({ input, output: 4 })).toBeGreaterThan(pico({ input, output: 3 }))
    }
  })
})
