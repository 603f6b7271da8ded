// The shared prefix of rendered requests, and what a change does to it.

import { describe, expect, it } from 'vitest'
import type { EvalSetCalls } from '../../src/cost/input.ts'
import { prefixesOf } from '../../src/cost/prefix.ts'
import { changesOf } from '../../src/cost/prefix-change.ts'
import { projectCost } from '../../src/cost/project.ts'
import { cacheSentence } from '../../src/cost/why-words.ts'
import { wireFacts } from '../../src/cost/wire-facts.ts'
import type { Usage } from '../../src/domain.ts'
import { cacheFindings } from '../../src/gate/cache-break.ts'
import { textOf, wiresOf } from '../../src/plan/wire.ts'
import type { SetPlan } from '../../src/plan.ts'
import { book, evalSet, NOW, route, steady } from './fixtures.ts'
import { profileOf } from './profile/fixtures.ts'
import { PATH, planned, questions, type SideShape, system, user, words } from './rendered.ts'

const SONNET = 'anthropic/claude-sonnet-4-5-20250929'
const OPUS = 'anthropic/claude-opus-4-6'
const uncounted = () => null
const RULES = words(800)
const raise = (): never => {
  throw new Error('nothing found')
}
const ask = user('{{question}}')
const factsOf = (base: SideShape, head: SideShape, shapes = questions(5)) =>
  wireFacts(planned(base, head, shapes), uncounted)

describe('the shared prefix', () => {
  it('is what all requests have in common, and grows with the fixed text alone', () => {
    const base = { messages: [system(RULES), ask] }
    const { prefixTokens, prefixChanges } = factsOf(base, { messages: [system(`${RULES} ${words(100, 'more')}`), ask] })
    expect(prefixTokens?.base).toBeGreaterThan(2_000)
    expect(prefixTokens?.head).toBeGreaterThan((prefixTokens?.base ?? 0) + 200)
    expect(prefixChanges).toMatchObject([{ kind: 'refill', why: 'text', tokens: prefixTokens?.head }])
  })

  it('ends at the first variable, with its place', () => {
    const base = { messages: [system(RULES), ask] }
    const head = { messages: [system(`You help.\n\nThe user is {{ user_name | upper }}.\n${RULES}`), ask] }
    const { prefixTokens, prefixChanges, rewrittenTokens } = factsOf(base, head)
    expect(prefixTokens?.head).toBeLessThan(20)
    const [change] = prefixChanges ?? []
    expect(change).toMatchObject({
      kind: 'shorter',
      belowMinimum: true,
      end: { name: 'user_name', place: { path: PATH, line: 3 } },
    })
    expect(rewrittenTokens).toBe(change?.kind === 'shorter' ? change.lost : null)
    // Everything that was shared before, and nothing beyond it.
    expect(Math.abs((rewrittenTokens ?? 0) - (prefixTokens?.base ?? 0))).toBeLessThan(40)
  })

  it('of a swap at the same time: as the new model counts it', () => {
    const base = { messages: [system(RULES), ask], model: SONNET }
    const head = { messages: [system(`{{ user_name }}${RULES}`), ask], model: 'anthropic/claude-opus-4-8' }
    const { prefixTokens, rewrittenTokens } = factsOf(base, head)
    expect((rewrittenTokens ?? 0) / (prefixTokens?.base ?? 1)).toBeCloseTo(1.55 / 1.2, 1)
    // A coarser vocabulary alone takes nothing out of the cache.
    const same = { ...base, model: 'openai/gpt-4.1' }
    expect(factsOf(base, same).prefixChanges).toMatchObject([{ kind: 'refill', why: 'model' }])
  })

  it('keeps what still stands in front', () => {
    const base = { messages: [system(`${RULES}${RULES}`), ask] }
    const head = { messages: [system(`${RULES}{{user_name}}${RULES}`), ask] }
    const { prefixTokens, prefixChanges } = factsOf(base, head)
    const [change] = prefixChanges ?? []
    if (change?.kind !== 'shorter') throw new Error(change?.kind)
    expect(change.belowMinimum).toBe(false)
    expect(change.lost / ((prefixTokens?.base ?? 0) - (prefixTokens?.head ?? 0))).toBeCloseTo(1, 1)
  })

  it('is no loss where text was taken away', () => {
    const base = { messages: [system(`${RULES}${RULES}`), ask] }
    expect(factsOf(base, { messages: [system(RULES), ask] }).prefixChanges).toMatchObject([{ kind: 'refill' }])
  })

  it('is no loss where fixed text is added behind a variable', () => {
    const base = { messages: [system(RULES), ask] }
    expect(factsOf(base, { messages: [system(RULES), user(`{{question}}\n${RULES}`)] }).prefixChanges).toEqual([])
  })

  it('below the minimum is not cached', () => {
    const base = { messages: [system(words(300)), ask] }
    const head = { messages: [system(words(120)), ask] }
    const { prefixChanges, prefixTokens } = factsOf(base, head)
    expect(prefixTokens?.base).toBeGreaterThan(1024)
    expect(prefixChanges).toMatchObject([{ kind: 'below-minimum', minimum: 1024, lost: prefixTokens?.head }])
  })

  it('below the minimum of another model', () => {
    const messages = [system(words(300)), ask]
    const { prefixChanges } = factsOf({ messages, model: SONNET }, { messages, model: OPUS })
    expect(prefixChanges).toMatchObject([{ kind: 'below-minimum', minimum: 4096 }])
  })

  it('that was never cached cannot be lost', () => {
    const base = { messages: [system('Short.'), ask] }
    expect(factsOf(base, { messages: [system('{{user_name}} Short.'), ask] }).prefixChanges).toEqual([])
  })

  it('of another model starts cold', () => {
    const messages = [system(RULES), ask]
    const { prefixChanges } = factsOf({ messages, model: 'openai/gpt-4.1' }, { messages, model: 'openai/gpt-4.1-mini' })
    expect(prefixChanges).toMatchObject([{ kind: 'refill', why: 'model' }])
  })

  it('of tools in another order is filled again', () => {
    const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })
    const messages = [system(RULES), ask]
    const sides = [
      { messages, tools: [tool('a'), tool('b')] },
      { messages, tools: [tool('b'), tool('a')] },
      { messages, tools: [tool('a'), tool('c')] },
    ] as const
    expect(factsOf(sides[0], sides[1]).prefixChanges).toMatchObject([{ kind: 'refill', why: 'tools' }])
    expect(factsOf(sides[0], sides[2]).prefixChanges).toMatchObject([{ kind: 'refill', why: 'text' }])
    expect(factsOf(sides[0], sides[0]).prefixChanges).toEqual([])
  })

  it('needs three requests', () => {
    const side = { messages: [system(RULES), ask] }
    expect(factsOf(side, side, questions(2))).toEqual({})
    expect(factsOf(side, side, questions(3)).prefixTokens).toBeDefined()
    expect(factsOf(side, side, [])).toEqual({})
  })

  it('of a set without a base is the head’s', () => {
    const { prefixTokens, prefixChanges } = wireFacts(planned(null, { messages: [system(RULES), ask] }), uncounted)
    expect(prefixTokens?.head).toBeGreaterThan(2_000)
    expect(prefixTokens?.base).toBe(prefixTokens?.head)
    expect(prefixChanges).toEqual([])
  })

  it('ends at a history, and at text that a condition chooses', () => {
    const base = { messages: [system(RULES), ask] }
    const chatty = questions(4).map(({ vars }, index) => ({
      vars,
      messages: [user(`${index} hello`), { role: 'assistant' as const, content: `hi ${index}` }],
    }))
    const wires = wiresOf(planned(base, base, chatty), 4)
    expect(wires[1]?.head?.map(({ kind }) => kind)).toEqual([
      ...['frame', 'static', 'frame', 'history', 'frame', 'history', 'frame', 'variable'],
    ])
    const head = { messages: [system(`{% if question[0] < "C" %}Be brief.{% endif %}${RULES}`), ask] }
    expect(factsOf(base, head).prefixChanges).toMatchObject([{ kind: 'shorter', end: { name: null, place: null } }])
  })

  it('scales with what was counted', () => {
    const side = { messages: [system(RULES), ask] }
    const plan = planned(side, { messages: [system(`${RULES} More.`), ask] })
    const [wire] = wiresOf(plan, 1)
    const plain = wireFacts(plan, uncounted).prefixTokens?.base ?? 0
    const counted = wireFacts(plan, () => 10_000).prefixTokens?.base ?? 0
    expect(textOf(wire?.base ?? []).length).toBeGreaterThan(RULES.length)
    expect(counted).toBeGreaterThan(9_900)
    expect(counted).toBeLessThan(10_001)
    expect(plain).toBeLessThan(9_000)
  })
})

describe('values that look as if they changed all the time', () => {
  it.each([
    ['now', 'x', 'per request'],
    ['requestId', 'x', 'per request'],
    ['trace', '0c7b1f6e-93a5-4c0e-8f5e-1b2f3c4d5e6f', 'per request'],
    ['stamp', '2026-11-28T10:15:00Z', 'per request'],
    ['today', 'Monday', 'daily'],
    ['d', '2026-11-28', 'daily'],
    ['update_policy', 'all', null],
    ['company', 'Acme', null],
    ['hours', '9:00 to 17:00', null],
    ['question', 'What happened on 2026-11-28 in Paris?', null],
  ])('%s = %s: %s', (origin, text, expected) => {
    expect(changesOf({ origin, text })).toBe(expected)
  })

  it('are named when they are new in front, and not when they were there', () => {
    const shapes = questions(4).map(({ vars }) => ({ vars: { ...vars, now: '2026-11-28T10:15:00Z' } }))
    const front = { messages: [system(`It is {{ now }}.\n${RULES}`), ask] }
    const { prefixChanges, prefixTokens } = factsOf({ messages: [system(RULES), ask] }, front, shapes)
    expect(prefixChanges).toMatchObject([
      { kind: 'refill', why: 'text' },
      { kind: 'volatile', changes: 'per request', lost: prefixTokens?.head, end: { name: 'now', place: { line: 1 } } },
    ])
    const longer = { messages: [system(`It is {{ now }}.\n${RULES} And so on.`), ask] }
    expect(factsOf(front, longer, shapes).prefixChanges).toMatchObject([{ kind: 'refill' }])
  })
})

/** V23: a prefix of 3,000 tokens, 500 fresh ones, an answer of 200. */
const usage: Usage = { input: 3500, output: 200 }
const V23 = (rest: Partial<EvalSetCalls>) => evalSet(steady(usage), { modelBase: SONNET, modelHead: SONNET, ...rest })
const CACHED = route({ promptCacheHitRatio: 0.95, requestsPerMonth: 1_000_000 })
const MOVED = {
  kind: 'shorter',
  lost: 3000,
  belowMinimum: true,
  end: { name: 'user_name', kind: 'variable', place: { path: PATH, line: 3 } },
} as const

describe('V23: what it costs', () => {
  const broken = V23({ prefixTokens: { base: 3000, head: 0 }, rewrittenTokens: 3000, prefixChanges: [MOVED] })

  it('a to b: read by 95 of 100 before, written by each now', () => {
    const { routes, cacheBreaks } = projectCost({ evalSets: [broken], routes: [CACHED], book, atMs: NOW })
    expect(routes[0]?.perMonthUsd).toMatchObject({ base: '5917.5', head: '15750', delta: '9832.5' })
    expect(routes[0]?.parts).toEqual({ price: '0', input: '0', output: '0', cache: '9832.5', tier: '0' })
    expect(cacheBreaks).toMatchObject([{ usd: '0.01035', month: { usd: '9832.5', route: 'chat', hitRatio: 0.95 } }])
    expect(cacheFindings(cacheBreaks)).toEqual([
      {
        rule: 'cache-break',
        level: 'warn',
        evalSet: 'support',
        message:
          'The prompt cache no longer serves 3,000 tokens of each request: `user_name` now stands ahead of them. That costs $9,833 a month on route chat (95 % of prefixes read from the cache).',
        threshold: null,
        value: '$9,833',
        remedy: 'Put what differs from request to request behind the text that is the same for all.',
        place: { path: PATH, line: 3 },
      },
    ])
  })

  it('with what the run itself read from the cache, where it did', () => {
    const served = broken.pairs.map((each) => ({ ...each, base: [{ usage: { ...usage, cachedInput: 2800 } }] }))
    const { cacheBreaks } = projectCost({ evalSets: [{ ...broken, pairs: served }], routes: [CACHED], book, atMs: NOW })
    expect(cacheBreaks[0]?.seen).toEqual({ base: 0.8, head: 0 })
    expect(cacheFindings(cacheBreaks)[0]?.message).toMatch(
      /In this run the cache served 80 % of the base's input, and 0 % of the head's\.$/,
    )
  })

  it('for each request that the cache served, where no route says how often', () => {
    const { cacheBreaks } = projectCost({ evalSets: [broken], routes: [route()], book, atMs: NOW })
    expect(cacheFindings(cacheBreaks)[0]?.message).toMatch(
      /That costs \$0\.0103 for each request that the cache served\.$/,
    )
    expect(cacheSentence(cacheBreaks[0] ?? raise())).toContain('`user_name` (prompts/support.md:3) now stands')
  })

  it('c: one refill, apart from the rest, and no finding', () => {
    const refill = { kind: 'refill', tokens: 3000, why: 'text' } as const
    const set = V23({ prefixTokens: { base: 3000, head: 3000 }, prefixChanges: [refill] })
    const { cacheBreaks, perSet, routes } = projectCost({ evalSets: [set], routes: [CACHED], book, atMs: NOW })
    expect(cacheBreaks).toMatchObject([{ usd: '0.01035', month: null }])
    expect(cacheFindings(cacheBreaks)).toEqual([])
    expect(routes[0]?.perMonthUsd).toMatchObject({ head: '5917.5', delta: '0' })
    expect(perSet.support?.events).toEqual([
      'the text that all requests share from the start changed: the prompt cache is filled once again, 3,000 tokens, $0.0103 once for each of its live entries',
    ])
  })

  it('below the minimum: plain input instead of reads', () => {
    const change = { kind: 'below-minimum', lost: 1000, minimum: 1024 } as const
    const set = V23({ prefixTokens: { base: 1100, head: 1000 }, prefixChanges: [change] })
    const { cacheBreaks } = projectCost({ evalSets: [set], routes: [CACHED], book, atMs: NOW })
    expect(cacheBreaks[0]?.usd).toBe('0.0027')
    // 1,024 tokens at 3 instead of 0.95 x 0.3 + 0.05 x 3.75, a million times.
    expect(Number(cacheBreaks[0]?.month?.usd)).toBeCloseTo(1024 * (3 - 0.95 * 0.3 - 0.05 * 3.75), 6)
  })

  it('what would be lost to a value that the cases hold still is not in the projection', () => {
    const change = { ...MOVED, kind: 'volatile', changes: 'per request' } as const
    const set = V23({ prefixTokens: { base: 3000, head: 3000 }, prefixChanges: [change] })
    const { cacheBreaks, routes } = projectCost({ evalSets: [set], routes: [CACHED], book, atMs: NOW })
    expect(routes[0]?.perMonthUsd.delta).toBe('0')
    expect(cacheBreaks[0]?.month?.usd).toBe('9832.5')
    expect(cacheFindings(cacheBreaks)[0]?.message).toContain('would cost $9,833 a month')
    const daily = V23({ prefixTokens: { base: 3000, head: 3000 }, prefixChanges: [{ ...change, changes: 'daily' }] })
    expect(cacheFindings(projectCost({ evalSets: [daily], routes: [CACHED], book, atMs: NOW }).cacheBreaks)).toEqual([])
  })

  it('of a route whose profile shows what the cache serves', () => {
    const counts = { calls: 100, input: 350_000, output: 20_000, cached: 285_000, written5m: 15_000 }
    const profile = profileOf([counts], { promptCacheHitRatio: 285 / 350 })
    const profiles = { chat: { path: 'traffic.json', profile, leftOut: '' } }
    const { cacheBreaks, routes } = projectCost({ evalSets: [broken], routes: [route()], book, atMs: NOW, profiles })
    expect(routes[0]?.perMonthUsd).toMatchObject({ base: '5917.5', head: '15750' })
    expect(cacheBreaks[0]?.month).toEqual({ usd: '9832.5', route: 'chat', hitRatio: 'profile' })
    expect(cacheFindings(cacheBreaks)[0]?.message).toContain(
      'costs $9,833 a month on route chat (with as much read from the cache as its profile shows)',
    )
  })

  it('nothing, where the price knows no cheaper reads, and where there is no price', () => {
    for (const model of ['test/plain', 'acme/unknown']) {
      const set = { ...broken, modelBase: model, modelHead: model }
      expect(projectCost({ evalSets: [set], routes: [CACHED], book, atMs: NOW }).cacheBreaks).toEqual([])
    }
  })

  it('the dearest of several routes', () => {
    const routes = [CACHED, route({ name: 'mail', promptCacheHitRatio: 0.5, requestsPerMonth: 9_000_000 })]
    const { cacheBreaks } = projectCost({ evalSets: [broken], routes, book, atMs: NOW })
    expect(cacheBreaks[0]?.month).toMatchObject({ route: 'mail', hitRatio: 0.5 })
  })
})

describe('properties, over random templates and cases', () => {
  const seeded = (seed: number) => () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed
  }
  function drawSide(next: () => number): SideShape {
    const pieces = [
      '{{question}}',
      '{{user_name}}',
      '{{same}}',
      words(1 + (next() % 400), 'fixed'),
      'Short. ',
      '\u{1F600}é',
    ]
    const text = () => Array.from({ length: 1 + (next() % 5) }, () => pieces[next() % pieces.length]).join('')
    const messages = Array.from({ length: next() % 3 }, () => system(text()))
    const tools = next() % 3 === 0 ? [{ name: words(next() % 200, 'tool') }] : undefined
    return { messages: [...messages, user(text())], ...(tools === undefined ? {} : { tools }) }
  }
  const drawCases = (next: () => number) =>
    Array.from({ length: 3 + (next() % 10) }, (_, index) => ({
      vars: {
        question: `${next() % 4}${index}`,
        user_name: words(next() % 3, `u${next() % 2}`),
        same: 'x'.repeat(next() % 2),
      },
    }))

  it.each(Array.from({ length: 40 }, (_, index) => 4127 * (index + 1)))('seed %i', (seed) => {
    const next = seeded(seed)
    const [base, head, shapes] = [drawSide(next), drawSide(next), drawCases(next)]
    const pairs = wiresOf(planned(base, head, shapes), 20)
    const found = prefixesOf(pairs)
    for (const side of ['base', 'head'] as const) {
      const texts = pairs.map((pair) => textOf(pair[side] ?? []))
      const prefix = found?.[side].text ?? ''
      expect(texts.every((text) => text.startsWith(prefix))).toBe(true)
      // None longer: the next character differs, or there is none.
      expect(new Set(texts.map((text) => text.charAt(prefix.length))).size > 1 || texts.includes(prefix)).toBe(true)
    }
    // The same on both sides is no change; the order of the cases is none either.
    expect(wireFacts(planned(head, head, shapes), uncounted).prefixChanges).toEqual([])
    const turned = wiresOf(planned(base, head, [...shapes].reverse()), 20)
    expect(prefixesOf(turned)?.head.text).toBe(found?.head.text)
    for (const change of wireFacts(planned(base, head, shapes), uncounted).prefixChanges ?? [])
      if (change.kind !== 'refill') expect(change.lost).toBeGreaterThan(0)
  })
})

describe('hostile templates', () => {
  it.each<[string, string]>([
    ['many braces', '{'.repeat(200_000)],
    ['an opening that never ends', `{${'a'.repeat(200_000)}`],
  ])('%s do not stop it', (_, text) => {
    const make = (): SetPlan =>
      planned({ messages: [system(RULES), ask] }, { messages: [system(`${RULES}${text}`), ask] })
    expect(() => wireFacts(make(), uncounted)).not.toThrow()
  })
})
