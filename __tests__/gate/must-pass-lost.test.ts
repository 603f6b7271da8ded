// Cases that must pass and were not measured: lost on either side, lost outside the test, or never reached by an early look.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { compareCase, metricOf } from '../../src/compare.ts'
import type { RecordRow, Result } from '../../src/domain.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../../src/evaluate.ts'
import { beyondRecord } from '../../src/gate/beyond-record.ts'
import type { Measured } from '../../src/gate/measured.ts'
import { recordToPublish } from '../../src/gate/record.ts'
import type { ScoreDecision } from '../../src/gate/score.ts'
import { scoreCheck } from '../../src/gate/score-check.ts'
import { type Verification, verifyRecord } from '../../src/gate/verify.ts'
import type { CaseRole } from '../../src/plan/cases.ts'
import type { EvalSetReport } from '../../src/report/report.ts'
import { ids, play, scoreOptions, type World } from './worlds.ts'

const right: World = () => 1
const wrongIn =
  (...lost: readonly string[]): World =>
  (id, side) =>
    side === 'head' && lost.includes(id) ? 0 : 1
const withoutIt = (id: string) => ids(60).filter((one) => one !== id)

describe('a case that must pass and is lost', () => {
  const options = scoreOptions(ids(60), { mustPass: ['c3'], missing: ['c3'] })

  it('ends what would pass, and nothing else', () => {
    expect(play(options, right)).toMatchObject({ outcome: 'not-measured', rule: 'must-pass', next: [] })
    expect(play({ ...options, mustPass: [] }, right)).toMatchObject({ outcome: 'pass' })
    const many = wrongIn(...withoutIt('c3').slice(0, 20))
    expect(play(options, many)).toMatchObject({ outcome: 'fail', rule: 'fail-all' })
    expect(play({ ...options, mustPass: ['c3', 'c5'] }, wrongIn('c5'))).toMatchObject({
      ...{ outcome: 'fail', rule: 'must-pass', mustPassBroken: ['c5'] },
    })
  })

  it('ends what is not decided, and a sample of its set', () => {
    const some = (id: string) => ['c1', 'c2', 'c4', 'c5'].includes(id)
    const flaky: World = (id, side) => (some(id) && side === 'head' ? Number(id < 'c3') : 1)
    const open = play({ ...options, mustPass: [] }, flaky)
    expect(open.outcome).not.toBe('fail')
    expect(play(options, flaky).outcome).toBe('not-measured')
    const sampled = scoreOptions(ids(500), { mustPass: ['c3'], missing: ['c3'], suites: 5, sampled: true })
    expect(play(sampled, right)).toMatchObject({ outcome: 'not-measured', rule: 'must-pass' })
    expect(play({ ...sampled, mustPass: [] }, right)).toMatchObject({ rule: 'pass-sample' })
  })

  it('also where it is outside the test, as long as a complete pass is missing', () => {
    const added = scoreOptions(ids(20), { mustPass: ['new'], missing: ['new'], passes: 2 })
    expect(play(added, right)).toMatchObject({ outcome: 'not-measured', rule: 'must-pass' })
    const pass = (index: number) =>
      (['base', 'head'] as const).map((side): RecordRow => ({ case: 'new', side, step: 'pass', index, score: 1 }))
    expect(play(added, right, pass(0))).toMatchObject({ outcome: 'not-measured' })
    expect(play(added, right, [...pass(0), ...pass(1)])).toMatchObject({ outcome: 'pass' })
  })

  it('is no matter of a tie by identity', () => {
    const record: RecordRow[] = [{ case: 'c3', step: 'identical' }]
    expect(play(options, right, record)).toMatchObject({ outcome: 'pass' })
  })

  it('is found again by a reader of the record', () => {
    const record: RecordRow[] = []
    const verdict = play(options, right, record)
    const published = recordToPublish(record, options)
    const again = verifyRecord(published, { cases: 60, mustPass: ['c3'], missing: ['c3'] })
    expect(again).toMatchObject({ outcome: verdict.outcome, rule: verdict.rule, pairs: verdict.pairs })
  })
})

describe('a case that must pass and that an early look does not reach', () => {
  const options = scoreOptions(ids(200), { mustPass: ['c150'] })

  it('runs before its set passes', () => {
    const record: RecordRow[] = []
    expect(play(options, right, record)).toMatchObject({ outcome: 'pass', rule: 'pass-all', pairs: 101 })
    const published = recordToPublish(record, options)
    expect(verifyRecord(published, { cases: 200, mustPass: ['c150'] })).toMatchObject({ rule: 'pass-all', pairs: 101 })
  })

  it('fails when it is broken, and a reader of the record agrees', () => {
    const record: RecordRow[] = []
    expect(play(options, wrongIn('c150'), record)).toMatchObject({ outcome: 'fail', rule: 'must-pass', pairs: 103 })
    const published = recordToPublish(record, options)
    expect(verifyRecord(published, { cases: 200, mustPass: ['c150'] })).toMatchObject({
      ...{ outcome: 'fail', rule: 'must-pass' },
    })
  })

  it('is not measured when it is lost then', () => {
    expect(play({ ...options, missing: ['c150'] }, right)).toMatchObject({ outcome: 'not-measured', rule: 'must-pass' })
  })

  it('does not run where the set fails without it', () => {
    const many = wrongIn(...ids(200).filter((_, at) => at % 2 === 0))
    const record: RecordRow[] = []
    expect(play(options, many, record)).toMatchObject({ outcome: 'fail', rule: 'fail-all' })
    expect(record.some((row) => row.case === 'c150')).toBe(false)
  })
})

describe('in the loop of the program', () => {
  const SIZE = 20
  const TIME = { attempts: 1, stored: false, startedAt: '' }
  type Of = { readonly wrong?: boolean; readonly lost?: (side: string) => boolean }

  /** c0 is new and has to pass; its first runs are answered when the test of the others is over. */
  const evaluationOf = async ({ wrong = false, lost = () => false }: Of) => {
    const planned = planOf('s', { cases: SIZE, gates: { mustPass: ['c0'] } })
    const cases = new Map(
      [...planned.cases].map(([id, { kase, role, identical, base, head, baseSize, headSize }]) => {
        const own: CaseRole = id === 'c0' ? 'added' : role
        return [id, { kase, role: own, identical, base, head, baseSize, headSize }] as const
      }),
    )
    const plan = { ...planned, cases, order: planned.order.filter((id) => id !== 'c0') }
    let areOver: () => void = () => undefined
    const others = new Promise<void>((resolve) => {
      areOver = resolve
    })
    let open = 2 * plan.order.length
    const deps: EvaluateDeps = {
      ...{ suites: 1, scorePair: async (_, __, pair) => pair, onDone: () => undefined },
      submit: async ({ trial, request }) => {
        if (trial.caseId === 'c0') await others
        return { trial, request, outcome: { state: 'answered', answer: { text: 'x', latencyMs: 1 } }, ...TIME }
      },
      score: async (_, __, { trial, outcome }): Promise<Result> => {
        open -= 1
        if (open === 0) setImmediate(areOver)
        const own = trial.caseId === 'c0'
        if (own && lost(trial.side)) return { trial, outcome, scores: [], state: 'missing', why: 'lost' }
        const pass = !(own && wrong && trial.side === 'head')
        return { trial, outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
      },
    }
    const [evaluation] = await evaluate([plan], deps)
    if (evaluation === undefined) throw new Error('no evaluation')
    return evaluation
  }
  const scoreOf = ({ plan, runs }: Evaluation, decision: ScoreDecision | null) => {
    const cases = runs.map((one) => compareCase(one, metricOf('pass')))
    const score = { base: null, head: null, delta: null, low: null, high: null }
    return scoreCheck({ plan, decision, cases, score, cost: {} as Measured['cost'] }, null)
  }

  it.each<[string, (side: string) => boolean]>([
    ['both sides', () => true],
    ['the base', (side) => side === 'base'],
    ['the head', (side) => side === 'head'],
  ])('a new one that is lost on %s is named', async (_, lost) => {
    const evaluation = await evaluationOf({ lost })
    expect(evaluation.decision).toMatchObject({ outcome: 'not-measured', rule: 'must-pass' })
    expect(scoreOf(evaluation, evaluation.decision)).toMatchObject({
      status: 'not-measured',
      row: { rule: 'must-pass' },
      finding: { rule: 'missing-runs', message: 'c0 must pass, and could not be measured.', evidence: ['c0'] },
    })
  })

  it('a new one that breaks is confirmed, however late its first run came', async () => {
    const { decision } = await evaluationOf({ wrong: true })
    expect(decision).toMatchObject({ outcome: 'fail', rule: 'must-pass', mustPassBroken: ['c0'] })
  })

  it('runs that could not be made are not called cases of which too many are missing', async () => {
    const evaluation = await evaluationOf({})
    expect(evaluation.decision).toMatchObject({ outcome: 'pass' })
    const open = evaluation.decision && { ...evaluation.decision, outcome: 'undecided' as const }
    expect(scoreOf(evaluation, open).finding?.message).toBe('The runs that would have decided could not be made.')
  })
})

describe('a report that is held against a record without these cases', () => {
  const found = { outcome: 'pass', rule: 'pass-losses' } as Verification
  const set = (rule: string, more: Partial<EvalSetReport> = {}) =>
    ({
      ...{ rule, gates: [], edited: [], added: [{ caseId: 'new', base: null, head: null }] },
      missing: [{ caseId: 'new', why: 'lost' }],
      ...more,
    }) as unknown as EvalSetReport

  it('cannot pass where it says itself that one was lost', () => {
    expect(beyondRecord(set('pass-losses'), found, ['new'])).toMatchObject({
      ...{ isBeyond: true, found: { outcome: 'not-measured', rule: 'must-pass' } },
    })
    expect(beyondRecord(set('pass-losses'), found, []).isBeyond).toBe(false)
    expect(beyondRecord(set('pass-losses', { missing: [] }), found, ['new']).isBeyond).toBe(false)
    const whole = [{ caseId: 'new', base: 100, head: 100 }]
    expect(beyondRecord(set('pass-losses', { added: whole }), found, ['new']).isBeyond).toBe(false)
    const tie = [{ caseId: 'new', why: 'lost', identical: true as const }]
    expect(beyondRecord(set('pass-losses', { missing: tie }), found, ['new']).isBeyond).toBe(false)
  })

  it('is believed when it fails by one', () => {
    const row = { rule: 'must-pass', status: 'fail' }
    const broken = set('must-pass', { gates: [row] as unknown as EvalSetReport['gates'] })
    expect(beyondRecord(broken, found, ['new']).found).toMatchObject({ outcome: 'fail', rule: 'must-pass' })
    const failed = { outcome: 'fail', rule: 'fail-all' } as Verification
    expect(beyondRecord(set('fail-all'), failed, ['new'])).toEqual({ found: failed, isBeyond: false })
  })
})
