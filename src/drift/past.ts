// What the history says about one set under one content key: its baseline, how it stood after its last run, its last scores.

import { BASELINE_RUNS } from './baseline.ts'
import { AT_REST, advance, type Standing } from './monitor.ts'
import type { BaselineRecord, HistoryRecord, RunRecord } from './records.ts'
import { usualInterval } from './series.ts'

export type Past = {
  /** Complete or not; null = none that an accept has not ended. */
  readonly baseline: BaselineRecord | null
  readonly standing: Standing
  /** Standardised departures since the baseline, oldest first; of what got better. */
  readonly departures: readonly number[]
  /** The last measured run of the pin; null = none. */
  readonly last: RunRecord | null
  /** All runs of the pin under this key that the monitor saw or should have seen, oldest first. */
  readonly runs: readonly RunRecord[]
  /** Of the live models beside it, and every run of the pin, oldest first. */
  readonly live: readonly RunRecord[]
  readonly pinned: readonly RunRecord[]
}

export function pastOf(records: readonly HistoryRecord[], evalSet: string, key: string): Past {
  const baseline = baselineOf(records, evalSet, key)
  const of = (role: RunRecord['role']) =>
    records
      .filter((one) => one.kind === 'run')
      .filter((one) => one.evalSet === evalSet && one.key === key && one.role === role)
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const runs = of('pinned')
  const marked = runs.filter(({ monitor }) => baseline !== null && monitor?.baseline === baseline.id)
  return {
    baseline,
    standing: marked.reduce(replayed, AT_REST),
    departures: marked.flatMap(({ monitor }) => monitor?.z ?? []),
    last: runs.findLast(({ figures }) => figures.score !== null) ?? null,
    runs: runs.filter(({ monitor, figures }) => monitor !== undefined || figures.score === null),
    live: of('live'),
    pinned: runs,
  }
}

/** Of two that are complete the first is frozen, whoever wrote it; before that the one with the most runs grows. */
function baselineOf(records: readonly HistoryRecord[], evalSet: string, key: string): BaselineRecord | null {
  const accepted = Math.max(
    -1,
    ...records.flatMap((one) => (one.kind === 'accept' && one.evalSets.includes(evalSet) ? [Date.parse(one.at)] : [])),
  )
  const open = records
    .filter((one) => one.kind === 'baseline')
    .filter((one) => one.evalSet === evalSet && one.key === key && Date.parse(one.at) > accepted)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1))
  const complete = open.find(({ runs }) => runs >= BASELINE_RUNS)
  return complete ?? [...open].sort((a, b) => b.runs - a.runs)[0] ?? null
}

function replayed(before: Standing, { monitor, at }: RunRecord): Standing {
  if (monitor === undefined) return before
  // A drift that was over started from nothing again.
  if (before.state === 'drift' && monitor.state !== 'drift') return { ...AT_REST, state: monitor.state }
  return { ...advance(before, monitor.z, at), state: monitor.state }
}

const SHOWN_RUNS = 30

/** Scores of the last runs with today's; null where runs are missing: not measured, or none for more than two intervals. */
export function trendOf(
  runs: readonly RunRecord[],
  today: { readonly at: string; readonly score: number | null },
): readonly (number | null)[] {
  const all = [...runs.map(({ at, figures }) => ({ at, score: figures.score })), today].slice(-SHOWN_RUNS)
  const gaps = all.slice(1).map(({ at }, i) => Date.parse(at) - Date.parse(all[i]?.at ?? at))
  const usual = usualInterval(all)
  return all.flatMap(({ score }, i) => (usual !== null && (gaps[i - 1] ?? 0) > 2 * usual ? [null, score] : [score]))
}
