import { describe, expect, it } from 'vitest'
import type { EvalSet } from '../../src/domain.ts'
import { improvementEvent, priceEvent, providerEvents } from '../../src/drift/events.ts'
import { limitsFor } from '../../src/drift/monitor.ts'
import { liveModelOf } from '../../src/drift/plans.ts'
import type { BaselineRecord } from '../../src/drift/records.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'

const told = { evalSet: 'support', at: '2026-12-02T05:17:00.000Z' }
const figures = (over: Parameters<typeof figuresOf>[1]) => figuresOf([1, 1], over)
const baseline = (over: Parameters<typeof figuresOf>[1], model = 'openai/gpt-4.1'): BaselineRecord => ({
  ...{ v: 1, kind: 'baseline', id: 'b', at: '2026-11-28T05:17:00.000Z', evalSet: 'support', key: 'k', model },
  ...{ commit: 'c', runs: 10, figures: figures(over), cases: [] },
})

describe('what the provider says of itself', () => {
  const past = (last: Parameters<typeof figuresOf>[1], before: Parameters<typeof figuresOf>[1] = last) => ({
    last: { ...runRecord({ at: told.at }), figures: figures(last) },
    baseline: baseline(before),
  })
  const kinds = (...args: Parameters<typeof providerEvents>) => providerEvents(...args).map(({ kind }) => kind)

  it('another id, fingerprint or tier than in the run before', () => {
    const today = figures({ answered: ['b'], fingerprints: ['fp_b'], tiers: ['flex'] })
    expect(kinds(past({ answered: ['a'], fingerprints: ['fp_a'], tiers: ['default'] }), today, told)).toEqual([
      'model',
      'fingerprint',
      'tier',
    ])
  })
  it('the same says nothing, nor do backends that take turns', () => {
    expect(
      kinds(
        past({ fingerprints: ['fp_a'] }, { fingerprints: ['fp_a', 'fp_b'] }),
        figures({ fingerprints: ['fp_b'] }),
        told,
      ),
    ).toEqual([])
  })
  it('an id that comes back is told: it was another one in between', () => {
    expect(kinds(past({ answered: ['b'] }, { answered: ['a'] }), figures({ answered: ['a'] }), told)).toEqual(['model'])
  })
  it('providers that say nothing have no events, and neither has a first run', () => {
    expect(kinds(past({ fingerprints: [] }), figures({ fingerprints: ['fp'] }), told)).toEqual([])
    expect(kinds({ last: null, baseline: null }, figures({ answered: ['b'] }), told)).toEqual([])
  })
})

describe('an improvement', () => {
  const judging = { limits: limitsFor(1), runs: 10 }
  it('is told once, in the run that shows it', () => {
    const departures = Array.from({ length: 12 }, () => -2)
    const days = departures.map((_, i) => improvementEvent(departures.slice(0, i + 1), judging, told).length)
    expect(days.reduce((sum, one) => sum + one, 0)).toBe(1)
    expect(days.indexOf(1)).toBeGreaterThan(0)
  })
  it('is none by chance, and none when it got worse', () => {
    expect(improvementEvent([-0.4, 0.3, -0.9, 0.2, -0.1], judging, told)).toEqual([])
    expect(improvementEvent([2, 2, 2, 2, 2, 2], judging, told)).toEqual([])
  })
})

describe('prices', () => {
  it('a list price that was another one when the baseline was made', async () => {
    const book = await loadPrices(
      [
        { id: 'acme/house', from: '2026-01-01', input: 1, output: 2, place: { path: 'parity.yaml' } },
        { id: 'acme/house', from: '2026-12-01', input: 1, output: 3, place: { path: 'parity.yaml' } },
      ],
      {},
    )
    const at = (day: string) => ({ ...told, nowMs: Date.parse(day) })
    expect(priceEvent(baseline({}, 'acme/house'), book, at('2026-12-02'))).toHaveLength(1)
    expect(priceEvent(baseline({}, 'acme/house'), book, at('2026-11-30'))).toEqual([])
    expect(priceEvent(baseline({}, 'acme/unknown'), book, at('2026-12-02'))).toEqual([])
  })
})

describe('the live model beside a pin', () => {
  const liveOf = async (model: string, live?: string) => {
    const set = { target: { kind: 'prompt', model }, ...(live === undefined ? {} : { live }) } as EvalSet
    return liveModelOf(set, await loadPrices([], {}), Date.parse('2026-12-02'))
  }
  it('is the one that is named, else the name without the date', async () => {
    expect(await liveOf('openai/gpt-4.1-2025-04-14')).toBe('openai/gpt-4.1')
    expect(await liveOf('openai/gpt-4.1-2025-04-14', 'openai/gpt-5.1')).toBe('openai/gpt-5.1')
  })
  it('is none where the pin floats itself, has no such name, or names itself', async () => {
    expect(await liveOf('openai/gpt-4.1')).toBeNull()
    expect(await liveOf('acme/house-2025-04-14')).toBeNull()
    expect(await liveOf('openai/gpt-4.1-2025-04-14', 'openai/gpt-4.1-2025-04-14')).toBeNull()
    expect(await liveOf('openai/no-such-model-2025-04-14')).toBeNull()
  })
  it('of an application is none', () => {
    const set = { target: { kind: 'command' }, live: 'openai/gpt-4.1' } as unknown as EvalSet
    expect(liveModelOf(set, {} as never, 0)).toBeNull()
  })
})
