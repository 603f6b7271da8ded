import { describe, expect, it } from 'vitest'
import { extended, levelOf, referenceFor, referenceOf } from '../../src/drift/baseline.ts'
import { sdOfPass } from '../../src/drift/monitor.ts'
import { type CaseFigures, figuresOfPasses, type Pass } from '../../src/drift/passes.ts'
import type { BaselineRecord } from '../../src/drift/records.ts'
import { movedCanaries, shiftsOf } from '../../src/drift/shifts.ts'
import { fraction } from '../fakes/draw.ts'

const CASES = 40

function run(index: number, over: Partial<CaseFigures> | ((i: number) => Partial<CaseFigures>) = {}): Pass {
  const cases = Array.from({ length: CASES }, (_, i): CaseFigures => {
    const level = fraction('level', index, i) < 0.1 ? 0 : 1
    return {
      caseId: `case-${i}`,
      level,
      inputTokens: 100,
      outputTokens: 40 + i,
      latencyMs: 500 + 10 * i,
      costPico: BigInt(1000 * (40 + i)),
      refuses: false,
      output: `answer ${i} ${level}`,
      answer: { text: '', latencyMs: 500 },
      ...(typeof over === 'function' ? over(i) : over),
    }
  })
  return { cases, whyMissing: null }
}

const runs = (count: number, from = 0) => Array.from({ length: count }, (_, i) => run(from + i))

function record(passes: readonly Pass[], before: BaselineRecord | null = null): BaselineRecord {
  const sums = extended(before, passes)
  if (sums === null) throw new Error('no runs')
  const about = { v: 1, kind: 'baseline', id: 'baseline-1', at: '2026-11-28T05:17:00.000Z', evalSet: 's' } as const
  return { ...about, key: 'k', model: 'openai/gpt-4.1', commit: 'c', ...sums }
}

describe('a baseline', () => {
  it('is the same made at once, one run a day, and in two parts', () => {
    const all = runs(10)
    const once = record(all)
    const daily = all.reduce<BaselineRecord | null>((before, pass) => record([pass], before), null)
    const parts = record(all.slice(4), record(all.slice(0, 4)))
    expect(daily).toEqual(once)
    expect(parts).toEqual(once)
  })

  it('has the pooled noise within cases', () => {
    const all = runs(10)
    const within = all[0]?.cases.map((_, i) => {
      const levels = all.map(({ cases }) => cases[i]?.level ?? 0)
      const mean = levels.reduce((sum, one) => sum + one, 0) / 10
      return levels.reduce((sum, one) => sum + (one - mean) ** 2, 0)
    })
    const sum = (within ?? []).reduce((all, one) => all + one, 0)
    expect(record(all).sd).toBeCloseTo(100 * sdOfPass(sum, CASES, 10), 4)
  })

  it('is none before ten runs', () => {
    expect(referenceOf(record(runs(9)))).toBeNull()
    expect(referenceOf(record(runs(10)))?.runs).toBe(10)
  })

  it('of graded scores has their noise', () => {
    const graded = Array.from({ length: 10 }, (_, r) => run(r, (i) => ({ level: 0.5 + 0.1 * ((r + i) % 3) })))
    const flat = Array.from({ length: 10 }, (_, r) => run(r, { level: 0.5 }))
    expect(record(graded).sd ?? 0).toBeGreaterThan(record(flat).sd ?? 0)
    expect(record(flat).sd).toBeCloseTo(100 * sdOfPass(0, CASES, 10), 4)
  })

  it('does not move for a case that is missing today', () => {
    const baseline = record(
      runs(10, 0).map((pass, r) => ({
        ...pass,
        cases: pass.cases.map((one, i) => ({ ...one, level: i === 0 ? 0 : (one.level ?? r) })),
      })),
    )
    const reference = referenceOf(baseline)
    if (reference === null) throw new Error('no reference')
    const today = run(99, (i) => (i === 0 ? { level: null } : {}))
    const own = referenceFor(reference, baseline, today)
    // The missing case always failed: without it the mean is higher, on both sides.
    expect(own.mean).toBeGreaterThan(reference.mean)
    expect(levelOf(baseline, today)).toBeGreaterThan(0.8)
    expect(levelOf(baseline, run(99, { level: null }))).toBeNull()
  })

  it('knows no price as soon as one run lacks it', () => {
    const lost = record([...runs(9), run(9, { costPico: null })])
    expect(lost.figures.costUsd).toBeNull()
    expect(record(runs(10)).figures.costUsd).not.toBeNull()
  })
})

describe('shifts', () => {
  const baseline = record(runs(10))
  const moved = (pass: Pass) =>
    shiftsOf(baseline, pass)
      .filter((one) => one.moved)
      .map((one) => one.what)

  it('none when nothing changed', () => {
    expect(moved(run(50))).toEqual([])
  })
  it('longer answers cost more', () => {
    const longer = run(50, (i) => ({ outputTokens: Math.round(1.3 * (40 + i)), costPico: BigInt(1300 * (40 + i)) }))
    expect(moved(longer)).toEqual(['output-tokens', 'cost'])
  })
  it('a ratio within a twentieth is none, however sure', () => {
    expect(moved(run(50, (i) => ({ outputTokens: 1.04 * (40 + i) })))).toEqual([])
  })
  it('other tokens for the same request', () => {
    expect(moved(run(50, { inputTokens: 120 }))).toEqual(['input-tokens'])
  })
  it('refusals that were not there before, and a latency that doubles', () => {
    expect(moved(run(50, (i) => ({ refuses: i % 4 === 0 })))).toEqual(['refusals'])
    expect(moved(run(50, (i) => ({ latencyMs: 2 * (500 + 10 * i) })))).toEqual(['latency'])
    expect(moved(run(50, (i) => ({ latencyMs: 1.2 * (500 + 10 * i) })))).toEqual([])
  })
  it('a latency that doubles, where the first answers of processes have none', () => {
    const untimed = run(50, (i) => ({ latencyMs: i < 4 ? null : 2 * (500 + 10 * i) }))
    expect(moved(untimed)).toEqual(['latency'])
    expect(figuresOfPasses([untimed]).latencyMs).toBeGreaterThan(2 * 540)
    expect(figuresOfPasses([run(50, { latencyMs: null })]).latencyMs).toBeNull()
  })
  it('what is not known has no ratio, and figures of 0 break nothing', () => {
    const nothing = run(50, { inputTokens: null, outputTokens: null, latencyMs: null, costPico: null, refuses: null })
    expect(shiftsOf(baseline, nothing)).toEqual([])
    const zero = shiftsOf(baseline, run(50, { outputTokens: 0, latencyMs: 0, costPico: 0n, inputTokens: 0 }))
    expect(zero.every(({ ratio, low, high }) => [ratio, low, high].every(Number.isFinite))).toBe(true)
  })
})

describe('canaries', () => {
  const baseline = record(runs(10))
  const canary = (pass: Pass, evalSet = 's') => ({ evalSet, baseline, pass })

  it('tell other words from words that repeat as before', () => {
    expect(movedCanaries([canary(run(50))])).toEqual([])
    const [moved] = movedCanaries([canary(run(50, { output: 'other words' }))])
    expect(moved).toMatchObject({ evalSet: 's', today: 0 })
  })

  it('are corrected for the number of sets', () => {
    const few = run(50, (i) => (i < 9 ? { output: 'other words' } : {}))
    const alone = movedCanaries([canary(few)])
    const among = movedCanaries([canary(few), ...Array.from({ length: 200 }, (_, i) => canary(run(60 + i), `s${i}`))])
    expect(alone).toHaveLength(1)
    expect(among.filter(({ evalSet }) => evalSet === 's')).toHaveLength(0)
  })
})
