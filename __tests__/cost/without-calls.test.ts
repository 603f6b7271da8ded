// What a dry run says a change would cost: never measured, exact in what is exact.

import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import { type KnownScales, readScales, SCALES_FILE } from '../../src/cost/scale-record.ts'
import { estimatedTokens } from '../../src/cost/token-scale.ts'
import { estimateWithoutCalls } from '../../src/cost/without-calls.ts'
import type { JsonObject } from '../../src/domain.ts'
import { estimatedCeilingFindings } from '../../src/gate/ceilings.ts'
import { wiresOf } from '../../src/plan/wire.ts'
import type { SetPlan } from '../../src/plan.ts'
import { book, NOW, route } from './fixtures.ts'
import { planned, questions, type SideShape, system, user, words } from './rendered.ts'

const nothingKnown: KnownScales = () => undefined
const ask = user('{{question}}')
const short: SideShape = { model: 'test/plain', messages: [system(words(50)), ask] }
const long: SideShape = { model: 'test/plain', messages: [system(`${words(50)} ${words(20, 'more')}`), ask] }

function estimated(plans: readonly SetPlan[], rest: { routes?: readonly Route[]; scales?: KnownScales } = {}) {
  const { routes = [], scales = nothingKnown } = rest
  return estimateWithoutCalls({ plans, routes, scales, book, atMs: NOW, limit: {} })
}

describe('without a call', () => {
  it('has the fixed text that came as the change, at the exact price', () => {
    const plan = planned(short, long)
    const { report } = estimated([plan]) ?? {}
    const [set] = report?.evalSets ?? []
    const [wire] = wiresOf(plan, 1)
    const added = estimatedTokens(wire?.head ?? []) - estimatedTokens(wire?.base ?? [])
    expect(set?.inputTokens.delta).toBe(added)
    // A micro-dollar for each token; the answers are taken to stay.
    expect(Number(set?.perRequestUsd.delta) * 1e6).toBeCloseTo(added, 9)
    expect(set?.parts).toMatchObject({ price: '0', output: '0', cache: '0', tier: '0' })
    expect(set?.outputTokens).toEqual({ base: 300, head: 300 })
    expect(set?.basis).toBe('tokens estimated from text (±15 %), answers taken as 300 tokens on both sides')
    const moved = set?.sections.filter(({ base, head }) => base !== head)
    expect(moved).toEqual([{ origin: 'system template', base: expect.any(Number), head: expect.any(Number) }])
    expect((moved?.[0]?.head ?? 0) - (moved?.[0]?.base ?? 0)).toBe(added)
  })

  it('has the error of the count as its band, and none where no text changed', () => {
    const [set] = estimated([planned(short, long)])?.report.evalSets ?? []
    const { delta, low, high } = set?.perRequestUsd ?? { delta: null, low: null, high: null }
    expect(Number(low) / Number(delta)).toBeCloseTo(0.85, 9)
    expect(Number(high) / Number(delta)).toBeCloseTo(1.15, 9)
    const [same] = estimated([planned(short, short)])?.report.evalSets ?? []
    expect(same?.perRequestUsd).toMatchObject({ delta: '0', low: '0', high: '0' })
    expect(same?.inputTokens).toMatchObject({ delta: 0, low: 0, high: 0 })
  })

  it('has the terms that a side asks for', () => {
    const opus = { ...short, model: 'anthropic/claude-opus-4-6' }
    const of = (parameters: JsonObject) =>
      estimated([planned(opus, { ...opus, parameters })])?.report.evalSets[0]?.perRequestUsd
    const { base, head } = of({ inference_geo: 'us' }) ?? {}
    expect(Number(base)).toBeGreaterThan(0)
    expect(Number(head) / Number(base)).toBeCloseTo(1.1, 9)
    expect(of({ speed: 'fast' })).toMatchObject({ base: null, head: null, delta: null })
  })

  it('warns of the set’s own cost gates, and never fails', () => {
    const limit = (value: number) => ({ limit: value, level: 'fail' as const })
    const of = (gates: SetPlan['gates'], head = long) =>
      (estimated([{ ...planned(short, head), gates }])?.findings ?? []).map(({ rule, level }) => `${rule} ${level}`)
    // Tokens in and 300 out at 1 and 10 micro-dollars: a little more than 3,000.
    const tight = { cost: { maxRatio: limit(1.001), perRequestUsd: limit(0.003) }, tokens: { maxInput: limit(20) } }
    expect(of(tight)).toEqual(['cost-ratio warn', 'cost-per-request warn', 'tokens-input warn'])
    const wide = { cost: { maxRatio: limit(1.5), perRequestUsd: limit(0.01) }, tokens: { maxInput: limit(2000) } }
    expect(of(wide)).toEqual([])
    expect(of(wide, { ...long, model: 'acme/unknown' })).toEqual(['unpriced warn'])
    expect(of({}, { ...long, model: 'acme/unknown' })).toEqual([])
  })

  it('of another vocabulary: the error is that of the head’s count', () => {
    const messages = short.messages
    const plan = planned(
      { model: 'anthropic/claude-opus-4-6', messages },
      { model: 'anthropic/claude-opus-4-8', messages },
    )
    const [set] = estimated([plan])?.report.evalSets ?? []
    expect((set?.inputTokens.head ?? 0) / (set?.inputTokens.base ?? 1)).toBeCloseTo(1.55 / 1.2, 1)
    expect((set?.inputTokens.high ?? 0) - (set?.inputTokens.delta ?? 0)).toBeCloseTo(
      0.15 * (set?.inputTokens.head ?? 0),
      0,
    )
    expect(set?.events[0]).toContain('is assumed to be 29 % more tokens on anthropic/claude-opus-4-8')
  })

  it('is in the measure of the last run of the set, where that is known', () => {
    const scales: KnownScales = (evalSet, model) =>
      evalSet === 'support' && model === 'test/plain'
        ? { scale: 2, output: 40.4, at: '2026-11-20T10:00:00Z' }
        : undefined
    const plan = planned(short, long)
    const [set] = estimated([plan], { scales })?.report.evalSets ?? []
    const [wire] = wiresOf(plan, 1)
    expect(set?.inputTokens.base).toBeCloseTo(2 * estimatedTokens(wire?.base ?? []), 0)
    expect(set?.outputTokens).toEqual({ base: 40, head: 40 })
    expect(set?.basis).toContain('in the measure of the run of 2026-11-20, answers as long as then (40 tokens)')
    // On a model that no run has seen: in the ratio of the families.
    const moved = planned(short, { ...long, model: 'gemini/gemini-2.5-pro' })
    const [other] = estimated([moved], { scales })?.report.evalSets ?? []
    const [both] = wiresOf(moved, 1)
    expect(other?.inputTokens.head).toBeCloseTo(2 * 1.1 * estimatedTokens(both?.head ?? []), -1)
  })

  it('per month, with ceilings that warn and never fail', () => {
    const routes = [route({ monthlyUsd: 1, monthlyDeltaUsd: 1 }), route({ name: 'other', evals: ['elsewhere'] })]
    const found = estimated([planned(short, long)], { routes })
    expect(found?.report.routes.map(({ name }) => name)).toEqual(['chat'])
    const [month] = found?.report.routes ?? []
    expect(Number(month?.perMonthUsd.delta)).toBeGreaterThan(0)
    expect(Number(month?.perMonthUsd.low)).toBeLessThan(Number(month?.perMonthUsd.delta))
    const findings = estimatedCeilingFindings(found?.checks ?? [])
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([
      ['route-ceiling', 'warn'],
      ['route-delta', 'warn'],
    ])
    expect(findings[0]?.message).toContain('(estimated without a call)')
    const unpriced = estimated([planned({ ...short, model: 'acme/x' }, { ...long, model: 'acme/x' })], { routes })
    expect(estimatedCeilingFindings(unpriced?.checks ?? []).map(({ level }) => level)).toEqual(['warn', 'warn'])
    expect(unpriced?.report.evalSets[0]?.perRequestUsd).toMatchObject({
      base: null,
      head: null,
      delta: null,
      low: null,
    })
  })

  it('of a set without a base: the head alone', () => {
    const [set] = estimated([planned(null, long)])?.report.evalSets ?? []
    expect(set?.inputTokens).toMatchObject({ base: null, delta: null })
    expect(set?.perRequestUsd).toMatchObject({ base: null, delta: null, low: null })
    expect(Number(set?.perRequestUsd.head)).toBeGreaterThan(0)
  })

  it('of applications: nothing, for nobody knows what they will ask', () => {
    const plan = planned(short, long)
    const head = { ...plan.head, target: { ...plan.head.target, kind: 'command' } } as unknown as SetPlan['head']
    expect(estimated([{ ...plan, head }])).toBeNull()
  })

  it('finds cache breaks, and the mean of many cases', () => {
    const broken = { messages: [system(`{{user_name}} ${words(800)}`), ask] }
    const plan = planned({ messages: [system(words(800)), ask] }, broken, questions(900))
    const found = estimated([plan], { routes: [route({ promptCacheHitRatio: 0.9 })] })
    expect(found?.cacheBreaks).toMatchObject([{ change: { kind: 'shorter', end: { name: 'user_name' } } }])
    expect(found?.cacheBreaks[0]?.month).not.toBeNull()
  })
})

describe('what the state directory knows', () => {
  const storeOf = (lines: readonly string[]) => async () => ({
    readLines: async (name: string) => (name === SCALES_FILE ? lines : []),
    append: () => undefined,
    flush: async () => undefined,
    close: async () => undefined,
  })
  const line = (rest: object) =>
    JSON.stringify({ evalSet: 's', model: 'm', scale: 1.2, output: 10, at: 'now', ...rest })

  it('is the last line of each set and model', async () => {
    const known = await readScales(storeOf([line({}), line({ scale: 1.3 }), line({ model: 'n', output: 7 })]))
    expect(known('s', 'm')).toEqual({ scale: 1.3, output: 10, at: 'now' })
    expect(known('s', 'n')?.output).toBe(7)
    expect(known('t', 'm')).toBeUndefined()
  })

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['no number', line({ scale: 'many' })],
    ['nothing', line({ scale: 0 })],
    ['a negative length', line({ output: -1 })],
    ['beyond reason', line({ scale: 1e300 })],
    ['no model', line({ model: 7 })],
    ['a list', '[]'],
  ])('%s is passed over', async (_, broken) => {
    const known = await readScales(storeOf([line({}), broken]))
    expect(known('s', 'm')?.scale).toBe(1.2)
  })
})
