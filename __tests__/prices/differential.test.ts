// Our engine against the source's own calculator, on every id of the table.

import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/domain.ts'
import { priceOf } from '../../src/prices/book.ts'
import { costOfUsage } from '../../src/prices/cost-of-usage.ts'
import { loadPrices } from '../../src/prices/index.ts'

const book = await loadPrices()
const SOURCE: { readonly [provider: string]: string } = {
  gemini: 'google',
  vertex: 'google',
  xai: 'x-ai',
  bedrock: 'aws',
}
/** Where the review overrules the source, on purpose. */
const OVERRULED = new Set(['mistral/mistral-large-latest'])
const TIMES = ['2025-01-01T12:00:00Z', '2026-08-20T23:59:59Z', '2026-11-21T02:30:00Z', '2027-01-01T00:00:00Z']

const USAGES: readonly Usage[] = [
  { input: 0, output: 0 },
  { input: 1, output: 0 },
  { input: 1409, output: 80, cachedInput: 1111, cacheWrite5m: 148 },
  { input: 200_000, output: 1000 },
  { input: 200_001, output: 1000, cachedInput: 150_000 },
  { input: 271_999, output: 7 },
  { input: 272_000, output: 7 },
  { input: 272_001, output: 7, cacheWrite5m: 3000 },
]

function theirs(provider: string, id: string, { usage, time }: { usage: Usage; time: string }): number | null {
  const counts = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_tokens: usage.cachedInput ?? 0,
    cache_write_tokens: usage.cacheWrite5m ?? 0,
  }
  const found = calcPrice(counts, id, { providerId: SOURCE[provider] ?? provider, timestamp: new Date(time) })
  return found?.total_price ?? null
}

const IDS = Object.entries(book.table.providers)
  .filter(([provider]) => provider !== 'azure')
  .flatMap(([provider, { models }]) => models.flatMap(({ ids }) => ids.map((id) => ({ provider, id }))))
  .filter(({ provider, id }) => !OVERRULED.has(`${provider}/${id}`) && !/^ft:gpt-4o(-mini)?$/.test(id))

describe('against the source', () => {
  it('has ids to compare', () => {
    expect(IDS.length).toBeGreaterThan(400)
  })

  it.each(IDS)('$provider/$id', ({ provider, id }) => {
    for (const time of TIMES) {
      const found = priceOf(book, `${provider}/${id}`, Date.parse(time))
      if (found.state === 'unpriced') throw new Error(found.why)
      for (const usage of USAGES) {
        const counted = found.price.rates.output === undefined ? { ...usage, output: 0 } : usage
        const cost = costOfUsage(found.price, counted)
        const expected = theirs(provider, id, { usage: counted, time })
        if (cost.state === 'error' || expected === null) throw new Error(`${id}: ${cost.state} ${expected}`)
        expect(Math.abs(Number(cost.pico) / 1e12 - expected), `${id} ${time} ${usage.input}`).toBeLessThan(
          1e-12 + expected * 1e-14,
        )
      }
    }
  })
})
