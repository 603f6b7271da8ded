import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { perYear, quantile, watchMany } from '../../scripts/bench-drift/watch.ts'
import { passFail } from '../../scripts/bench-drift/worlds.ts'
import {
  AT_REST,
  advance,
  departure,
  judge,
  limitsFor,
  questionAfter,
  type Standing,
  sdOfPass,
  standardised,
} from '../../src/drift/monitor.ts'

const vectors = JSON.parse(readFileSync(new URL('../vectors/stat-vectors.json', import.meta.url), 'utf8')).vectors as {
  readonly id: string
  readonly input: { readonly z: number[]; readonly cases: [number, number][] }
  readonly expected: { readonly path: number[]; readonly mean: number; readonly sdOneRun: number }
}[]
const vector = (id: string) => {
  const found = vectors.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found
}
const day = (at: number) => `2026-12-${String(at).padStart(2, '0')}T05:17:00.000Z`
const judging = { limits: limitsFor(1), runs: 10 }

/** Runs one after the other; a confirming run has the same departure as the run it confirms. */
function standingAfter(
  zs: readonly number[],
  start: Standing = AT_REST,
  confirms = (z: number): number | null => z,
): Standing {
  return zs.reduce((before, z, i) => {
    const moved = advance(before, z, day(i + 1))
    const confirmedZ = questionAfter(moved, z, judging) === null ? null : confirms(z)
    return judge(moved, { z, confirmedZ }, judging)
  }, start)
}

describe('the sum', () => {
  it('is the published path', () => {
    const { input, expected } = vector('cusum-path')
    let standing = AT_REST
    const path = input.z.map((z) => {
      standing = advance(standing, z, day(1))
      return standing.cusum
    })
    path.forEach((sum, i) => {
      expect(sum).toBeCloseTo(expected.path[i] ?? Number.NaN, 9)
    })
  })

  it('forgets good days, and knows since when the bad ones are', () => {
    const standing = [3, -9, -9, 2, 2].reduce((before, z, i) => advance(before, z, day(i + 1)), AT_REST)
    expect([standing.cusum, standing.length, standing.since]).toEqual([3, 2, day(4)])
  })
})

describe('the noise', () => {
  it('is pooled within cases, with half a flip added', () => {
    const { input, expected } = vector('baseline-sd')
    const within = input.cases.reduce((sum, [runs, passes]) => sum + (passes * (runs - passes)) / runs, 0)
    const sd = sdOfPass(within, input.cases.length, 10)
    expect(sd ** 2).toBeCloseTo(expected.sdOneRun ** 2 + 0.5 / input.cases.length ** 2, 12)
  })

  it('is never nothing, so that one flip among steady cases is no infinite departure', () => {
    const reference = { mean: 1, sd: sdOfPass(0, 20, 10), runs: 10 }
    expect(standardised(19 / 20, reference)).toBeCloseTo(Math.SQRT2 / Math.sqrt(1.1), 9)
    expect(questionAfter(advance(AT_REST, standardised(19 / 20, reference), day(1)), 1.3, judging)).toBeNull()
  })

  it('counts the error of the baseline, which more runs do not average out', () => {
    expect(departure({ length: 1, total: 2 }, 10)).toBeCloseTo(2, 9)
    expect(departure({ length: 10_000, total: 10_000 }, 10)).toBeLessThan(Math.sqrt(11))
  })
})

describe('a set', () => {
  it('drifts when a far run is confirmed, and is suspect when it is not, or cannot be', () => {
    expect(standingAfter([4]).state).toBe('drift')
    expect(standingAfter([4], AT_REST, () => 1).state).toBe('suspect')
    expect(standingAfter([4], AT_REST, () => null).state).toBe('suspect')
    expect(standingAfter([2]).state).toBe('in-band')
  })

  it('drifts when many small departures are more than the error of both', () => {
    const slow = Array.from({ length: 12 }, () => 1.5)
    expect(standingAfter(slow).state).toBe('drift')
    expect(standingAfter(slow, AT_REST, () => 0.5).state).toBe('suspect')
    expect(standingAfter([1.5, 1.5, 1.5]).state).toBe('in-band')
  })

  it('is back only when a run and its confirming run are both inside', () => {
    const drifting = standingAfter([4])
    expect(standingAfter([2], drifting).state).toBe('drift')
    expect(standingAfter([0.2], drifting, () => 2).state).toBe('drift')
    expect(standingAfter([0.2], drifting, () => null).state).toBe('drift')
    expect(standingAfter([0.2], drifting, () => 0.1)).toEqual(AT_REST)
  })

  it('that gets better is no drift, however far', () => {
    expect(standingAfter([-9, -9, -9])).toEqual(AT_REST)
  })

  it('asks for no confirming run while all is well, and for none while it stays away', () => {
    expect(questionAfter(advance(AT_REST, 1, day(1)), 1, judging)).toBeNull()
    const drifting = standingAfter([4])
    expect(questionAfter(advance(drifting, 5, day(2)), 5, judging)).toBeNull()
  })
})

describe('limits', () => {
  it('grow with the sets, and never fall below those of one', () => {
    const limits = [0, 1, 2, 20, 1000].map(limitsFor)
    expect(limits[0]).toEqual(limits[1])
    for (const [i, one] of limits.slice(2).entries()) {
      expect(one.jump).toBeGreaterThan(limits[i + 1]?.jump ?? 0)
      expect(one.departure).toBeGreaterThan(limits[i + 1]?.departure ?? 0)
    }
  })
})

// A part of `npm run bench:drift`, whose full figures are in docs/guides/drift.md.
describe('a year at 100 cases and a flake rate of 5 %', () => {
  const world = passFail(100, 0.05)
  const first = (sets: number, points: number) =>
    watchMany({ world, sets, broken: () => points, untilFirst: true }, 300, `${sets} ${points}`).map((one) => one.first)

  it.each([1, 20])('%i sets: fewer than two false issues for the repository', (sets) => {
    const all = watchMany({ world, sets }, 400, `false ${sets}`)
    expect(sets * perYear(all, ({ opened }) => opened)).toBeLessThan(2)
  })

  it('one set: -10 within 2 runs, -5 within 5, -3 within 25, by the median', () => {
    expect(Number(quantile(first(1, 10), 0.9))).toBeLessThanOrEqual(2)
    expect(Number(quantile(first(1, 5), 0.5))).toBeLessThanOrEqual(5)
    expect(Number(quantile(first(1, 3), 0.5))).toBeLessThanOrEqual(25)
  })

  it('twenty sets: -10 is told as soon, -5 within 10 by the median', () => {
    expect(Number(quantile(first(20, 10), 0.5))).toBeLessThanOrEqual(2)
    expect(Number(quantile(first(20, 5), 0.5))).toBeLessThanOrEqual(10)
  })

  it('an outage and a slide', () => {
    const outage = watchMany({ world, sets: 1, missing: (at) => at > 20 && at <= 23 }, 300, 'outage')
    expect(perYear(outage, ({ opened }) => opened)).toBeLessThan(2)
    const slide = watchMany({ world, sets: 1, broken: (at) => 0.1 * at, untilFirst: true }, 200, 'slide')
    expect(
      Number(
        quantile(
          slide.map((one) => one.first),
          0.9,
        ),
      ),
    ).toBeLessThanOrEqual(60)
  })
})
