import { describe, expect, it } from 'vitest'
import { cohenKappa, roganGladen } from '../../src/stats/agreement.ts'
import { betaInc, betaQuantile } from '../../src/stats/beta.ts'
import { benjaminiHochberg, holm } from '../../src/stats/multiple.ts'
import { disagreementRate } from '../../src/stats/noise.ts'
import { normCdf, normQuantile } from '../../src/stats/normal.ts'
import { quantile7, quantileRanks } from '../../src/stats/order.ts'
import { meanInterval, pairedInterval, pairedLogRatio, ratioOfSums } from '../../src/stats/paired.ts'
import { binomCdf, clopperPearson, fisherLess, surely, wilson } from '../../src/stats/proportion.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { remeasured } from '../../src/stats/remeasured.ts'
import { tCdf, tQuantile } from '../../src/stats/student.ts'

describe('distributions at their limits', () => {
  it('has tails without NaN', () => {
    expect([normCdf(-Infinity), normCdf(Infinity), normCdf(40)]).toEqual([0, 1, 1])
    expect(normCdf(-38)).toBeGreaterThan(0)
    expect(normCdf(Number.NaN)).toBeNaN()
    expect([normQuantile(0), normQuantile(1)]).toEqual([-Infinity, Infinity])
    for (const p of [-1, 2, Number.NaN]) expect(normQuantile(p)).toBeNaN()
  })
  it('is the inverse of itself', () => {
    for (const p of [1e-300, 1e-12, 0.001, 0.02425, 0.3, 0.5, 0.77]) {
      expect(normCdf(normQuantile(p)) / p).toBeCloseTo(1, 10)
      for (const df of [1, 2, 3.5, 30, 1e6])
        expect(tCdf(tQuantile(Math.max(p, 1e-9), df), df) / Math.max(p, 1e-9)).toBeCloseTo(1, 6)
      expect(betaInc(2.5, 7, betaQuantile(Math.max(p, 1e-12), 2.5, 7)) / Math.max(p, 1e-12)).toBeCloseTo(1, 8)
    }
    expect(tQuantile(0.5, 5)).toBeCloseTo(0, 12)
    expect(tQuantile(0.975, 1e7)).toBeCloseTo(normQuantile(0.975), 6)
    expect(tQuantile(0.025, 9)).toBe(-tQuantile(0.975, 9))
  })
  it('keeps the binomial whole', () => {
    expect([binomCdf(-1, 5, 0.5), binomCdf(5, 5, 0.5), binomCdf(9, 5, 0.5)]).toEqual([0, 1, 1])
    let sum = 0
    for (let k = 0; k <= 7; k += 1) sum += binomCdf(k, 7, 0.3) - binomCdf(k - 1, 7, 0.3)
    expect(sum).toBeCloseTo(1, 12)
  })
})

describe('intervals without data', () => {
  it('knows nothing rather than 0', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
    expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 })
    expect(meanInterval([])).toBeNull()
    expect(meanInterval([4])).toBeNull()
    expect(pairedLogRatio([{ base: 1, head: 2 }])).toBeNull()
    expect(
      ratioOfSums([
        { base: 0, head: 2 },
        { base: 0, head: 1 },
      ]),
    ).toBeNull()
    expect(quantile7([], 0.5)).toBeNull()
    expect(quantileRanks(0, 0.95)).toEqual({ low: null, high: null })
    expect(quantileRanks(1, 0.95)).toEqual({ low: null, high: null })
    expect(disagreementRate([{ runs: 1, passes: 1 }])).toBeNull()
    expect(cohenKappa({ bothPass: 0, judgePassHumanFail: 0, judgeFailHumanPass: 0, bothFail: 0 })).toBeNull()
    expect(cohenKappa({ bothPass: 9, judgePassHumanFail: 0, judgeFailHumanPass: 0, bothFail: 0 })).toBeNull()
  })
  it('stays finite with one case, all ties and all losses', () => {
    expect(pairedInterval([]).se).toBeCloseTo(Math.SQRT1_2, 12)
    for (const d of [[-1], [0, 0, 0], [-1, -1, -1]]) {
      const { mean, low, high } = pairedInterval(d)
      expect(low).toBeLessThan(mean)
      expect(high).toBeGreaterThan(mean)
    }
    expect(remeasured([], [])).toEqual({ net: 0, se: 0 })
  })
  it('mirrors when the sides are swapped', () => {
    const d = [-1, 0, 0.25, 1, -0.5]
    const there = pairedInterval(d)
    const back = pairedInterval(d.map((x) => -x))
    expect(back.low).toBeCloseTo(-there.high, 12)
    expect(back.mean).toBeCloseTo(-there.mean, 12)
  })
  it('leaves out latencies that have no logarithm, and tells equal ones from slower ones', () => {
    const same = [
      { base: 5, head: 5 },
      { base: 7, head: 7 },
    ]
    expect(pairedLogRatio([...same, { base: 0, head: 3 }, { base: 3, head: -1 }])).toEqual({
      ratio: 1,
      low: 1,
      high: 1,
      pLarger: 0.5,
    })
    const twice = same.map(({ base }) => ({ base, head: 2 * base }))
    expect(pairedLogRatio(twice)?.pLarger).toBe(0)
    expect(pairedLogRatio(twice.map(({ base, head }) => ({ base: head, head: base })))?.pLarger).toBe(1)
  })
  it('refuses a judge that is hardly better than chance', () => {
    const judged = { rate: 0.6, n: 100, sensitivity: 0.6, specificity: 0.65, labelledFail: 30, labelledPass: 30 }
    expect(roganGladen(judged)).toBeNull()
    expect(roganGladen({ ...judged, specificity: 0.75 })).not.toBeNull()
  })
})

describe('many tests, counts, monitor', () => {
  it('keeps the order of the input and never exceeds 1', () => {
    expect(holm([0.6, 0.001, 0.9])).toEqual([1, 0.003, 1])
    expect(benjaminiHochberg([0.6, 0.001, 0.9])).toEqual([0.8999999999999999, 0.003, 0.9])
    expect([holm([]), benjaminiHochberg([])]).toEqual([[], []])
  })
  it('sums Fisher tables to certainty', () => {
    expect(fisherLess({ a: 8, b: 2, c: 1, d: 9 })).toBeGreaterThan(0.99)
    expect(fisherLess({ a: 10, b: 0, c: 10, d: 0 })).toBeCloseTo(1, 12)
    expect(fisherLess({ a: 0, b: 0, c: 0, d: 0 })).toBeCloseTo(1, 12)
  })
})

describe('seeded order', () => {
  const items = Array.from({ length: 40 }, (_, i) => i)
  it('is a permutation that depends on the seed alone', () => {
    const one = shuffled(items, seededRandom('a'))
    expect(shuffled(items, seededRandom('a'))).toEqual(one)
    expect(shuffled(items, seededRandom('b'))).not.toEqual(one)
    expect([...one].sort((a, b) => a - b)).toEqual(items)
    expect(items[0]).toBe(0)
  })
  it('never changes between versions, for records are stored', () => {
    const random = seededRandom('3f2a')
    expect([random(), random(), random()]).toMatchInlineSnapshot(`
      [
        0.582844867836684,
        0.4669533057603985,
        0.5575839756056666,
      ]
    `)
  })
  it('puts each item in each place about equally often', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 6000; seed += 1) {
      const key = shuffled(['x', 'y', 'z'], seededRandom(`seed ${seed}`)).join('')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 1000 expected, standard deviation 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})

describe('surely', () => {
  it('is passed by chance at most once in forty times on either side, at any size and limit; Wilson alone is not', () => {
    let worst = 0
    for (const limit of [0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.85, 0.9, 0.95, 0.98]) {
      for (const n of [1, 5, 8, 10, 20, 30, 50, 100, 200]) {
        const counts = Array.from({ length: n + 1 }, (_, x) => x)
        const chanceOf = (passes: (x: number) => boolean) =>
          counts.filter(passes).reduce((sum, x) => sum + binomCdf(x, n, limit) - binomCdf(x - 1, n, limit), 0)
        expect(chanceOf((x) => surely(x, n).high < limit)).toBeLessThanOrEqual(0.025 + 1e-9)
        expect(chanceOf((x) => surely(x, n).low > limit)).toBeLessThanOrEqual(0.025 + 1e-9)
        worst = Math.max(
          worst,
          chanceOf((x) => wilson(x, n).high < limit),
        )
      }
    }
    expect(worst).toBeGreaterThan(0.14)
  })
  it('is never narrower than the score interval, and takes graded sums', () => {
    expect(surely(17.5, 20).high).toBeGreaterThanOrEqual(wilson(17.5, 20).high)
    expect(surely(0, 0)).toEqual({ low: 0, high: 1 })
  })
})
