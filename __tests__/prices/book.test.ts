import { describe, expect, it } from 'vitest'
import type { PriceOverride } from '../../src/config/config.ts'
import { UserError } from '../../src/errors.ts'
import { mapModel, priceOf } from '../../src/prices/book.ts'
import { costOfUsage } from '../../src/prices/cost-of-usage.ts'
import { tierEdges } from '../../src/prices/edges.ts'
import { loadPrices } from '../../src/prices/index.ts'

const book = await loadPrices()
const NOW = Date.parse('2026-11-21T12:00:00Z')
const place = { path: 'parity.yaml', line: 7 }

function inputRate(id: string, from = book, atMs = NOW): number | string {
  const found = priceOf(from, id, atMs)
  return found.state === 'priced' ? found.price.rates.input : 'unpriced'
}

describe('ids of the same model', () => {
  it.each([
    ['openai/gpt-5', 1_250_000],
    ['openai:gpt-5', 1_250_000],
    ['openai:chat:gpt-5', 1_250_000],
    ['gpt-5', 1_250_000],
    ['OpenAI/GPT-5', 1_250_000],
    [' openai/gpt-5 ', 1_250_000],
    ['openai/gpt-5-2025-08-07', 1_250_000],
    ['openai/gpt-5-2026-01-31', 1_250_000],
    ['openai/gpt-5?effort=medium', 1_250_000],
    ['models/gemini-2.5-flash', 300_000],
    ['gemini/models/gemini-2.5-flash', 300_000],
    ['google/gemini-2.5-flash', 300_000],
    ['gemini/gemini-2.5-flash-preview-09-2025', 300_000],
    ['gemini/gemini-2.5-pro-preview-05-06', 1_250_000],
    ['vertex/gemini-2.0-flash-001', 100_000],
    ['vertex_ai/claude-sonnet-4-5@20250929', 3_000_000],
    ['vertex/claude-opus-4-6@default', 5_000_000],
    ['vertex/claude-haiku-4-5@20251001', 1_000_000],
    ['anthropic/claude-sonnet-4-5-20250929', 3_000_000],
    ['anthropic/claude-3-5-sonnet-latest', 3_000_000],
    ['bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000],
    ['bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000],
    ['bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_000_000],
    ['bedrock/eu.anthropic.claude-opus-4-5-20251101-v1:0', 5_500_000],
    ['bedrock/anthropic.claude-sonnet-4-6', 3_300_000],
    ['aws/amazon.nova-lite-v1:0', 60_000],
    ['openai/ft:gpt-4o-2024-08-06:acme::abc', 3_750_000],
    ['groq/openai/gpt-oss-120b', 150_000],
    ['mistral/mistral-large-latest', 500_000],
    ['x-ai/grok-4-0709', 3_000_000],
  ])('%s', (id, expected) => {
    expect(inputRate(id)).toBe(expected)
  })
})

describe('ids that only look like a priced model', () => {
  it.each([
    'anthropic/claude-sonnet-5-9',
    'claude-sonnet-5-9',
    'anthropic/claude-sonnet-5-5',
    'gemini/gemini-3.8-flash-lite',
    'deepseek/deepseek-chat-v9',
    'openai/gpt-5-ultra',
    'openai/gpt-5-2025-13-45',
    'openai/gpt-5-2025-02-30',
    'openai/gpt-4o-2025-01-01',
    'openai/gpt-6.1-sol',
    'openai/ft:gpt-5-2025-08-07:acme::x',
    'mistral/mistral-large-2699',
    'gateway/gpt-5',
    'ollama/llama3',
    'openrouter/openai/gpt-5',
    'azure/gpt-4.1',
    'bedrock/arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc',
    'constructor',
    'openai/__proto__',
    '__proto__/constructor',
    '',
    '/',
    'openai/',
    `openai/${'gpt-'.repeat(20_000)}`,
  ])('%.60s is unpriced', (id) => {
    const found = priceOf(book, id, NOW)
    expect(found.state).toBe('unpriced')
  })

  it('says what to do', () => {
    expect(priceOf(book, 'azure/support', NOW)).toMatchObject({ why: expect.stringContaining('models:') })
    expect(priceOf(book, 'acme/house', NOW)).toMatchObject({ why: expect.stringContaining('prices:') })
  })
})

describe('prices: of the repository', () => {
  const override = (rest: Partial<PriceOverride>): PriceOverride => ({ id: 'acme/house-model', place, ...rest })

  it('beats the table from its day on, the table holds before', async () => {
    const own = await loadPrices([
      override({ id: 'openai/gpt-4.1', from: '2026-06-01', input: 0.5, output: 1, reason: 'deal' }),
    ])
    expect(inputRate('openai/gpt-4.1', own, Date.parse('2026-05-31T23:59:59.999Z'))).toBe(2_000_000)
    expect(inputRate('openai/gpt-4.1', own, Date.parse('2026-06-01T00:00:00Z'))).toBe(500_000)
    expect(inputRate('openai/gpt-4.1-2025-04-14', own)).toBe(500_000)
    expect(priceOf(own, 'openai/gpt-4.1', NOW)).toMatchObject({
      source: 'prices: of parity.yaml (deal)',
      asOf: '2026-06-01',
    })
    expect(inputRate('openai/gpt-4.1-mini', own)).toBe(400_000)
  })

  it('keeps the newest of several, in whatever order they are written', async () => {
    const rows = [
      override({ from: '2026-09-01', input: 3, output: 3 }),
      override({ from: '2026-01-01', input: 1, output: 1 }),
      override({ from: '2027-01-01', input: 9, output: 9 }),
    ]
    for (const order of [rows, [...rows].reverse()]) {
      expect(inputRate('acme/house-model', await loadPrices(order))).toBe(3_000_000)
    }
  })

  it('is unpriced before its first day', async () => {
    const own = await loadPrices([override({ from: '2027-01-01', input: 1, output: 1 })])
    expect(inputRate('acme/house-model', own)).toBe('unpriced')
  })

  it('turns the rent of a machine into a price per token', async () => {
    const own = await loadPrices([override({ usdPerHour: 3.6, tokensPerSecond: 1000 })])
    expect(priceOf(own, 'acme/house-model', NOW)).toMatchObject({
      price: { rates: { input: 1_000_000, output: 1_000_000 } },
    })
  })

  it('has tiers for long requests, which pay them for all of their tokens', async () => {
    const tiers = [
      { above: 200_000, input: 4, output: 12, cachedInput: 0.4 },
      { above: 100_000, input: 2, output: 9, cachedInput: 0.2 },
    ]
    const own = await loadPrices([override({ input: 1, output: 8, cachedInput: 0.1, tiers })])
    const found = priceOf(own, 'acme/house-model', NOW)
    if (found.state !== 'priced') throw new Error(found.why)
    const cost = (input: number) => costOfUsage(found.price, { input, output: 1000, cachedInput: 50_000 })
    // Per million: 50,000 fresh and 50,000 cached tokens, 1,000 out.
    expect(cost(100_000)).toEqual({ state: 'costed', pico: 50_000_000_000n + 5_000_000_000n + 8_000_000_000n })
    expect(cost(100_001)).toEqual({ state: 'costed', pico: 100_002_000_000n + 10_000_000_000n + 9_000_000_000n })
    expect(cost(200_001)).toEqual({ state: 'costed', pico: 600_004_000_000n + 20_000_000_000n + 12_000_000_000n })
    expect(tierEdges(own)).toEqual(expect.arrayContaining([100_000, 128_000, 200_000, 271_999, 272_000]))
  })

  describe('without a rate for cache writes', () => {
    const own = async (id: string, asked: string, rest: Partial<PriceOverride> = {}) => {
      const models = { 'acme/mapped': 'anthropic/claude-sonnet-4-5' }
      const found = priceOf(await loadPrices([override({ id, input: 3, output: 15, ...rest })], models), asked, NOW)
      if (found.state !== 'priced') throw new Error(found.why)
      return (written: object) => costOfUsage(found.price, { input: 1000, output: 0, ...written })
    }
    const unknown = (what: string, key: string) => ({
      ...{ state: 'error', cause: 'price', key, why: `no price is known for ${what} cache write tokens` },
    })
    const asInput = { state: 'costed', pico: 3_000_000_000n }

    it.each([
      ['anthropic/claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5-20250929'],
      ['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5-20250929'],
      ['anthropic/claude-opus-4-6?speed=fast', 'anthropic/claude-opus-4-6?speed=fast'],
      ['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5?inference_geo=us'],
      ['bedrock/global.anthropic.claude-opus-4-6', 'bedrock/global.anthropic.claude-opus-4-6'],
      ['vertex/claude-sonnet-4-5', 'vertex/claude-sonnet-4-5@20250929'],
      ['acme/mapped', 'acme/mapped'],
    ])('what the table bills is not known: %s for %s', async (id, asked) => {
      const cost = await own(id, asked)
      expect(cost({ cacheWrite5m: 1000 })).toEqual(unknown('5-minute', 'cache_write_5m'))
      expect(cost({ cacheWrite1h: 1000 })).toEqual(unknown('1-hour', 'cache_write_1h'))
      expect(cost({}).state).toBe('costed')
      expect(cost({ cachedInput: 1000 })).toEqual(cost({}))
      const complete = await own(id, asked, { cacheWrite5m: 3.75, cacheWrite1h: 6 })
      expect([complete({ cacheWrite5m: 1000 }).state, complete({ cacheWrite1h: 1000 }).state]).toEqual(
        Array(2).fill('costed'),
      )
    })

    it.each(['openai/gpt-4.1', 'deepseek/deepseek-v4-flash', 'acme/house-model', 'openrouter/anthropic/claude-x'])(
      'what it does not is plain input: %s',
      async (id) => {
        const cost = await own(id, id)
        expect([cost({ cacheWrite5m: 1000 }), cost({ cacheWrite1h: 1000 })]).toEqual([asInput, asInput])
      },
    )

    it('long requests pay the rates of their tier, and a rented machine bills every token alike', async () => {
      const id = 'anthropic/claude-sonnet-4-5'
      const tiered = await own(id, id, { tiers: [{ above: 10, input: 6, output: 22.5 }] })
      expect(tiered({ cacheWrite5m: 1000 })).toEqual(unknown('5-minute', 'cache_write_5m'))
      const rented = await own(id, id, { usdPerHour: 3.6, tokensPerSecond: 1000 })
      expect(rented({ cacheWrite5m: 500, cacheWrite1h: 500 })).toEqual(rented({}))
    })
  })

  it('keeps a price of nothing apart from no price', async () => {
    const own = await loadPrices([override({ input: 0, output: 0 })])
    expect(inputRate('acme/house-model', own)).toBe(0)
  })

  it.each<[string, Partial<PriceOverride>]>([
    ['no output', { input: 1 }],
    ['negative', { input: -1, output: 1 }],
    ['not a number', { input: Number.NaN, output: 1 }],
    ['finer than a pico-dollar', { input: 0.0000001, output: 1 }],
    ['beyond integers', { input: 1e12, output: 1 }],
    ['no throughput', { usdPerHour: 1 }],
    [
      'a tier without what the price has',
      { input: 1, output: 1, cachedInput: 0.1, tiers: [{ above: 9, input: 1, output: 1 }] },
    ],
    ['a negative tier', { input: 1, output: 1, tiers: [{ above: 9, input: -1, output: 1 }] }],
    ['two tiers of one edge', { input: 1, output: 1, tiers: [9, 9].map((above) => ({ above, input: 1, output: 1 })) }],
    ['rent with tiers', { usdPerHour: 1, tokensPerSecond: 9, tiers: [{ above: 9, input: 1, output: 1 }] }],
    ['zero throughput', { usdPerHour: 1, tokensPerSecond: 0 }],
    ['a day that does not exist', { from: '2026-02-30', input: 1, output: 1 }],
  ])('refuses %s and says where', async (_, rest) => {
    await expect(loadPrices([override(rest)])).rejects.toThrow(UserError)
    await expect(loadPrices([override(rest)])).rejects.toThrow('parity.yaml:7')
  })

  it('names every bad entry at once', async () => {
    const failure = await loadPrices([override({ input: 1 }), override({ id: 'b', input: -1, output: 1 })]).catch(
      (error) => error,
    )
    expect(failure.problems).toHaveLength(2)
  })
})

describe('models: of the repository', () => {
  it('says what a deployment stands for', async () => {
    const own = await loadPrices([], { 'azure/support-gpt': 'openai/gpt-4.1-2025-04-14', 'azure/four': 'azure/o3' })
    expect(inputRate('azure/support-gpt', own)).toBe(2_000_000)
    expect(inputRate('azure/four', own)).toBe(2_000_000)
  })

  it('maps by side', async () => {
    const own = await loadPrices([], { 'azure/gpt': { base: 'openai/gpt-4.1', head: 'openai/gpt-4.1-mini' } })
    expect([mapModel(own, 'azure/gpt', 'base'), mapModel(own, 'azure/gpt', 'head')]).toEqual([
      'openai/gpt-4.1',
      'openai/gpt-4.1-mini',
    ])
    expect(inputRate('azure/gpt', own)).toBe('unpriced')
  })

  it('is not followed in circles', async () => {
    const own = await loadPrices([], { a: 'b', b: 'a' })
    expect(inputRate('a', own)).toBe('unpriced')
  })

  it('leaves a price for the deployment itself first', async () => {
    const own = await loadPrices([{ id: 'azure/x', input: 7, output: 7, place }], { 'azure/x': 'openai/gpt-4.1' })
    expect(inputRate('azure/x', own)).toBe(7_000_000)
  })
})

describe('prices by the hour', () => {
  it('follows the clock of the provider', () => {
    const rate = (time: string) => inputRate('deepseek/deepseek-v4-flash', book, Date.parse(`2026-11-21T${time}Z`))
    expect(['00:59:59', '01:00:00', '03:59:59', '04:00:00', '06:00:00', '10:00:00'].map(rate)).toEqual([
      220_000, 440_000, 440_000, 220_000, 440_000, 220_000,
    ])
  })
})
