// How far a run may lie from its baseline without anything having changed.

import type { BaselineRecord } from './records.ts'

export type Band = {
  /** Points on 0-100. */
  readonly center: number
  readonly low: number
  readonly high: number
}

const WIDTH_SD = 2

/** Two standard deviations of one run around the baseline, whose own mean adds 1/m for m runs. */
export function bandOf(baseline: BaselineRecord): Band | null {
  const { runs, figures } = baseline
  const sd = baseline.sd ?? sdOfLevels(baseline)
  if (sd === null || figures.score === null) return null
  const reach = WIDTH_SD * sd * Math.sqrt(1 + 1 / runs)
  const { score } = figures
  return { center: score, low: Math.max(0, score - reach), high: Math.min(100, score + reach) }
}

/**
 * The cases are fixed, so that only those count that do not always come out the same: sd² = Σ p(1-p) · m/(m-1) / n², for m
 * runs of n cases. Exact where a case passes or does not; where it has a score, an upper bound.
 */
function sdOfLevels({ cases, runs }: BaselineRecord): number | null {
  const levels = cases.flatMap(({ level }) => (level === null ? [] : [Math.min(1, Math.max(0, level))]))
  if (levels.length === 0 || runs < 2) return null
  const spread = levels.reduce((sum, level) => sum + level * (1 - level), 0)
  return (100 * Math.sqrt((spread * runs) / (runs - 1))) / levels.length
}
