// Gates whose answers were lost: what is left of an outage is no measurement, whichever cases it met.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { type CaseRuns, compareCase, metricOf } from '../../src/compare.ts'
import type { Gates, Limit, Result } from '../../src/domain.ts'
import type { Measured } from '../../src/gate/measured.ts'
import { decideScore } from '../../src/gate/score.ts'
import { judgeSet } from '../../src/gate/set-verdict.ts'
import type { CaseRole } from '../../src/plan/cases.ts'

const fail = (limit: number): Limit => ({ limit, level: 'fail' })
const NONE = { base: null, head: null, delta: null, low: null, high: null }

type Answer = 'right' | 'wrong' | 'lost' | 'ungraded'
type World = {
  readonly gates: Gates
  readonly cases: number
  readonly answer: (at: number) => Answer
  readonly role?: (at: number) => CaseRole
  /** Milliseconds and tokens of each answer. */
  readonly size?: number
}

function resultOf(caseId: string, side: 'base' | 'head', of: { answer: Answer; size: number; isTie: boolean }): Result {
  const { answer, size, isTie } = of
  const trial = { evalSet: 's', caseId, side, step: isTie ? ('identical' as const) : ('pass' as const), index: 0 }
  const failure = { kind: 'transient', cause: 'server', message: 'answered 500' } as const
  if (answer === 'lost')
    return { trial, outcome: { state: 'failed', failure }, scores: [], state: 'missing', why: 'answered 500' }
  const usage = { input: size, output: size }
  const outcome = { state: 'answered', answer: { text: 'x', latencyMs: size, usage } } as const
  if (answer === 'ungraded') return { trial, outcome, scores: [], state: 'missing', why: 'the judge failed' }
  const pass = answer === 'right'
  const value = pass ? 1 : 0
  const scored = { scorer: 'contains', weight: 1, state: 'scored', value, pass, why: '' } as const
  return { trial, outcome, scores: [scored], state: 'scored', score: value, pass }
}

/** Ties called once for their level; cases of another role ran on both sides, and their bases are right. */
function verdictOf({ gates, cases, answer, role = () => 'paired', size = 10 }: World) {
  const labels = (at: number) => ({ language: at < 10 ? 'de' : 'en' })
  const plan = planOf('s', { cases, gates, labels })
  const runs = [...plan.cases.values()].map(({ kase }, at): CaseRuns => {
    const isTie = role(at) === 'paired'
    const head = resultOf(kase.id, 'head', { answer: answer(at), size, isTie })
    const base = isTie ? [] : [resultOf(kase.id, 'base', { answer: 'right', size, isTie })]
    return { kase, role: role(at), identical: isTie, passes: 1, base, head: [head] }
  })
  const order = plan.order.filter((_, at) => role(at) === 'paired')
  const record = order.map((id) => ({ case: id, step: 'identical' as const }))
  const options = { cases: order, maxDrop: 0.05, passes: 1, suites: 1, compare: 'pass' as const, mustPass: [] }
  const measured: Measured = {
    plan,
    cases: runs.map((one) => compareCase(one, metricOf('pass'))),
    decision: decideScore(record, options),
    score: NONE,
    cost: {
      report: {
        ...{ state: 'priced', perRequestUsd: NONE, parts: {}, provenance: '', priceDate: null, events: [] },
      },
      ...{ ratio: null, headUsd: { point: 0.001, low: 0.0009 }, why: null },
    },
  }
  const { outcome, rows, findings } = judgeSet(measured, { baseSha: null, waivers: [], today: '2026-01-01' })
  return { outcome, statuses: rows.map(({ rule, status }) => `${rule} ${status}`), findings }
}

const LEVELS: readonly (readonly [string, Gates])[] = [
  ['min-score', { minScore: fail(85) }],
  ['slice-min-score', { slices: { language: { minScore: fail(85) } } }],
  ['scorer-min-score', { scorers: { contains: { minScore: fail(85) } } }],
  ['scorer-rate', { scorers: { contains: { maxRatePercent: fail(100) } } }],
  ['latency-p95', { latency: { p95Ms: fail(1000) } }],
  ['tokens-input', { tokens: { maxInput: fail(1000) } }],
  ['tokens-output', { tokens: { maxOutput: fail(1000) } }],
  ['cost-per-request', { cost: { perRequestUsd: fail(0.01) } }],
]
const lostFrom = (from: number) => (at: number) => (at < from ? 'right' : 'lost')

describe.each(LEVELS)('%s', (rule, gates) => {
  const statusOf = (statuses: readonly string[]) => statuses.filter((one) => one.startsWith(`${rule} `))

  it('of ties is not measured where more than 2 % were lost, and says how many', () => {
    const { outcome, statuses, findings } = verdictOf({ gates, cases: 30, answer: lostFrom(15) })
    expect([outcome, statusOf(statuses)]).toEqual(['not-measured', expect.arrayContaining([`${rule} not-measured`])])
    const found = findings.filter((one) => one.rule === 'missing-runs')
    expect(found).toHaveLength(1)
    expect(found[0]?.message).toMatch(
      /^More than 2 % of the answers that a gate needs are missing: .*\(15 of [23]0\)\.$/,
    )
    expect(found[0]?.evidence).toContain('c15')
  })

  it('of up to 2 % is measured by the others', () => {
    const { outcome, findings } = verdictOf({ gates, cases: 110, answer: lostFrom(108) })
    expect([outcome, findings.filter((one) => one.rule === 'missing-runs')]).toEqual(['pass', []])
  })

  it('of new cases is not measured either, and what is in quarantine misses nothing', () => {
    // Slices are of the test alone.
    if (rule === 'slice-min-score') return
    const world = { gates, cases: 60, answer: lostFrom(40) }
    const of = (role: CaseRole) => verdictOf({ ...world, role: (at) => (at < 40 ? 'paired' : role) }).outcome
    expect([of('added'), of('quarantined')]).toEqual(['not-measured', 'pass'])
  })
})

describe('what fails whatever was lost', () => {
  const half = (at: number): Answer => (at % 2 === 0 ? 'lost' : 'wrong')

  it('fails: a level that no right answer could have saved', () => {
    const low: readonly Gates[] = [
      { minScore: fail(85) },
      { scorers: { contains: { minScore: fail(85) } } },
      { slices: { language: { minScore: fail(99) } } },
    ]
    for (const gates of low) expect(verdictOf({ gates, cases: 100, answer: half }).outcome).toBe('fail')
    const rate = { scorers: { contains: { maxRatePercent: fail(20) } } }
    expect(verdictOf({ gates: rate, cases: 100, answer: (at) => (at % 2 === 0 ? 'lost' : 'right') }).outcome).toBe(
      'fail',
    )
  })

  it('is not a level that the lost ones could have made', () => {
    const few = (at: number): Answer => (at < 20 ? 'wrong' : at < 30 ? 'right' : 'lost')
    expect(verdictOf({ gates: { minScore: fail(85) }, cases: 100, answer: few }).outcome).toBe('not-measured')
  })

  it('is a request that is too long, and not a time that an outage takes', () => {
    const world = { cases: 100, answer: lostFrom(50), size: 2000 }
    expect(verdictOf({ ...world, gates: { tokens: { maxInput: fail(1000) } } }).outcome).toBe('fail')
    expect(verdictOf({ ...world, gates: { latency: { p95Ms: fail(1000) } } }).outcome).toBe('not-measured')
  })
})

it('an answer that nobody could grade has its tokens and its time, and no score', () => {
  const outcomeOf = (gates: Gates) =>
    verdictOf({ gates, cases: 30, answer: (at) => (at < 15 ? 'right' : 'ungraded') }).outcome
  expect(outcomeOf({ minScore: fail(85) })).toBe('not-measured')
  expect(outcomeOf({ tokens: { maxInput: fail(1000) }, latency: { p95Ms: fail(1000) } })).toBe('pass')
})

it('a slice that is lost whole is not measured, and one finding names what each gate lacks', () => {
  const gates: Gates = { minScore: fail(50), slices: { language: { minScore: fail(50) } } }
  const { outcome, findings } = verdictOf({ gates, cases: 600, answer: (at) => (at < 10 ? 'lost' : 'right') })
  expect([outcome, findings.map(({ message }) => message)]).toEqual([
    'not-measured',
    ['More than 2 % of the answers that a gate needs are missing: language=de (head) (10 of 10).'],
  ])
  const more = verdictOf({ gates, cases: 60, answer: (at) => (at < 10 ? 'lost' : 'right') }).findings
  expect(more.map(({ message }) => message)).toEqual([
    'More than 2 % of the answers that 2 gates need are missing: score of the head (10 of 60), language=de (head) (10 of 10).',
  ])
})
