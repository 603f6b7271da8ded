// What earlier runs saw, for an issue that is edited for days: each of them told it once.

import { providerEvents } from './events.ts'
import type { HistoryRecord, RunRecord } from './records.ts'
import type { DriftEvent, DriftSet } from './report.ts'

/** Days before the departure within which an event may have to do with it. */
export const NEAR_DAYS = 14

/** Of the sets that are outside their band, from two weeks before the departure on; what the present run saw is not among them. */
export function earlierEvents(records: readonly HistoryRecord[], sets: readonly DriftSet[]): readonly DriftEvent[] {
  return sets.flatMap(({ evalSet, since }) => {
    if (since === null) return []
    const from = Date.parse(since) - NEAR_DAYS * 86_400_000
    const runs = records
      .filter((one) => one.kind === 'run')
      .filter((one) => one.evalSet === evalSet && one.role === 'pinned' && one.figures.score !== null)
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    return runs.flatMap((run, at) => {
      const last = runs[at - 1]
      // Another content asks other models by itself.
      if (Date.parse(run.at) < from || last === undefined || last.key !== run.key) return []
      return providerEvents({ last, baseline: baselineOf(records, run) }, run.figures, { evalSet, at: run.at })
    })
  })
}

function baselineOf(records: readonly HistoryRecord[], { monitor }: RunRecord) {
  if (monitor === undefined) return null
  return records.filter((one) => one.kind === 'baseline').find(({ id }) => id === monitor.baseline) ?? null
}

/** The run that found the drift, with the one that confirmed it. */
export type Confirmation = { readonly at: string; readonly z: number; readonly confirmedZ: number }

/** By eval set; of the present departure, as the history has it. */
export function confirmations(
  records: readonly HistoryRecord[],
  sets: readonly DriftSet[],
): ReadonlyMap<string, Confirmation> {
  const found = sets.flatMap(({ evalSet, since }) => {
    if (since === null) return []
    const [first] = records
      .filter((one) => one.kind === 'run')
      .filter((one) => one.evalSet === evalSet && one.role === 'pinned' && one.monitor?.state === 'drift')
      .filter(({ at, monitor }) => Date.parse(at) >= Date.parse(since) && monitor?.confirmedZ !== undefined)
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    const { z, confirmedZ } = first?.monitor ?? {}
    return first === undefined || z === undefined || confirmedZ === undefined
      ? []
      : [[evalSet, { at: first.at, z, confirmedZ }] as const]
  })
  return new Map(found)
}
