import { describe, expect, it } from 'vitest'
import { paretoSet } from '../../src/candidates/pareto.ts'
import { recommend as recommendOn } from '../../src/candidates/recommend.ts'
import { splitsOf } from '../../src/candidates/splits.ts'
import type { CandidateRow, CandidateSlice, ModelInUse } from '../../src/report/candidates/report.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { inUse, NO_USD, PROVEN, row, slice, usd } from './rows.ts'

const recommend = (...[used, rows]: [ModelInUse, readonly CandidateRow[]]) => recommendOn(used, rows, '2026-11-29')

const month = (route: string, delta: string) => ({
  route,
  usd: { ...NO_USD, base: '9000', head: '1000', delta },
  assumption: '',
})

describe('the Pareto set', () => {
  const point = (bound: number | null, pico: bigint | null, ratio: number | null) => ({ bound, pico, ratio })

  it('has what nothing beats in all three, and ties', () => {
    const points = [point(0, 100n, 1), point(-3, 20n, 0.5), point(-4, 20n, 0.5), point(-3, 20n, 0.5), point(-9, 10n, 2)]
    expect(paretoSet(points)).toEqual([true, true, false, true, true])
  })

  it('neither has nor is beaten by what has no price or no score', () => {
    expect(paretoSet([point(0, 100n, 1), point(-1, null, 0.1), point(null, 1n, 0.1)])).toEqual([true, null, null])
  })

  it('does not compare a latency that is known on one side only', () => {
    expect(paretoSet([point(0, 100n, 1), point(0, 50n, null)])).toEqual([true, true])
    expect(paretoSet([point(0, 100n, null), point(0, 50n, null)])).toEqual([false, true])
  })

  it('does not depend on the order, and always has a member', () => {
    const random = seededRandom('pareto')
    for (let run = 0; run < 200; run += 1) {
      const points = Array.from({ length: 6 }, () =>
        point(Math.floor(random() * 4), BigInt(Math.floor(random() * 4)), Math.floor(random() * 3)),
      )
      const marks = new Map(points.map((one, at) => [one, paretoSet(points)[at]]))
      const turned = shuffled(points, random)
      expect(paretoSet(turned)).toEqual(turned.map((one) => marks.get(one)))
      expect([...marks.values()]).toContain(true)
    }
  })
})

describe('what is recommended', () => {
  it('is the cheapest that holds', () => {
    const rows = [
      row('acme/medium', { months: [month('help', '-800')] }),
      row('acme/small', {
        holding: { state: 'drops' },
        cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.0005) },
      }),
      row('acme/middle', { cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.004) } }),
    ]
    expect(recommend(inUse(), rows)).toEqual({
      action: 'switch',
      model: 'acme/medium',
      why: 'acme/medium holds (by proof) and is cheapest: $0.002 per request, now $0.01, -$800 a month on help',
    })
  })

  it('is none of those that break another gate, that end, or that are not decided', () => {
    const rows = [
      row('acme/breaks', { breaches: ['min-score'] }),
      row('acme/ends', { ends: '2027-01-14' }),
      row('acme/open', { holding: { state: 'undecided' } }),
      row('acme/lost', { holding: { state: 'not-measured', why: 'x', remedy: 'y' } }),
    ]
    const { action, why } = recommend(inUse(), rows.slice(0, 3))
    expect([action, why]).toEqual(['stay', 'the candidates that hold and keep every other gate stop'])
    expect(recommend(inUse(), [rows[0] ?? row('')]).why).toBe('no candidate holds and keeps every other gate')
    expect(recommend(inUse(), rows.slice(2, 3)).why).toBe('no candidate holds')
    // What was not measured may hold.
    expect(recommend(inUse(), rows.slice(2))).toEqual({
      action: 'none',
      model: null,
      why: 'acme/lost could not be measured',
    })
  })

  it('takes what is not priced neither as free nor as dear', () => {
    const unpriced = row('acme/unknown', { cost: { state: 'unpriced', why: 'no price', perRequestUsd: NO_USD } })
    expect(recommend(inUse(), [unpriced])).toMatchObject({ action: 'none', model: null })
    expect(recommend(inUse(), [unpriced]).why).toBe(
      'acme/unknown holds, but its price is not known: add it to `prices:`',
    )
    expect(recommend(inUse(), [unpriced, row('acme/medium')])).toMatchObject({ action: 'switch', model: 'acme/medium' })
    const other = recommend(inUse({ perRequestUsd: null }), [row('acme/medium')])
    expect([other.action, other.why]).toEqual(['none', expect.stringContaining('what acme/large costs is not known')])
  })

  it('stays where nothing is cheaper, or not by more than the interval', () => {
    const dearer = row('acme/dear', { cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.02) } })
    const close = row('acme/close', { cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.00995) } })
    expect(recommend(inUse(), [dearer]).why).toBe('no candidate that holds is cheaper')
    expect(recommend(inUse(), [close])).toMatchObject({ action: 'stay', model: 'acme/large' })
    expect(recommend(inUse(), [close]).why).toMatch(/cost cannot be told/)
    expect(recommend(inUse(), [row('acme/large', { holding: { state: 'holds', how: 'identical' } })]).action).toBe(
      'stay',
    )
  })

  it('among equals in cost has the higher bound, then the faster one, then the first', () => {
    const low = row('acme/a', { score: { base: 95, head: 95, delta: 0, low: -6, high: 6 } })
    const slow = row('acme/b', { latency: { ratio: 0.9, low: null, high: null, p95: { base: 1, head: 1 } } })
    const [fast, last] = [row('acme/c'), row('acme/d')]
    for (const rows of [
      [low, slow, fast, last],
      [fast, last, slow, low],
      [slow, fast, low, last],
    ])
      expect(recommend(inUse(), rows).model).toBe('acme/c')
  })

  it('replaces a model that ends, also by a dearer one, and says when nothing can', () => {
    const ends = { on: '2027-01-14', replacement: 'acme/next' }
    const dearer = row('acme/next', {
      cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.02) },
      ends: '2028-01-01',
    })
    const { action, model, why } = recommend(inUse({ ends }), [dearer])
    expect([action, model]).toEqual(['switch', 'acme/next'])
    expect(why).toMatch(/^acme\/large stops on 2027-01-14; acme\/next holds/)
    const none = recommend(inUse({ ends }), [row('acme/next', { holding: { state: 'drops' } })])
    expect(none).toEqual({ action: 'none', model: null, why: 'acme/large stops on 2027-01-14, and no candidate holds' })
    // What ends no later replaces nothing.
    expect(recommend(inUse({ ends }), [row('acme/old', { ends: '2027-01-14' })])).toEqual({
      ...{ action: 'none', model: null },
      why: 'acme/large stops on 2027-01-14, and the candidates that hold stop as well',
    })
    const over = { on: '2026-11-28', replacement: null }
    expect(recommend(inUse({ ends: over }), []).why).toBe('acme/large stopped on 2026-11-28, and no candidate holds')
    expect(recommend(inUse({ ends: over }), [row('acme/gone', { ends: '2026-11-28' })]).action).toBe('none')
    expect(
      recommend(inUse({ ends: { ...over, on: '2026-10-01' } }), [row('acme/gone', { ends: '2026-11-28' })]).why,
    ).toBe('acme/large stopped on 2026-10-01, and the candidates that hold stop as well')
    const lastDay = { on: '2026-11-29', replacement: null }
    expect(recommend(inUse({ ends: lastDay }), [row('acme/next')]).why).toMatch(
      /^acme\/large stops on 2026-11-29; acme/,
    )
  })
})

describe('a split', () => {
  const part = (value: string, delta: string) => slice(value, { months: [month('help', delta)] })

  it('adds up the slices of a dimension that hold and are cheaper', () => {
    const drops = row('acme/small', {
      holding: { state: 'drops' },
      slices: [
        part('de', '-400.5'),
        part('en', '-99.5'),
        slice('fr', { holding: { state: 'drops' } }),
        slice('x', { holding: { state: 'too-few' } }),
      ],
    })
    expect(splitsOf([drops])).toEqual(['language de and en hold on acme/small: -$500 a month on help'])
  })

  it('gives no month where a weight is missing', () => {
    const drops = row('acme/small', { holding: { state: 'undecided' }, slices: [part('de', '-400'), slice('en')] })
    expect(splitsOf([drops])).toEqual([
      "language de and en hold on acme/small: -$0.008 per request (de), -$0.008 per request (en); with `slice_weights` of a route this would be a month's figure",
    ])
  })

  it('names a pair of slices only where neither of them can move as a whole', () => {
    const pair = (value: string, kind: string) =>
      slice(value, { and: { dimension: 'kind', value: kind }, months: [month('help', '-100')] })
    const of = (...slices: CandidateSlice[]) => splitsOf([row('acme/small', { holding: { state: 'drops' }, slices })])
    expect(of(pair('de', 'simple'))).toEqual([
      'language de with kind simple holds on acme/small: -$100 a month on help',
    ])
    expect(of(slice('de', { holding: { state: 'drops' } }), pair('de', 'simple'), pair('en', 'simple'))).toEqual([
      'language de with kind simple and language en with kind simple hold on acme/small: -$200 a month on help',
    ])
    expect(of(part('de', '-400'), pair('de', 'simple'))).toEqual([
      'language de holds on acme/small: -$400 a month on help',
    ])
    const simple = { ...slice('simple', { months: [month('help', '-300')] }), dimension: 'kind' }
    expect(of(simple, pair('de', 'simple'))).toEqual(['kind simple holds on acme/small: -$300 a month on help'])
  })

  it('is no matter where the whole set holds, or where the slice is not cheaper', () => {
    const dear = slice('de', { perRequestUsd: usd(0.01, 0.02) })
    const rows = [
      row('acme/a', { holding: PROVEN, slices: [part('de', '-1')] }),
      row('acme/b', { holding: { state: 'drops' }, slices: [dear] }),
    ]
    expect(splitsOf(rows)).toEqual([])
  })
})
