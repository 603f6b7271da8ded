// Our engine against the source's own calculator, on every id of the table.

import { calcPrice, findProvider, type MatchLogic, type ModelInfo, type ModelPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/domain.ts'
import { priceOf } from '../../src/prices/book.ts'
import { costOfUsage } from '../../src/prices/cost-of-usage.ts'
import { loadPrices } from '../../src/prices/index.ts'
import type { Rates, TableModel } from '../../src/prices/table.ts'

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

/** Around every tier of a model and with every kind of token that it has a price for. */
function edgesOf({ prices }: TableModel): readonly Usage[] {
  const tiers = prices.flatMap((row) => (row.tiers ?? []).map(({ above }) => above))
  return [...new Set(tiers)].flatMap((above) => [
    { input: above, output: 900 },
    { input: above + 1, output: 900 },
    { input: above + 1, output: 900, cachedInput: above, cacheWrite5m: 1 },
  ])
}

function kindsOf({ prices }: TableModel): readonly Usage[] {
  const has = (rate: keyof Rates) => prices.every((row) => row.rates[rate] !== undefined)
  return [
    ...(has('write1h') ? [{ input: 5000, output: 7, cachedInput: 1000, cacheWrite5m: 500, cacheWrite1h: 2500 }] : []),
    ...(has('audioInput') ? [{ input: 5000, output: 7, audioInput: 3000 }] : []),
    ...(has('audioOutput') ? [{ input: 5000, output: 700, audioOutput: 600 }] : []),
  ]
}

/** The second before each price begins, and the one in which it does; by the clock, the minutes around. */
function momentsOf({ prices }: TableModel): readonly string[] {
  const days = prices.flatMap(({ from }) => (from === undefined ? [] : [Date.parse(`${from}T00:00:00Z`)]))
  const hours = prices.flatMap(({ at }) => at ?? []).map((time) => Date.parse(`2026-11-21T${time.slice(0, 5)}:00Z`))
  return [...days.flatMap((ms) => [ms - 1000, ms]), ...hours.flatMap((ms) => [ms - 60_000, ms, ms + 60_000])].map(
    (ms) => new Date(ms).toISOString(),
  )
}

function theirs(provider: string, id: string, { usage, time }: { usage: Usage; time: string }): number | null {
  const counts = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_tokens: usage.cachedInput ?? 0,
    cache_write_tokens: (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0),
    ...(usage.cacheWrite1h === undefined ? {} : { cache_write_1h_tokens: usage.cacheWrite1h }),
    ...(usage.audioInput === undefined ? {} : { input_audio_tokens: usage.audioInput }),
    ...(usage.audioOutput === undefined ? {} : { output_audio_tokens: usage.audioOutput }),
  }
  const found = calcPrice(counts, id, { providerId: SOURCE[provider] ?? provider, timestamp: new Date(time) })
  return found?.total_price ?? null
}

/** A name on Azure is that of a deployment: `models:` says what it stands for. */
const azure = book.table.providers.azure?.models.flatMap(({ ids }) => ids) ?? []
const mapped = await loadPrices([], Object.fromEntries(azure.map((id) => [`azure/our-${id}`, `azure/${id}`])))
const lookUp = (provider: string, id: string, atMs: number) =>
  provider === 'azure' ? priceOf(mapped, `azure/our-${id}`, atMs) : priceOf(book, `${provider}/${id}`, atMs)

const IDS = Object.entries(book.table.providers)
  .flatMap(([provider, { models }]) => models.flatMap((model) => model.ids.map((id) => ({ provider, id, model }))))
  .filter(({ provider, id }) => !OVERRULED.has(`${provider}/${id}`) && !/^ft:gpt-4o(-mini)?$/.test(id))

describe('against the source', () => {
  it('has ids to compare', () => {
    expect(IDS.length).toBeGreaterThan(400)
  })

  it.each(IDS)('$provider/$id', ({ provider, id, model }) => {
    for (const time of [...TIMES, ...momentsOf(model)]) {
      const found = lookUp(provider, id, Date.parse(time))
      if (found.state === 'unpriced') throw new Error(found.why)
      for (const usage of [...USAGES, ...edgesOf(model), ...kindsOf(model)]) {
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

describe('ids of the source', () => {
  /** Not text: images, pages, hours. */
  const TOKENS =
    /^(?:input|output|cache_read|cache_write|cache_write_1h|input_audio|cache_audio_read|output_audio)_mtok$/
  const BESIDE = /^(?:web|storage)_searches_kcount$/
  /** Left out by the review: answers that are images; Claude on Google under a name that Google does not use. */
  const LEFT_OUT = ['claude-opus-4', 'claude-sonnet-4', 'anthropic/claude-sonnet-4']

  const exactIds = (match: MatchLogic | undefined): readonly string[] => {
    if (match === undefined) return []
    if ('equals' in match) return [match.equals]
    return 'or' in match ? match.or.flatMap(exactIds) : []
  }
  const pricesOf = ({ prices }: ModelInfo): readonly ModelPrice[] =>
    Array.isArray(prices) ? prices.map((one) => one.prices) : [prices]
  const isText = (model: ModelInfo) =>
    pricesOf(model).every((prices) => {
      const keys = Object.keys(prices)
      return keys.includes('input_mtok') && keys.every((key) => TOKENS.test(key) || BESIDE.test(key))
    })

  it.each(Object.keys(book.table.providers))('%s: every exact id of a text model has a price', (provider) => {
    const source = findProvider({ providerId: SOURCE[provider] ?? provider })
    const ids = (source?.models ?? []).filter(isText).flatMap((model) => exactIds(model.match))
    expect(ids.length).toBeGreaterThan(5)
    const unpriced = ids.filter((id) => {
      const entry =
        provider === 'azure' ? azure.includes(id) : lookUp(provider, id, Date.parse(TIMES[2] ?? '')).state === 'priced'
      return !entry
    })
    expect(unpriced.filter((id) => !LEFT_OUT.includes(id) && !id.includes('-image'))).toEqual([])
  })

  it('have tiers, dates, hours, long writes and audio among them', () => {
    const models = IDS.map(({ model }) => model)
    const count = (holds: (model: TableModel) => boolean) => new Set(models.filter(holds)).size
    expect(count((model) => edgesOf(model).length > 0)).toBeGreaterThan(20)
    expect(count(({ prices }) => prices.some(({ from }) => from !== undefined))).toBeGreaterThan(10)
    expect(count(({ prices }) => prices.some(({ at }) => at !== undefined))).toBeGreaterThan(1)
    expect(count((model) => kindsOf(model).some(({ cacheWrite1h }) => cacheWrite1h !== undefined))).toBeGreaterThan(5)
    expect(count((model) => kindsOf(model).some(({ audioInput }) => audioInput !== undefined))).toBeGreaterThan(5)
  })
})
