// Composite vectors, by hand from list prices.

import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import type { EvalSetCalls } from '../../src/cost/input.ts'
import { projectCost } from '../../src/cost/project.ts'
import type { Usage } from '../../src/domain.ts'
import { book, evalSet, NOW, pair, route, steady } from './fixtures.ts'

const input = (tokens: number): Usage => ({ input: tokens, output: 0 })

/** Head's cost of one request in micro-dollars, through a route of a million requests a month. */
function perRequest(
  model: string,
  usage: Usage,
  rest: Partial<Route> & { prefix?: number; atMs?: number } = {},
): number {
  const { prefix, atMs = NOW, ...keys } = rest
  const prefixTokens = prefix === undefined ? {} : { prefixTokens: { base: prefix, head: prefix } }
  const set = evalSet(steady(usage), { modelBase: model, modelHead: model, ...prefixTokens })
  const { routes } = projectCost({ evalSets: [set], routes: [route(keys)], book, atMs })
  return Number(routes[0]?.perMonthUsd.head)
}

const SONNET = 'anthropic/claude-sonnet-4-5-20250929'
const HAIKU = 'anthropic/claude-haiku-4-5-20251001'
const FLASH = 'gemini/gemini-3.8-flash'
const V18: Usage = { input: 2000, output: 300 }

describe('C1: paired interval', () => {
  const base = [3000, 4000, 5000, 6000]
  const head = [3600, 4400, 5800, 6600]
  const pairs = base.map((tokens, index) => pair(`c${index}`, input(tokens), input(head[index] ?? 0)))
  const { perSet, routes, numbers } = projectCost({
    evalSets: [evalSet(pairs)],
    routes: [route({ requestsPerMonth: 300_000 })],
    book,
    atMs: NOW,
  })

  it('per request', () => {
    const { state, perRequestUsd, parts } = perSet.support ?? {}
    expect(state).toBe('priced')
    expect(perRequestUsd).toMatchObject({ base: '0.0045', head: '0.0051', delta: '0.0006' })
    expect(Number(perRequestUsd?.low) * 1e6).toBeCloseTo(340.15, 2)
    expect(Number(perRequestUsd?.high) * 1e6).toBeCloseTo(859.85, 2)
    expect(parts).toEqual({ price: '0', input: '0.0006', output: '0', cache: '0', tier: '0' })
  })

  it('per month', () => {
    const { perMonthUsd } = routes[0] ?? {}
    expect(perMonthUsd).toMatchObject({ base: '1350', head: '1530', delta: '180' })
    expect(Number(perMonthUsd?.low)).toBeCloseTo(102.05, 2)
    expect(Number(perMonthUsd?.high)).toBeCloseTo(257.95, 2)
  })

  it('relative', () => {
    expect(numbers.support?.ratio?.point).toBeCloseTo(5100 / 4500, 12)
    // Residuals 200, -133.3, 133.3, -200: se = 98.13 / 4500, times t(3) = 3.1824.
    expect(numbers.support?.ratio?.low).toBeCloseTo(1.06393, 4)
    expect(numbers.support?.ratio?.high).toBeCloseTo(1.20273, 4)
  })
})

describe('time', () => {
  it('H1: a price that doubles inside the horizon', () => {
    const set = evalSet(steady(V18), { modelBase: FLASH, modelHead: FLASH })
    const quarter = route({ requestsPerMonth: 900_000, horizonDays: 90 })
    const { routes, perSet } = projectCost({ evalSets: [set], routes: [quarter], book, atMs: NOW })
    expect(routes[0]?.perMonthUsd.head).toBe('3648.75')
    expect(perSet.support?.perRequestUsd.head).toBe('0.002625')
    expect(perSet.support?.events).toEqual([
      `the price of ${FLASH} changes on 2027-01-01: input $0.75 to $1.50, output $3.75 to $7.50 per million tokens`,
    ])
    expect(routes[0]?.assumption).toContain(`with the new price of ${FLASH} from 2027-01-01: input $0.75 to $1.50`)
  })

  it('does not depend on the hour of the run', () => {
    const at = (time: string) => perRequest(FLASH, V18, { horizonDays: 90, atMs: Date.parse(`2026-11-21T${time}Z`) })
    expect(at('00:00:00')).toBe(at('23:59:59'))
  })

  it.each([
    ['gemini/gemini-2.5-pro', '2026-11-21', 10, 550],
    [FLASH, '2026-12-01', 31, 262.5],
    [FLASH, '2027-01-01', 31, 525],
  ])('H2: %s from %s', (model, day, horizonDays, usd) => {
    const options = { horizonDays, requestsPerMonth: 100_000, atMs: Date.parse(`${day}T00:00:00Z`) }
    expect(perRequest(model, V18, options)).toBe(usd)
  })

  it('takes prices by the hour as their mean over the day', () => {
    // Seven of 24 hours at twice the price: 0.22 * 31 / 24.
    expect(perRequest('deepseek/deepseek-v4-flash', { input: 24_000, output: 0 })).toBeCloseTo(0.22 * 31 * 1000, 9)
  })
})

describe('another model', () => {
  const swap = (models: Partial<EvalSetCalls>, base: Usage, head: Usage) =>
    projectCost({
      evalSets: [evalSet([pair('a', base, head), pair('b', base, head)], models)],
      routes: [route()],
      book,
      atMs: NOW,
    })

  it('S1: a cheaper one', () => {
    const usage: Usage = { input: 10_000, output: 2000 }
    const { routes, perSet } = swap({ modelBase: 'openai/gpt-4.1', modelHead: 'openai/gpt-6-luna' }, usage, usage)
    expect(routes[0]?.perMonthUsd).toMatchObject({ base: '36000', head: '2000', delta: '-34000' })
    expect(perSet.support?.parts).toMatchObject({ price: '-0.034', input: '0', output: '0' })
  })

  it('S2: the same list price, and another tokenizer', () => {
    const models = { modelBase: 'anthropic/claude-opus-4-6', modelHead: 'anthropic/claude-opus-4-8' }
    const { routes, perSet } = swap(models, { input: 10_000, output: 0 }, { input: 13_000, output: 0 })
    expect(routes[0]?.perMonthUsd).toMatchObject({ base: '50000', head: '65000' })
    expect(perSet.support?.parts).toMatchObject({ price: '0', input: '0.015' })
  })
})

describe('how production bills', () => {
  const usage: Usage = { input: 3500, output: 200 }

  it('V23 a: prefix read 95 times in 100', () => {
    expect(perRequest(SONNET, usage, { prefix: 3000, promptCacheHitRatio: 0.95 })).toBe(5917.5)
  })
  it('V23 b: prefix written each time', () => {
    expect(perRequest(SONNET, usage, { prefix: 3000, promptCacheHitRatio: 0 })).toBe(15_750)
  })
  it('V23: no cache, whatever the eval run had in its own', () => {
    expect(perRequest(SONNET, usage)).toBe(13_500)
    expect(perRequest(SONNET, { ...usage, cachedInput: 3000 })).toBe(13_500)
    expect(perRequest(SONNET, { ...usage, cacheWrite1h: 3000 })).toBe(13_500)
  })
  it('a prefix below the minimum is not cached', () => {
    expect(perRequest(SONNET, usage, { prefix: 1023, promptCacheHitRatio: 1 })).toBe(13_500)
    expect(perRequest(SONNET, usage, { prefix: 1024, promptCacheHitRatio: 1 })).toBe(13_500 - 1024 * 2.7)
    const opus = 'anthropic/claude-opus-4-6'
    expect(perRequest(opus, usage, { prefix: 3000, promptCacheHitRatio: 1 })).toBe(3500 * 5 + 200 * 25)
  })
  it('V24: turns send the ones before again', () => {
    const turn: Usage = { input: 2000, output: 300 }
    expect(perRequest('anthropic/claude-sonnet-5', turn, { turns: 5, prefix: 1700 })).toBe(47_000)
  })
  it('mean turns between two whole numbers', () => {
    const at = (turns: number) => perRequest('test/plain', { input: 100, output: 10 }, { turns })
    expect(at(2.5)).toBeCloseTo((at(2) + at(3)) / 2, 9)
  })
  it('turns meet the long-context tier where it starts', () => {
    const turn: Usage = { input: 150_000, output: 60_000 }
    // Second turn: 210,000 tokens of input, all at the higher rate.
    const expected = 150_000 * 1.25 + 210_000 * 2.5 + 60_000 * (10 + 15)
    expect(perRequest('gemini/gemini-2.5-pro', turn, { turns: 2, horizonDays: 10 })).toBe(expected)
  })
  it('R1: retries that are billed', () => {
    expect(perRequest(HAIKU, { input: 20_000, output: 2000 }, { retryRate: 0.02 })).toBe(30_600)
  })
  it('B1: a share as batch', () => {
    expect(perRequest(HAIKU, { input: 20_000, output: 2000 }, { batchShare: 0.3 })).toBe(25_500)
  })
  it('answers from the own response cache cost nothing', () => {
    expect(perRequest(HAIKU, { input: 20_000, output: 2000 }, { responseCacheHitRatio: 0.1 })).toBe(27_000)
    expect(perRequest(HAIKU, { input: 20_000, output: 2000 }, { responseCacheHitRatio: 1 })).toBe(0)
  })
  it('flex at half price', () => {
    expect(perRequest('openai/gpt-5-mini', { input: 8000, output: 1500 }, { serviceTier: 'flex' })).toBe(2500)
  })
})

describe('parts', () => {
  it('D1: price, then input, then output', () => {
    const pairs = steady({ input: 50_000, output: 2000 }).map((each) => ({
      ...each,
      head: [{ usage: { input: 60_000, output: 3000 } }],
    }))
    const set = evalSet(pairs, { modelBase: 'openai/gpt-4.1', modelHead: 'openai/gpt-5-mini' })
    const { perSet } = projectCost({ evalSets: [set], routes: [], book, atMs: NOW })
    expect(perSet.support?.perRequestUsd).toEqual({
      base: '0.116',
      head: '0.021',
      delta: '-0.095',
      low: '-0.095',
      high: '-0.095',
    })
    expect(perSet.support?.parts).toEqual({ price: '-0.0995', input: '0.0025', output: '0.002', cache: '0', tier: '0' })
  })

  it('names the tier and the cache when they are why', () => {
    const base: Usage = { input: 200_000, output: 1000 }
    const over = evalSet([pair('a', base, { input: 200_001, output: 1000 })], {
      modelBase: 'gemini/gemini-2.5-pro',
      modelHead: 'gemini/gemini-2.5-pro',
    })
    const cold = evalSet([pair('a', { ...base, cachedInput: 100_000 }, base)], {
      name: 'cold',
      modelBase: 'openai/gpt-4.1',
      modelHead: 'openai/gpt-4.1',
    })
    const { perSet } = projectCost({ evalSets: [over, cold], routes: [], book, atMs: NOW })
    expect(perSet.support?.parts).toEqual({
      price: '0',
      input: '0.00000125',
      output: '0',
      cache: '0',
      tier: '0.25500125',
    })
    expect(perSet.cold?.parts).toMatchObject({ cache: '0.15', input: '0', tier: '0' })
  })
})
