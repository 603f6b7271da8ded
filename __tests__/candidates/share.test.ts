import { describe, expect, it } from 'vitest'
import { sliceHolding } from '../../src/candidates/holding.ts'
import type { Failure } from '../../src/domain.ts'
import { MOST_PAIRS, pairsOf } from '../../src/evaluate/slice-pairs.ts'
import type { Evaluation } from '../../src/evaluate.ts'
import { verifyRecord } from '../../src/gate/verify.ts'
import { compared, type Rates } from './simulated.ts'

const always: Rates = () => 1
const shape = { cases: 60, labels: (at: number) => ({ language: at % 3 === 0 ? 'de' : 'en' }) }
const german = (at: number) => at % 3 === 0
const isGermanSimple = (id: string) => Number(id.slice(1)) % 4 === 0
const resultsOf = (evaluation: Evaluation | undefined, side: 'base' | 'head') =>
  evaluation?.runs.map((one) => one[side].map((run) => (run.state === 'scored' ? run.score : null)))

describe('the model in use', () => {
  it('is asked once for all candidates, which all get the same answers', async () => {
    const flaky: Rates = (at) => (at < 20 ? 0.5 : 1)
    const models = { a: always, b: flaky, c: (at: number) => (at < 30 ? 0 : 1) }
    const { evaluations, calls } = await compared({ shape, inUse: flaky, models, seed: 'one' })
    const asked = calls.filter(({ trial }) => trial.side === 'base')
    const keys = asked.map(({ trial, scope }) => JSON.stringify([trial, scope]))
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(asked.map(({ trial }) => trial.evalSet))).toEqual(new Set(['help']))
    expect(new Set(asked.map(({ scope }) => scope))).toEqual(new Set(['one base']))
    const first = (model: string) => resultsOf(evaluations.get(model), 'base')?.map((runs) => runs[0])
    expect(first('b')).toEqual(first('a'))
    expect(first('c')).toEqual(first('a'))
    expect(calls.every(({ evenly }) => evenly === true)).toBe(true)
  })

  it('that refuses everything leaves every comparison unmeasured, at three calls', async () => {
    const refused: Failure = { kind: 'behavioural', cause: 'unknown-model', message: 'no such model' }
    const { calls, refusalOf, evaluations } = await compared({
      ...{ shape, inUse: always, seed: 'two' },
      models: { a: always, b: refused },
    })
    expect(refusalOf('help @ b')?.message).toBe('no such model')
    expect([refusalOf('help @ a'), refusalOf('help')]).toEqual([null, null])
    expect(calls.filter(({ trial }) => trial.evalSet === 'help @ b')).toHaveLength(3)
    expect(calls.filter(({ trial }) => trial.side === 'base')).toHaveLength(60)
    expect(evaluations.get('a')?.decision?.outcome).toBe('pass')
    expect(evaluations.get('b')?.decision?.outcome).toBe('not-measured')
  })
})

describe('slices of a candidate', () => {
  const only = (evaluation: Evaluation | undefined) => {
    if (evaluation?.eachSlice === undefined) throw new Error('no slices')
    return evaluation
  }
  const holding = (evaluation: Evaluation, value: string) => {
    const slice = evaluation.eachSlice?.find((one) => one.value === value)
    if (slice === undefined) throw new Error(`no slice ${value}`)
    const cases = evaluation.runs.filter((one) => one.kase.labels.language === value)
    const losses = cases.filter(
      (one) =>
        one.base[0]?.state === 'scored' && one.base[0].pass && one.head[0]?.state === 'scored' && !one.head[0].pass,
    )
    return sliceHolding(
      { decision: slice.decision, cases: cases.length, losses: losses.length, measured: cases.length, missing: 0 },
      { limit: 0.05, tests: evaluation.plan.sliceTests ?? 1 },
    ).state
  }

  it('hold where it is right although the set drops, and the set is as it was', async () => {
    const models = { small: (at: number) => (german(at) ? 1 : 0.2) }
    const setting = { shape, inUse: always, models, seed: 'three' }
    const evaluation = only((await compared({ ...setting, slices: ['language'] })).evaluations.get('small'))
    const without = (await compared(setting)).evaluations.get('small')
    expect(evaluation.decision?.outcome).toBe('fail')
    expect([holding(evaluation, 'de'), holding(evaluation, 'en')]).toEqual(['holds', 'drops'])
    const { outcome, rule, pairs, labels } = evaluation.decision ?? {}
    expect({ outcome, rule, pairs, labels }).toEqual({
      outcome: without?.decision?.outcome,
      rule: without?.decision?.rule,
      pairs: without?.decision?.pairs,
      labels: without?.decision?.labels,
    })
    // Whoever reads the record comes to the same verdict, whatever ran for the slices afterwards.
    const verified = verifyRecord([...evaluation.published], { cases: 60, evalSet: 'help @ small' })
    expect([verified.outcome, verified.rule]).toEqual([outcome, rule])
  })

  it('run until a doubtful one is settled, and not at all where the set holds', async () => {
    const models = { small: (at: number) => (at === 3 || at === 6 ? 0.5 : german(at) ? 1 : 0.1), same: always }
    const { evaluations, calls } = await compared({ shape, slices: ['language'], inUse: always, models, seed: 'seven' })
    const small = only(evaluations.get('small'))
    // Whatever it came to: nothing that could be run is open.
    expect(small.eachSlice?.map(({ decision }) => decision.outcome)).not.toContain('undecided')
    const fresh = calls.filter(({ trial }) => trial.step === 'fresh' && trial.side === 'head')
    expect(fresh.some(({ trial }) => trial.evalSet === 'help @ small' && german(Number(trial.caseId.slice(1))))).toBe(
      true,
    )
    expect(fresh.filter(({ trial }) => trial.evalSet === 'help @ same')).toEqual([])
  })
})

describe('where two slices meet', () => {
  const labels = (at: number) => ({ language: at % 2 === 0 ? 'de' : 'en', kind: at % 4 < 2 ? 'simple' : 'complex' })
  const simulated = async (cases: number, rate: Rates) => {
    const { evaluations } = await compared({
      ...{ shape: { cases, labels }, slices: ['language', 'kind'], inUse: always, seed: 'nine' },
      models: { small: rate },
    })
    return evaluations.get('small')?.eachSlice ?? []
  }
  const germanSimple: Rates = (at) => (at % 4 === 0 ? 1 : 0.1)

  it('a model may hold that holds on neither', async () => {
    const slices = await simulated(120, germanSimple)
    const outcomes = slices.map(({ value, and, cases, decision }) => [
      value,
      and?.value,
      cases.length,
      decision.outcome,
    ])
    expect(outcomes).toEqual([
      ['de', undefined, 60, 'fail'],
      ['en', undefined, 60, 'fail'],
      ['complex', undefined, 60, 'fail'],
      ['simple', undefined, 60, 'fail'],
      ['de', 'complex', 30, 'fail'],
      ['de', 'simple', 30, 'pass'],
      ['en', 'complex', 30, 'fail'],
      ['en', 'simple', 30, 'fail'],
    ])
    expect(
      slices.find(({ value, and }) => value === 'de' && and?.value === 'simple')?.cases.every(isGermanSimple),
    ).toBe(true)
  })

  it('takes ten cases, and cases of their own', async () => {
    expect((await simulated(36, germanSimple)).filter(({ and }) => and !== undefined)).toEqual([])
    const same = (at: number) => ({ language: at % 2 === 0 ? 'de' : 'en', country: at % 2 === 0 ? 'DE' : 'UK' })
    const { evaluations } = await compared({
      ...{ shape: { cases: 60, labels: same }, slices: ['language', 'country'], inUse: always, seed: 'ten' },
      models: { small: () => 0.1 },
    })
    expect(evaluations.get('small')?.eachSlice?.map(({ value, and }) => [value, and])).toEqual(
      ['de', 'en', 'DE', 'UK'].map((value) => [value, undefined]),
    )
  })

  it('takes the more cases the more were looked at, since one in many has no loss by luck', () => {
    const decision = { outcome: 'pass', rule: 'pass-losses', interval: { mean: 0, low: -30, high: 30 } } as never
    const holding = (cases: number, losses: number, tests: number, isPair = true) =>
      sliceHolding({ decision, cases, losses, measured: cases, missing: 0 }, { limit: 0.05, tests, isPair }).state
    // A drop of 15 points: 0.85 to the 33rd is below 0.05 / 10, and to the 32nd above it.
    expect([holding(32, 0, 10), holding(33, 0, 10)]).toEqual(['too-few', 'holds'])
    // 40 cases with one loss: 0.85^40 + 40 x 0.15 x 0.85^39 = 0.012.
    expect([holding(40, 1, 4), holding(40, 1, 5), holding(40, 1, 5, false)]).toEqual(['holds', 'too-few', 'holds'])
    expect(holding(10, 0, 100, false)).toBe('holds')
  })

  it('the largest are looked at, and no more than fifty', () => {
    const cases = Array.from({ length: 4000 }, (_, at) => `c${at}`)
    const split = (dimension: string, parts: number) =>
      Array.from({ length: parts }, (_, value) => ({
        ...{ dimension, value: String(value), maxDrop: 0.05 },
        cases: cases.filter((_, at) => at % parts === value),
      }))
    const pairs = pairsOf([...split('a', 7), ...split('b', 11)])
    expect(pairs).toHaveLength(MOST_PAIRS)
    expect(Math.min(...pairs.map((pair) => pair.cases.length))).toBeGreaterThanOrEqual(51)
  })
})

describe('a slice among many', () => {
  const decision = (over: object) =>
    ({ outcome: 'pass', rule: 'pass-all', net: null, upper: null, labels: {}, next: [], ...over }) as never
  const family = (tests: number) => ({ limit: 0.05, tests })
  const of = (over: object, more: object = {}) => ({
    decision: decision(over),
    cases: 100,
    losses: 0,
    measured: 100,
    missing: 0,
    ...more,
  })

  it('needs the proof of its whole family', () => {
    const near = { interval: { mean: 0, low: -4.9, high: 4.9 } }
    expect(sliceHolding(of(near), family(1))).toEqual({ state: 'holds', how: 'proof' })
    expect(sliceHolding(of(near), family(40))).toEqual({ state: 'holds', how: 'no-drop-seen' })
    expect(sliceHolding(of(near, { losses: 3 }), family(40))).toEqual({ state: 'holds', how: 'losses-below-limit' })
    expect(sliceHolding(of(near, { losses: 7 }), family(40))).toEqual({ state: 'undecided' })
    // A quarter was run when it ended: the rest may be lost, for all that is known.
    expect(sliceHolding(of(near, { measured: 25 }), family(40))).toEqual({ state: 'undecided' })
    expect(sliceHolding(of(near, { measured: 25 }), family(1))).toEqual({ state: 'holds', how: 'proof' })
  })

  it('needs the margin of its family where re-runs decided', () => {
    const rerun = { rule: 'pass-rerun', net: 2, upper: 4.5, interval: { mean: -3, low: -8, high: 2 } }
    expect(sliceHolding(of(rerun, { losses: 7 }), family(1))).toEqual({ state: 'holds', how: 're-measured' })
    expect(sliceHolding(of(rerun, { losses: 7 }), family(40))).toEqual({ state: 'undecided' })
  })

  it('is too small for a word in its favour below ten cases, and not for one against it', () => {
    const interval = { mean: 0, low: -30, high: 30 }
    expect(sliceHolding(of({ rule: 'pass-losses', interval }, { cases: 9 }), family(1))).toEqual({ state: 'too-few' })
    expect(sliceHolding(of({ outcome: 'fail', rule: 'fail-rerun', interval }, { cases: 9 }), family(1))).toEqual({
      state: 'drops',
    })
  })
})
