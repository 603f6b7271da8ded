// The short version of `npm run bench:verdict`: the loop and the gate together, with few runs.

import { describe, expect, it } from 'vitest'
import { tallyOverHttp } from '../../scripts/bench-verdict/http.ts'
import { type Cell, tally } from '../../scripts/bench-verdict/tally.ts'
import { bursts, drift, incident } from '../../scripts/bench-verdict/weather.ts'
import { FLAKES, SIZES, TRUTHS, trueDropPoints, worldOf } from '../../scripts/bench-verdict/worlds.ts'
import { spentBoundaries } from '../../src/gate/score/levels.ts'
import { normCdf } from '../../src/stats/normal.ts'
import { seededRandom } from '../../src/stats/random.ts'

const cell = (truth: Cell['truth'], cases: number, flake: number, more: Partial<Cell> = {}): Cell => ({
  name: `short ${truth} ${cases} ${flake}`,
  truth,
  cases,
  flake,
  sets: 1,
  ...more,
})

describe('true pass rates', () => {
  it('are probabilities, and lose what their name says', () => {
    for (const truth of TRUTHS) {
      for (const cases of SIZES) {
        for (const flake of FLAKES) {
          const world = worldOf({ truth, cases, flake })
          expect([...world.base, ...world.head].every((rate) => rate >= 0 && rate <= 1)).toBe(true)
          const drop = trueDropPoints(world)
          if (truth === 'none') expect(world.head).toEqual(world.base)
          if (truth === 'churn') expect(drop).toBeCloseTo(0)
          if (truth === 'diffuse') expect(drop).toBeCloseTo(10)
          if (truth === 'concentrated') expect(drop).toBeGreaterThanOrEqual(10 - 1e-9)
          if (truth === 'concentrated') expect(drop).toBeLessThan(10 + 100 / cases)
        }
      }
    }
  })
})

describe('one set', () => {
  it('passes at one complete pass when 20 deterministic cases are unchanged', async () => {
    expect(await tally(cell('none', 20, 0), 5)).toMatchObject({ pass: 1, fail: 0, cost: 1 })
  })

  it('fails within 1.35 passes when three of 20 deterministic cases break', async () => {
    const { fail, cost } = await tally(cell('three', 20, 0), 5)
    expect(fail).toBe(1)
    expect(cost).toBeLessThanOrEqual(1.35)
  })

  it('finds ten points lost in few of 100 flaky cases, and is green when nothing changed', async () => {
    const lost = await tally(cell('concentrated', 100, 0.05), 150)
    expect(lost.fail).toBeGreaterThanOrEqual(0.98)
    expect(lost.cost).toBeLessThanOrEqual(1.25)
    const unchanged = await tally(cell('none', 100, 0.05), 400)
    expect(unchanged.fail).toBeLessThanOrEqual(0.02)
    expect(unchanged.pass).toBeGreaterThanOrEqual(0.93)
    // What it is measured against: any new failure is red nearly always.
    expect(unchanged.naiveAny).toBeGreaterThan(0.9)
  })
})

describe('many sets', () => {
  it('stay green together, and one that breaks is found', async () => {
    const unchanged = await tally(cell('none', 100, 0.05, { sets: 40 }), 10)
    expect(unchanged.fail).toBe(0)
    expect(unchanged.naiveLimit).toBeGreaterThan(0.8)
    const lost = await tally(cell('concentrated', 100, 0.05, { sets: 40 }), 8)
    expect([lost.fail, lost.caught]).toEqual([1, 1])
  })

  it('spend no more than their level over the looks', () => {
    for (const [alpha, looks] of [
      [0.000125, 4],
      [0.00125, 3],
      [0.0025, 2],
    ] as const) {
      const spent = spentBoundaries(alpha, looks).map((c) => 1 - normCdf(c))
      expect(spent).toHaveLength(looks)
      expect(spent.reduce((sum, p) => sum + p, 0)).toBeCloseTo(alpha, 9)
    }
  })
})

describe('flake that calls share', () => {
  it.each([
    ['an incident', (seed: string, calls: number) => incident(seededRandom(seed), calls, calls / 5)],
    ['bursts', (seed: string) => bursts(seededRandom(seed), 50, 5)],
    ['a drift', (_: string, calls: number) => drift(calls, 0.3)],
  ])('%s is no regression', async (_, weather) => {
    const { fail } = await tally(cell('none', 50, 0.05, { weather }), 150)
    expect(fail).toBeLessThanOrEqual(0.04)
  })
})

it('over HTTP comes to the same verdicts', async () => {
  expect(await tallyOverHttp({ truth: 'three', cases: 20, flake: 0 }, 2)).toMatchObject({ fail: 1, cost: 1.3 })
  expect(await tallyOverHttp({ truth: 'none', cases: 20, flake: 0 }, 2)).toMatchObject({ pass: 1, cost: 1 })
})
