// Several configurations of one repository share the branch, and may have eval sets of one name: whose a record is. Pure.

import type { HistoryRecord } from './records.ts'

/** What no other configuration has written. What an early release wrote names none, and is left to those whose content it is of. */
export const withoutOthers = (records: readonly HistoryRecord[], config: string): readonly HistoryRecord[] =>
  records.filter((record) => (record.config ?? config) === config)

/**
 * The records of one configuration. Those of an eval set that name none belong to whichever configuration wrote of the set first
 * since then, and until one did, to all: a repository with a single configuration keeps what it has.
 */
export function ownRecords(records: readonly HistoryRecord[], config: string): readonly HistoryRecord[] {
  const heirs = heirsOf(records)
  const isOwn = (evalSet: string) => (heirs.get(evalSet) ?? config) === config
  return withoutOthers(records, config).flatMap((record): readonly HistoryRecord[] => {
    if (record.config !== undefined) return [record]
    if ('evalSet' in record) return isOwn(record.evalSet) ? [record] : []
    if (record.kind !== 'accept') return [record]
    const evalSets = record.evalSets.filter(isOwn)
    return evalSets.length === 0 ? [] : [evalSets.length === record.evalSets.length ? record : { ...record, evalSets }]
  })
}

/** By eval set: the configuration that wrote of it first. @param records by time */
export function heirsOf(records: readonly HistoryRecord[]): ReadonlyMap<string, string> {
  const heirs = new Map<string, string>()
  for (const record of records)
    if ('evalSet' in record && record.config !== undefined && !heirs.has(record.evalSet))
      heirs.set(record.evalSet, record.config)
  return heirs
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Written by a machine whose clock was wrong: what is said to happen later would come after every run until then. */
export const isFuture = ({ at }: HistoryRecord, nowMs: number): boolean => Date.parse(at) > nowMs + DAY_MS

const RECENT_MS = 60 * DAY_MS

/** Eval sets that other configurations watch: false issues are counted for the repository. */
export function watchedElsewhere(records: readonly HistoryRecord[], config: string, nowMs: number): number {
  const sets = records.flatMap((one) =>
    one.kind === 'run' && one.role === 'pinned' && (one.config ?? config) !== config
      ? nowMs - Date.parse(one.at) > RECENT_MS
        ? []
        : [JSON.stringify([one.config, one.evalSet])]
      : [],
  )
  return new Set(sets).size
}
