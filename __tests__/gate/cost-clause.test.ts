// The headline names the month's cost, unless its sentence is about that already.

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
  ...{ measured: [], verdicts: [], plannedCalls: null, plannedUsd: null, reportOnly: false },
  routes: report().routes,
}
const COST = '; cost of support +$780'

it('a warning does not take the cost out of the sentence', () => {
  expect(headlineOf(input, 'pass', [delta('warn')])).toContain(COST)
})

it('a failure that says it is enough', () => {
  const headline = headlineOf(input, 'fail', [delta('fail')])
  expect(headline).toContain('by $780 a month')
  expect(headline).not.toContain(COST)
})
