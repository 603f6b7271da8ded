// Which part of a run turns the check red: the sets that enforce, and what belongs to none where the run does.

import { expect, it } from 'vitest'
import { decide } from '../../src/gate/decide.ts'
import type { SetVerdict } from '../../src/gate/set-verdict.ts'

type Mode = SetVerdict['mode']

const set = (outcome: SetVerdict['outcome'], mode: Mode): SetVerdict => ({
  ...{ name: `${outcome} ${mode}`, outcome, rule: null, mode, rows: [], findings: [], slices: [], scorers: [] },
  latency: { ratio: null, low: null, high: null, p95: { base: null, head: null }, stages: [] },
})

function ended(sets: readonly SetVerdict[], mode: Mode, more: { incomplete?: boolean } = {}) {
  const { outcome, blocks } = decide({
    ...{ sets, findings: [], plannedOnly: null, incomplete: false, mode, headline: () => '' },
    ...{ onInconclusive: 'fail', onNotMeasured: 'fail', ...more },
  })
  return [outcome, blocks]
}

it.each<[readonly SetVerdict[], Mode, string, boolean]>([
  [[set('fail', 'report'), set('pass', 'enforce')], 'enforce', 'fail', false],
  [[set('fail', 'enforce'), set('pass', 'report')], 'report', 'fail', true],
  [[set('not-measured', 'report'), set('pass', 'enforce')], 'enforce', 'not-measured', false],
  [[set('not-measured', 'enforce')], 'report', 'not-measured', true],
  [[set('inconclusive', 'report')], 'enforce', 'inconclusive', false],
  // What is shown only does not hide that a set which counts could not be measured.
  [[set('fail', 'report'), set('not-measured', 'enforce')], 'enforce', 'not-measured', true],
])('%#', (sets, mode, outcome, blocks) => {
  expect(ended(sets, mode)).toEqual([outcome, blocks])
})

it('a run that ended before any set was measured counts by its own mode', () => {
  expect(ended([], 'enforce', { incomplete: true })).toEqual(['not-measured', true])
  expect(ended([], 'report', { incomplete: true })).toEqual(['not-measured', false])
  expect(ended([set('pass', 'report')], 'enforce', { incomplete: true })).toEqual(['not-measured', false])
})
