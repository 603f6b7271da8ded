// The guard over a set in memory: what it runs, and what it makes of runs that are lost, graded, or left out.

import { describe, expect, it } from 'vitest'
import type { Result } from '../../src/domain.ts'
import { guardOf } from '../../src/drift/guard.ts'
import { caseMark, measureOf } from '../../src/drift/key.ts'
import type { Context } from '../../src/evaluate/pairs.ts'
import { erosionChecks } from '../../src/gate/erosion-check.ts'
import type { Measured } from '../../src/gate/measured.ts'

type Case = { readonly id: string; readonly hash: string }
const CASES: readonly Case[] = Array.from({ length: 100 }, (_, at) => ({ id: `c${at}`, hash: `h${at}` }))

type Options = {
  /** What the head scores, by case and run; null = the call is lost. */
  readonly now: (at: number, run: number) => number | null
  readonly earlier?: (at: number) => number
  readonly runs?: number
  readonly compare?: 'pass' | 'score'
  /** Cases of the complete pass; the others an early verdict left unrun. */
  readonly passed?: number
  readonly quarantined?: number
  readonly guarded?: number
  readonly anchored?: readonly Case[]
  readonly role?: (at: number) => string
}

async function guarded(options: Options) {
  const { now, earlier = () => 1, runs = 10, compare = 'pass', passed = CASES.length, quarantined = 0 } = options
  const asked: string[] = []
  const result = (at: number, run: number, trial: object): Result => {
    const score = now(at, run)
    const failure = { kind: 'transient', cause: 'server', message: 'down' }
    const made =
      score === null
        ? { state: 'missing', why: 'down', outcome: { state: 'failed', failure } }
        : { state: 'scored', score, pass: score >= 0.5, outcome: { state: 'answered', answer: { text: '' } } }
    return { trial, scores: [], ...made } as unknown as Result
  }
  const request = { state: 'ready', request: { hash: 'r' } }
  const plan = {
    ...{ name: 's', scorerHash: 'x', contentKey: 'k', kinds: new Set() },
    gates: { since: { ref: 'baseline', maxDropPoints: { limit: 5, level: 'fail' } } },
    head: { passes: 1, compare, target: { kind: 'http' } },
    cases: new Map(
      CASES.map((kase, at) => [
        kase.id,
        {
          ...{ kase, base: request, head: request, identical: false },
          role: at < quarantined ? 'quarantined' : 'paired',
        },
      ]),
    ),
  }
  const index = (id: string) => Number(id.slice(1))
  const context = {
    plan,
    ledger: {
      runsOf: (id: string) => {
        const trial = { caseId: id, side: 'head', step: 'pass', index: 0 }
        return { base: [], head: index(id) < passed ? [result(index(id), 0, trial)] : [] }
      },
    },
    deps: {
      submit: async ({ trial }: { trial: { caseId: string; index: number; step: string } }) => {
        asked.push(`${trial.step} ${trial.index} ${trial.caseId}`)
        return { trial, outcome: { state: 'answered', answer: { text: '' } }, startedAt: '' }
      },
      score: async (_: unknown, __: unknown, { trial }: { trial: { caseId: string; index: number } }) =>
        result(index(trial.caseId), trial.index, trial),
      onDone: () => {},
    },
  } as unknown as Context
  const levels = new Map((options.anchored ?? CASES).map((kase) => [caseMark(kase as never), earlier(index(kase.id))]))
  const anchor = {
    ...{ name: 'v1', at: '2026-11-01T00:00:00Z', commit: 'c', compare, measure: measureOf(context.plan), levels, runs },
    cases: (options.anchored ?? CASES).length,
  }
  const past = { anchor: { state: 'found', anchor }, trend: null, stored: [], issue: null, recorded: false } as const
  const guard = await guardOf(context, past, options.guarded ?? 1)
  if (guard === null) throw new Error('no guard')
  return { guard, asked }
}

describe('the head against its anchor', () => {
  it('runs nothing where nothing is in doubt', async () => {
    const { guard, asked } = await guarded({ now: () => 1 })
    expect(guard).toMatchObject({ state: 'measured', matched: 100, unmatched: 0, proven: false, rounds: 1, lost: [] })
    expect(asked).toEqual([])
  })

  it('runs all of the head again where a drop beyond the limit may be luck, and stops when it is proven', async () => {
    const { guard, asked } = await guarded({ now: (at) => Number(at >= 8) })
    expect(guard).toMatchObject({ proven: true, rounds: 2, lost: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'] })
    expect([asked.length, asked[0]]).toEqual([100, 'level 1 c0'])
  })

  it('three rounds more are the end: a drop that is not proven then is none that fails', async () => {
    const { guard, asked } = await guarded({
      now: (at, run) => Number((at + 13 * run) % 100 >= 7),
      earlier: () => 0.99,
    })
    expect(guard).toMatchObject({ state: 'measured', proven: false, rounds: 4 })
    expect(asked).toHaveLength(300)
  })

  it('takes back a first pass that was unlucky', async () => {
    const { guard } = await guarded({ now: (at, run) => (run === 0 ? Number(at >= 8) : 1) })
    expect(guard).toMatchObject({ proven: false, rounds: 2 })
  })

  it('the more sets are guarded in a run, the more it takes', async () => {
    const of = (count: number) => guarded({ now: (at) => Number(at >= 9), guarded: count, runs: 1 })
    expect((await of(1)).guard).toMatchObject({ proven: true })
    expect((await of(400)).guard).toMatchObject({ proven: false, rounds: 4 })
  })

  it('runs once what an early verdict left unrun, and leaves out what is in quarantine', async () => {
    const { guard, asked } = await guarded({ now: () => 1, passed: 40, quarantined: 10 })
    expect(asked).toEqual(CASES.slice(40).map(({ id }) => `level 0 ${id}`))
    expect(guard).toMatchObject({ matched: 90, unmatched: 0 })
  })

  it('graded scores count as they are', async () => {
    const { guard } = await guarded({ now: () => 0.7, earlier: () => 0.8, compare: 'score' })
    expect(guard).toMatchObject({ state: 'measured', proven: true, lost: [] })
    const { guard: same } = await guarded({ now: () => 0.76, earlier: () => 0.8, compare: 'score' })
    expect(same).toMatchObject({ proven: false, rounds: 1 })
  })
})

describe('runs that are lost', () => {
  it('of a few cases leave the others, and do not hide what they show', async () => {
    const { guard } = await guarded({ now: (at, run) => (run > 0 && at >= 95 ? null : Number(at >= 8)) })
    expect(guard).toMatchObject({ state: 'measured', matched: 95, proven: true })
  })

  it('an outage in a further round proves nothing', async () => {
    const { guard, asked } = await guarded({ now: (at, run) => (run > 0 ? null : Number(at >= 8)) })
    expect(guard).toMatchObject({ state: 'measured', proven: false, rounds: 1 })
    expect(asked).toHaveLength(100)
  })

  it('of most cases, it cannot be told', async () => {
    const { guard } = await guarded({ now: (at) => (at < 60 ? null : 1) })
    expect(guard).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('60 of 100 cases have no answer of the head'),
    })
  })

  it('of more than 2 %, and its gate is not measured', async () => {
    const statusOf = async (lost: number) => {
      const { guard } = await guarded({ now: (at) => (at < lost ? null : 1) })
      const gates = { since: { ref: 'baseline', maxDropPoints: { limit: 5, level: 'fail' } } }
      const measured = { plan: { name: 's', gates }, past: { guard }, score: { delta: 0 } } as unknown as Measured
      return erosionChecks(measured).map(({ status, lost }) => [status, lost?.cases.length])
    }
    expect(await statusOf(2)).toEqual([['pass', undefined]])
    expect(await statusOf(3)).toEqual([['not-measured', 3]])
  })
})

describe('cases that are not what they were', () => {
  it('are left out and counted, on either side', async () => {
    const fewer = await guarded({ now: () => 1, anchored: CASES.slice(0, 60) })
    expect(fewer.guard).toMatchObject({ matched: 60, unmatched: 40 })
    const others = CASES.map((kase, at) => (at < 51 ? { ...kase, hash: 'edited' } : kase))
    const most = await guarded({ now: () => 1, anchored: others })
    expect(most.guard).toMatchObject({ state: 'unknown', why: expect.stringContaining('only 49 of 100') })
    const gone = [...CASES, ...CASES.map(({ id, hash }) => ({ id: `${id}-gone`, hash })), { id: 'c-more', hash: '' }]
    expect((await guarded({ now: () => 1, anchored: gone })).guard).toMatchObject({ state: 'unknown' })
  })
})
