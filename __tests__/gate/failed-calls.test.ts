// A call that failed behind an answer: which one explains a case, and when all broken cases share it.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { type CaseRuns, compareCase, metricOf } from '../../src/compare.ts'
import type { Failure, ModelCall, Outcome, Result, SideLabel, Target } from '../../src/domain.ts'
import { failedCallText, ownFailedCall } from '../../src/gate/failed-calls.ts'
import { headlineOf } from '../../src/gate/headline.ts'
import { type Measured, sharedFailure } from '../../src/gate/measured.ts'
import { scoreCheck } from '../../src/gate/score-check.ts'
import type { SetVerdict } from '../../src/gate/set-verdict.ts'

const MESSAGE = 'openai answered 404: The model `gtp-4` does not exist'
const NOT_FOUND: Failure = { kind: 'behavioural', cause: 'unknown-model', message: MESSAGE, status: 404 }
const TOO_LONG: Failure = { kind: 'behavioural', cause: 'context-too-long', message: 'too long', status: 400 }

const call = (over: Partial<ModelCall> = {}): ModelCall => ({
  ...{ provider: 'openai', model: 'gtp-4', hash: 'h', kind: 'generation', counted: 'unknown', latencyMs: null },
  ...over,
})
const runOf = (caseId: string, side: SideLabel, pass: boolean, calls: readonly ModelCall[]): Result => ({
  trial: { evalSet: 'app', caseId, side, step: 'pass', index: 0 },
  outcome: { state: 'answered', answer: { text: pass ? 'Paris' : 'try later', latencyMs: 1, calls } },
  ...{ scores: [], state: 'scored', score: pass ? 1 : 0, pass },
})
const one = (calls: readonly ModelCall[]) => runOf('c0', 'head', false, calls)

describe('the failed call of a run', () => {
  it('is named with provider, model, cause and what the provider said', () => {
    const found = ownFailedCall(one([call({ hash: 'a' }), call({ failure: NOT_FOUND })]), [])
    expect(found && failedCallText(found)).toBe(`a call of openai/gtp-4 failed, unknown-model: ${MESSAGE}`)
  })

  it('has its status where the message does not say it, and is cut', () => {
    const failure = { ...TOO_LONG, message: 'x'.repeat(5000) }
    const text = failedCallText({ ...call({ model: 'm'.repeat(5000) }), failure })
    expect(text).toContain('failed, context-too-long (400): xxx')
    expect(text.length).toBeLessThan(600)
  })

  it('is none that a later call made good, that the application let go, or that failed on the other side as well', () => {
    const failed = call({ failure: NOT_FOUND })
    expect(ownFailedCall(one([failed, call()]), [])).toBeNull()
    expect(ownFailedCall(one([call({ failure: { ...NOT_FOUND, cause: 'cancelled' } })]), [])).toBeNull()
    expect(ownFailedCall(one([failed]), [one([failed])])).toBeNull()
    expect(ownFailedCall(one([call({ failure: TOO_LONG }), failed]), [one([call({ failure: TOO_LONG })])])).toBe(failed)
    expect(ownFailedCall(undefined, [])).toBeNull()
  })
})

describe('broken cases of an application', () => {
  /** Ten cases that the head loses; `callsOf` says what each of its runs called, `outcomes` how they end (the last one, the rest). */
  function measuredOf(callsOf: (at: number) => readonly ModelCall[], ...outcomes: readonly Outcome[]): Measured {
    const planned = planOf('app', { cases: 10 })
    const target: Target = {
      ...{ kind: 'command', command: ['node', 'app.mjs'], perCase: false, workers: 1, environment: [] },
    }
    const plan = { ...planned, head: { ...planned.head, target } }
    const runs = [...plan.cases.values()].map(({ kase, role }, at): CaseRuns => {
      const head = runOf(kase.id, 'head', false, callsOf(at))
      const outcome = outcomes[Math.min(at, outcomes.length - 1)]
      return {
        ...{ kase, role, identical: false, passes: 1 },
        base: [runOf(kase.id, 'base', true, [call({ model: 'gpt-4' })])],
        head: [outcome === undefined ? head : { ...head, outcome }],
      }
    })
    const cases = runs.map((each) => compareCase(each, metricOf('pass')))
    const decision: Measured['decision'] = {
      ...{ outcome: 'fail', rule: 'fail-all', pairs: 10, net: null, upper: null, p: null, mustPassBroken: [] },
      ...{ interval: { mean: -100, low: -100, high: -60 }, labels: {}, next: [] },
    }
    const score = { base: 100, head: 0, delta: -100, low: -100, high: -60 }
    return { plan, cases, decision, score, cost: {} as Measured['cost'] }
  }
  function headline(measured: Measured): string {
    const { finding } = scoreCheck(measured, null)
    const verdict = { name: 'app', outcome: 'fail', mode: 'enforce', findings: finding ? [finding] : [] }
    return headlineOf(
      {
        ...{ measured: [measured], verdicts: [verdict as unknown as SetVerdict], routes: [] },
        ...{ plannedCalls: null, plannedUsd: null },
      },
      { outcome: 'fail', blocks: true },
      finding ? [finding] : [],
    )
  }

  it('that share a failed call: the headline, the finding and the remedy name it', () => {
    const measured = measuredOf(() => [call({ failure: NOT_FOUND })])
    const cause = `a call of openai/gtp-4 failed, unknown-model: ${MESSAGE}`
    expect(headline(measured)).toContain(`10 of 10 cases broke in app (${cause}), score 100 to 0`)
    const { finding } = scoreCheck(measured, null)
    expect(finding?.message).toContain(`${cause}. The pass rate drops`)
    expect(finding?.remedy).toMatch(/^Fix the application's call of openai\/gtp-4, or accept/)
  })

  it.each([
    ['one of them has none', (at: number) => (at === 4 ? [] : [call({ failure: NOT_FOUND })])],
    ['they are of two causes', (at: number) => [call({ failure: at === 4 ? TOO_LONG : NOT_FOUND })]],
    ['they are of two models', (at: number) => [call({ failure: NOT_FOUND, model: at === 4 ? 'other' : 'gtp-4' })]],
  ])('share none where %s', (_, callsOf) => {
    const measured = measuredOf(callsOf)
    expect(sharedFailure(measured)).toBeNull()
    expect(headline(measured)).toContain('10 of 10 cases broke in app, score')
    expect(scoreCheck(measured, null).finding?.remedy).toMatch(/^Fix the application for the cases listed/)
  })

  it('that ended in an error are explained by that', () => {
    const failure: Failure = { kind: 'behavioural', cause: 'application-error', message: 'no such file' }
    expect(sharedFailure(measuredOf(() => [], { state: 'failed', failure }))).toEqual({
      ...{ message: 'no such file', isFault: false },
    })
  })

  it('that ended in errors of several kinds have the one that most of them share, or none', () => {
    const all = (messages: readonly string[]) => {
      const failures = messages.map(
        (message): Outcome => ({
          state: 'failed',
          failure: { kind: 'behavioural', cause: 'application-error', message },
        }),
      )
      return sharedFailure(measuredOf(() => [], ...failures))
    }
    const rare = ['first kind', ...Array<string>(9).fill('second kind')]
    expect(all(rare)?.message).toBe('second kind')
    expect(all([...Array<string>(5).fill('one'), ...Array<string>(5).fill('other')])).toBeNull()
    expect(all(Array.from({ length: 10 }, (_, at) => `no row ${at}`))?.message).toBe('no row 0')
  })

  it('that a provider answered with a fault are its doing: the remedy asks nobody to mend a prompt', () => {
    const failure: Failure = { kind: 'transient', cause: 'server', status: 503, message: 'openai answered 503: req 1' }
    const measured = measuredOf(() => [], { state: 'failed', failure })
    expect(sharedFailure(measured)).toEqual({ message: failure.message, isFault: true })
    expect(scoreCheck(measured, null).finding?.remedy).toMatch(/^The base was answered meanwhile: run it again/)
  })
})
