// How many cases a report says it rests on.

import { expect, it } from 'vitest'
import { casesSentence } from '../../src/report/sentences.ts'
import { evalSet, report } from './samples.ts'

const cases = { paired: 312, identical: 2, added: 0, removed: 0, edited: 0, missing: 88 }

it('a set that was cut off in its first look has in pairs what was asked, and not what never was', () => {
  const cut = report({ evalSets: [evalSet({ outcome: 'not-measured', cases, pairs: 12, passes: 1 })] })
  expect(casesSentence(cut)).toBe('14 cases in pairs, 298 not run, 2 with identical requests, 88 missing')
})

it('a set that is decided early rests on all of its cases', () => {
  const early = report({
    evalSets: [evalSet({ outcome: 'pass', cases: { ...cases, missing: 0 }, pairs: 80, passes: 1 })],
  })
  expect(casesSentence(early)).toBe('312 cases in pairs, 2 with identical requests')
})
