// Accepting a drift: the record, and which sets drift now. Pure.

import { recordId } from './lines.ts'
import type { AcceptRecord, HistoryRecord, RunRecord } from './records.ts'

export function acceptRecord(of: Pick<AcceptRecord, 'config' | 'evalSets' | 'reason' | 'actor' | 'at'>): AcceptRecord {
  const { evalSets, reason, at, config = '' } = of
  return { v: 1, kind: 'accept', id: recordId('accept', ...evalSets, reason, at, config), ...of }
}

/** Sets whose last run of the pin is outside the band, or was when it was last measured. */
export function driftingSets(records: readonly HistoryRecord[]): readonly string[] {
  const last = new Map<string, RunRecord>()
  for (const one of records) {
    if (one.kind !== 'run' || one.role !== 'pinned' || one.monitor === undefined) continue
    const known = last.get(one.evalSet)
    if (known === undefined || Date.parse(one.at) >= Date.parse(known.at)) last.set(one.evalSet, one)
  }
  return [...last.values()]
    .filter(({ monitor }) => monitor?.state === 'drift')
    .map(({ evalSet }) => evalSet)
    .sort()
}
