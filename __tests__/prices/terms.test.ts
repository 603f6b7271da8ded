import { describe, expect, it } from 'vitest'
import type { PriceOverride } from '../../src/config/config.ts'
import { mapModel, priceOf } from '../../src/prices/book.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { splitTerms, termsIn, withTerms } from '../../src/prices/terms.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const place = { path: 'parity.yaml', line: 7 }
const OPUS = 'anthropic/claude-opus-4-6'
const book = await loadPrices()

type Rates = readonly [input: number, output: number | undefined, cached: number | undefined] | string

function rates(id: string, from = book): Rates {
  const found = priceOf(from, id, NOW)
  if (found.state === 'unpriced') return found.why
  const { input, output, cached } = found.price.rates
  return [input, output, cached]
}

describe('the id that a call is priced by', () => {
  it.each([
    [{ inference_geo: 'us' }, {}, `${OPUS}?inference_geo=us`],
    [{ speed: 'fast' }, {}, `${OPUS}?speed=fast`],
    [{ speed: 'Fast', inference_geo: ' US ' }, {}, `${OPUS}?inference_geo=us&speed=fast`],
    [{ inference_geo: 'eu&speed=x' }, {}, `${OPUS}?inference_geo=eu%26speed%3Dx`],
    [{ inference_geo: 'global', speed: 'standard' }, {}, OPUS],
    [{ inference_geo: '' }, {}, OPUS],
    [{}, { inference_geo: 'not_available' }, OPUS],
    [{}, { inference_geo: 'us' }, `${OPUS}?inference_geo=us`],
    [{ speed: 'fast' }, { speed: 'standard' }, OPUS],
    [{ speed: 'fast' }, { inference_geo: 'global' }, `${OPUS}?speed=fast`],
  ])('asked %j, answered %j: %s', (asked, answered, id) => {
    expect(withTerms(OPUS, asked, answered)).toBe(id)
    expect(splitTerms(id).plain).toBe(OPUS)
  })

  it('what is no text is no term', () => {
    expect(termsIn({ inference_geo: null, speed: 2, service_tier: 'auto' })).toEqual({})
    expect(termsIn(undefined)).toEqual({})
  })

  it.each(['openai/gpt-5?effort=high', 'a/b?speed', 'a/b?inference_geo=us&effort=x', 'a/b'])(
    '%s has no terms',
    (id) => {
      expect(splitTerms(id)).toEqual({ plain: id, terms: '' })
    },
  )
})

describe('a price on terms', () => {
  it('in the US is a tenth more of every rate', () => {
    expect(rates(OPUS)).toEqual([5_000_000, 25_000_000, 500_000])
    expect(rates(`${OPUS}?inference_geo=us`)).toEqual([5_500_000, 27_500_000, 550_000])
  })

  it('in the US has the batch price of the model', () => {
    const [list, us] = [OPUS, `${OPUS}?inference_geo=us`].map((id) => priceOf(book, id, NOW))
    const batch = (one: typeof list) => (one?.state === 'priced' ? one.price.multipliers.batch : null)
    expect(batch(us)).toMatchObject({ num: 1 })
    expect(batch(us)).toEqual(batch(list))
  })

  it('in the US has the tiers of long requests a tenth up, too', () => {
    const sonnet = priceOf(book, 'anthropic/claude-sonnet-4-6?inference_geo=us', Date.parse('2026-03-01T00:00:00Z'))
    expect(sonnet.state === 'priced' && sonnet.price.tiers.map(({ rates: { input } }) => input)).toEqual([6_600_000])
  })

  it.each([
    [`${OPUS}?speed=fast`, `${OPUS} with speed: fast`],
    [`${OPUS}?inference_geo=eu`, `${OPUS} with inference_geo: eu`],
    ['openai/gpt-5?inference_geo=us', 'openai/gpt-5 with inference_geo: us'],
    ['gpt-5?inference_geo=us', 'gpt-5 with inference_geo: us'],
  ])('%s is not known, and says what to do', (id, named) => {
    expect(rates(id)).toBe(`no price is known for ${named}; add ${id} to \`prices:\``)
  })

  it('of an unknown model is not known for the model', () => {
    expect(rates('anthropic/claude-sonnet-5-9?inference_geo=us')).toContain('not in the price table')
  })
})

describe('a price of the repository', () => {
  const own = (id: string, input: number): PriceOverride => ({ id, input, output: 100, place })

  it('for the terms is the one', async () => {
    const fast = await loadPrices([own(`${OPUS}?speed=fast`, 30)])
    expect(rates(`${OPUS}?speed=fast`, fast)).toEqual([30_000_000, 100_000_000, undefined])
    expect(rates(OPUS, fast)).toEqual([5_000_000, 25_000_000, 500_000])
    expect(rates(`${OPUS}?inference_geo=us&speed=fast`, fast)).toEqual([33_000_000, 110_000_000, undefined])
  })

  it('for the model is none for its fast mode, and is raised by a tenth in the US', async () => {
    const plain = await loadPrices([own(OPUS, 4)])
    expect(rates(`${OPUS}?speed=fast`, plain)).toContain('with speed: fast')
    expect(rates(`${OPUS}?inference_geo=us`, plain)).toEqual([4_400_000, 110_000_000, undefined])
  })

  it('for the US is not raised again', async () => {
    const us = await loadPrices([own(`${OPUS}?inference_geo=us`, 5)])
    expect(rates(`${OPUS}?inference_geo=us`, us)).toEqual([5_000_000, 100_000_000, undefined])
  })

  it('before its day the terms have no price', async () => {
    const later = await loadPrices([{ ...own(`${OPUS}?speed=fast`, 30), from: '2026-12-01' }])
    expect(rates(`${OPUS}?speed=fast`, later)).toContain('no price yet')
  })
})

describe('a name that `models:` maps', () => {
  it('keeps its terms', async () => {
    const mapped = await loadPrices([], { 'house/claude': OPUS })
    expect(rates('house/claude?inference_geo=us', mapped)).toEqual([5_500_000, 27_500_000, 550_000])
    expect(rates('house/claude?speed=fast', mapped)).toContain('house/claude with speed: fast')
  })

  it('keeps them on each side', async () => {
    const sides = await loadPrices([], { 'house/claude': { base: OPUS, head: 'anthropic/claude-opus-4-8' } })
    expect(mapModel(sides, 'house/claude?speed=fast', 'head')).toBe('anthropic/claude-opus-4-8?speed=fast')
    expect(mapModel(sides, 'house/claude?speed=fast')).toBeNull()
  })
})

describe('Claude on Vertex AI', () => {
  const at = (location?: string) => loadPrices([], {}, undefined, location)
  const input = (found: Rates) => (typeof found === 'string' ? found : found[0])

  it.each([
    ['vertex/claude-sonnet-4-5@20250929', 3_000_000],
    ['vertex/claude-haiku-4-5@20251001', 1_000_000],
    ['vertex/claude-opus-4-5@20251101', 5_000_000],
    ['vertex/claude-opus-4-6@default', 5_000_000],
    ['vertex/claude-sonnet-5', 2_000_000],
    ['vertex/claude-fable-5-1', 10_000_000],
  ])('%s costs a tenth more in a region and in a multi-region', async (id, list) => {
    const found = await Promise.all(['global', 'europe-west1', 'eu', 'us'].map(at))
    const tenthMore = (list * 11) / 10
    expect(found.map((one) => input(rates(id, one)))).toEqual([list, tenthMore, tenthMore, tenthMore])
  })

  it.each([
    'vertex/claude-opus-4-1@20250805',
    'vertex/claude-opus-4@20250514',
    'vertex/claude-sonnet-4@20250514',
    'vertex/claude-3-7-sonnet@20250219',
    'vertex/claude-3-5-haiku@20241022',
    'vertex/gemini-2.5-flash',
    OPUS,
  ])('%s costs the same everywhere', async (id) => {
    const [anywhere, region] = await Promise.all(['global', 'europe-west1'].map(at))
    expect(rates(id, region)).toEqual(rates(id, anywhere))
    expect(rates(id, region)).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)])
  })

  it('where no location is known, its figure says that it is the global one', async () => {
    const note = (id: string, from: typeof book) => {
      const found = priceOf(from, id, NOW)
      return found.state === 'priced' ? found.note : found.why
    }
    expect(note('vertex/claude-sonnet-4-5@20250929', book)).toContain('global endpoint')
    expect(note('vertex/claude-sonnet-4-5@20250929', await at('global'))).toBeUndefined()
    expect(note('vertex/claude-opus-4-1@20250805', book)).toBeUndefined()
  })

  it('a price of the repository is one of its own location', async () => {
    const id = 'vertex/claude-sonnet-4-5'
    const own = await loadPrices([{ id, input: 2, output: 9, place }], {}, undefined, 'europe-west1')
    expect(input(rates(`${id}@20250929`, own))).toBe(2_000_000)
  })
})
