import { describe, expect, it } from 'vitest'
import { permWorse, type Stratum } from '../../src/stats/permutation.ts'
import { seededRandom } from '../../src/stats/random.ts'

/** Every way to pick half of each case's runs as "head", one after the other: slow and plain. */
function enumerate(strata: readonly Stratum[]): { midP: number; exact: number } {
  let sums: number[] = [0]
  for (const { base, head } of strata) {
    const pooled = [...base, ...head]
    const chosen: number[] = []
    for (let mask = 0; mask < 2 ** pooled.length; mask += 1) {
      const picked = pooled.filter((_, i) => Math.floor(mask / 2 ** i) % 2 === 1)
      if (picked.length === head.length) chosen.push(picked.reduce((a, b) => a + b, 0))
    }
    sums = sums.flatMap((sum) => chosen.map((more) => sum + more))
  }
  const observed = strata.flatMap(({ head }) => head).reduce((a, b) => a + b, 0)
  const below = sums.filter((sum) => sum < observed).length / sums.length
  const equal = sums.filter((sum) => sum === observed).length / sums.length
  return { midP: below + equal / 2, exact: below + equal }
}

function randomStrata(random: () => number, top: number): Stratum[] {
  const score = () => Math.floor(random() * (top + 1)) - (top > 1 ? 3 : 0)
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const runs = 1 + Math.floor(random() * 3)
    return { base: Array.from({ length: runs }, score), head: Array.from({ length: runs }, score) }
  })
}

const swapped = (strata: readonly Stratum[]) => strata.map(({ base, head }) => ({ base: head, head: base }))

describe('permWorse', () => {
  it.each([1, 20])('agrees with plain enumeration on 150 random inputs (scores up to %d)', (top) => {
    const random = seededRandom(`enumeration ${top}`)
    for (let i = 0; i < 150; i += 1) {
      const strata = randomStrata(random, top)
      const slow = enumerate(strata)
      const fast = permWorse(strata)
      expect(Math.abs(fast.midP - slow.midP)).toBeLessThan(1e-12)
      expect(Math.abs(fast.exact - slow.exact)).toBeLessThan(1e-12)
    }
  })

  it('maps p to 1 - p when the sides are swapped, and does not mind order or constant cases', () => {
    const random = seededRandom('symmetry')
    for (let i = 0; i < 100; i += 1) {
      const strata = randomStrata(random, i % 2 === 0 ? 1 : 20)
      const p = permWorse(strata).midP
      expect(permWorse(swapped(strata)).midP).toBeCloseTo(1 - p, 12)
      expect(permWorse([...strata].reverse()).midP).toBeCloseTo(p, 12)
      const constant = [
        { base: [1, 1], head: [1, 1] },
        { base: [0], head: [0] },
        { base: [], head: [] },
      ]
      expect(permWorse([...constant, ...strata, ...constant]).midP).toBe(p)
    }
  })

  it('says .5 when nothing varies', () => {
    expect(permWorse([])).toEqual({ midP: 0.5, exact: 1 })
    expect(permWorse([{ base: [20, 20], head: [20, 20] }]).midP).toBe(0.5)
  })

  it('takes 20,000 pass/fail cases that all changed, and still is exact', () => {
    const cases = Array.from({ length: 20_000 }, (_, i) =>
      i < 10_150 ? { base: [1], head: [0] } : { base: [0], head: [1] },
    )
    // Binomial(20000, 1/2): P(X < 9850) + P(X = 9850) / 2, from exact integer arithmetic.
    expect(permWorse(cases).midP).toBeCloseTo(0.01694835593572045, 12)
  })

  it('takes 20,000 cases with two pairs each and 500 graded ones with eight', () => {
    const random = seededRandom('large')
    const runs = (count: number, top: number) => Array.from({ length: count }, () => Math.floor(random() * (top + 1)))
    const many = Array.from({ length: 20_000 }, () => ({ base: runs(2, 1), head: runs(2, 1) }))
    const graded = Array.from({ length: 500 }, () => ({ base: runs(8, 20), head: runs(8, 20) }))
    for (const strata of [many, graded]) {
      const p = permWorse(strata).midP
      expect(p).toBeGreaterThan(0.001)
      expect(p).toBeLessThan(0.999)
      expect(permWorse(swapped(strata)).midP).toBeCloseTo(1 - p, 9)
    }
  })

  it('goes to 0 and 1, not beyond, when every one of 5,000 cases is lost or won', () => {
    const lost = Array.from({ length: 5_000 }, () => ({ base: [1], head: [0] }))
    expect(permWorse(lost).midP).toBeLessThan(1e-25)
    expect(permWorse(lost).midP).toBeGreaterThanOrEqual(0)
    expect(permWorse(swapped(lost)).midP).toBeCloseTo(1, 12)
    expect(permWorse(swapped(lost)).midP).toBeLessThanOrEqual(1)
  })
})
