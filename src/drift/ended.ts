// Series that drifted when a merge changed what is asked: nothing of them can be measured any more, so that nobody knows whether
// they would have recovered. Pure.

import { formatPoints } from '../report/numbers.ts'
import type { HistoryRecord, RunRecord } from './records.ts'
import type { DriftEvent, DriftSet } from './report.ts'

export type EndedSeries = {
  /** Of its last run, ISO 8601. */
  readonly at: string
  /** Points on 0-100. */
  readonly score: number | null
  readonly baseline: number | null
}

export type Asked = { readonly evalSet: string; readonly key: string }

/** By eval set: its last run that the monitor judged was one of a drift, under another content than that of today. */
export function endedSeries(
  records: readonly HistoryRecord[],
  today: readonly Asked[],
): ReadonlyMap<string, EndedSeries> {
  return new Map(
    today.flatMap(({ evalSet, key }) => {
      const last = lastJudged(records, evalSet)
      if (last?.monitor?.state !== 'drift' || last.key === key) return []
      const accepted = records.some(
        (one) => one.kind === 'accept' && one.evalSets.includes(evalSet) && one.at >= last.at,
      )
      if (accepted) return []
      const baseline = records.filter((one) => one.kind === 'baseline').find(({ id }) => id === last.monitor?.baseline)
      return [[evalSet, { at: last.at, score: last.figures.score, baseline: baseline?.figures.score ?? null }] as const]
    }),
  )
}

function lastJudged(records: readonly HistoryRecord[], evalSet: string): RunRecord | null {
  return records
    .filter((one) => one.kind === 'run')
    .filter((one) => one.evalSet === evalSet && one.role === 'pinned' && one.monitor !== undefined)
    .reduce<RunRecord | null>(
      (last, one) => (last === null || Date.parse(one.at) >= Date.parse(last.at) ? one : last),
      null,
    )
}

/** `82.7 points, 92.1 in its baseline`; what is not known is left out. */
export function endedWords({ score, baseline }: EndedSeries): string {
  if (score === null) return ''
  return `${formatPoints(score)} points${baseline === null ? '' : `, ${formatPoints(baseline)} in its baseline`}`
}

/** Told in every run until one is judged against the new baseline. */
export function endedEvents(
  ended: ReadonlyMap<string, EndedSeries>,
  sets: readonly DriftSet[],
  at: string,
): readonly DriftEvent[] {
  return sets.flatMap(({ evalSet, state }) => {
    const series = ended.get(evalSet)
    if (series === undefined || state === 'drift') return []
    const words = endedWords(series)
    const message = `What it asks was changed while it drifted (last on ${series.at.slice(0, 10)}${words === '' ? '' : `: ${words}`}). That series has ended, and the present baseline says nothing about that fall.`
    return [{ kind: 'history', evalSet, at, message }]
  })
}
