// How much each case counts, when traffic is spread over its slices otherwise than the cases are.

import { describe, expect, it } from 'vitest'
import { caseWeights } from '../../src/cost/weights.ts'
import { seededRandom } from '../../src/stats/random.ts'

const of = (language: string, topic?: string) => ({ labels: { language, ...(topic === undefined ? {} : { topic }) } })
const share = (weights: readonly bigint[], of: (index: number) => boolean) =>
  weights.reduce((sum, weight, index) => sum + (of(index) ? Number(weight) : 0), 0) /
  weights.reduce((sum, weight) => sum + Number(weight), 0)

describe('case weights', () => {
  it('are all 1 without a wish', () => {
    expect(caseWeights([of('de'), of('en')], {}).weights).toEqual([1_000_000_000n, 1_000_000_000n])
  })

  it.each(Array.from({ length: 30 }, (_, index) => index))(
    'add up, and hold every share that is wanted (%i)',
    (seed) => {
      const next = seededRandom(`weights ${seed}`)
      const pick = (values: readonly string[]) => values[Math.floor(next() * values.length)] ?? ''
      // Every combination has a case, so that every share can be had.
      const grid = ['de', 'en', 'fr'].flatMap((language) => ['a', 'b'].map((topic) => of(language, topic)))
      const cases = [...grid, ...Array.from({ length: 40 }, () => of(pick(['de', 'en', 'fr']), pick(['a', 'b'])))]
      const wanted = {
        language: { de: next() + 0.1, en: next() + 0.1, fr: next() + 0.1 },
        topic: { a: next() + 0.1, b: next() + 0.1 },
      }
      const { weights, outside, uncovered } = caseWeights(cases, wanted)
      expect([outside, uncovered]).toEqual([0, []])
      expect(weights.reduce((sum, weight) => sum + Number(weight), 0) / 1e9).toBeCloseTo(cases.length, 5)
      for (const [dimension, shares] of Object.entries(wanted)) {
        const total = Object.values(shares).reduce((sum, one) => sum + one, 0)
        for (const [value, part] of Object.entries(shares)) {
          const labels = cases.map((one): { [name: string]: string } => one.labels)
          expect(share(weights, (index) => labels[index]?.[dimension] === value)).toBeCloseTo(part / total, 6)
        }
      }
    },
  )

  it('shares are of what they add up to', () => {
    const cases = [of('de'), of('en')]
    expect(caseWeights(cases, { language: { de: 7, en: 3 } }).weights).toEqual(
      caseWeights(cases, { language: { de: 0.7, en: 0.3 } }).weights,
    )
  })

  it('nothing wanted, nothing there, nothing but zeros', () => {
    expect(caseWeights([], { language: { de: 1 } }).weights).toEqual([])
    expect(caseWeights([of('de')], { language: {} }).weights).toEqual([1_000_000_000n])
    expect(caseWeights([of('de')], { language: { de: 0 } }).weights).toEqual([1_000_000_000n])
    expect(caseWeights([{}], { language: { de: 1 } })).toMatchObject({ unused: ['language'], outside: 0 })
  })

  it('ends where shares contradict each other', () => {
    const cases = [of('de', 'a'), of('en', 'b')]
    const { weights } = caseWeights(cases, { language: { de: 0.9, en: 0.1 }, topic: { a: 0.1, b: 0.9 } })
    expect(weights.every((weight) => weight > 0n)).toBe(true)
  })
})
