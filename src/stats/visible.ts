// What an eval set can see through its own noise, from runs in which nothing changed.

import { mde } from './power.ts'

/** Chance that two runs of the case differ (graded: mean squared difference); null with fewer than two runs. */
export type CaseNoise = { readonly disagreement: number | null }

export type Noise = {
  /** Runs that differ from the run before, by a fifth of the scale or more, and how many such pairs there are. */
  readonly flips: number
  readonly pairs: number
  /** (flips + 1) / (pairs + 20): one flip in twenty is assumed before anything is known. */
  readonly phi: number
  /** Standard deviation of the difference between two runs of a case, smoothed in the same way. */
  readonly sd: number
  readonly perCase: readonly CaseNoise[]
}

/** Chance that two runs of a case differ, where nothing is known of it; what is shown says so. */
export const ASSUMED_FLAKE = 1 / 20

const CHANGED = 0.2 - 1e-9
/** Error rate at which the drop is to be seen, and how often. */
const VISIBLE = { alpha: 0.02, power: 0.8, sides: 1 } as const

/** Null when no case has two runs. Values are scores in [0, 1], in the order of the runs. */
export function flakeEstimate(cases: readonly (readonly number[])[]): Noise | null {
  const differences = cases.flatMap((values) => values.slice(1).map((value, i) => value - (values[i] ?? value)))
  if (differences.length === 0) return null
  const flips = differences.filter((d) => Math.abs(d) >= CHANGED).length
  const squares = differences.reduce((sum, d) => sum + d * d, 0)
  const weight = differences.length + 20
  return {
    flips,
    pairs: differences.length,
    phi: (flips + 1) / weight,
    sd: Math.sqrt((squares + 1) / weight),
    perCase: cases.map((values) => ({ disagreement: disagreementOf(values) })),
  }
}

/** Chance that two runs of a case differ: twice the unbiased variance; for passes and failures that is 2s(m - s) / (m(m - 1)). */
export function disagreementOf(values: readonly number[]): number | null {
  const m = values.length
  if (m < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / m
  return (2 * values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / (m - 1)
}

/**
 * Smallest drop, as a fraction, that the complete passes show in 80 runs of 100 at an error rate of 2 %, at
 * least one case: less than a whole case cannot be lost.
 */
export function visibleDrop(of: { readonly cases: number; readonly passes: number; readonly sd: number }): number {
  return Math.min(1, Math.max(1 / of.cases, mde(of.cases * of.passes, of.sd, VISIBLE)))
}

/** Cases with which a drop (a fraction above 0) is seen in the same way. */
export function casesToSee(drop: number, of: { readonly passes: number; readonly sd: number }): number {
  return Math.ceil(Math.max(1 / drop, (mde(of.passes, of.sd, VISIBLE) / drop) ** 2) - 1e-9)
}
