import { describe, expect, it } from 'vitest'
import { compactRecord, firstWholeMonth, joinRecords, newRecords, orderRecords } from '../../src/drift/join.ts'
import type { HistoryRecord, RunRecord } from '../../src/drift/records.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { pastOf, runRecord } from '../fakes/drift-records.ts'

const now = Date.parse('2026-11-28T06:00:00Z')
const past = pastOf({ sets: 2, days: 200, cases: 8, from: '2026-05-12T05:00:00Z', mergesPerWeek: 3 })
const levels = (records: readonly HistoryRecord[]) => records.filter((one) => one.kind === 'run' && one.levels)

/** Overlapping parts of the past, some of them compacted, some with another word under the same id. */
function parts(seed: string): readonly (readonly HistoryRecord[])[] {
  const random = seededRandom(seed)
  const some = (records: readonly HistoryRecord[]) => records.filter(() => random() < 0.6)
  const changed = (record: HistoryRecord): HistoryRecord =>
    record.kind === 'run' && random() < 0.1 ? { ...record, commit: `${Math.floor(random() * 3)}`.repeat(40) } : record
  return Array.from({ length: 4 }, () => {
    const part = shuffled(some(past), random).map(changed)
    return random() < 0.5 ? part.map((record) => compactRecord(record, now)) : part
  })
}

const seeds = Array.from({ length: 12 }, (_, seed) => [`seed ${seed}`])

describe('joining and compacting', () => {
  it.each(seeds)('does not depend on order, grouping or repetition (%s)', (seed) => {
    const [a = [], b = [], c = [], d = []] = parts(seed)
    const all = joinRecords(a, b, c, d)
    expect(joinRecords(d, c, b, a)).toEqual(all)
    expect(joinRecords(joinRecords(a, b), joinRecords(c, d))).toEqual(all)
    expect(joinRecords(all, a, all)).toEqual(all)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  it.each(seeds)('compacting before or after comes to the same (%s)', (seed) => {
    const [a = [], b = [], c = [], d = []] = parts(seed)
    const compact = (records: readonly HistoryRecord[]) => records.map((record) => compactRecord(record, now))
    const once = compact(joinRecords(a, b, c, d))
    expect(compact(once)).toEqual(once)
    expect(compact(joinRecords(compact(a), compact(b), compact(c), compact(d)))).toEqual(once)
  })

  it('only old scheduled runs lose their levels, and nothing else', () => {
    const compacted = past.map((record) => compactRecord(record, now))
    expect(firstWholeMonth(now)).toBe('2026-08')
    expect(compacted.map(({ id }) => id)).toEqual(past.map(({ id }) => id))
    const lost = past.filter(
      (record, at) => record.kind === 'run' && 'levels' in record && !('levels' in (compacted[at] ?? {})),
    )
    expect(lost.length).toBe(2 * (20 + 30 + 31))
    expect(lost.every((record) => record.kind === 'run' && record.role === 'pinned' && record.at < '2026-08')).toBe(
      true,
    )
    expect(levels(compacted).some((record) => record.at < '2026-08')).toBe(true) // merges
    expect(compacted.filter(({ kind }) => kind === 'baseline')).toEqual(past.filter(({ kind }) => kind === 'baseline'))
  })

  it('a copy with levels completes one without', () => {
    const whole = runRecord({ at: '2026-01-01T00:00:00Z' })
    const { levels: _, ...less } = whole
    expect(joinRecords([less], [whole])).toEqual([whole])
    expect(joinRecords([whole], [less])).toEqual([whole])
  })

  it('times are compared as times', () => {
    const [a, b, c] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.500Z', '2026-01-01T00:00:01Z'].map(
      (at): RunRecord => runRecord({ at }),
    )
    if (!a || !b || !c) throw new Error('no samples')
    expect(orderRecords([c, b, a])).toEqual([a, b, c])
  })

  it('new is what has an id that is not known, once', () => {
    const [a, b] = [runRecord({ at: '2026-01-01T00:00:00Z' }), runRecord({ at: '2026-01-02T00:00:00Z' })]
    expect(newRecords([b, a, b], [a])).toEqual([b])
  })
})
