// A base that answered no call: what is said of it, and when nothing was shown at all.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { type CaseRuns, compareCase, metricOf } from '../../src/compare.ts'
import type { Result, SideLabel } from '../../src/domain.ts'
import { headlineOf } from '../../src/gate/headline.ts'
import type { Measured } from '../../src/gate/measured.ts'
import { judgeSet } from '../../src/gate/set-verdict.ts'
import { isHeadWrong, silentBase } from '../../src/gate/silent-base.ts'

type Shape = { readonly answered?: number; readonly ties?: number; readonly passes?: number }
const CASES = 6

/** The base of the first `answered` cases answers wrongly, the others are refused; the first `passes` heads are right. */
function measuredOf(name: string, { answered = 0, ties = 0, passes = 0 }: Shape): Measured {
  const plan = planOf(name, { cases: CASES })
  const run = (caseId: string, side: SideLabel, score: 0 | 1 | null): Result => ({
    trial: { evalSet: name, caseId, side, step: 'pass', index: 0 },
    outcome:
      score === null
        ? { state: 'failed', failure: { kind: 'behavioural', cause: 'unknown-model', message: 'gone.' } }
        : { state: 'answered', answer: { text: 'x', latencyMs: 1 } },
    ...{ scores: [], state: 'scored', score: score ?? 0, pass: score === 1 },
  })
  const runs = [...plan.cases.values()].map(({ kase, role }, at): CaseRuns => {
    const identical = at >= CASES - ties
    const base = identical ? [] : [run(kase.id, 'base', at < answered ? 0 : null)]
    const head = identical ? [] : [run(kase.id, 'head', at < passes ? 1 : 0)]
    return { kase, role, identical, passes: 1, base, head }
  })
  const head = ties > 0 ? null : (100 * passes) / CASES
  return {
    plan,
    cases: runs.map((one) => compareCase(one, metricOf('pass'))),
    decision: {
      ...{ outcome: 'pass', rule: 'pass-losses', pairs: CASES, net: null, upper: null, p: 0.5, mustPassBroken: [] },
      ...{ interval: { mean: 0, low: -9, high: 9 }, labels: {}, next: [] },
    },
    score: { base: 0, head, delta: head ?? 0, low: null, high: null },
    cost: { report: {}, ratio: null, headUsd: null, why: null } as unknown as Measured['cost'],
  }
}

const judged = (measured: Measured) => judgeSet(measured, { baseSha: null, waivers: [], today: '2026-01-01' })
const headline = (...measured: readonly Measured[]) =>
  headlineOf(
    { measured, verdicts: measured.map(judged), routes: [], plannedCalls: null, plannedUsd: null },
    { outcome: 'pass', blocks: false },
    [],
  )

describe('a base that answered no call', () => {
  it.each<[string, Shape, string | null, boolean, string]>([
    ['and a head that passes', { passes: 6 }, 'gone', false, 'pass'],
    ['and a head of which one case passes', { passes: 1 }, 'gone', false, 'pass'],
    ['and a head that is wrong', {}, 'gone', true, 'not-measured'],
    ['beside ties, which stand for themselves', { ties: 2 }, 'gone', false, 'pass'],
    ['is one that answered once', { answered: 1 }, null, true, 'pass'],
    ['is none where nobody was asked', { ties: CASES }, null, false, 'pass'],
  ])('%s', (_, shape, why, isWrong, outcome) => {
    const measured = measuredOf('s', shape)
    expect([silentBase(measured), isHeadWrong(measured), judged(measured).outcome]).toEqual([why, isWrong, outcome])
    const said = judged(measured).findings.filter(({ message }) => message.includes('no call of the base'))
    expect(said.map(({ rule }) => rule)).toEqual(
      why === null ? [] : [outcome === 'pass' ? 'provider-error' : 'not-measured'],
    )
  })

  it('is what the headline says, of one set and of several', () => {
    expect(headline(measuredOf('s', { passes: 6 }))).toBe(
      'Passes: score 100 on the head of s; no call of the base was answered (gone), so that there is nothing to compare with.',
    )
    expect(headline(measuredOf('s', { ties: 2, passes: 1 }))).toBe(
      'Passes: no call of the base of s was answered (gone), so that there is nothing to compare with.',
    )
    expect(headline(measuredOf('s', { passes: 6 }), measuredOf('t', { answered: CASES }))).toMatch(
      /^2 of 2 eval sets pass, 1 without an answer of the base to compare with; the largest change is t, score 0 to 0/,
    )
    expect(headline(measuredOf('s', { answered: CASES }))).toContain('none of 6 cases got worse')
  })
})
