// Why a cost changed: the parts add up to it, whatever is called, and however production bills it.

import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import { AS_REPORTED, type Billing } from '../../src/cost/billing.ts'
import { dayWindow, sideTariffs } from '../../src/cost/eval-set.ts'
import { sumOf } from '../../src/cost/fine.ts'
import type { Call, CaseRun, EvalSetCalls } from '../../src/cost/input.ts'
import { partsOfCases } from '../../src/cost/part-views.ts'
import { PART_NAMES } from '../../src/cost/parts.ts'
import { projectCost } from '../../src/cost/project.ts'
import { setCosts } from '../../src/cost/set-costs.ts'
import type { Usage } from '../../src/domain.ts'
import { parseUsd } from '../../src/money.ts'
import { book, evalSet, NOW, pair, route, steady } from './fixtures.ts'

const MODELS = [
  'openai/gpt-5.6-sol',
  'gemini/gemini-2.5-pro',
  'gemini/gemini-3.8-flash',
  'openai/gpt-4.1',
  'anthropic/claude-sonnet-4-5-20250929',
  'anthropic/claude-opus-4-7',
  'deepseek/deepseek-v4-flash',
  'test/plain',
]

const seeded = (seed: number) => () => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed
}
type Next = () => number

function drawUsage(next: Next): Usage {
  const input = next() % 400_000
  const cachedInput = next() % (input + 1)
  return { input, cachedInput, cacheWrite5m: next() % (input - cachedInput + 1), output: next() % 3000 }
}

/** Cases with one to three runs, each of one to four calls, of any models. */
function drawSet(seed: number, { several }: { readonly several: boolean }): EvalSetCalls {
  const next = seeded(seed)
  const model = () => MODELS[next() % MODELS.length] ?? 'test/plain'
  const call = (): Call => (several ? { usage: drawUsage(next), model: model() } : { usage: drawUsage(next) })
  const run = (): CaseRun => (several ? Array.from({ length: 1 + (next() % 4) }, call) : call())
  const runs = () => Array.from({ length: 1 + (next() % 3) }, run)
  const pairs = Array.from({ length: 1 + (next() % 8) }, (_, i) => ({ caseId: `c${i}`, base: runs(), head: runs() }))
  return evalSet(pairs, {
    modelBase: model(),
    modelHead: model(),
    prefixTokens: { base: next() % 5000, head: next() % 5000 },
  })
}

const pico = (usd: string | null | undefined): bigint => {
  const parsed = parseUsd(usd ?? 'null')
  if (parsed.state !== 'ok') throw new Error(parsed.why)
  return parsed.pico
}
const total = (parts: { readonly [part: string]: string | null } | undefined) =>
  Object.values(parts ?? {}).reduce((sum, part) => sum + pico(part), 0n)

const SEEDS = Array.from({ length: 40 }, (_, index) => 6151 * (index + 1))

const BILLINGS: readonly (readonly [string, Billing])[] = [
  ['as reported', AS_REPORTED],
  ['with turns', { cache: { kind: 'none' }, turns: 3.5, batchShare: 0n, prefixTokens: 1500 }],
  ['with a cache', { cache: { kind: 'modelled', hit: 800_000_000n }, turns: 2, batchShare: 0n, prefixTokens: 2500 }],
]

describe.each([
  ['one model', false],
  ['several models', true],
])('%s on a side', (_, several) => {
  it.each(SEEDS)('per request (seed %i)', (seed) => {
    const set = drawSet(seed, { several })
    const { perRequestUsd, parts } = projectCost({ evalSets: [set], routes: [], book, atMs: NOW }).perSet.support ?? {}
    expect(Object.keys(parts ?? {})).toEqual([...PART_NAMES])
    expect(total(parts)).toBe(pico(perRequestUsd?.delta))
  })

  it.each(SEEDS)('before rounding, too: nothing is swept into a part (seed %i)', (seed) => {
    const set = drawSet(seed, { several })
    const tariffs = sideTariffs(book, dayWindow(NOW, 40))
    for (const [, billing] of BILLINGS) {
      const billings = { base: billing, head: billing }
      const costs = setCosts(set, tariffs, billings)
      if (costs.state !== 'paired') throw new Error(costs.state)
      const parts = partsOfCases(costs.measured, { set, tariffs, billings })
      const sum = sumOf(PART_NAMES.map((name) => parts?.[name] ?? 0n))
      const change = sumOf(costs.cases.map(({ base, head }) => head - base))
      // Divisions by the runs of a case cut off at 1e-18 pico-dollars each.
      expect(sum - change < 1_000n && change - sum < 1_000n, `${sum - change}`).toBe(true)
    }
  })

  it.each(SEEDS)('per month (seed %i)', (seed) => {
    const set = drawSet(seed, { several })
    const next = seeded(seed + 1)
    const keys: Partial<Route> = {
      requestsPerMonth: 1 + (next() % 9_999_999),
      turns: 1 + (next() % 40) / 10,
      promptCacheHitRatio: (next() % 101) / 100,
      responseCacheHitRatio: (next() % 50) / 100,
      retryRate: (next() % 10) / 100,
      horizonDays: 1 + (next() % 90),
      ...(next() % 2 === 0 ? { calibrateUsd: 1234.56 } : {}),
    }
    const { routes } = projectCost({ evalSets: [set], routes: [route(keys)], book, atMs: NOW })
    expect(Object.keys(routes[0]?.parts ?? {})).toEqual([...PART_NAMES])
    expect(total(routes[0]?.parts)).toBe(pico(routes[0]?.perMonthUsd.delta))
  })
})

describe('what each part is', () => {
  const input = 10_000
  const parts = (set: EvalSetCalls) =>
    projectCost({ evalSets: [set], routes: [], book, atMs: NOW }).perSet.support?.parts ?? {}
  const one = (base: readonly Call[], head: readonly Call[]) =>
    parts(evalSet([{ caseId: 'a', base: [base], head: [head] }]))

  it('of one model among several that was swapped: its price, and nothing of the others', () => {
    const router = { usage: { input: 500, output: 5 }, model: 'test/plain' }
    const before = { usage: { input, output: 100 }, model: 'openai/gpt-4.1' }
    const after = { ...before, model: 'openai/gpt-4.1-mini' }
    expect(one([router, before], [after, router])).toEqual({
      // 10,000 x (2 - 0.4) + 100 x (8 - 1.6), in millionths.
      price: '-0.01664',
      input: '0',
      output: '0',
      cache: '0',
      tier: '0',
    })
  })

  it('of two swaps at once: nobody knows which took over from which, so that tokens came and went', () => {
    const call = (model: string): Call => ({ usage: { input, output: 0 }, model })
    const before = [call('openai/gpt-4.1'), call('openai/gpt-4.1-mini')]
    const after = [call('test/plain'), call('test/double')]
    expect(one(before, after)).toMatchObject({ price: '0', input: '0.006', output: '0' })
  })

  it('of tokens that the new price does not cover: they went, and others came', () => {
    const spoken: Usage = { input: 1000, audioInput: 400, output: 10 }
    const set = evalSet([pair('a', spoken, { input: 1000, output: 10 })], {
      modelBase: 'gemini/gemini-2.5-flash',
      modelHead: 'openai/gpt-4.1',
    })
    const { perRequestUsd, parts: found } =
      projectCost({ evalSets: [set], routes: [], book, atMs: NOW }).perSet.support ?? {}
    expect(found).toMatchObject({ price: '0' })
    expect(total(found)).toBe(pico(perRequestUsd?.delta))
  })

  it('S2: a vocabulary that cuts finer, at an unchanged price, is input', () => {
    const set = evalSet(
      steady({ input: 10_000, output: 0 }).map((each) => ({
        ...each,
        head: [{ usage: { input: 13_000, output: 0 } }],
      })),
      { modelBase: 'anthropic/claude-opus-4-6', modelHead: 'anthropic/claude-opus-4-8' },
    )
    expect(parts(set)).toEqual({ price: '0', input: '0.015', output: '0', cache: '0', tier: '0' })
  })

  it('of a month: the output that later turns send again is counted to the output', () => {
    const set = evalSet(
      steady({ input: 1000, output: 100 }).map((each) => ({
        ...each,
        head: [{ usage: { input: 1000, output: 200 } }],
      })),
    )
    const { routes } = projectCost({
      evalSets: [set],
      routes: [route({ turns: 3, requestsPerMonth: 1_000_000 })],
      book,
      atMs: NOW,
    })
    // A hundred more tokens: written 3 times at 10, and read 1 + 2 times at 1.
    expect(routes[0]?.parts).toEqual({ price: '0', input: '0', output: '3300', cache: '0', tier: '0' })
  })

  it('of a pool with a set of identical requests: theirs are in the mean, and change nothing', () => {
    const tied = { caseId: 'a', base: [], head: [], identical: true }
    const other = evalSet([tied], { name: 'other' })
    const set = evalSet([pair('a', { input: 1000, output: 0 }, { input: 2000, output: 0 })])
    const { routes } = projectCost({
      evalSets: [set, other],
      routes: [route({ evals: ['support', 'other'] })],
      book,
      atMs: NOW,
    })
    expect(routes[0]?.perMonthUsd.delta).toBe('500')
    expect(routes[0]?.parts).toMatchObject({ input: '500' })
  })
})
