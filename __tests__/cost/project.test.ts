import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import type { CasePair, EvalSetCalls } from '../../src/cost/input.ts'
import { type CostProjection, projectCost } from '../../src/cost/project.ts'
import type { Usage } from '../../src/domain.ts'
import { ceilingFindings } from '../../src/gate/ceilings.ts'
import { parseUsd } from '../../src/money.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { book, evalSet, NOW, pair, place, route, steady } from './fixtures.ts'

const usage: Usage = { input: 1000, output: 100 }
const more: Usage = { input: 1500, output: 100 }
const project = (set: EvalSetCalls, routes = [route()]): CostProjection =>
  projectCost({ evalSets: [set], routes, book, atMs: NOW })
const UNKNOWN = { base: null, head: null, delta: null, low: null, high: null }
const pico = (usd: string | null | undefined): bigint => {
  const parsed = parseUsd(usd ?? 'null')
  if (parsed.state !== 'ok') throw new Error(parsed.why)
  return parsed.pico
}

describe('unknown is never 0', () => {
  it.each([
    ['base', { modelBase: 'acme/unknown' }],
    ['head', { modelHead: 'claude-sonnet-5-9' }],
    ['both', { modelBase: 'azure/x', modelHead: 'azure/x' }],
  ])('an unpriced %s leaves every figure empty', (_, models) => {
    const { perSet, routes, repository, checks, numbers } = project(evalSet(steady(usage), models), [
      route({ monthlyUsd: 1 }),
    ])
    expect(perSet.support).toMatchObject({ state: 'unpriced', perRequestUsd: UNKNOWN, parts: {} })
    expect(perSet.support?.events[0]).toBeTruthy()
    expect(routes[0]?.perMonthUsd).toEqual(UNKNOWN)
    expect(routes[0]?.assumption).toContain('unpriced')
    expect(repository).toMatchObject({ perMonthUsd: { base: null, head: null }, deltaUsd: null, unknown: ['chat'] })
    expect(checks).toMatchObject([{ rule: 'route-ceiling', value: null, why: expect.stringContaining('unpriced') }])
    expect(numbers.support).toMatchObject({ ratio: null, headPico: null })
  })

  it('one unpriced call among priced ones is enough', () => {
    const mixed = [{ usage }, { usage, model: 'acme/unknown' }]
    const { perSet } = project(evalSet([{ caseId: 'a', base: [mixed], head: [mixed] }]))
    expect(perSet.support?.state).toBe('unpriced')
  })

  it('a batch share without a batch price', () => {
    const { routes, perSet } = project(evalSet(steady(usage)), [route({ batchShare: 0.1 })])
    expect(routes[0]).toMatchObject({ perMonthUsd: UNKNOWN, assumption: expect.stringContaining('batch') })
    expect(perSet.support?.state).toBe('priced')
  })

  it('no token counts at all', () => {
    const { perSet } = project(evalSet([pair('a', null, null)]))
    expect(perSet.support).toMatchObject({ state: 'unpriced', perRequestUsd: UNKNOWN })
  })

  it('no cases at all', () => {
    expect(project(evalSet([])).perSet.support).toMatchObject({ state: 'unpriced', perRequestUsd: UNKNOWN })
  })

  it('a price that starts inside the horizon only', async () => {
    const own = await loadPrices([{ id: 'test/late', from: '2026-12-01', input: 1, output: 1, place }])
    const set = evalSet(steady(usage), { modelBase: 'test/late', modelHead: 'test/late' })
    const { perSet, routes } = projectCost({ evalSets: [set], routes: [route()], book: own, atMs: NOW })
    expect([perSet.support?.state, routes[0]?.perMonthUsd.head]).toEqual(['unpriced', null])
  })
})

describe('cases that cannot be measured', () => {
  const withMissing = (missing: number): readonly CasePair[] => [
    ...Array.from({ length: 10 - missing }, (_, index) => pair(`c${index}`, usage, more)),
    ...Array.from({ length: missing }, (_, index) => pair(`m${index}`, { input: 9_000_000, output: 0 }, null)),
  ]

  it('are left out of both sides up to a tenth', () => {
    const { perSet } = project(evalSet(withMissing(1)))
    expect(perSet.support).toMatchObject({ state: 'priced', perRequestUsd: { base: '0.002', head: '0.0025' } })
    expect(perSet.support?.provenance).toContain('1 without counts left out')
  })

  it('stop the projection beyond', () => {
    const { perSet } = project(evalSet(withMissing(2)))
    expect(perSet.support).toMatchObject({ state: 'unpriced', events: [expect.stringContaining('2 of 10')] })
  })

  it.each<[string, Usage]>([
    ['cached above input', { input: 10, cachedInput: 20, output: 1 }],
    ['negative', { input: -5, output: 1 }],
  ])('%s', (_, broken) => {
    const { perSet, routes } = project(evalSet([pair('a', broken, usage)]))
    expect(perSet.support?.state).toBe('unpriced')
    expect(routes[0]?.perMonthUsd.head).toBeNull()
  })

  it('a run without counts does not spoil the repeats that have them', () => {
    const repeats = { caseId: 'a', base: [{ usage }, { usage: null }], head: [{ usage: more }] }
    expect(project(evalSet([repeats])).perSet.support?.perRequestUsd.delta).toBe('0.0005')
  })
})

describe('repeats and calls', () => {
  it('averages repeats inside a case, so that a case with many weighs as one', () => {
    const many = { caseId: 'a', base: [{ usage }], head: Array.from({ length: 9 }, () => ({ usage: more })) }
    const one = pair('b', usage, usage)
    const { perRequestUsd } = project(evalSet([many, one])).perSet.support ?? {}
    expect(perRequestUsd?.delta).toBe('0.00025')
  })

  it('adds the calls of one run up', () => {
    const run = [{ usage }, { usage, model: 'test/double' }]
    const { perSet } = project(evalSet([{ caseId: 'a', base: [{ usage }], head: [run] }], { modelBase: 'test/plain' }))
    expect(perSet.support?.perRequestUsd).toMatchObject({ base: '0.002', head: '0.006' })
    // A call of another model came: a thousand tokens in at 2, a hundred out at 20.
    expect(perSet.support?.parts).toEqual({ price: '0', input: '0.002', output: '0.002', cache: '0', tier: '0' })
  })

  it('gives no interval for one case', () => {
    const { perSet, numbers } = project(evalSet([pair('a', usage, more)]))
    expect(perSet.support?.perRequestUsd).toMatchObject({ delta: '0.0005', low: null, high: null })
    expect(numbers.support?.headPico).toMatchObject({ low: null, high: null })
  })
})

describe('identical requests', () => {
  const tie = (id: string): CasePair => ({ caseId: id, base: [], head: [], identical: true })

  it('count as a difference of nothing', () => {
    const { perSet, numbers } = project(evalSet([pair('a', usage, more), tie('b'), tie('c'), tie('d')]))
    expect(perSet.support?.perRequestUsd).toMatchObject({ base: '0.002', head: '0.002125', delta: '0.000125' })
    expect(perSet.support?.parts.input).toBe('0.000125')
    expect(numbers.support?.ratio?.point).toBeCloseTo(1.0625, 9)
  })

  it('take one answer for both sides, wherever it is', () => {
    for (const called of [{ base: [{ usage }] }, { head: [{ usage }] }]) {
      const { perSet } = project(evalSet([{ ...tie('a'), ...called }, tie('b')]))
      expect(perSet.support?.perRequestUsd).toMatchObject({ base: '0.002', head: '0.002', delta: '0' })
    }
  })

  it('all uncalled: no level, and a change of exactly nothing', () => {
    const { perSet, routes } = project(evalSet([tie('a'), tie('b')]))
    expect(perSet.support).toMatchObject({
      state: 'priced',
      perRequestUsd: { ...UNKNOWN, delta: '0', low: '0', high: '0' },
    })
    expect(routes[0]?.perMonthUsd).toMatchObject({ head: null, delta: '0' })
  })

  it('behind one deployment name that means two models are a change', async () => {
    const own = await loadPrices([], { 'azure/gpt': { base: 'openai/gpt-4.1', head: 'openai/gpt-4.1-mini' } })
    const models = { modelBase: 'azure/gpt', modelHead: 'azure/gpt' }
    const called = projectCost({
      evalSets: [evalSet([{ ...tie('a'), head: [{ usage }] }], models)],
      routes: [],
      book: own,
      atMs: NOW,
    })
    expect(called.perSet.support?.perRequestUsd).toMatchObject({ base: '0.0028', head: '0.00056' })
    const uncalled = projectCost({ evalSets: [evalSet([tie('a')], models)], routes: [], book: own, atMs: NOW })
    expect(uncalled.perSet.support?.state).toBe('unpriced')
  })
})

describe('no base', () => {
  const alone: CasePair = { caseId: 'a', base: [], head: [{ usage }] }

  it('shows the head alone', () => {
    const { perSet, routes, checks } = project(evalSet([alone, { ...alone, caseId: 'b' }], { modelBase: null }), [
      route({ monthlyUsd: 100, monthlyDeltaUsd: 100 }),
    ])
    expect(perSet.support?.perRequestUsd).toEqual({ ...UNKNOWN, head: '0.002' })
    expect(routes[0]?.perMonthUsd).toEqual({ ...UNKNOWN, head: '2000' })
    expect(checks.map(({ rule, value, why }) => [rule, value?.point ?? null, why])).toEqual([
      ['route-ceiling', 2_000_000_000_000_000n, null],
      ['route-delta', null, 'the base has no eval set support'],
    ])
  })

  it('a base that never answered has no cost, whatever its model: the head is shown, and no change', () => {
    const { perSet, routes, checks, numbers } = project(
      evalSet([alone, { ...alone, caseId: 'b' }], { modelBase: 'openai/gpt-4.1-2025-04-41' }),
      [route({ monthlyUsd: 100, monthlyDeltaUsd: 100 })],
    )
    expect(perSet.support?.perRequestUsd).toEqual({ ...UNKNOWN, head: '0.002' })
    expect(perSet.support?.provenance).toContain('2 head cases; the base has no answer to compare them with')
    expect(routes[0]?.perMonthUsd).toEqual({ ...UNKNOWN, head: '2000' })
    expect(checks[1]).toMatchObject({
      ...{ rule: 'route-delta', value: null, lacksBase: true },
      why: 'the base of support has no answer',
    })
    expect(numbers.support?.headPico?.point).toBe(2_000_000_000n)
  })

  it('a new set beside others does not free the route of its limit on a change', () => {
    const grown = evalSet([pair('a', usage, more), pair('b', usage, more)])
    const added = evalSet([alone, { ...alone, caseId: 'b' }], { name: 'new', modelBase: null })
    const both = (of: EvalSetCalls, limit: number) =>
      projectCost({
        evalSets: [of, added],
        routes: [route({ evals: ['support', 'new'], monthlyDeltaUsd: limit })],
        book,
        atMs: NOW,
      })
    // 500 tokens at $1 a million, a million times.
    const breached = both(grown, 400)
    expect(breached.checks[0]).toMatchObject({ value: { point: pico('500'), low: pico('500') }, lacksBase: true })
    expect(ceilingFindings(breached.checks)[0]).toMatchObject({ rule: 'route-delta', level: 'fail' })
    // Of the head all count: (2.5 + 2.5 + 2 + 2) / 4 thousandths of a dollar.
    expect(breached.routes[0]?.perMonthUsd).toMatchObject({ base: null, head: '2250', delta: '500' })
    const [below] = ceilingFindings(both(grown, 600).checks)
    expect(below).toMatchObject({ rule: 'route-delta', level: 'note', value: '$500' })
    expect(below?.message).toContain('was not checked (the base has no eval set new)')
    const tied = evalSet([{ caseId: 'a', base: [], head: [], identical: true }])
    expect(both(tied, 900).checks[0]).toMatchObject({ value: { point: 0n }, why: 'the base has no eval set new' })
  })

  it('an unpriced head is not known, with or without a base', () => {
    const { perSet } = project(evalSet([alone], { modelBase: null, modelHead: 'acme/unknown' }))
    expect(perSet.support).toMatchObject({ state: 'unpriced', perRequestUsd: UNKNOWN })
  })

  it('added cases do not change the pair', () => {
    const { perSet } = project(evalSet([pair('a', usage, more), alone]))
    expect(perSet.support?.perRequestUsd).toMatchObject({ base: '0.002', head: '0.0025' })
  })
})

describe('routes', () => {
  it('no route: a price per request and no monthly claim', () => {
    const { perSet, routes, repository } = project(evalSet(steady(usage)), [])
    expect([perSet.support?.state, routes, repository.deltaUsd]).toEqual(['no-traffic', [], null])
    expect(perSet.support?.perRequestUsd.head).toBe('0.002')
  })

  it('a route without a request count makes none either', () => {
    const { requestsPerMonth: _, ...quiet } = route()
    const { perSet, routes } = project(evalSet(steady(usage)), [quiet])
    expect([perSet.support?.state, routes[0]?.perMonthUsd]).toEqual(['no-traffic', UNKNOWN])
  })

  it('pools its eval sets by case, not by set', () => {
    const big = evalSet(steady({ input: 4000, output: 0 }, 3))
    const small = evalSet(steady({ input: 8000, output: 0 }, 1), { name: 'other' })
    const { routes } = projectCost({
      evalSets: [big, small],
      routes: [route({ evals: ['support', 'other'] })],
      book,
      atMs: NOW,
    })
    expect(routes[0]?.perMonthUsd.head).toBe('5000')
  })

  it('names the eval sets that did not run', () => {
    const { routes } = project(evalSet(steady(usage)), [route({ evals: ['support', 'gone'] })])
    expect(routes[0]?.assumption).toContain('gone')
  })

  it('says what it takes for granted', () => {
    const full = route({ responseCacheHitRatio: 0.1, retryRate: 0.02, promptCacheHitRatio: 0.4, sliceWeights: {} })
    const { routes } = project(evalSet(steady(usage)), [full])
    for (const words of [
      '1,000,000 requests',
      '10 % answered',
      '2 % retried',
      '40 %',
      'uncached',
      '30 days from 2026-11-21',
      'tokens of the eval cases (measured)',
    ]) {
      expect(routes[0]?.assumption).toContain(words)
    }
  })

  it('keeps the last recorded cost of a route that this run does not touch', () => {
    const other = route({ name: 'other', evals: ['elsewhere'], monthlyUsd: 50 })
    const set = evalSet(steady(usage))
    const known = projectCost({
      evalSets: [set],
      routes: [route(), other],
      book,
      atMs: NOW,
      recorded: { other: '75.5' },
    })
    expect(known.routes[1]?.perMonthUsd).toEqual({ base: '75.5', head: '75.5', delta: '0', low: '0', high: '0' })
    expect(known.repository).toMatchObject({ perMonthUsd: { head: '2075.5' }, deltaUsd: '0', unknown: [] })
    const unknown = projectCost({
      evalSets: [set],
      routes: [route(), other],
      book,
      atMs: NOW,
      limit: { monthlyUsd: 9 },
    })
    expect(unknown.routeStates).toEqual({ chat: 'measured', other: 'not-run' })
    expect(unknown.repository).toMatchObject({ perMonthUsd: { head: '2000' }, deltaUsd: '0', unknown: ['other'] })
    expect(unknown.checks.at(-1)).toMatchObject({ rule: 'repository-ceiling', why: expect.stringContaining('partial') })
  })

  it('counts a route that ran without a call with its last recorded cost, too', () => {
    const tied = evalSet([{ caseId: 'a', base: [], head: [], identical: true }])
    const of = (recorded: { readonly [route: string]: string }) =>
      projectCost({ evalSets: [tied], routes: [route({ monthlyUsd: 50 })], book, atMs: NOW, recorded })
    expect(of({ chat: '75.5' }).routes[0]).toMatchObject({
      perMonthUsd: { base: '75.5', head: '75.5', delta: '0' },
      untouched: true,
    })
    expect(of({ chat: '75.5' }).checks[0]?.value?.point).toBe(pico('75.5'))
    expect(of({}).routes[0]?.perMonthUsd).toMatchObject({ head: null, delta: '0' })
  })

  it('says of the repository which route has no price, whatever the others cost', () => {
    const other = route({ name: 'other', evals: ['other'] })
    const unpriced = evalSet(steady(usage), { name: 'other', modelBase: 'acme/x', modelHead: 'acme/x' })
    const limit = { monthlyUsd: 9000 }
    const of = (evalSets: readonly EvalSetCalls[], routes: readonly Route[]) =>
      projectCost({ evalSets, routes, book, atMs: NOW, limit }).checks.at(-1)
    expect(of([evalSet(steady(usage)), unpriced], [route(), other])).toMatchObject({
      rule: 'repository-ceiling',
      why: expect.stringMatching(/^unpriced: route other: acme\/x is not in the price table/),
    })
    expect(of([unpriced], [other])).toMatchObject({ value: null, why: expect.stringMatching(/^unpriced: /) })
  })

  it('writes a bill and what was modelled as money', () => {
    const { routes } = project(evalSet(steady(usage)), [route({ calibrateUsd: 1600.5 })])
    expect(routes[0]?.assumption).toContain('scaled by 0.80 to the billed $1,601 (modelled: $2,000)')
  })

  it('scales to last month’s bill and says so', () => {
    const pairs = [pair('a', usage, more), pair('b', usage, more)]
    const { routes } = project(evalSet(pairs), [route({ calibrateUsd: 1600 })])
    expect(routes[0]?.perMonthUsd).toMatchObject({ base: '1600', head: '2000', delta: '400' })
    expect(routes[0]?.assumption).toContain('scaled by 0.80')
    expect(routes[0]?.assumption).not.toContain('far off')
    expect(project(evalSet(pairs), [route({ calibrateUsd: 10 })]).routes[0]?.assumption).toContain('far off')
  })
})

describe('provenance', () => {
  it('names the source of each price that was used, and the older date', async () => {
    const own = await loadPrices(
      [{ id: 'azure/gpt', from: '2026-01-01', input: 1, output: 1, reason: 'contract', place }],
      {
        'azure/other': { base: 'openai/gpt-4.1', head: 'openai/gpt-5' },
      },
    )
    const models = { modelBase: 'azure/gpt', modelHead: 'azure/other' }
    const { perSet } = projectCost({ evalSets: [evalSet(steady(usage), models)], routes: [], book: own, atMs: NOW })
    const { provenance, priceDate } = perSet.support ?? {}
    expect([priceDate, provenance]).toEqual([
      '2026-01-01',
      'measured token counts of 2 paired cases; prices: of parity.yaml (contract) and list prices of @pydantic/genai-prices 0.1.8',
    ])
  })

  it('says when a factor is assumed', () => {
    const assumption = (model: string, rest: object) =>
      project(evalSet(steady(usage), { modelBase: model, modelHead: model }), [route(rest)]).routes[0]?.assumption
    expect(assumption('openai/gpt-5', { serviceTier: 'flex' })).toContain('flex (its price is assumed)')
    expect(assumption('mistral/mistral-large-2512', { batchShare: 0.5 })).toContain('as batch (its price is assumed)')
    expect(assumption('openai/gpt-5', { batchShare: 0.5 })).not.toContain('assumed')
  })
})

describe('a service tier that the change asks for', () => {
  const MINI = { modelBase: 'openai/gpt-5-mini', modelHead: 'openai/gpt-5-mini' }
  const asking = (base: string, head: string, rest: Partial<Route> = {}) =>
    project(evalSet(steady(usage), { ...MINI, tiers: { base, head } }), [route(rest)])
  const list = project(evalSet(steady(usage), MINI)).perSet.support?.perRequestUsd.base

  it('is a change of the price, per request and per month, and stands under price', () => {
    const { perSet, routes, numbers } = asking('flex', '')
    const { perRequestUsd, parts, events } = perSet.support ?? {}
    expect(Number(perRequestUsd?.head)).toBeCloseTo(Number(list), 12)
    expect(Number(perRequestUsd?.base)).toBeCloseTo(Number(list) / 2, 12)
    expect(parts).toMatchObject({ price: perRequestUsd?.delta })
    expect(numbers.support?.ratio?.point).toBeCloseTo(2, 9)
    expect(Number(routes[0]?.perMonthUsd.head)).toBeCloseTo(2 * Number(routes[0]?.perMonthUsd.base), 6)
    expect(events).toContainEqual(expect.stringMatching(/^service tier asked for: none by the base|"flex" by the base/))
  })

  it('of one side leaves the other to the route', () => {
    const { routes } = asking('', 'flex', { serviceTier: 'default' })
    expect(Number(routes[0]?.perMonthUsd.base)).toBeCloseTo(2 * Number(routes[0]?.perMonthUsd.head), 6)
    const [served] = asking('', 'flex', { serviceTier: 'flex' }).routes
    expect(served?.perMonthUsd.delta).toBe('0')
  })

  it('without a known price leaves the figures empty', () => {
    const { perSet, routes } = asking('', 'priority')
    expect(perSet.support).toMatchObject({ state: 'unpriced', perRequestUsd: UNKNOWN })
    expect(perSet.support?.events[0]).toContain('no price is known for the service tier "priority"')
    expect(routes[0]?.perMonthUsd).toEqual(UNKNOWN)
  })
})

describe('ceilings', () => {
  const pairs = [1000, 2000, 3000].map((tokens, index) =>
    pair(`c${index}`, { input: tokens, output: 0 }, { input: tokens + 100 * index, output: 0 }),
  )

  it('come with point and bounds, and no decision', () => {
    const limits = [route({ monthlyUsd: 2000, monthlyDeltaUsd: 50, owner: '@acme/finops' })]
    const { checks, routes } = projectCost({
      evalSets: [evalSet(pairs)],
      routes: limits,
      book,
      atMs: NOW,
      limit: { monthlyUsd: 4000, owner: '@acme/cfo' },
    })
    expect(checks.map(({ rule, owner, limit }) => [rule, owner, limit])).toEqual([
      ['route-ceiling', '@acme/finops', pico('2000')],
      ['route-delta', '@acme/finops', pico('50')],
      ['repository-ceiling', '@acme/cfo', pico('4000')],
    ])
    const delta = checks[1]?.value
    expect([delta?.point, delta?.low]).toEqual([pico('100'), pico(routes[0]?.perMonthUsd.low)])
    for (const { value } of checks) expect((value?.low ?? 0n) < (value?.point ?? 0n)).toBe(true)
    expect(routes[0]?.limitUsd).toEqual({ monthly: '2000', monthlyDelta: '50' })
  })

  it('adds the widths of routes in squares', () => {
    const two = [route({ name: 'a' }), route({ name: 'b' })]
    const limits = two.map((each) => ({ ...each, monthlyUsd: 1 }))
    const { checks } = projectCost({
      evalSets: [evalSet(pairs)],
      routes: limits,
      book,
      atMs: NOW,
      limit: { monthlyUsd: 1 },
    })
    const [half, , whole] = checks.map(({ value }) => Number((value?.high ?? 0n) - (value?.point ?? 0n)))
    expect((whole ?? 0) / (half ?? 1)).toBeCloseTo(Math.SQRT2, 9)
  })

  it('a limit of nothing is a limit', () => {
    const { checks } = project(evalSet(pairs), [route({ monthlyDeltaUsd: 0 })])
    expect(checks).toMatchObject([{ rule: 'route-delta', limit: 0n }])
  })

  it('the numbers for gates leave the eval run’s cache out', () => {
    const warm: Usage = { input: 10_000, cachedInput: 9000, output: 0 }
    const models = { modelBase: 'openai/gpt-4.1', modelHead: 'openai/gpt-4.1' }
    const { numbers, perSet } = project(evalSet([pair('a', warm, { input: 10_000, output: 0 })], models))
    expect(numbers.support?.ratio?.point).toBe(1)
    expect(perSet.support?.parts.cache).toBe(perSet.support?.perRequestUsd.delta)
  })
})

describe('events', () => {
  const eventsFor = (model: string, atMs = NOW): readonly string[] => {
    const set = evalSet(steady(usage), { modelBase: model, modelHead: model })
    return projectCost({ evalSets: [set], routes: [], book, atMs }).perSet.support?.events ?? []
  }

  it('a model that stops within the horizon', () => {
    expect(eventsFor('gemini/gemini-2.5-pro')).toEqual([
      'gemini/gemini-2.5-pro stops on 2026-12-01, in 10 days (then answered by gemini-3.8-flash)',
    ])
    expect(eventsFor('openai/gpt-4.1')).toEqual([])
    expect(eventsFor('anthropic/claude-opus-4-1')[0]).toContain('was to stop on 2026-08-05')
  })

  it('a price that is in dispute', () => {
    expect(eventsFor('deepseek/deepseek-chat').join()).toContain('disagree')
  })
})

describe('properties', () => {
  const seeded = (seed: number) => () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed
  }
  const MODELS = [
    'openai/gpt-5.6-sol',
    'gemini/gemini-2.5-pro',
    'openai/gpt-4.1',
    'anthropic/claude-sonnet-4-5-20250929',
    'test/plain',
  ]

  function draw(next: () => number): Usage {
    const input = next() % 400_000
    const cachedInput = next() % (input + 1)
    return { input, cachedInput, cacheWrite5m: next() % (input - cachedInput + 1), output: next() % 3000 }
  }

  function randomSet(seed: number): EvalSetCalls {
    const next = seeded(seed)
    const runs = () => Array.from({ length: 1 + (next() % 3) }, () => ({ usage: draw(next) }))
    const pairs = Array.from({ length: 2 + (next() % 12) }, (_, index) => ({
      caseId: `c${index}`,
      base: runs(),
      head: runs(),
    }))
    const model = () => MODELS[next() % MODELS.length] ?? 'test/plain'
    return evalSet(pairs, { modelBase: model(), modelHead: model() })
  }
  const SEEDS = Array.from({ length: 60 }, (_, index) => 7919 * (index + 1))

  it.each(SEEDS)('parts add up to the change exactly (seed %i)', (seed) => {
    const { perRequestUsd, parts } = project(randomSet(seed)).perSet.support ?? {}
    const sum = Object.values(parts ?? {}).reduce((total, part) => total + pico(part), 0n)
    expect(Object.keys(parts ?? {})).toEqual(['price', 'input', 'output', 'cache', 'tier'])
    expect(sum).toBe(pico(perRequestUsd?.delta))
    expect(pico(perRequestUsd?.head) - pico(perRequestUsd?.base)).toBe(pico(perRequestUsd?.delta))
  })

  it.each(SEEDS.slice(0, 20))('the order of cases and repeats does not matter (seed %i)', (seed) => {
    const set = randomSet(seed)
    const turned = set.pairs
      .map((each) => ({ ...each, base: [...each.base].reverse(), head: [...each.head].reverse() }))
      .reverse()
    const routes = [route({ monthlyUsd: 1, batchShare: 0, turns: 3 })]
    expect(project({ ...set, pairs: turned }, routes)).toEqual(project(set, routes))
  })

  it.each(SEEDS.slice(0, 20))('swapping the sides turns the change round (seed %i)', (seed) => {
    const set = randomSet(seed)
    const swapped = {
      ...set,
      modelBase: set.modelHead,
      modelHead: set.modelBase,
      pairs: set.pairs.map((each) => ({ ...each, base: each.head, head: each.base })),
    }
    const [there, back] = [project(set).perSet.support, project(swapped).perSet.support]
    expect(pico(back?.perRequestUsd.delta)).toBe(-pico(there?.perRequestUsd.delta))
    expect(pico(back?.perRequestUsd.low)).toBe(-pico(there?.perRequestUsd.high))
  })

  it.each(SEEDS.slice(0, 20))('another output token never makes it cheaper (seed %i)', (seed) => {
    const set = randomSet(seed)
    const longer = set.pairs.map((each) => ({
      ...each,
      head: each.head.map((run) =>
        'usage' in run && run.usage ? { usage: { ...run.usage, output: run.usage.output + 1 } } : run,
      ),
    }))
    const head = (from: EvalSetCalls) => pico(project(from).perSet.support?.perRequestUsd.head)
    expect(head({ ...set, pairs: longer })).toBeGreaterThan(head(set))
  })

  it('a hundred thousand cases stay exact', () => {
    const pairs = Array.from({ length: 100_000 }, (_, index) => pair(`c${index}`, usage, index === 0 ? more : usage))
    const { perRequestUsd } = project(evalSet(pairs)).perSet.support ?? {}
    expect(perRequestUsd?.delta).toBe('0.000000005')
  })
})
