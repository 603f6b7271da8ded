// Series that drifted when their content was changed.

import { describe, expect, it } from 'vitest'
import { acceptRecord } from '../../src/drift/accept.ts'
import { endedEvents, endedSeries } from '../../src/drift/ended.ts'
import type { HistoryRecord, MonitorMark } from '../../src/drift/records.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'
import { driftSet } from '../fakes/drift-report.ts'

const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T05:00:00Z`
const run = (day: number, state: MonitorMark['state'], key = 'old') =>
  runRecord({
    ...{ at: at(day), evalSet: 's', key, figures: figuresOf([1], { score: 80 }) },
    monitor: { baseline: 'b', z: 4, cusum: 4, state },
  })
const ended = (records: readonly HistoryRecord[], key = 'new') => endedSeries(records, [{ evalSet: 's', key }])

describe('a series that ended in drift', () => {
  it('is told with its last run', () => {
    expect(ended([run(1, 'in-band'), run(2, 'drift'), run(3, 'drift')]).get('s')).toEqual({
      ...{ at: at(3), score: 80, baseline: null },
    })
  })

  it.each<[string, readonly HistoryRecord[], string]>([
    ['the same content', [run(2, 'drift')], 'old'],
    ['one that had recovered', [run(2, 'drift'), run(3, 'in-band')], 'new'],
    ['one that the new content was judged after', [run(2, 'drift'), run(3, 'in-band', 'new')], 'new'],
    [
      'one that was accepted',
      [run(2, 'drift'), acceptRecord({ evalSets: ['s'], reason: 'r', actor: null, at: at(3) })],
      'new',
    ],
    ['none', [], 'new'],
  ])('is not: %s', (_, records, key) => {
    expect(ended(records, key).size).toBe(0)
  })

  it('is an event until it is judged anew', () => {
    const series = ended([run(2, 'drift')])
    const events = (state: 'baseline' | 'drift') => endedEvents(series, [driftSet({ evalSet: 's', state })], at(3))
    expect(events('baseline')).toMatchObject([
      { evalSet: 's', message: expect.stringContaining('2026-11-02: 80 points') },
    ])
    expect(events('drift')).toEqual([])
  })
})
