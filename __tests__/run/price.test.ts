import { describe, expect, it } from 'vitest'
import type { ModelCall } from '../../src/domain.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { costOfAnswer, createPricer, createPricing } from '../../src/run/price.ts'
import { request } from '../targets/requests.ts'

const pricer = createPricer(await loadPrices(), Date.parse('2026-11-21T12:00:00Z'))
const counts = { input: 1000, output: 100 }

describe('what a call costs', () => {
  const open = request({ provider: 'openrouter', model: 'nobody/knows-it' })
  it('OpenRouter’s own bill counts, whatever the table says', () => {
    expect(pricer({ ...counts, reportedUsd: '0.0394' }, open)).toBe(39_400_000_000n)
    expect(pricer({ ...counts, reportedUsd: '0' }, open)).toBe(0n)
  })

  it('without a bill, or with one that is no amount, an unknown model has no price', () => {
    expect(pricer(counts, open)).toBeNull()
    expect(pricer({ ...counts, reportedUsd: 'free' }, open)).toBeNull()
  })

  it('a bill of anybody else is written down and not believed', () => {
    const asked = request({ provider: 'openai', model: 'gpt-4.1-2025-04-14' })
    expect(pricer({ ...counts, reportedUsd: '0' }, asked)).toBe(pricer(counts, asked))
    expect(pricer(counts, asked)).toBeGreaterThan(0n)
  })

  it('the service tier counts that answered, else the one that was asked for', () => {
    const plain = request({ provider: 'openai', model: 'gpt-5' })
    const list = pricer(counts, plain) ?? 0n
    const tiered = (service_tier: string) =>
      request({ provider: 'openai', model: 'gpt-5', parameters: { service_tier } })
    expect(pricer(counts, plain, { tier: 'flex' })).toBe(list / 2n)
    expect(pricer(counts, tiered('flex'))).toBe(list / 2n)
    expect(pricer(counts, tiered('flex'), { tier: 'default' })).toBe(list)
    expect([pricer(counts, plain, { tier: 'priority' }), pricer(counts, tiered('priority'))]).toEqual([null, null])
    expect(pricer(counts, tiered('auto'))).toBe(list)
    const converse = {
      provider: 'bedrock',
      model: 'amazon.nova-lite-v1:0',
      parameters: { serviceTier: { type: 'priority' } },
    }
    expect(pricer(counts, request(converse))).toBeNull()
  })

  it('terms count that answered, else those that were asked for', () => {
    const claude = (parameters = {}) =>
      request({ provider: 'anthropic', model: 'claude-opus-4-6', endpoint: 'messages', parameters })
    const list = pricer(counts, claude()) ?? 0n
    const us = claude({ inference_geo: 'us' })
    expect(list).toBeGreaterThan(0n)
    expect([pricer(counts, us), pricer(counts, us, { terms: { inference_geo: 'global' } })]).toEqual([
      (list * 11n) / 10n,
      list,
    ])
    expect(pricer(counts, claude(), { terms: { inference_geo: 'us' } })).toBe((list * 11n) / 10n)
    const fast = claude({ speed: 'fast' })
    expect([pricer(counts, fast), pricer(counts, claude(), { terms: { speed: 'fast' } })]).toEqual([null, null])
    expect(pricer(counts, fast, { terms: { speed: 'standard' } })).toBe(list)
  })

  it('terms of an application’s calls count, each for itself', () => {
    const call = { provider: 'anthropic', model: 'claude-opus-4-6', hash: 'h', usage: counts, latencyMs: 1 }
    const seen = { ...call, kind: 'generation' as const, counted: 'measured' as const }
    const app = request({ kind: 'command', provider: 'command', model: null, endpoint: 'application' })
    const cost = (...calls: readonly ModelCall[]) => costOfAnswer({ text: '', latencyMs: 1, calls }, app, { pricer })
    const list = cost(seen) ?? 0n
    expect(list).toBeGreaterThan(0n)
    expect(cost(seen, { ...seen, terms: { inference_geo: 'us' } })).toBe((list * 21n) / 10n)
    expect(cost(seen, { ...seen, terms: { speed: 'fast' } })).toBeNull()
  })

  it('images made have no price that we know, images sent are input', () => {
    const asked = request({ provider: 'vertex', model: 'gemini-2.5-flash' })
    expect(pricer({ ...counts, imageOutput: 50 }, asked)).toBeNull()
    expect(pricer({ ...counts, imageInput: 500 }, asked)).toBe(pricer(counts, asked))
  })

  it.each([
    ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['vertex', 'claude-sonnet-4-5@20250929'],
    ['vertex', 'gemini-2.5-flash'],
  ])('%s/%s has a price', (provider, model) => {
    expect(pricer(counts, request({ provider, model }))).toBeGreaterThan(0n)
  })

  it('a deployment has one only by what it stands for', async () => {
    const models = { 'azure/geo': 'openai/gpt-4.1-2025-04-14' }
    const mapped = createPricer(await loadPrices([], models), Date.parse('2026-11-21T12:00:00Z'))
    const asked = request({ provider: 'azure', model: 'geo' })
    expect([pricer(counts, asked), mapped(counts, asked)]).toEqual([null, expect.any(BigInt)])
  })

  it('a name that stands for another model on each side has the price of its side', async () => {
    const [base, head] = ['openai/gpt-4.1-2025-04-14', 'openai/gpt-4.1-mini-2025-04-14']
    const mapped = createPricer(
      await loadPrices([], { 'azure/geo': { base, head } }),
      Date.parse('2026-11-21T12:00:00Z'),
    )
    const asked = request({ provider: 'azure', model: 'geo' })
    const own = (model: string) => pricer(counts, request({ provider: 'openai', model: model.replace('openai/', '') }))
    expect(mapped(counts, asked, { side: 'base' })).toBe(own(base))
    expect(mapped(counts, asked, { side: 'head' })).toBe(own(head))
    expect(own(base)).not.toBe(own(head))
    expect(mapped(counts, asked)).toBeNull()
  })
})

describe('why a call has no price', async () => {
  const { price, why } = createPricing(await loadPrices(), Date.parse('2026-11-21T12:00:00Z'))
  const mini = request({ provider: 'openai', model: 'gpt-4.1-mini-2025-04-14' })
  const id = 'openai/gpt-4.1-mini-2025-04-14'
  const eu = {
    provider: 'bedrock',
    model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    endpoint: 'converse',
  } as const
  const opus = request({ provider: 'anthropic', model: 'claude-opus-4-6', endpoint: 'messages' })

  it.each([
    [
      { audioInput: 40 },
      mini,
      {},
      `no price is known for audio input tokens (${id}; add it to \`prices:\` with \`audio_input\`)`,
    ],
    [
      { cacheWrite1h: 5 },
      request(eu),
      {},
      `no price is known for 1-hour cache write tokens (bedrock/${eu.model}; add it to \`prices:\` with \`cache_write_1h\`)`,
    ],
    // Nothing that could be written there.
    [{ imageOutput: 4 }, mini, {}, `no price is known for image output tokens (${id})`],
    [{}, mini, { tier: 'priority' }, `no price is known for the service tier "priority" (${id})`],
    [{}, opus, { terms: { speed: 'fast' } }, /speed: fast; add anthropic\/claude-opus-4-6\?speed=fast to `prices:`$/],
    // The same words for all of them.
    [{ cachedInput: 5000 }, mini, {}, `the token counts contradict each other (${id})`],
    [{ reasoning: 5000 }, mini, {}, `the token counts contradict each other (${id})`],
  ] as const)('%j', (usage, asked, at, words) => {
    expect(price({ ...counts, ...usage }, asked, at)).toBeNull()
    if (typeof words === 'string') expect(why({ ...counts, ...usage }, asked, at)).toBe(words)
    else expect(why({ ...counts, ...usage }, asked, at)).toMatch(words)
  })

  it('is said of no other, and in few words where the provider has many', () => {
    expect(why(counts, mini)).toBeNull()
    expect(why(counts, mini, { tier: 'x'.repeat(10_000) })?.length).toBeLessThan(200)
    expect(why(counts, request({ provider: 'acme', model: 'house' }))).toMatch(/acme\/house .* add it to `prices:`/)
  })
})

it('an answer costs its calls that were filtered whole, too', () => {
  const call = { provider: 'openai', model: 'gpt-5', hash: 'h', kind: 'generation', counted: 'measured', latencyMs: 1 }
  const failure = { kind: 'behavioural', cause: 'content-filter', message: 'filtered' } as const
  const made = (...calls: readonly object[]) =>
    costOfAnswer({ text: 'x', latencyMs: 1, calls: calls as readonly ModelCall[] }, request({ kind: 'command' }), {
      pricer,
    })
  const one = made({ ...call, usage: counts })
  expect(one).toBeGreaterThan(0n)
  expect(made({ ...call, usage: counts }, { ...call, usage: counts, failure })).toBe(2n * (one ?? 0n))
  expect(made({ ...call, usage: counts }, { ...call, failure })).toBe(one)
})
