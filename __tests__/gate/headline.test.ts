// The first sentence: what it names of the cost, and of what could not be measured.

import { expect, it } from 'vitest'
import type { Finding } from '../../src/domain.ts'
import { headlineOf } from '../../src/gate/headline.ts'
import { report } from '../report/samples.ts'

const delta = (level: Finding['level']): Finding => ({
  ...{
    rule: 'route-delta',
    level,
    evalSet: null,
    message: 'The change raises the cost of route support by $780 a month.',
  },
  ...{ threshold: '$500', value: '$780', remedy: 'Shorten it.' },
})
const input = {
  ...{ measured: [], verdicts: [], plannedCalls: null, plannedUsd: null },
  routes: report().routes,
}
const COST = '; cost of support +$780'

it('a warning does not take the cost out of the sentence', () => {
  expect(headlineOf(input, { outcome: 'pass', blocks: false }, [delta('warn')])).toContain(COST)
})

it('a failure that says it is enough', () => {
  const headline = headlineOf(input, { outcome: 'fail', blocks: true }, [delta('fail')])
  expect(headline).toContain('by $780 a month')
  expect(headline).not.toContain(COST)
})

it('a gate that lacks what it measures is named, where every call was answered', () => {
  const lacking: Finding = {
    ...{ rule: 'scorer-rate', level: 'warn', evalSet: 'a', message: 'No case was scored by `is-refusal`.' },
    ...{ threshold: null, value: null, remedy: 'Add the scorer.' },
  }
  const verdicts = [{ name: 'a', outcome: 'not-measured', findings: [lacking] }] as unknown as Parameters<
    typeof headlineOf
  >[0]['verdicts']
  const headline = (findings: readonly Finding[]) =>
    headlineOf({ ...input, verdicts, routes: [] }, { outcome: 'not-measured', blocks: true }, findings)
  expect(headline([delta('warn'), lacking])).toBe('Not measured: a: No case was scored by `is-refusal`.')
  const missing: Finding = { ...lacking, rule: 'missing-runs', message: '3 cases of 10 could not be measured.' }
  expect(headline([lacking, missing])).toBe('Not measured: a: 3 cases of 10 could not be measured.')
})
