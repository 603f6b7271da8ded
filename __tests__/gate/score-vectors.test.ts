import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RecordRow } from '../../src/domain.ts'
import { decideScore, type NextRun } from '../../src/gate/score.ts'
import { distanceToLimit, pairedInterval } from '../../src/stats/paired.ts'
import { permWorse } from '../../src/stats/permutation.ts'
import { remeasured } from '../../src/stats/remeasured.ts'
import { ids, scoreOptions } from './worlds.ts'

type Pair = [base: number, head: number]
type Figure = 'midp' | 'exact' | 'net' | 'se' | 'p' | 'pA' | 'zPop' | 'due' | 'pairs'
type Expected = { readonly [figure in Figure]?: number } & { action: string; rule: string }
// biome-ignore lint/suspicious/noExplicitAny: outside data, another shape for each function
type Vector = { id: string; fn: string; input: any; expected: Expected; tol: number }

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/gate-vectors.json', import.meta.url), 'utf8')) as {
  vectors: Vector[]
}
const named = (fn: string) => vectors.filter((v) => v.fn === fn).map((v) => [v.id, v] as const)

const OUTCOMES: { [action: string]: string } = { PASS: 'pass', FAIL: 'fail', INCONCLUSIVE: 'inconclusive' }

function rowsOf(id: string, step: 'pass' | 'fresh', index: number, [base, head]: Pair): RecordRow[] {
  return [
    { case: id, side: 'base', step, index, score: base },
    { case: id, side: 'head', step, index, score: head },
  ]
}

/** Pairs in order of running: first the complete pass, then (cases that did not differ, step 3 made) the extra one, then fresh. */
function recordOf(groups: [Pair[], number][], completed: boolean): RecordRow[] {
  const lists = groups.flatMap(([pairs, count]) => Array.from({ length: count }, () => pairs))
  return lists.flatMap((pairs, at) => {
    const [first] = pairs
    const passes = completed && first !== undefined && Math.abs(first[1] - first[0]) < 0.2 ? 2 : 1
    return pairs.flatMap((pair, i) =>
      rowsOf(`c${at}`, i < passes ? 'pass' : 'fresh', i < passes ? i : i - passes, pair),
    )
  })
}

const pairNames = (next: readonly NextRun[]) => new Set(next.map((run) => `${run.case} ${run.step} ${run.index}`))

describe('permWorse', () => {
  it.each(named('permWorse'))('%s', (_, { input, expected, tol }) => {
    const strata = input.strata.map(({ b, h }: { b: number[]; h: number[] }) => ({ base: b, head: h }))
    const { midP, exact } = permWorse(strata)
    expect(Math.abs(midP - (expected.midp ?? Number.NaN))).toBeLessThanOrEqual(tol)
    expect(Math.abs(exact - (expected.exact ?? Number.NaN))).toBeLessThanOrEqual(tol)
  })
})

describe('remeasured', () => {
  it.each(named('remeasured'))('%s', (_, { input, expected, tol }) => {
    const { net, se } = remeasured(input.fresh, input.rest)
    expect(Math.abs(net - (expected.net ?? Number.NaN))).toBeLessThanOrEqual(tol)
    expect(Math.abs(se - (expected.se ?? Number.NaN))).toBeLessThanOrEqual(tol)
  })
})

describe('decide', () => {
  it.each(named('decide'))('%s', (id, { input, expected, tol }) => {
    const record = recordOf(input.groups, input.completed)
    const graded = id === 'graded-drop'
    const decision = decideScore(
      record,
      scoreOptions(ids(input.n), { compare: graded ? 'score' : 'pass', stored: input.opts?.storedBase ?? false }),
    )
    expect(decision.outcome).toBe(OUTCOMES[expected.action] ?? 'undecided')
    const steps = new Set(decision.next.map((run) => `${run.step} ${run.index > 0 ? 'again' : 'first'}`))
    if (expected.action === 'RERUN') expect([...steps].every((step) => step.startsWith('fresh'))).toBe(true)
    if (expected.action === 'COMPLETE') expect([...steps]).toEqual(['pass again'])
    if (expected.action === 'PAIRS') {
      expect([...steps]).toEqual(['pass first'])
      expect(decision.pairs + pairNames(decision.next).size).toBe(expected.due)
    }
    if (decision.outcome !== 'undecided') expect(decision.rule).toBe(expected.rule)
    const p = expected.p ?? expected.pA
    if (p !== undefined) expect(Math.abs((decision.p ?? Number.NaN) - p)).toBeLessThanOrEqual(tol)
    if (expected.net !== undefined) expect(decision.net).toBeCloseTo(expected.net, 6)
    const firsts = input.groups.flatMap(([pairs, count]: [Pair[], number]) =>
      pairs.slice(0, 1).flatMap(([base, head]) => Array.from({ length: count }, () => head - base)),
    )
    const interval = pairedInterval(firsts)
    expect(decision.interval.mean).toBeCloseTo(100 * interval.mean, 9)
    if (expected.zPop !== undefined) expect(distanceToLimit(interval, 0.05)).toBeCloseTo(expected.zPop, 6)
  })
})

type Batch = { complete: boolean; pairs: [number, number, number][] }

describe('histories', () => {
  it.each(named('history'))('%s: each batch is what the gate asks for', (_, { input, expected }) => {
    const batches: Batch[] = input.batches
    const passes: number = input.opts.passes
    const order = [...new Set(batches.flatMap((batch) => (batch.complete ? [] : batch.pairs.map(([at]) => `c${at}`))))]
    const cases = [...order, ...ids(input.n).filter((id) => !order.includes(id))]
    const options = scoreOptions(cases, { passes })
    const record: RecordRow[] = []
    const made = new Map<string, { pass: number; fresh: number }>()
    for (const batch of batches) {
      const before = decideScore(record, options)
      expect(before.outcome).toBe('undecided')
      const names = new Set<string>()
      for (const [at, base, head] of batch.pairs) {
        const counts = made.get(`c${at}`) ?? { pass: 0, fresh: 0 }
        made.set(`c${at}`, counts)
        const step = batch.complete || counts.pass < passes ? 'pass' : 'fresh'
        names.add(`c${at} ${step} ${counts[step]}`)
        record.push(...rowsOf(`c${at}`, step, counts[step], [base, head]))
        counts[step] += 1
      }
      expect(pairNames(before.next)).toEqual(names)
    }
    const verdict = decideScore(record, options)
    expect(verdict.outcome).toBe(OUTCOMES[expected.action])
    expect(verdict.pairs).toBe(expected.pairs)
    expect(verdict.next).toEqual([])
  })
})
