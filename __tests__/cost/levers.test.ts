// Levers: figures by hand, and no advice inside the noise, below the floor or without a price.

import { describe, expect, it } from 'vitest'
import { candidateLevers } from '../../src/cost/levers/candidate.ts'
import type { LeverSet, PricedCall, Traffic } from '../../src/cost/levers/lever.ts'
import { leversOf } from '../../src/cost/levers.ts'
import type { Usage } from '../../src/domain.ts'
import type { Wire } from '../../src/plan/wire.ts'
import { priceOf } from '../../src/prices/book.ts'
import { loadPrices } from '../../src/prices/index.ts'
import type { Price } from '../../src/prices/table.ts'
import type { CandidateSet } from '../../src/report/candidates/report.ts'

const book = await loadPrices()
const AT = Date.parse('2026-11-21T12:00:00Z')
function price(id: string): Price {
  const found = priceOf(book, id, AT)
  if (found.state !== 'priced') throw new Error(found.why)
  return found.price
}
const SONNET = price('anthropic/claude-sonnet-4-5')
const HAIKU = price('anthropic/claude-haiku-4-5')
const call = (of: Price, usage: Usage): PricedCall => ({ usage, price: of })

function set(calls: readonly PricedCall[], more: Partial<LeverSet> = {}): LeverSet {
  return {
    ...{
      name: 'a',
      model: 'm',
      count: calls.length,
      wires: [],
      scale: 1,
      shared: null,
      cacheMinimum: 1024,
      maxOutput: null,
    },
    cases: calls.map((one, index) => ({ caseId: `c${index}`, runs: [[one]], expectedTokens: null })),
    ...more,
  }
}
const many = (one: PricedCall, count = 4) => Array.from({ length: count }, () => one)
const NONE: Traffic = {
  ...{ route: null, monthPico: null, share: 1, isCached: false, batchShare: 0, isInteractive: true },
  hit: { ratio: 0.95, how: 'stated' },
}
const MONTH: Traffic = { ...NONE, route: 'r', monthPico: 13_500e12 }
const levers = (one: LeverSet, traffic = MONTH) => leversOf([{ set: one, traffics: [traffic] }])

describe('prefix-order', () => {
  // Vector V23 of the price tests: 13,500 micro-dollars without a cache, 5,917.5 with one at a hit ratio of 0.95.
  const late = set(many(call(SONNET, { input: 3_500, output: 200 })), {
    shared: { tokens: 0, behind: 3_000, rewritten: 0, parting: 'question' },
  })

  it('is the difference that the cache makes, on the month of the route', () => {
    const [lever, ...rest] = levers(late)
    expect(rest).toEqual([])
    expect(lever).toMatchObject({
      kind: 'prefix-order',
      per: 'month',
      usd: { point: '7582.5', low: '7582.5' },
      percent: 56.2,
    })
    expect(levers(late, { ...MONTH, share: 0.1 })[0]).toMatchObject({ usd: { point: '758.25' }, percent: 5.6 })
    expect(levers(late, NONE)[0]).toMatchObject({ per: '1000-requests', usd: { point: '7.5825' }, percent: 56.2 })
  })

  it('counts only what is new where a prefix is cached already', () => {
    const half = { ...late, shared: { tokens: 1_500, behind: 1_500, rewritten: 0, parting: 'question' } }
    // 1,500 tokens at 3 become 0.95 x 0.3 + 0.05 x 3.75.
    expect(levers(half, NONE)[0]?.usd.point).toBe('3.79125')
    // The month is then that of a route with its cache.
    const cached = levers(half, { ...MONTH, isCached: true })[0]
    expect(cached?.percent).toBe(39)
  })

  it.each([
    ['nothing stands behind it', { shared: { tokens: 3_000, behind: 0, rewritten: 0, parting: 'question' } }],
    [
      'what stands behind is within the error',
      { shared: { tokens: 3_000, behind: 60, rewritten: 0, parting: 'question' } },
    ],
    ['a condition of the template parts them', { shared: { tokens: 0, behind: 3_000, rewritten: 0, parting: null } }],
    ['too few requests were seen', { shared: null }],
    ['even then it is too short to be cached', { cacheMinimum: 4_096 }],
    ['no case was measured', { cases: [] }],
    ['two cases are too few', { cases: late.cases.slice(0, 2) }],
  ])('is silent: %s', (_, more) => {
    expect(levers({ ...late, ...more })).toEqual([])
  })

  it('is silent where the cache is no cheaper, or written more often than read', () => {
    const { cached: _, ...rates } = SONNET.rates
    const dear = { ...SONNET, rates }
    expect(levers({ ...late, cases: set(many(call(dear, { input: 3_500, output: 200 }))).cases })).toEqual([])
    expect(levers(late, { ...MONTH, hit: { ratio: 0, how: '' } })).toEqual([])
  })
})

describe('batch and flex', () => {
  // Vector V8: 30,000 micro-dollars, and half of it as batch.
  const plain = set(many(call(HAIKU, { input: 20_000, output: 2_000 })))
  const quiet: Traffic = { ...MONTH, monthPico: 3_000e12, isInteractive: false }

  it('half of the month where the route says that nobody waits', () => {
    expect(levers(plain, quiet)).toMatchObject([{ kind: 'batch', usd: { point: '1500' }, percent: 50 }])
    expect(levers(plain, MONTH)).toEqual([])
  })

  it('only of what is not batch yet', () => {
    // 0.7 x 30,000 + 0.3 x 15,000 = 25,500 (vector B1); all as batch 15,000.
    const [lever] = levers(plain, { ...quiet, batchShare: 0.3, monthPico: 2_550e12 })
    expect(lever).toMatchObject({ kind: 'batch', usd: { point: '1050' }, percent: 41.2 })
    expect(lever?.message).toContain('beside the 30 % that are batch already')
    expect(levers(plain, { ...quiet, batchShare: 1 })).toEqual([])
  })

  it('flex where there is no batch; nothing where no factor is known', () => {
    const half = { num: 1, den: 2, assumed: true }
    const of = (multipliers: Price['multipliers']) =>
      levers(set(many(call({ ...HAIKU, multipliers }, { input: 20_000, output: 2_000 }))), quiet)
    expect(of({ flex: half })).toMatchObject([
      { kind: 'flex', evidence: expect.arrayContaining(['factor of flex, assumed']) },
    ])
    expect(of({})).toEqual([])
    expect(of({ batch: { num: 1, den: 1, assumed: true } })).toEqual([])
  })
})

describe('long answers', () => {
  const answers = (tokens: readonly number[], more: Partial<LeverSet> = {}, expectedTokens: number | null = null) => {
    const one = set(
      tokens.map((output) => call(HAIKU, { input: 100, output })),
      more,
    )
    return { ...one, cases: one.cases.map((kase) => ({ ...kase, expectedTokens })) }
  }

  it('what is beyond the limit of the set, as the model bills it', () => {
    const [lever] = levers(answers([1_000, 1_000, 1_000], { maxOutput: 200 }), NONE)
    // 800 tokens at 5 a million.
    expect(lever).toMatchObject({ kind: 'long-answers', usd: { point: '4' } })
    expect(lever?.message).toContain("by 800 tokens beyond the set's own limit of 200 tokens")
  })

  it('or far beyond the expected answer', () => {
    const [lever] = levers(answers([1_000, 1_000, 1_000, 1_000, 1_000, 60], {}, 50), NONE)
    expect(lever?.message).toContain('by 900 tokens more than 2 times the expected answer')
    expect(lever?.evidence).toContain('5 of 6 cases, measured output without reasoning')
    expect(levers(answers([100, 95, 70], {}, 50), NONE)).toEqual([])
    expect(levers(answers([1_000, 1_000, 1_000]), NONE)).toEqual([])
  })

  it('what is thought is no length, and one long answer of many is luck', () => {
    const thinking = set(many(call(HAIKU, { input: 100, output: 1_000, reasoning: 900 })), { maxOutput: 200 })
    expect(levers(thinking, NONE)).toEqual([])
    expect(levers(answers([1_000, ...Array.from({ length: 9 }, () => 100)], { maxOutput: 200 }), NONE)).toEqual([])
    // Half of the cases: the interval of the saving begins below zero.
    expect(levers(answers([1_000, 201, 100, 100], { maxOutput: 200 }), NONE)).toEqual([])
  })
})

describe('repeated context', () => {
  const TEXT = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')
  const part = (text: string, origin: string, kind: Wire[number]['kind'] = 'variable') => ({ text, origin, kind })
  const wires = (wire: (at: number) => Wire, count = 4) =>
    Array.from({ length: count }, (_, at) => ({ caseId: `c${at}`, wire: wire(at) }))
  const calls = many(call(HAIKU, { input: 5_000, output: 10 }))

  it('the same paragraph twice is paid once too often', () => {
    const twice = (at: number): Wire => [
      part(`a ${at}\n\n`, 'system template', 'static'),
      part(`${TEXT}\n\n`, 'context'),
      part(`Again:\n\n${TEXT}`, 'document'),
    ]
    const [lever, ...rest] = levers(set(calls, { wires: wires(twice) }), NONE)
    expect(rest).toEqual([])
    expect(lever?.kind).toBe('repeated-context')
    expect(lever?.message).toMatch(/stands twice in the request \(context and document\): about \d+ tokens/)
    expect(lever?.evidence).toContain('seen in 4 of 4 rendered requests')
    expect(levers(set(calls, { wires: wires(twice), scale: 2 }), NONE)[0]?.percent).toBeGreaterThan(
      1.9 * (lever?.percent ?? 0),
    )
  })

  it('the same in most requests, behind what differs, belongs to the front', () => {
    const shared = { tokens: 1_100, behind: 0, rewritten: 0, parting: 'question' }
    const same = (at: number): Wire => [part(`question ${at}\n\n`, 'question'), part(TEXT.repeat(8), 'policy')]
    const [lever] = levers(set(calls, { wires: wires(same), shared }), NONE)
    expect(lever?.message).toMatch(/^policy brings the same [\d,]+ tokens to most requests/)
    const other = (at: number): Wire => [
      part(`question ${at}\n\n`, 'question'),
      part(`${at} ${TEXT.repeat(8)}`, 'policy'),
    ]
    expect(levers(set(calls, { wires: wires(other), shared }), NONE)).toEqual([])
    expect(levers(set(calls, { wires: wires(same), shared: { ...shared, tokens: 10 } }), NONE)).toEqual([])
  })

  it('short text, tools and what stands between messages repeat by nature', () => {
    const short = (): Wire => Array.from({ length: 20 }, () => part('Answer in one word.\n\n', 'rule', 'static'))
    expect(levers(set(calls, { wires: wires(short) }), NONE)).toEqual([])
    const tools = (): Wire => [part(TEXT, 'tools', 'tools'), part(TEXT, 'system', 'frame')]
    expect(levers(set(calls, { wires: wires(tools) }), NONE)).toEqual([])
  })

  it('hostile text ends in bounded time', () => {
    const bombs = [
      '\n\n'.repeat(300_000),
      `${'x'.repeat(60)}\n\n`.repeat(20_000),
      ' \n \n'.repeat(200_000),
      '\n \t'.repeat(200_000),
    ]
    for (const bomb of bombs) levers(set(calls, { wires: wires(() => [part(bomb, '__proto__')]) }), NONE)
  }, 20_000)
})

describe('all of them', () => {
  const late = set(many(call(SONNET, { input: 3_500, output: 200 })), {
    shared: { tokens: 0, behind: 3_000, rewritten: 0, parting: 'question' },
  })

  it('largest first, a month before a thousand requests; below the floor nothing', () => {
    const quiet = { ...MONTH, isInteractive: false, monthPico: 1_000e12 }
    const all = leversOf([
      { set: late, traffics: [NONE, quiet] },
      { set: { ...late, name: 'b' }, traffics: [{ ...quiet, monthPico: 9_000e12 }] },
    ])
    expect(all.map(({ evalSet, kind, per }) => `${evalSet} ${kind} ${per}`)).toEqual([
      'b prefix-order month',
      'b batch month',
      'a prefix-order month',
      'a batch month',
      'a prefix-order 1000-requests',
    ])
    expect(levers(late, { ...MONTH, monthPico: 1e12 })).toEqual([])
    expect(levers(late, { ...MONTH, share: 0.01 })).toEqual([])
  })

  it('a price that does not cover the calls gives no advice', () => {
    const { output: _, ...rates } = SONNET.rates
    const unknown = set(many(call({ ...SONNET, rates }, { input: 3_500, output: 200 })), {
      shared: late.shared,
      maxOutput: 10,
    })
    expect(levers(unknown, { ...MONTH, isInteractive: false })).toEqual([])
  })

  it('does not depend on the order of cases or sets', () => {
    const calls = [1_400, 3_500, 2_000, 9_000].map((input) => call(SONNET, { input, output: input / 10 }))
    const one = { ...late, cases: set(calls).cases }
    const other = { ...late, cases: set([...calls].reverse()).cases }
    expect(levers(one)).toEqual(levers(other))
    const two = { ...one, name: 'z' }
    const both = [
      { set: one, traffics: [MONTH] },
      { set: two, traffics: [NONE] },
    ]
    expect(leversOf(both)).toEqual(leversOf([...both].reverse()))
  })
})

describe('a cheaper candidate', () => {
  const usd = (base: string, delta: string | null, high: string | null) => ({
    ...{ base, delta, high, low: null },
    head: null,
  })
  const compared = (row: object = {}, recommendation: object = {}) =>
    [
      {
        ...{ evalSet: 'a', inUse: { model: 'openai/big' } },
        rows: [
          {
            ...{ model: 'openai/small', holding: { state: 'holds', how: 'proof' }, cases: 60, broken: 1, fixed: 2 },
            cost: { state: 'priced', why: null, perRequestUsd: usd('0.01', '-0.004', '-0.003') },
            months: [{ route: 'r', usd: usd('400', '-120', '-90'), assumption: '' }],
            ...row,
          },
        ],
        recommendation: { action: 'switch', model: 'openai/small', why: '', ...recommendation },
      },
    ] as unknown as readonly CandidateSet[]

  it('is a lever where the comparison recommends it and the saving is more than luck', () => {
    expect(candidateLevers(compared())).toEqual([
      {
        ...{ kind: 'cheaper-candidate', evalSet: 'a', route: 'r', per: 'month', percent: 30 },
        usd: { point: '120', low: '90' },
        message: 'openai/small holds against openai/big and is cheaper.',
        evidence: ['compared on 60 cases: 1 broke, 2 got better'],
      },
    ])
    expect(candidateLevers(compared({ months: [] }))).toMatchObject([
      { per: '1000-requests', route: null, usd: { point: '4', low: '3' }, percent: 40 },
    ])
  })

  it.each([
    ['it stays', {}, { action: 'stay', model: null }],
    ['nothing holds', {}, { action: 'none', model: null }],
    ['it does not hold', { holding: { state: 'drops' } }, {}],
    ['the saving may be none', { months: [{ route: 'r', usd: usd('400', '-5', '1') }] }, {}],
    ['the saving is below the floor', { months: [{ route: 'r', usd: usd('400', '-0.5', '-0.4') }] }, {}],
    ['its price is not known', { months: [], cost: { perRequestUsd: usd('0.01', null, null) } }, {}],
  ])('is none where %s', (_, row, recommendation) => {
    expect(candidateLevers(compared(row, recommendation))).toEqual([])
  })
})
