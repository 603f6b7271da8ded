// Reports held against their records, where only the report counts the ties.

import { describe, expect, it } from 'vitest'
import type { RecordRow } from '../../src/domain.ts'
import { agreementOfSet } from '../../src/gate/agreement.ts'
import type { Verification } from '../../src/gate/verify.ts'
import type { EvalSetReport, Report } from '../../src/report/report.ts'
import { pairedInterval } from '../../src/stats/paired.ts'

describe('a score with ties', () => {
  const rows = (['base', 'head'] as const).map(
    (side): RecordRow => ({ case: 'a', step: 'pass', side, index: 0, score: side === 'base' ? 1 : 0 }),
  )
  const { low, high } = pairedInterval([-1, 0, 0, 0])
  const differs = (identical: number) => {
    const set = {
      name: 's',
      rule: null,
      outcome: 'not-comparable',
      passes: 1,
      cases: { identical },
      score: { base: null, head: null, delta: -25, low: 100 * low, high: 100 * high },
      ...{ gates: [], added: [], edited: [], missing: [], mustPass: [] },
    } as unknown as EvalSetReport
    const found = { rule: null, outcome: 'pass' } as unknown as Verification
    const report = { verdict: { findings: [] } } as unknown as Report
    return agreementOfSet(set, { found, rows, report }).differs
  }

  it('is worked out from their count', () => {
    expect(differs(3)).toEqual([])
  })

  it('differs with a count that nobody could list', () => {
    expect(differs(5e9)).toContainEqual(expect.stringMatching(/^score\.delta is -25/))
  })
})
