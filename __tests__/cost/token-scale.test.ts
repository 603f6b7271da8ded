import { describe, expect, it } from 'vitest'
import { projectCost } from '../../src/cost/project.ts'
import { estimatedTokens, scaleOf, tokenizerChange } from '../../src/cost/token-scale.ts'
import { sampleWires } from '../../src/cost/wire-facts.ts'
import { wiresOf } from '../../src/plan/wire.ts'
import { sectionsOf as scaledSections } from '../../src/report/sections.ts'
import { book, evalSet, NOW, steady } from './fixtures.ts'
import { planned, questions, system, user, words } from './rendered.ts'

const OLD = 'anthropic/claude-opus-4-6'
const NEW = 'anthropic/claude-opus-4-8'
const models = { base: OLD, head: NEW }
const messages = [system(words(100)), user('{{question}}')]

describe('a swap of models', () => {
  const same = wiresOf(planned({ messages, model: OLD }, { messages, model: NEW }), 20)
  const counted = (_: string, side: 'base' | 'head') => (side === 'base' ? 10_000 : 13_000)

  it('S2: is measured on requests with the same text', () => {
    expect(tokenizerChange(same, counted, models)).toEqual({ ratio: 1.3, provenance: 'measured', cases: 5 })
  })

  it('is assumed by family where no text is the same, or nothing was counted', () => {
    const other = wiresOf(planned({ messages, model: OLD }, { messages: [user('Now {{question}}')], model: NEW }), 20)
    const assumed = { ratio: 1.55 / 1.2, provenance: 'assumed', cases: 0 }
    expect(tokenizerChange(other, counted, models)).toEqual(assumed)
    expect(tokenizerChange(same, () => null, models)).toEqual(assumed)
  })

  it('is nothing where the model stayed, or counts alike', () => {
    expect(tokenizerChange(same, counted, { base: OLD, head: OLD })).toBeNull()
    expect(tokenizerChange(same, counted, { base: null, head: NEW })).toBeNull()
    expect(tokenizerChange(same, () => 10_000, models)).toBeNull()
  })

  it('is named with its part of the money', () => {
    const pairs = steady({ input: 10_000, output: 0 }).map((each) => ({
      ...each,
      head: [{ usage: { input: 13_000, output: 0 } }],
    }))
    const set = evalSet(pairs, {
      modelBase: OLD,
      modelHead: NEW,
      tokenizer: { ratio: 1.3, provenance: 'measured', cases: 2 },
    })
    const { events } = projectCost({ evalSets: [set], routes: [], book, atMs: NOW }).perSet.support ?? {}
    expect(events?.[0]).toBe(
      `the same text is 30 % more tokens on ${NEW} than on ${OLD} (measured on 2 requests); +$0.015 of the input part`,
    )
  })
})

describe('the scale', () => {
  const pairs = wiresOf(planned({ messages }, { messages: [...messages, system('{{user_name}} is here.')] }), 20)
  const kept = { base: 'openai/gpt-4.1', head: 'openai/gpt-4.1' }
  const estimate = (side: 'base' | 'head') =>
    pairs.reduce((sum, pair) => sum + estimatedTokens(pair[side] ?? []), 0) / pairs.length

  it('is one for both sides of a model', () => {
    const scale = scaleOf(pairs, (_, side) => 2 * estimate(side), kept)
    expect(scale.base).toBeCloseTo(2, 9)
    expect(scale.head).toBe(scale.base)
    expect(scale.measured).toBe(true)
    // Measured on one side alone, it is the other's too.
    expect(scaleOf(pairs, (_, side) => (side === 'head' ? 3 * estimate(side) : null), kept).base).toBeCloseTo(3, 9)
  })

  it('is each model’s own', () => {
    const scale = scaleOf(pairs, (_, side) => (side === 'base' ? 2 : 3) * estimate(side), models)
    expect([scale.base, scale.head].map((factor) => Math.round(factor * 1e6) / 1e6)).toEqual([2, 3])
  })

  it('is the family’s where nothing was counted, or nothing usable', () => {
    expect(scaleOf(pairs, () => null, models)).toEqual({ base: 1.2, head: 1.55, measured: false })
    expect(scaleOf(pairs, () => 0, models)).toMatchObject({ base: 1.2, head: 1.55 })
    // A misspelt model never counted: the other one's measure, in the ratio of their families.
    const half = scaleOf(pairs, (_, side) => (side === 'base' ? 2.4 * estimate(side) : null), models)
    expect([half.base, half.head].map((factor) => Math.round(factor * 1e6) / 1e6)).toEqual([2.4, 3.1])
    expect(scaleOf([], () => 5, kept)).toEqual({ base: 1, head: 1, measured: false })
  })
})

describe('sections', () => {
  const sectionsOf = (...of: Parameters<typeof sampleWires>) => scaledSections(sampleWires(...of))
  const tools = [{ type: 'function', function: { name: 'track', description: words(40) } }]
  const history = questions(4).map(({ vars }) => ({
    vars: { ...vars, tone: 'kind' },
    messages: [user(words(30, 'past'))],
  }))
  const base = { messages: [system(`{% include "rules.md" %}Be {{tone}}.`), user('{{question}}')], tools }
  const withRules = (count: number) => ({ ...base, partials: { 'rules.md': words(count) } })
  const section = (list: ReturnType<typeof sectionsOf>, origin: string) => list.find((one) => one.origin === origin)

  it('names includes, variables, tools, history and the template itself', () => {
    const list = sectionsOf(planned(withRules(50), withRules(90), history), () => null)
    expect(list.map(({ origin }) => origin)).toEqual([
      ...['tools', 'rules.md', 'system template', 'tone', 'history', 'question'],
    ])
    const grown = section(list, 'rules.md')
    expect(grown?.head).toBeGreaterThan(1.7 * (grown?.base ?? 0))
    for (const one of list) if (one !== grown) expect(one.head).toBe(one.base)
  })

  it('add up to what was counted, and keep what did not change the same', () => {
    const plan = planned(withRules(50), withRules(90), history)
    const total = (list: ReturnType<typeof sectionsOf>, side: 'base' | 'head') =>
      list.reduce((sum, one) => sum + one[side], 0)
    const plain = sectionsOf(plan, () => null)
    const counted = { base: 3 * total(plain, 'base'), head: 3 * total(plain, 'head') }
    const list = sectionsOf(plan, (_, side) => counted[side])
    for (const side of ['base', 'head'] as const) expect(Math.abs(total(list, side) - counted[side])).toBeLessThan(8)
    expect(section(list, 'tools')?.head).toBe(section(list, 'tools')?.base)
  })
})
