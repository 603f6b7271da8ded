// Whose a record is, where several configurations write to one branch.

import { describe, expect, it } from 'vitest'
import { acceptRecord } from '../../src/drift/accept.ts'
import { ownRecords, watchedElsewhere, withoutOthers } from '../../src/drift/own.ts'
import { pageOf } from '../../src/drift/page.ts'
import type { HistoryRecord } from '../../src/drift/records.ts'
import { runRecord } from '../fakes/drift-records.ts'

const [A, B] = ['services/a/parity.yaml', 'services/b/parity.yaml']
const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T05:00:00Z`
const run = (day: number, config?: string, evalSet = 'support') =>
  runRecord({ at: at(day), evalSet, id: `run-${day}-${config ?? 'old'}-${evalSet}`, ...(config && { config }) })
const ids = (records: readonly HistoryRecord[]) => records.map(({ id }) => id)

describe('records of several configurations', () => {
  it('are each of the one that wrote them', () => {
    const records = [run(1, A), run(2, B), run(3, A)]
    expect(ids(ownRecords(records, A))).toEqual(ids([run(1, A), run(3, A)]))
    expect(ids(ownRecords(records, B))).toEqual(ids([run(2, B)]))
    expect(ownRecords(records, 'parity.yaml')).toEqual([])
  })

  it('that name none stay with a repository that has only one, whatever its name', () => {
    const old = [run(1), run(2)]
    expect(ids(ownRecords(old, A))).toEqual(ids(old))
    expect(ids(ownRecords([...old, run(3, A)], A))).toEqual(ids([...old, run(3, A)]))
  })

  it('that name none are not those of a second configuration which came later', () => {
    const records = [run(1), run(2, A), run(3, B)]
    expect(ids(ownRecords(records, B))).toEqual(ids([run(3, B)]))
    // By its content alone it may find them: the question is the same.
    expect(ids(withoutOthers(records, B))).toEqual(ids([run(1), run(3, B)]))
  })

  it('an accept that names none is split between those whose sets it names', () => {
    const accept = acceptRecord({ evalSets: ['support', 'refunds'], reason: 'r', actor: null, at: at(1) })
    const records = [accept, run(2, A, 'support'), run(2, B, 'refunds')]
    const accepted = (config: string) =>
      ownRecords(records, config).flatMap((one) => (one.kind === 'accept' ? one.evalSets : []))
    expect([accepted(A), accepted(B)]).toEqual([['support'], ['refunds']])
  })

  it('sets that others watch now count for the limits, once each', () => {
    const records = [
      run(1, B),
      run(2, B),
      run(2, B, 'refunds'),
      run(2, A),
      run(2),
      { ...run(2, B, 'x'), role: 'merge' },
    ]
    expect(watchedElsewhere(records as HistoryRecord[], A, Date.parse(at(3)))).toBe(2)
    expect(watchedElsewhere(records as HistoryRecord[], A, Date.parse(at(3)) + 90 * 86_400_000)).toBe(0)
  })

  it('sets of one name are two on the page, and of one configuration named plainly', () => {
    const page = (records: readonly HistoryRecord[]) => pageOf({ records, registry: [], now: Date.parse(at(3)) })
    const both = page([run(1), run(2, A), run(2, B)])
    expect(both).toContain(`support (${A})`)
    expect(both).toContain(`support (${B})`)
    expect(both.match(/<summary><b>/g)).toHaveLength(2)
    expect(page([run(1), run(2, A), run(1, undefined, 'gone')])).not.toContain(A)
  })
})
