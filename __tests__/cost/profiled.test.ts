// A route with a profile: only what the pull request changes is changed. Figures by hand from list prices.

import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import type { CasePair, EvalSetCalls } from '../../src/cost/input.ts'
import { Collector } from '../../src/cost/profile/collect.ts'
import type { Bin, Profile } from '../../src/cost/profile/profile.ts'
import { projectCost } from '../../src/cost/project.ts'
import { ceilingFindings } from '../../src/gate/ceilings.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { book, evalSet, NOW, pair, place, route, steady } from './fixtures.ts'
import { profileOf } from './profile/fixtures.ts'

type Setup = {
  readonly pairs?: readonly CasePair[]
  readonly sets?: readonly EvalSetCalls[]
  readonly set?: Partial<EvalSetCalls>
  readonly route?: Partial<Route>
  readonly profile?: Profile | null
  readonly atMs?: number
  readonly book?: typeof book
}

function project({ pairs, sets, set, route: keys, profile = PRODUCTION, atMs = NOW, book: own = book }: Setup) {
  const profiles = profile === null ? {} : { chat: { path: 'traffic.json', profile, leftOut: '' } }
  const evalSets = sets ?? [evalSet(pairs ?? steady({ input: 10, output: 10 }), set)]
  const found = projectCost({ evalSets, routes: [route(keys)], book: own, atMs, profiles })
  const [chat] = found.routes
  if (chat === undefined) throw new Error('no route')
  return { ...found, chat, month: chat.perMonthUsd, assumption: chat.assumption }
}

/** A thousand calls of 3,000 tokens in and 400 out: 3,000 + 4,000 = 7,000 micro-dollars at 1 and 10. */
const PRODUCTION = profileOf([{ calls: 1000, input: 3_000_000, output: 400_000 }])
const longer = (tokens: number) => [
  pair('a', { input: 500, output: 100 }, { input: 500 + tokens, output: 100 }),
  pair('b', { input: 900, output: 300 }, { input: 900 + tokens, output: 300 }),
]

describe('what changes, and nothing else', () => {
  it('200 tokens more at 10 million calls a day cost 60,000 dollars a month, exactly, whatever the cases’ length', () => {
    const rate = { requestsPerMonth: 300_000_000 }
    for (const profile of [PRODUCTION, null]) {
      const { month } = project({ pairs: longer(200), route: rate, profile })
      expect(month).toMatchObject({ delta: '60000', low: '60000', high: '60000' })
    }
    const { month, assumption } = project({ pairs: longer(200), route: rate })
    expect(month).toMatchObject({ base: '2100000', head: '2160000' })
    expect(assumption).toContain('+200 input tokens a call and output × 1.000 (measured on 2 pairs)')
    expect(assumption).toContain('tokens of 1,000 calls (profile traffic.json)')
  })

  it('production’s outputs grow in the ratio of the sums', () => {
    const pairs = [
      pair('a', { input: 500, output: 100 }, { input: 500, output: 130 }),
      pair('b', { input: 500, output: 300 }, { input: 500, output: 310 }),
    ]
    // 440 / 400: 40 tokens more at 10 micro-dollars.
    expect(project({ pairs }).month).toMatchObject({ base: '7000', head: '7400', delta: '400' })
  })

  it('the interval has the error of the ratio', () => {
    const outputs = [
      [100, 130],
      [300, 310],
      [200, 190],
      [400, 470],
    ]
    const pairs = outputs.map(([base = 0, head = 0], index) =>
      pair(`c${index}`, { input: 500, output: base }, { input: 500, output: head }),
    )
    const { month } = project({ pairs })
    // R = 1.1. Residuals over the rest of the sum: 20/900, -20/700, -30/800, 30/600; se^2 = 3/4 of their squares.
    const pulls = [20 / 900, -20 / 700, -30 / 800, 30 / 600]
    const se = Math.sqrt((3 / 4) * pulls.reduce((sum, one) => sum + one * one, 0))
    // As uneven as 10^2 / (1 + 9 + 4 + 16) = 3.33 cases: t(2.33, 0.975) = 3.76.
    const half = Number(month.high) - Number(month.delta)
    expect(half / (4000 * se)).toBeCloseTo(3.765, 1)
    expect(Number(month.delta) - Number(month.low)).toBeCloseTo(half, 6)
  })

  it('one pair gives no interval', () => {
    expect(project({ pairs: longer(200).slice(0, 1) }).month).toMatchObject({ delta: '200', low: null, high: null })
  })

  it('fewer tokens than a call has cannot be taken away', () => {
    const pairs = [pair('a', { input: 90_000, output: 1 }, { input: 10, output: 1 })]
    expect(project({ pairs }).month).toMatchObject({ head: '4000' })
  })

  it('identical requests: the level of production, and a change of exactly nothing', () => {
    const pairs: CasePair[] = [{ caseId: 'a', base: [], head: [], identical: true }]
    const { month, assumption } = project({ pairs: [...pairs, { ...pairs[0], caseId: 'b' } as CasePair] })
    expect(month).toEqual({ base: '7000', head: '7000', delta: '0', low: '0', high: '0' })
    expect(assumption).toContain('+0 input tokens a call')
  })

  it('a tie without a call counts as no change', () => {
    const tie: CasePair = { caseId: 't', base: [], head: [], identical: true }
    expect(project({ pairs: [...longer(200), tie, { ...tie, caseId: 'u' }] }).month.delta).toBe('100')
  })
})

describe('prices of production', () => {
  const GEMINI = 'gemini/gemini-2.5-pro'
  const before = { horizonDays: 10 }

  it('each bin pays its own tier', () => {
    // 250,000 tokens are over the cliff on both sides, 190,000 come over it, 1,000 stay below.
    const bins = [
      { calls: 100, input: 100_000, output: 0 },
      { calls: 10, input: 1_900_000, output: 0 },
      { calls: 10, input: 2_500_000, output: 0 },
    ]
    const { month } = project({
      pairs: longer(20_000),
      set: { modelBase: GEMINI, modelHead: GEMINI },
      route: before,
      profile: profileOf(bins),
    })
    const base = (100 * 1000 * 1.25 + 10 * 190_000 * 1.25 + 10 * 250_000 * 2.5) / 120
    const head = (100 * 21_000 * 1.25 + 10 * 210_000 * 2.5 + 10 * 270_000 * 2.5) / 120
    expect(Number(month.base)).toBeCloseTo(base, 6)
    expect(Number(month.head)).toBeCloseTo(head, 6)
  })

  it('a cliff is met by as many calls as there are, call by call', async () => {
    const next = seededRandom('cliff')
    const inputs = Array.from({ length: 4000 }, () => 150_000 + Math.floor(next() * 100_000))
    const collector = new Collector()
    const row = { atMs: null, model: null, tier: null, batch: false, failed: false, fromCache: false }
    const ids = { requestId: null, conversationId: null, route: null, labels: {} }
    for (const input of inputs)
      collector.add({ ...row, ...ids, tokens: { input, output: 100, cached: 0, written5m: 0, written1h: 0 } })
    const cost = (input: number) => (input > 200_000 ? input * 2.5 + 100 * 15 : input * 1.25 + 100 * 10)
    const mean = (added: number) => inputs.reduce((sum, input) => sum + cost(input + added), 0) / inputs.length
    const set = { modelBase: GEMINI, modelHead: GEMINI }
    for (const added of [0, 200, 1000, 30_000]) {
      const { month } = project({ pairs: longer(added), set, route: before, profile: collector.profile('own') })
      expect(Math.abs(Number(month.base) / mean(0) - 1)).toBeLessThan(0.002)
      expect(Number(month.delta) - (mean(added) - mean(0))).toBeLessThan(0.002 * mean(0))
      expect(Number(month.delta) - (mean(added) - mean(0))).toBeGreaterThan(-0.002 * mean(0))
    }
  })

  describe('calls just below a cliff', () => {
    const set = { modelBase: GEMINI, modelHead: GEMINI }
    const row = { atMs: null, model: null, tier: null, batch: false, failed: false, fromCache: false }
    const ids = { requestId: null, conversationId: null, route: null, labels: {} }
    const collected = (inputs: readonly number[], edges: readonly number[] = []) => {
      const collector = new Collector(edges)
      for (const input of inputs)
        collector.add({ ...row, ...ids, tokens: { input, output: 0, cached: 0, written5m: 0, written1h: 0 } })
      return collector.profile('own')
    }
    const monthOf = (profile: Profile, added = 0) =>
      project({ pairs: longer(added), set, route: before, profile }).month

    it('pay the lower rate, all of them', () => {
      // 1.25 dollars a million: a million calls of 199,000 tokens.
      expect(monthOf(collected(Array(1000).fill(199_000)))).toMatchObject({ base: '248750', head: '248750' })
      expect(monthOf(collected([199_000, 200_000]))).toMatchObject({ base: '249375' })
      expect(monthOf(profileOf([{ calls: 10, input: 1_990_000, low: 199_000, high: 199_000 }]))).toMatchObject({
        base: '248750',
      })
    })

    it('and the upper one as soon as the change lifts all of them over it', () => {
      const month = monthOf(collected(Array(1000).fill(199_000)), 1001)
      expect(month).toMatchObject({ base: '248750', head: String(200_001 * 2.5) })
      expect(monthOf(collected(Array(1000).fill(199_000)), 1000)).toMatchObject({ head: '250000' })
    })

    it('are told from those above it, exactly, where the edge is known', () => {
      // Nine in ten at 199,900 tokens, one at 200,100: one bin of two hundredths.
      const inputs = [...Array(900).fill(199_900), ...Array(100).fill(200_100)]
      const base = 0.9 * 199_900 * 1.25 + 0.1 * 200_100 * 2.5
      expect(Number(monthOf(collected(inputs, [200_000])).base)).toBeCloseTo(base, 6)
      const bins = collected(inputs, [128_000, 200_000]).bins.map(({ calls, low, high }) => [calls, low, high])
      expect(bins).toEqual([
        [900, 199_900, 199_900],
        [100, 200_100, 200_100],
      ])
    })
  })

  it('V23 a: a cache as the logs have it', () => {
    const cached = profileOf([{ calls: 100, input: 350_000, output: 20_000, cached: 285_000, written5m: 15_000 }], {
      promptCacheHitRatio: 285 / 350,
    })
    const SONNET = 'anthropic/claude-sonnet-4-5-20250929'
    const set = { modelBase: SONNET, modelHead: SONNET }
    const { month, assumption } = project({ set, profile: cached })
    expect([month.base, month.head]).toEqual(['5917.5', '5917.5'])
    expect(assumption).toContain('81.43 % of input tokens read from the prompt cache (profile')
    // V23: the head shares no prefix any more, and nothing is cached.
    const broken = project({ set: { ...set, prefixTokens: { base: 3000, head: 100 } }, profile: cached })
    expect(broken.month).toMatchObject({ base: '5917.5', head: '13500' })
    expect(broken.chat.parts).toEqual({ price: '0', input: '0', output: '0', cache: '7582.5', tier: '0' })
    // V23 b: it is written each time, and never read.
    const rewritten = { prefixTokens: { base: 3000, head: 0 }, rewrittenTokens: 3000 }
    expect(project({ set: { ...set, ...rewritten }, profile: cached }).month.head).toBe('15750')
    // A prefix of 4,000 is read and written in the same shares: V23 a with a thousand more.
    const grown = project({
      pairs: longer(1000),
      set: { ...set, prefixTokens: { base: 3000, head: 4000 } },
      profile: cached,
    })
    expect(Number(grown.month.head)).toBeCloseTo(1500 + 4000 * (0.95 * 0.3 + 0.05 * 3.75) + 3000, 9)
  })

  it('the route’s own hit ratio wins over the logs, V23 b', () => {
    const SONNET = 'anthropic/claude-sonnet-4-5-20250929'
    const set = { modelBase: SONNET, modelHead: SONNET, prefixTokens: { base: 3000, head: 3000 } }
    const cached = profileOf([{ calls: 1, input: 3500, output: 200, cached: 3000 }], { promptCacheHitRatio: 6 / 7 })
    expect(project({ set, profile: cached, route: { promptCacheHitRatio: 0 } }).month.base).toBe('15750')
    expect(project({ set, profile: cached, route: { promptCacheHitRatio: 0.95 } }).month.base).toBe('5917.5')
  })

  it('S1: a swap within a family keeps the tokens', () => {
    const swap = { modelBase: 'openai/gpt-4.1', modelHead: 'openai/gpt-6-luna' }
    const profile = profileOf([{ calls: 10, input: 100_000, output: 20_000 }])
    const { month, chat } = project({ set: swap, profile })
    expect(month).toMatchObject({ base: '36000', head: '2000', delta: '-34000' })
    expect(chat.parts).toMatchObject({ price: '-34000', input: '0', output: '0' })
  })

  it('S2: another tokenizer counts every token anew', () => {
    const swap = { modelBase: 'anthropic/claude-opus-4-6', modelHead: 'anthropic/claude-opus-4-8' }
    const pairs = [
      pair('a', { input: 1000, output: 100 }, { input: 1300, output: 100 }),
      pair('b', { input: 3000, output: 100 }, { input: 3900, output: 100 }),
    ]
    const profile = profileOf([{ calls: 10, input: 100_000, output: 0 }])
    const { month, assumption } = project({ set: swap, pairs, profile })
    expect(month).toMatchObject({ base: '50000', head: '65000' })
    expect(assumption).toContain('input × 1.300 by another tokenizer')
  })

  it('H1: a price that doubles inside the horizon, at the rate of the profile', () => {
    const FLASH = 'gemini/gemini-3.8-flash'
    const profile = profileOf([{ calls: 1000, input: 2_000_000, output: 300_000 }], {
      requestsPerMonth: 900_000,
      span: { from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z', days: 30, busyDays: 31 },
    })
    const { requestsPerMonth: _, ...quiet } = route({ horizonDays: 90 })
    const { routes, perSet } = projectCost({
      evalSets: [evalSet(steady({ input: 10, output: 10 }), { modelBase: FLASH, modelHead: FLASH })],
      routes: [quiet],
      book,
      atMs: NOW,
      profiles: { chat: { path: 'traffic.json', profile, leftOut: '' } },
    })
    expect(routes[0]?.perMonthUsd.head).toBe('3648.75')
    expect(routes[0]?.assumption).toContain(
      '900,000 requests a month (extrapolated from the profile, 2026-10-01 to 2026-10-31)',
    )
    expect(perSet.support?.state).toBe('priced')
    expect(routes[0]?.profile).toEqual({
      ...{ path: 'traffic.json', source: 'own', calls: 1000 },
      ...{ from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z' },
    })
  })

  it('H2: rerouted from December on, dearer from January on, both inside the horizon', () => {
    const profile = profileOf([{ calls: 100, input: 200_000, output: 30_000 }])
    const { month, assumption, perSet } = project({
      set: { modelBase: GEMINI, modelHead: GEMINI },
      route: { requestsPerMonth: 100_000, horizonDays: 60 },
      profile,
    })
    // 10 days of November at $550 a month, 31 of December at $262.50, 19 of January at $525.
    expect(Number(month.head)).toBeCloseTo((10 * 550 + 31 * 262.5 + 19 * 525) / 60, 9)
    expect(assumption).toContain(`${GEMINI} priced as gemini/gemini-3.8-flash from 2026-12-01`)
    expect(perSet.support?.events.join()).toContain('answered by gemini-3.8-flash')
  })

  it('a price of the repository’s own stands through a reroute', async () => {
    const own = await loadPrices([{ id: GEMINI, input: 1, output: 1, reason: 'contract', place }])
    const set = { modelBase: GEMINI, modelHead: GEMINI }
    const { month, assumption } = project({ set, book: own, route: { horizonDays: 60 } })
    expect(month.head).toBe('3400')
    expect(assumption).not.toContain('priced as')
  })

  it('batch, tiers, retries and a response cache from the profile', () => {
    const MINI = 'openai/gpt-5-mini'
    const bins = [{ calls: 10, input: 80_000, output: 15_000 }]
    const profile = profileOf(bins, {
      ...{ batchShare: 0.2, serviceTiers: { default: 0.5, flex: 0.5 }, retryRate: 0.1, responseCacheHitRatio: 0.25 },
    })
    const set = { modelBase: MINI, modelHead: MINI }
    const { month, assumption } = project({ set, profile })
    // V5: 5,000 at the list price; a fifth and two fifths at half.
    expect(Number(month.base)).toBeCloseTo(5000 * (0.2 * 0.5 + 0.8 * 0.75) * 0.75 * 1.1, 6)
    for (const words of ['25 % answered', '10 % retried (profile)', '20 % as batch', '50 % flex'])
      expect(assumption).toContain(words)
    const given = { batchShare: 0, serviceTier: 'default', retryRate: 0, responseCacheHitRatio: 0 }
    expect(project({ set, profile, route: given }).month.base).toBe('5000')
  })

  it('a tier that one side asks for is a change of the price there, too', () => {
    const models = { modelBase: 'openai/gpt-5-mini', modelHead: 'openai/gpt-5-mini' }
    const bins = [{ calls: 10, input: 80_000, output: 15_000 }]
    const { month } = project({ set: { ...models, tiers: { base: 'flex', head: '' } }, profile: profileOf(bins) })
    expect([month.base, month.head]).toEqual(['2500', '5000'])
  })

  it('a tier without a price is not priced as the list', () => {
    const profile = profileOf([{ calls: 10, input: 80_000 }], { serviceTiers: { default: 0.9, priority: 0.1 } })
    const { month, checks } = project({
      profile,
      set: { modelBase: 'openai/gpt-5-mini', modelHead: 'openai/gpt-5-mini' },
      route: { monthlyUsd: 1 },
    })
    expect(month).toEqual({ base: null, head: null, delta: null, low: null, high: null })
    expect(checks).toMatchObject([{ value: null, why: expect.stringContaining('unpriced') }])
  })

  it('V24: turns are in the calls already; requests that are conversations have some', () => {
    const profile = profileOf([{ calls: 5, input: 16_000, output: 1500 }], { turns: 5 })
    const set = { modelBase: 'anthropic/claude-sonnet-5', modelHead: 'anthropic/claude-sonnet-5' }
    expect(project({ set, profile, route: { turns: 5 } }).month.base).toBe('47000')
    const calls = project({ set, profile })
    expect(calls.month.base).toBe('9400')
    expect(calls.assumption).toContain('each call a request (5.00 a conversation in the profile)')
  })

  it('scales to last month’s bill', () => {
    expect(project({ pairs: longer(700), route: { calibrateUsd: 3500 } }).month).toMatchObject({
      base: '3500',
      delta: '350',
    })
  })
})

it('a whole route: profile, slices, reroute and price change inside the horizon, ceiling and owner', () => {
  const GEMINI = 'gemini/gemini-2.5-pro'
  const profile = profileOf(
    [
      { calls: 600, input: 600 * 2000, output: 600 * 300 },
      { calls: 400, input: 400 * 4000, output: 400 * 500 },
    ],
    {
      ...{ calls: 1000, requestsPerMonth: 100_000, batchShare: 0.25, models: { 'gemini-2.5-pro': 1 } },
      ...{ slices: { language: { de: 0.9, ja: 0.1 } } },
      span: { from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z', days: 30, busyDays: 31 },
    },
  )
  const pairs = [10, 20, 30].map(
    (tokens, index): CasePair => ({
      ...pair(`c${index}`, { input: 100 + tokens, output: 40 }, { input: 300 + tokens, output: 44 }),
      labels: { language: 'de' },
    }),
  )
  const { requestsPerMonth: _, ...quiet } = route({
    horizonDays: 60,
    owner: '@acme/finops',
    monthlyUsd: 600,
    monthlyDeltaUsd: 38,
  })
  const { routes, checks } = projectCost({
    evalSets: [evalSet(pairs, { modelBase: GEMINI, modelHead: GEMINI })],
    routes: [quiet],
    book,
    atMs: NOW,
    profiles: { chat: { path: 'ops/traffic.json', profile, leftOut: '' } },
  })
  // 2,800 in and 380 out; 3,000 and 418 on the head. A quarter as batch at half price: 0.875.
  const days = ([first, december, january]: [number, number, number]) =>
    (10 * first + 31 * december + 19 * january) / 60
  const month = (input: number, output: number) =>
    0.1 * 0.875 * days([input * 1.25 + output * 10, input * 0.75 + output * 3.75, input * 1.5 + output * 7.5])
  const [chat] = routes
  expect(Number(chat?.perMonthUsd.base)).toBeCloseTo(month(2800, 380), 9)
  expect(Number(chat?.perMonthUsd.head)).toBeCloseTo(month(3000, 418), 9)
  expect(chat).toEqual({
    name: 'chat',
    owner: '@acme/finops',
    perMonthUsd: {
      base: '461.161458333333',
      head: '499.781770833333',
      delta: '38.6203125',
      low: '38.6203125',
      high: '38.6203125',
    },
    // 200 tokens and 38 tokens, at the prices of the three stretches of time.
    parts: { price: '0', input: '18.739583333333', output: '19.880729166667', cache: '0', tier: '0' },
    limitUsd: { monthly: '600', monthlyDelta: '38' },
    assumption: [
      '100,000 requests a month (extrapolated from the profile, 2026-10-01 to 2026-10-31)',
      'tokens of 1,000 calls (profile ops/traffic.json)',
      'changed by +200 input tokens a call and output × 1.100 (measured on 3 pairs)',
      'no prompt cache',
      '25 % as batch (profile)',
      'cases weighted by language (profile)',
      'not covered: language=ja 10 %',
      'prices over 60 days from 2026-11-21',
      `${GEMINI} priced as gemini/gemini-3.8-flash from 2026-12-01`,
    ].join(', '),
    notCovered: [{ dimension: 'language', value: 'ja', percent: 10 }],
    profile: {
      ...{ path: 'ops/traffic.json', source: 'own', calls: 1000 },
      ...{ from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z' },
    },
  })
  expect(ceilingFindings(checks).map(({ rule, level }) => [rule, level])).toEqual([['route-delta', 'fail']])
})

describe('where a profile does not fit', () => {
  it('requests of several calls: the tokens of the cases, and it is said', () => {
    const run = [{ usage: { input: 1000, output: 10 } }, { usage: { input: 1000, output: 10 } }]
    const { month, assumption } = project({ pairs: [{ caseId: 'a', base: [run], head: [run] }] })
    expect(month.base).toBe('2200')
    expect(assumption).toContain('since a request of the eval set is several calls: those of traffic.json are not used')
  })

  it('no base', () => {
    const alone: CasePair = { caseId: 'a', base: [], head: [{ usage: { input: 1000, output: 10 } }] }
    const { month, assumption } = project({ pairs: [alone], set: { modelBase: null } })
    expect(month.head).toBe('1100')
    expect(assumption).toContain('no base')
  })

  it('no answers on the base', () => {
    const pairs = [pair('a', { input: 10, output: 0 }, { input: 10, output: 5 })]
    expect(project({ pairs }).assumption).toContain('no case has an answer on the base')
  })

  it('logs of another model are told apart', () => {
    const of = (model: string) =>
      project({
        profile: { ...PRODUCTION, models: { [model]: 1 } },
        set: { modelBase: 'openai/gpt-4.1', modelHead: 'openai/gpt-4.1' },
      }).assumption
    expect(of('gpt-4o-2024-08-06')).toContain('which are calls of gpt-4o-2024-08-06')
    expect(of('gpt-4.1-2025-04-14')).not.toContain('which are calls of')
  })

  it('no rate anywhere', () => {
    const { requestsPerMonth: _, ...quiet } = route()
    const context = { evalSets: [evalSet(steady({ input: 1, output: 1 }))], routes: [quiet], book, atMs: NOW }
    const found = projectCost({ ...context, profiles: { chat: { path: 't.json', profile: PRODUCTION, leftOut: '' } } })
    expect(found.routes[0]?.assumption).toBe('no requests_per_month, and the rows of t.json have no times')
    expect(found.perSet.support?.state).toBe('no-traffic')
  })
})

describe('slice weights', () => {
  const labelled = (id: string, language: string, before: number, after: number): CasePair => ({
    ...pair(id, { input: before, output: 0 }, { input: after, output: 0 }),
    labels: { language },
  })
  // German grows by 100, English by 500.
  const pairs = [
    labelled('a', 'de', 1000, 1100),
    labelled('b', 'de', 1000, 1100),
    labelled('c', 'de', 1000, 1100),
    labelled('d', 'en', 2000, 2500),
  ]
  const weights = { language: { de: 30, en: 70 } }

  it('cases count as much as their slice has traffic', () => {
    const { month, assumption, chat } = project({ pairs, route: { sliceWeights: weights }, profile: null })
    expect(month).toMatchObject({ base: '1700', head: '2080', delta: '380' })
    expect(chat.parts).toMatchObject({ price: '0', input: '380', cache: '0' })
    expect(project({ pairs, profile: null }).month.delta).toBe('200')
    expect(assumption).toContain('cases weighted by language')
  })

  it('of a profile too, on its own tokens', () => {
    const profile = { ...PRODUCTION, slices: { language: { de: 0.3, en: 0.7 } } }
    const { month, assumption } = project({ pairs, profile })
    expect(month).toMatchObject({ base: '7000', delta: '380' })
    expect(assumption).toContain('cases weighted by language (profile)')
    expect(project({ pairs, profile, route: { sliceWeights: { language: { de: 1 } } } }).month.delta).toBe('100')
  })

  it('traffic without a case is said, and the rest stands for it', () => {
    const { chat, assumption, month } = project({
      ...{ pairs, profile: null },
      route: { sliceWeights: { language: { de: 0.4, en: 0.4, fr: 0.15, it: 0.05 } } },
    })
    expect(assumption).toContain('not covered: language=fr 15 %, language=it 5 %')
    expect(chat.notCovered).toEqual([
      { dimension: 'language', value: 'fr', percent: 15 },
      { dimension: 'language', value: 'it', percent: 5 },
    ])
    expect(Number(month.delta)).toBeCloseTo(300, 5)
  })

  it('cases without traffic count for nothing', () => {
    const { month, assumption } = project({ pairs, route: { sliceWeights: { language: { en: 1 } } }, profile: null })
    expect(month.delta).toBe('500')
    expect(month.low).toBeNull()
    expect(assumption).toContain('3 cases in no slice with traffic left out')
  })

  it('no case in any slice with traffic: no projection', () => {
    const found = project({
      pairs: pairs.slice(0, 3).map((one) => ({ ...one, labels: { language: 'de' } })),
      ...{ route: { sliceWeights: { language: { en: 1 } }, monthlyUsd: 1 }, profile: null },
    })
    expect(found.month.head).toBeNull()
    expect(found.checks).toMatchObject([{ value: null, touched: true, why: 'no case is in a slice that has traffic' }])
  })

  it('a dimension that no case carries weights nothing', () => {
    const { month, assumption } = project({ pairs, route: { sliceWeights: { topic: { refund: 1 } } }, profile: null })
    expect(month.delta).toBe('200')
    expect(assumption).toContain('no case has topic: not weighted by it')
  })
})

describe('properties', () => {
  const SEEDS = Array.from({ length: 40 }, (_, index) => `seed ${index}`)
  const MODELS = [
    'openai/gpt-5.6-sol',
    'gemini/gemini-2.5-pro',
    'openai/gpt-4.1',
    'anthropic/claude-sonnet-4-5-20250929',
  ]

  function draw(seed: string) {
    const next = seededRandom(seed)
    const whole = (most: number) => Math.floor(next() * most)
    const model = MODELS[whole(MODELS.length)] ?? ''
    const bins = Array.from({ length: 1 + whole(30) }, (): Bin => {
      const calls = 1 + whole(500)
      const input = calls * (1 + whole(300_000))
      const cached = whole(input)
      return { calls, input, output: calls * whole(3000), cached, written5m: whole(input - cached), written1h: 0 }
    })
    const labels = () => ({ language: ['de', 'en', 'fr'][whole(3)] ?? '', topic: ['a', 'b'][whole(2)] ?? '' })
    const pairs = Array.from({ length: 3 + whole(20) }, (_, index): CasePair => {
      const input = 1 + whole(5000)
      return {
        ...pair(`c${index}`, { input, output: 1 + whole(900) }, { input: input + whole(400), output: 1 + whole(900) }),
        labels: labels(),
      }
    })
    const share = () => 0.05 + next()
    const slices = { language: { de: share(), en: share(), fr: share() }, topic: { a: share(), b: share() } }
    const profile = profileOf(bins, { slices, promptCacheHitRatio: next() < 0.5 ? 0.3 : null })
    return { next, whole, profile, pairs, set: { modelBase: model, modelHead: model } }
  }
  const head = (setup: Setup) => Number(project(setup).month.head)

  it.each(SEEDS)('more tokens are never cheaper, more traffic never either (%s)', (seed) => {
    const { pairs, profile, set, whole } = draw(seed)
    const more = whole(100_000)
    const fuller = pairs.map((one) => ({
      ...one,
      head: one.head.map((run) =>
        'usage' in run && run.usage ? { usage: { ...run.usage, input: run.usage.input + more } } : run,
      ),
    }))
    expect(head({ pairs: fuller, profile, set })).toBeGreaterThanOrEqual(head({ pairs, profile, set }))
    const longerAnswers = pairs.map((one) => ({
      ...one,
      head: one.head.map((run) =>
        'usage' in run && run.usage ? { usage: { ...run.usage, output: run.usage.output + 1 } } : run,
      ),
    }))
    expect(head({ pairs: longerAnswers, profile, set })).toBeGreaterThanOrEqual(head({ pairs, profile, set }))
    const rate = { requestsPerMonth: 2_000_000 }
    expect(head({ pairs, profile, set, route: rate })).toBeCloseTo(2 * head({ pairs, profile, set }), 6)
  })

  it.each(SEEDS)('parts add up to the change exactly, and change nothing of price within one model (%s)', (seed) => {
    const { pairs, profile, set } = draw(seed)
    for (const own of [profile, null]) {
      const { chat, month } = project({ pairs, profile: own, set, route: { sliceWeights: profile.slices } })
      const sum = Object.values(chat.parts ?? {}).reduce((total, part) => total + Number(part), 0)
      expect(sum).toBeCloseTo(Number(month.delta), 6)
      expect(chat.parts?.price).toBe('0')
    }
  })

  it.each(SEEDS)('the order of cases and bins does not matter (%s)', (seed) => {
    const { pairs, profile, set, next } = draw(seed)
    const turned = { ...profile, bins: shuffled(profile.bins, next) }
    expect(project({ pairs: shuffled(pairs, next), profile: turned, set }).chat).toEqual(
      project({ pairs, profile, set }).chat,
    )
  })

  it.each(SEEDS)('two eval sets on one route do not count twice (%s)', (seed) => {
    const { pairs, profile, set } = draw(seed)
    const middle = Math.ceil(pairs.length / 2)
    const sets = [evalSet(pairs.slice(0, middle), set), evalSet(pairs.slice(middle), { ...set, name: 'other' })]
    for (const own of [profile, null]) {
      const whole = project({ pairs, profile: own, set, route: { evals: ['support'] } })
      const parts = project({ sets, profile: own, route: { evals: ['support', 'other'] } })
      expect(parts.chat.perMonthUsd).toEqual(whole.chat.perMonthUsd)
    }
  })

  it('sets of different models are taken in their shares', () => {
    const sets = [
      evalSet(steady({ input: 10, output: 10 }, 3), { name: 'support' }),
      evalSet(steady({ input: 10, output: 10 }, 1), {
        name: 'other',
        modelBase: 'test/double',
        modelHead: 'test/double',
      }),
    ]
    const { month } = project({ sets, route: { evals: ['support', 'other'] } })
    expect(month).toMatchObject({ base: '8750', head: '8750', delta: '0' })
  })
})
