// The last recorded scores of a set, and how much it varies when nothing changes.

import type { BaselineRecord, HistoryRecord, RunRecord } from './records.ts'

export type Trend = {
  /** Of the last merges and scheduled runs, oldest first, on 0-100. */
  readonly scores: readonly number[]
  readonly merges: number
  /** ISO 8601, of the first and the last of them. */
  readonly from: string
  readonly to: string
  /** Standard deviation of one complete pass when nothing changes, in points; null = no baseline of ten runs yet. */
  readonly noisePoints: number | null
}

const RUNS = 20

export function trendOf(records: readonly HistoryRecord[], evalSet: string): Trend | null {
  const runs = records.filter(
    (one): one is RunRecord =>
      one.kind === 'run' && one.evalSet === evalSet && (one.role === 'merge' || one.role === 'pinned'),
  )
  // The runs of a baseline are made at one moment; one of them is shown.
  const known = new Map(
    runs.flatMap(({ at, role, figures }) => {
      const { score } = figures
      return score === null || score < 0 || score > 100 ? [] : [[at, { at, role, score }] as const]
    }),
  )
  const shown = [...known.values()].slice(-RUNS)
  const [first, last] = [shown[0], shown.at(-1)]
  if (first === undefined || last === undefined) return null
  return {
    scores: shown.map((one) => one.score),
    merges: shown.filter((one) => one.role === 'merge').length,
    from: first.at,
    to: last.at,
    noisePoints: noiseOf(records, evalSet),
  }
}

/** Pooled within the cases of the newest baseline; of graded scores the most that it can be. */
function noiseOf(records: readonly HistoryRecord[], evalSet: string): number | null {
  const baseline = records.findLast(
    (one): one is BaselineRecord => one.kind === 'baseline' && one.evalSet === evalSet && one.runs > 1,
  )
  if (baseline === undefined) return null
  if (typeof baseline.sd === 'number') return baseline.sd
  const levels = baseline.cases.flatMap(({ level }) => (level === null || level < 0 || level > 1 ? [] : [level]))
  if (levels.length === 0) return null
  const unbiased = baseline.runs / (baseline.runs - 1)
  const variance = levels.reduce((sum, level) => sum + level * (1 - level) * unbiased, 0)
  return (100 * Math.sqrt(variance)) / levels.length
}
