// What is said of a pin that changed: whose it is, whether it floats, when it ends, and the price at once.

import { describe, expect, it } from 'vitest'
import type { PriceOverride } from '../../src/config/config.ts'
import { pinFacts, pinPrice, priceInWords } from '../../src/detect/pin-facts.ts'
import { describePins } from '../../src/detect/pins-described.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { changed, prompt } from './repository.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const at = async (nowMs = NOW) => ({ book: await loadPrices(), nowMs })

async function pinned(from: string, to: string, options: Partial<Parameters<typeof loadPrices>[1]> = {}, nowMs = NOW) {
  const file = (model: string) => ({
    'evals/a.eval.yaml': prompt('../p.md').replace('openai/gpt-4.1-2025-04-14', model),
  })
  const detection = await changed({ ...file(from), 'p.md': 'Hi {{ question }}' }, file(to))
  const sets = { pairs: detection.selections.map((one) => one.pair) }
  const described = await describePins(detection, { sets, prices: () => loadPrices([], options as never), nowMs })
  const change = described.changes.find((one) => one.kind === 'model')
  if (change === undefined) throw new Error('no change of a model')
  return change
}

describe('an eval set changes its model', () => {
  it('says all of it in one line, and keeps bare ids', async () => {
    const change = await pinned('openai/gpt-4.1-2025-04-14', 'openai/gpt-4.1-mini-2025-04-14')
    expect([change.from, change.to]).toEqual(['gpt-4.1-2025-04-14', 'gpt-4.1-mini-2025-04-14'])
    expect(change.why).toBe(
      'its model changed from openai/gpt-4.1-2025-04-14 to openai/gpt-4.1-mini-2025-04-14; gpt-4.1-mini-2025-04-14: openai, gpt family, dated; deprecated: stops on 2027-01-14, in 47 days, then gpt-6-luna; input $2.00 → $0.40, output $8.00 → $1.60 per million tokens',
    )
    expect(change.pin).toMatchObject({
      from: { id: 'openai/gpt-4.1-2025-04-14', provider: 'openai', family: 'gpt', pinned: 'dated', known: true },
      to: { shutdown: '2027-01-14', shutdownPrecision: 'exact', deprecated: true },
      price: { state: 'priced', inputFrom: '2', inputTo: '0.4', outputFrom: '8', outputTo: '1.6' },
    })
  })

  it('the end is near, far, or over', async () => {
    const to = 'openai/gpt-4.1-mini-2025-04-14'
    const say = async (day: string) => (await pinned('openai/gpt-4o', to, {}, Date.parse(`${day}T00:00:00Z`))).why
    expect(await say('2026-11-15')).toContain('stops on 2027-01-14, in 60 days')
    expect(await say('2026-11-14')).toMatch(/stops on 2027-01-14, then/)
    expect(await say('2027-01-13')).toContain('in 1 day,')
    expect(await say('2027-01-14')).toContain('was to stop on 2027-01-14')
  })

  it('an end that is only not earlier than a day has no day once that is over', async () => {
    const to = 'anthropic/claude-sonnet-4-5-20250929'
    const say = async (day: string) => (await pinned('openai/gpt-4o', to, {}, Date.parse(`${day}T00:00:00Z`))).why
    expect(await say('2026-09-28')).toContain('stops on 2026-09-29 at the earliest')
    expect(await say('2026-09-29')).toContain('may be gone any day since 2026-09-29')
  })

  it('to an alias that floats', async () => {
    const change = await pinned('anthropic/claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5')
    expect(change.why).toContain('claude family, floating: it may change under the same name')
    expect(change.why).toContain('the same price, input $3.00, output $15.00 per million tokens')
  })

  it('to an id that nobody knows', async () => {
    const change = await pinned('openai/gpt-4o', 'openai/gpt-9-ultra-2031-01-01')
    expect(change.pin?.to).toMatchObject({ known: false, pinned: 'dated', family: 'gpt' })
    expect(change.why).toContain('an id that we do not know, dated; price change not known (openai/gpt-9-ultra')
  })

  it('a deployment stands for what `models:` says', async () => {
    const opaque = await pinned('openai/gpt-4.1-2025-04-14', 'azure/support')
    expect(opaque.pin?.to).toMatchObject({ pinned: 'opaque', known: true })
    const models = { 'azure/support': { base: 'openai/gpt-4.1', head: 'openai/gpt-4.1-mini-2025-04-14' } }
    const mapped = await pinned('openai/gpt-4.1-2025-04-14', 'azure/support', models)
    expect(mapped.pin).toMatchObject({ to: { family: 'gpt', pinned: 'dated' }, price: { inputTo: '0.4' } })
    expect(mapped.to).toBe('support')
  })
})

describe('a pin in code', () => {
  const code = async (before: string, after: string) => {
    const detection = await changed({ 'a.py': before }, { 'a.py': after })
    return (await describePins(detection, { sets: { pairs: [] }, prices: () => loadPrices(), nowMs: NOW })).changes
  }

  it('is known by its name alone', async () => {
    const [change] = await code('model = "gpt-4.1-2025-04-14"\n', 'model = "claude-sonnet-4-5-20250929"\n')
    expect(change?.pin).toMatchObject({ from: { provider: 'openai' }, to: { provider: 'anthropic', pinned: 'dated' } })
    expect(change?.why).toContain('no eval set covers it; claude-sonnet-4-5-20250929: anthropic, claude family')
  })

  it('that comes has a price and no price change', async () => {
    const [change] = await code('x = 1\n', 'x = 1\nmodel = "gpt-4.1-2025-04-14"\n')
    expect(change?.pin).toMatchObject({ price: { state: 'priced', inputTo: '2', outputTo: '8' } })
    expect(change?.pin).not.toHaveProperty('from')
    expect(change?.why).toContain('input $2.00, output $8.00 per million tokens')
  })

  it('that goes is told by what it was', async () => {
    const [change] = await code('x = 1\nmodel = "gpt-4.1-2025-04-14"\n', 'x = 1\n')
    expect(change?.pin).not.toHaveProperty('to')
    expect(change?.why).toContain('gpt-4.1-2025-04-14: openai')
  })

  it('that is only a version says nothing of a model', async () => {
    const [change] = await code('model_version = "2024-08-06"\n', 'model_version = "2024-11-20"\n')
    expect(change).toMatchObject({ kind: 'model', from: '2024-08-06', to: '2024-11-20' })
    expect(change).not.toHaveProperty('pin')
  })
})

describe('figures', () => {
  it('the price table is not loaded when no model changed', async () => {
    const detection = await changed({ 'a.md': 'x' }, { 'a.md': 'y' })
    const prices = () => Promise.reject(new Error('loaded'))
    expect(await describePins(detection, { sets: { pairs: [] }, prices, nowMs: NOW })).toBe(detection)
  })

  it('a price of the repository counts from its day', async () => {
    const own: PriceOverride = {
      id: 'acme/house',
      from: '2026-12-01',
      input: 0.2,
      output: 0.8,
      place: { path: 'parity.yaml' },
    }
    const book = await loadPrices([own])
    expect(pinPrice(undefined, 'acme/house', { book, nowMs: NOW }).state).toBe('unpriced')
    const later = pinPrice('acme/house', 'acme/house', { book, nowMs: NOW + 10 * 86_400_000 })
    expect(priceInWords(later)).toBe('the same price, input $0.20, output $0.80 per million tokens')
  })

  it('a model without a price of its output says only what it knows', async () => {
    const today = await at()
    expect(priceInWords(pinPrice(undefined, 'openai/text-embedding-3-small', today))).toMatch(/^input \$0\.02/)
  })

  it.each([
    '',
    'x'.repeat(5_000),
    '\0',
    '../..',
    'openai/',
    '/',
    'arn:aws:bedrock:x',
    '__proto__',
    'constructor/toString',
  ])('takes %j as an id', async (id) => {
    const facts = pinFacts(id, await at())
    expect(typeof facts.known).toBe('boolean')
  })
})
