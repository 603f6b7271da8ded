// Published vectors: cost of one call, recomputed by hand from the providers' price pages (micro-dollars).

import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/domain.ts'
import { priceOf } from '../../src/prices/book.ts'
import { type CallOptions, costOfUsage } from '../../src/prices/cost-of-usage.ts'
import { loadPrices } from '../../src/prices/index.ts'

const book = await loadPrices()
const TODAY = '2026-11-21T00:00:00Z'

function microUsd(model: string, time: string, usage: Usage, options: CallOptions = {}): number {
  const found = priceOf(book, model, Date.parse(time))
  if (found.state === 'unpriced') throw new Error(found.why)
  const cost = costOfUsage(found.price, usage, options)
  if (cost.state === 'error') throw new Error(cost.why)
  return Number(cost.pico) / 1e6
}

const V6: Usage = { input: 1409, output: 80, cachedInput: 1111, cacheWrite5m: 148, cacheWrite1h: 100 }
const SONNET_BEDROCK = 'anthropic.claude-sonnet-4-5-20250929-v1:0'

describe('cost of one call', () => {
  it.each<[string, string, string, Usage, number, CallOptions?]>([
    ['V1', 'openai/gpt-4o-2024-08-06', TODAY, { input: 1200, output: 350 }, 6500],
    ['V2', 'openai/gpt-4o-2024-08-06', TODAY, { input: 10_000, cachedInput: 8192, output: 500 }, 19_760],
    ['V3', 'openai/gpt-4.1', TODAY, { input: 50_000, cachedInput: 40_000, output: 2000 }, 56_000],
    ['V4', 'openai/gpt-5', TODAY, { input: 1000, cachedInput: 512, output: 300, reasoning: 192 }, 3674],
    ['V5', 'openai/gpt-5-mini', TODAY, { input: 8000, output: 1500 }, 5000],
    ['V6', 'anthropic/claude-sonnet-4-5-20250929', TODAY, V6, 2838.3],
    ['V7', 'anthropic/claude-sonnet-4-5-20250929', TODAY, V6, 1419.15, { batch: true }],
    ['V8', 'anthropic/claude-haiku-4-5', TODAY, { input: 20_000, output: 2000 }, 30_000],
    ['V8 batch', 'anthropic/claude-haiku-4-5', TODAY, { input: 20_000, output: 2000 }, 15_000, { batch: true }],
    ['V9', 'anthropic/claude-opus-4-1', '2026-07-01T00:00:00Z', { input: 3000, output: 800 }, 105_000],
    ['V10', 'gemini/gemini-2.5-pro', TODAY, { input: 200_000, output: 1000 }, 260_000],
    ['V11', 'gemini/gemini-2.5-pro', TODAY, { input: 200_001, output: 1000 }, 515_002.5],
    ['V12', 'gemini/gemini-2.5-pro', TODAY, { input: 250_000, cachedInput: 150_000, output: 4000 }, 347_500],
    ['V13', 'gemini/gemini-2.5-flash', TODAY, { input: 1000, output: 700, reasoning: 500 }, 2050],
    ['V14 before', 'openai/o3', '2025-06-09T23:59:59Z', { input: 100_000, output: 10_000 }, 1_400_000],
    ['V14 after', 'openai/o3', '2025-06-10T00:00:00Z', { input: 100_000, output: 10_000 }, 280_000],
    ['V15 before', 'openai/gpt-5.6-sol', '2026-08-20T23:59:59Z', { input: 10_000, output: 2000 }, 110_000],
    ['V15 after', 'openai/gpt-5.6-sol', '2026-08-21T00:00:00Z', { input: 10_000, output: 2000 }, 80_000],
    ['V16 below', 'openai/gpt-5.6-sol', TODAY, { input: 271_999, output: 1000 }, 1_107_996],
    ['V16 at', 'openai/gpt-5.6-sol', TODAY, { input: 272_000, output: 1000 }, 2_206_000],
    [
      'V17',
      'openai/gpt-5.6-sol',
      TODAY,
      { input: 20_000, cachedInput: 12_000, cacheWrite5m: 6000, output: 900 },
      60_800,
    ],
    ['V18 before', 'gemini/gemini-3.8-flash', '2026-12-31T23:59:59Z', { input: 2000, output: 300 }, 2625],
    ['V18 after', 'gemini/gemini-3.8-flash', '2027-01-01T00:00:00Z', { input: 2000, output: 300 }, 5250],
    ['V19 regional', `bedrock/us.${SONNET_BEDROCK}`, TODAY, { input: 10_000, output: 1000 }, 49_500],
    ['V19 global', `bedrock/global.${SONNET_BEDROCK}`, TODAY, { input: 10_000, output: 1000 }, 45_000],
    ['V20', 'groq/llama-3.3-70b-versatile', TODAY, { input: 6000, output: 400 }, 3856],
    ['V21', 'anthropic/claude-opus-5-5', TODAY, { input: 30_000, cachedInput: 28_000, output: 1200 }, 37_600],
    ['V24', 'anthropic/claude-sonnet-5', TODAY, { input: 16_000, output: 1500 }, 47_000],
    [
      'V24 with a cache',
      'anthropic/claude-sonnet-5',
      TODAY,
      { input: 16_000, cachedInput: 11_600, cacheWrite5m: 4400, output: 1500 },
      28_320,
    ],
    ['V22 before', 'anthropic/claude-sonnet-4-6', '2026-03-12T23:59:59Z', { input: 250_000, output: 1000 }, 1_522_500],
    ['V22 after', 'anthropic/claude-sonnet-4-6', '2026-03-13T00:00:00Z', { input: 250_000, output: 1000 }, 765_000],
  ])('%s %s', (_, model, time, usage, expected, options) => {
    expect(microUsd(model, time, usage, options)).toBe(expected)
  })

  it('S1: a swap to a smaller model', () => {
    const usage = { input: 10_000, output: 2000 }
    expect(microUsd('openai/gpt-4.1', TODAY, usage)).toBe(36_000)
    expect(microUsd('openai/gpt-6-luna', TODAY, usage)).toBe(2000)
  })

  it('keeps both edges of a 272k tier that starts one token later', () => {
    const below = microUsd('openai/gpt-6-sol', TODAY, { input: 272_000, output: 0 })
    const above = microUsd('openai/gpt-6-sol', TODAY, { input: 272_001, output: 0 })
    expect([below, above]).toEqual([272_000 * 2, 272_001 * 4])
  })
})
