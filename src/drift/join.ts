// Histories put together, whatever the order in which their parts arrive: two writers, a local copy, a branch that came back.

import { monthOf, serializeRecord } from './lines.ts'
import type { HistoryRecord, RunRecord } from './records.ts'

/** Every record once, by time. Where two have one id, the choice depends on what they say and not on where they came from. */
export function joinRecords(...histories: readonly (readonly HistoryRecord[])[]): readonly HistoryRecord[] {
  const byId = new Map<string, HistoryRecord>()
  for (const history of histories) {
    for (const record of history) {
      const known = byId.get(record.id)
      byId.set(record.id, known === undefined || known === record ? record : preferred(known, record))
    }
  }
  return orderRecords([...byId.values()])
}

/** A compacted copy is the same record with less in it; else the greater text is taken, so that all readers take the same. */
function preferred(one: HistoryRecord, other: HistoryRecord): HistoryRecord {
  const [a, b] = [spelling(one), spelling(other)]
  return a >= b ? one : other
}

const spelling = (record: HistoryRecord): string =>
  `${serializeRecord(withoutLevels(record))}\n${(record.kind === 'run' && record.levels) || ''}`

/** By time, then by id. Times are compared as times: `…00Z` and `…00.000Z` are one. */
export function orderRecords(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  return records
    .map((record) => ({ record, ms: Date.parse(record.at) }))
    .sort((a, b) => a.ms - b.ms || (a.record.id < b.record.id ? -1 : a.record.id > b.record.id ? 1 : 0))
    .map(({ record }) => record)
}

/** Records of `known` are left out of `records`. */
export function newRecords(
  records: readonly HistoryRecord[],
  known: readonly HistoryRecord[],
): readonly HistoryRecord[] {
  const ids = new Set(known.map(({ id }) => id))
  return joinRecords(records).filter(({ id }) => !ids.has(id))
}

const KEPT_DAYS = 90
const DAY_MS = 86_400_000

/** The first month whose runs keep the levels of their cases; months before it are compacted as a whole, and once. */
export function firstWholeMonth(nowMs: number): string {
  return new Date(nowMs - KEPT_DAYS * DAY_MS).toISOString().slice(0, 7)
}

/**
 * Old scheduled runs lose their levels case by case. Merge runs keep them, since a release may be an anchor for years;
 * baselines have the means of their cases in themselves.
 */
export function compactRecord(record: HistoryRecord, nowMs: number): HistoryRecord {
  return monthOf(record) < firstWholeMonth(nowMs) ? withoutLevels(record, ['merge']) : record
}

function withoutLevels(record: HistoryRecord, kept: readonly RunRecord['role'][] = []): HistoryRecord {
  if (record.kind !== 'run' || record.levels === undefined || kept.includes(record.role)) return record
  const { levels: _, ...rest } = record
  return rest
}
