import { describe, expect, it } from 'vitest'
import { type LevelPair, levelDrop } from '../../src/stats/level-drop.ts'
import { fraction } from '../fakes/draw.ts'

const pair = (earlier: number, now: readonly number[], runs = 1): LevelPair => ({ earlier, runs, now })
const times = <T>(count: number, of: (at: number) => T) => Array.from({ length: count }, (_, at) => of(at))

describe('the drop since an anchor', () => {
  it('is the difference of the means over the cases', () => {
    const drop = levelDrop([pair(1, [0, 1]), pair(0.5, [0.5]), pair(1, [1])])
    expect(drop.earlier).toBeCloseTo(2.5 / 3)
    expect(drop.now).toBeCloseTo(2 / 3)
    expect(drop.drop).toBeCloseTo(0.5 / 3)
  })

  it('one run on either side: the noise is that of the differences, with a win and a loss added', () => {
    // 4 of 10 lost, none won: (4 + 2) / 12 / 10; two coins of .92 and .58 would be 0.0319.
    const drop = levelDrop([...times(4, () => pair(1, [0])), ...times(6, () => pair(1, [1]))])
    const coins = (11 / 12) * (1 / 12) * 0.1 + (7 / 12) * (5 / 12) * 0.1
    expect(drop.se ** 2).toBeCloseTo(Math.min(coins, 0.05), 12)
  })

  it('repeats on both sides: the noise is that within the cases', () => {
    const drop = levelDrop(times(10, () => pair(0.9, [1, 0], 10)))
    const now = ((10 * 2 * 0.5 + 1) / 22) * (10 / 2 / 100)
    const earlier = ((10 * 10 * 0.1 + 1) / 102) * (10 / 10 / 100)
    expect(drop.se ** 2).toBeCloseTo(Math.min(now + earlier, (10 * 0.16 + 2) / 12 / 10), 12)
  })

  it('a case that is lost for good leaves little doubt once it was asked twice', () => {
    const asked = (rounds: number) =>
      levelDrop(
        times(100, (at) =>
          pair(
            1,
            times(rounds, () => Number(at >= 8)),
            10,
          ),
        ),
      )
    expect(asked(2).se).toBeLessThan(asked(1).se / 3)
  })

  it('never takes agreement for certainty', () => {
    for (const runs of [1, 10]) expect(levelDrop([pair(1, [1], runs)]).se).toBeGreaterThan(0.05)
  })
})

/** One pull request against an anchor, as the guard decides: up to three more rounds of the head where it is in doubt. */
function guarded(chances: readonly number[], anchor: readonly number[], world: { runs: number; seed: string }) {
  const limit = 0.05
  const now: number[][] = chances.map(() => [])
  for (let round = 0; ; round++) {
    for (const [at, chance] of chances.entries()) now[at]?.push(fraction(world.seed, 'now', round, at) < chance ? 1 : 0)
    const { drop, se } = levelDrop(anchor.map((earlier, at) => pair(earlier, now[at] ?? [], world.runs)))
    if (drop - 2.32635 * se > limit) return 'fail'
    if (drop <= limit + 1e-9) return 'pass'
    if (round === 3) return 'warn'
  }
}

function anchorOf(chances: readonly number[], runs: number, seed: string): readonly number[] {
  return chances.map(
    (chance, at) =>
      times(runs, (run) => Number(fraction(seed, 'anchor', run, at) < chance)).reduce((a, b) => a + b) / runs,
  )
}

describe('many pull requests', () => {
  const CASES = 100
  const flaky = times(CASES, () => 0.95)

  it.each([
    [1, 0.003],
    [10, 0.001],
  ])('against an anchor of %i runs, that change nothing do not fail', (runs, most) => {
    let failed = 0
    for (let anchor = 0; anchor < 40; anchor++) {
      const levels = anchorOf(flaky, runs, `a${anchor}`)
      for (let pull = 0; pull < 50; pull++)
        failed += Number(guarded(flaky, levels, { runs, seed: `${anchor} ${pull}` }) === 'fail')
    }
    expect(failed / 2000).toBeLessThanOrEqual(most)
  })

  it.each([
    [1, 0.05],
    [10, 0.03],
  ])('against an anchor of %i runs, that stay exactly at the limit fail rarely', (runs, most) => {
    const head = flaky
      .map((chance, at) => (at < 5 ? chance - 0.95 : chance))
      .map((chance, at) => (at === 5 ? chance - 0.25 : chance))
    let failed = 0
    for (let world = 0; world < 1000; world++)
      failed += Number(guarded(head, anchorOf(flaky, runs, `l${world}`), { runs, seed: `l${world}` }) === 'fail')
    expect(failed / 1000).toBeLessThanOrEqual(most)
  })

  /** Merge by which five of four points each are caught, over many worlds. */
  function caughtBy(runs: number): readonly number[] {
    const counts = times(6, () => 0)
    for (let world = 0; world < 300; world++) {
      const levels = anchorOf(flaky, runs, `e${world}`)
      const caught = [1, 2, 3, 4, 5].find((merge) => {
        const head = flaky.map((chance, at) => (at < 4 * merge ? 0 : chance))
        return guarded(head, levels, { runs, seed: `e${world} ${merge}` }) === 'fail'
      })
      counts[caught ?? 0] = (counts[caught ?? 0] ?? 0) + 1
    }
    let sum = 0
    return counts.slice(1).map((count) => {
      sum += count
      return sum / 300
    })
  }

  it('five merges of four points each are caught: by the third against ten runs, by the fifth against one', () => {
    const [first = 1, , third = 0] = caughtBy(10)
    expect(first).toBeLessThan(0.02)
    expect(third).toBeGreaterThan(0.99)
    const one = caughtBy(1)
    expect(one[0]).toBeLessThan(0.02)
    expect(one[3]).toBeGreaterThan(0.9)
    expect(one[4]).toBeGreaterThan(0.985)
  })
})
