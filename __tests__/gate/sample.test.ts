import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { tally } from '../../scripts/bench-verdict/tally.ts'
import type { Gates, RecordRow } from '../../src/domain.ts'
import { recordToPublish } from '../../src/gate/record.ts'
import { FIRST_SAMPLE, sampleSize } from '../../src/gate/score/sample.ts'
import { decideScore } from '../../src/gate/score.ts'
import { verifyRecord } from '../../src/gate/verify.ts'
import { sampleShared } from '../../src/plan/sampling.ts'
import { ids, play, scoreOptions, type World } from './worlds.ts'

const broken =
  (...lost: readonly string[]): World =>
  (id, side) =>
    side === 'head' && lost.includes(id) ? 0 : 1

const choose = (n: number, k: number): bigint => {
  let ways = 1n
  for (let i = 0n; i < BigInt(k); i++) ways = (ways * (BigInt(n) - i)) / (i + 1n)
  return ways
}
/** Chance in millions that a sample has none of the lost cases, by counting samples. */
const overlooked = (n: number, lost: number, m: number) =>
  Number((1_000_000n * choose(n - lost, m)) / choose(n, m)) / 1_000_000

describe('size of the sample', () => {
  it('is the smallest that overlooks a loss of the limit in at most 5 %, counted exactly', () => {
    for (const [n, lost] of [
      [50, 3],
      [100, 5],
      [200, 10],
      [500, 25],
      [77, 4],
    ] as const) {
      const m = sampleSize(n, lost)
      expect(m).toBeGreaterThanOrEqual(FIRST_SAMPLE)
      expect(overlooked(n, lost, m)).toBeLessThanOrEqual(0.05)
      if (m > FIRST_SAMPLE) expect(overlooked(n, lost, m - 1)).toBeGreaterThan(0.05)
    }
  })

  it('is the whole set where one case reaches the limit, or there is little to leave out', () => {
    expect(sampleSize(20, 1)).toBe(20)
    expect(sampleSize(15, 1)).toBe(15)
    expect(sampleSize(0, 1)).toBe(0)
    expect(sampleSize(30, 30)).toBe(FIRST_SAMPLE)
  })
})

describe('a set of a shared change', () => {
  const options = scoreOptions(ids(100), { suites: 40, sampled: true })

  it('runs twenty cases first, then the rest of the sample, and passes where nothing got worse', () => {
    const record: RecordRow[] = []
    expect(new Set(decideScore([], options).next.map((run) => run.case)).size).toBe(FIRST_SAMPLE)
    const verdict = play(options, broken(), record)
    expect(verdict).toMatchObject({ outcome: 'pass', rule: 'pass-sample', pairs: 45, p: null })
  })

  it('is judged in full as soon as one case of the sample lost, and then as if there were no sample', () => {
    const lost = ['c2', 'c30', 'c50', 'c60', 'c70', 'c80', 'c81', 'c82', 'c83', 'c84']
    const sampled = play(options, broken(...lost))
    const full = play({ ...options, sampled: false }, broken(...lost))
    expect(sampled).toEqual(full)
    expect(sampled.outcome).toBe('fail')
  })

  it('goes on in full when the loss shows in the second share only', () => {
    const record: RecordRow[] = []
    expect(play(options, broken('c44'), record).rule).toBe('pass-all')
    expect(new Set(record.map((row) => row.case)).size).toBe(100)
  })

  it('runs cases that must pass, wherever they stand', () => {
    const must = { ...options, mustPass: ['c99'] }
    expect(play(must, broken('c99'))).toMatchObject({ outcome: 'fail', rule: 'must-pass', mustPassBroken: ['c99'] })
    expect(play(must, broken())).toMatchObject({ rule: 'pass-sample', pairs: 46 })
  })

  it('has no part in graded scores, repeats and stored base runs', () => {
    for (const more of [{ compare: 'score' as const }, { passes: 2 }, { stored: true }]) {
      const verdict = play({ ...options, ...more }, broken())
      expect(verdict.rule).not.toBe('pass-sample')
      expect(verdict.pairs).toBeGreaterThanOrEqual(100)
    }
  })

  it('is verified from its record, ties by identity anywhere among the cases', () => {
    const ties: RecordRow[] = ['c1', 'c50', 'c98', 'c99'].map((id) => ({ case: id, step: 'identical' }))
    const record: RecordRow[] = [...ties]
    const verdict = play(options, broken(), record)
    expect(verdict.rule).toBe('pass-sample')
    const rows = recordToPublish(record, options)
    const again = verifyRecord(rows, { cases: 100, suites: 40, sampled: true })
    expect(again).toMatchObject({ outcome: 'pass', rule: 'pass-sample', pairs: verdict.pairs })
    // Whoever does not know of the sample sees an open run, not a pass.
    expect(verifyRecord(rows, { cases: 100, suites: 3 }).outcome).toBe('undecided')
  })

  it('never throws and never passes on any beginning of a record', () => {
    const record: RecordRow[] = []
    play(options, broken(), record)
    for (let rows = 0; rows < record.length; rows++)
      expect(decideScore(record.slice(0, rows), options).outcome).toBe('undecided')
  })
})

describe('which sets', () => {
  const set = (name: string, because: readonly string[], gates: Gates = {}, passes = 1) => ({
    ...planOf(name, { cases: 100, gates, passes }),
    because,
  })
  const four = ['a', 'b', 'c', 'd'].map((name) => set(name, ['prompts/x.md changed']))
  const sampled = (plans: readonly ReturnType<typeof set>[]) =>
    sampleShared(plans).flatMap((plan) => (plan.sampled ? [plan.name] : []))

  it('are four or more with the same reason, and none with a reason of its own', () => {
    expect(sampled(four)).toEqual(['a', 'b', 'c', 'd'])
    expect(sampled(four.slice(0, 3))).toEqual([])
    const own = set('own', ['prompts/x.md changed', 'prompts/y.md changed'])
    expect(sampled([...four, own])).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are none with gates that need all cases', () => {
    const more = { limit: 80, level: 'fail' as const }
    for (const gates of [{ minScore: more }, { slices: { language: { maxDropPoints: more } } }, { require: 'proof' }])
      expect(sampled([...four, set('strict', ['prompts/x.md changed'], gates as Gates)])).toEqual(['a', 'b', 'c', 'd'])
    expect(sampled([...four, set('thrice', ['prompts/x.md changed'], {}, 3)])).toEqual(['a', 'b', 'c', 'd'])
    expect(sampled([...four, set('tagged', ['prompts/x.md changed'], { mustPass: ['tag:x'] })])).toContain('tagged')
  })
})

describe('simulated', () => {
  const cell = { name: 'shared', cases: 100, sets: 8, sampled: true } as const

  it('costs half where nothing flakes, and still finds ten points lost in one of the sets', async () => {
    const unchanged = await tally({ ...cell, truth: 'none', flake: 0 }, 3)
    expect(unchanged).toMatchObject({ pass: 1, fail: 0 })
    expect(unchanged.cost).toBeLessThanOrEqual(0.45 + 1e-9)
    const lost = await tally({ ...cell, truth: 'concentrated', flake: 0 }, 60)
    expect(lost.caught).toBeGreaterThanOrEqual(0.95)
    const flaky = await tally({ ...cell, truth: 'concentrated', flake: 0.05 }, 40)
    expect(flaky.caught).toBeGreaterThanOrEqual(0.95)
  })
})
