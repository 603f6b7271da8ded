// Intervals for paired figures: one number per case and side. Too few cases give null, never a number.

import { tCdf, tQuantile } from './student.ts'

export type Interval = { readonly mean: number; readonly se: number; readonly low: number; readonly high: number }

/**
 * The shown interval of the mean difference: one imaginary win and one imaginary loss are added, so that it keeps a
 * width when no case changed. Fractions in, fractions out; not clamped. Bonett & Price 2012 for pass/fail, the same formula for graded.
 * @param ties differences of 0 that are not listed
 */
export function pairedInterval(
  differences: readonly number[],
  { z = 1.96, ties = 0 }: { readonly z?: number; readonly ties?: number } = {},
): Interval {
  const cases = differences.length + ties + 2
  let sum = 0
  let squares = 2
  for (const d of differences) {
    sum += d
    squares += d * d
  }
  const mean = sum / cases
  const se = Math.sqrt(Math.max(0, squares / cases - mean * mean) / cases)
  return { mean, se, low: mean - z * se, high: mean + z * se }
}

/** How many standard errors the mean difference lies above a drop of `limit`. */
export function distanceToLimit(interval: Pick<Interval, 'mean' | 'se'>, limit: number): number {
  return (interval.mean + limit) / interval.se
}

/** Mean of the values with its t interval; null below two values. Used for costs per case. */
export function meanInterval(values: readonly number[], level = 0.95): Interval | null {
  const n = values.length
  if (n < 2) return null
  const mean = values.reduce((sum, x) => sum + x, 0) / n
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const se = Math.sqrt(squares / (n - 1) / n)
  const half = tQuantile((1 + level) / 2, n - 1) * se
  return { mean, se, low: mean - half, high: mean + half }
}

export type PairOfNumbers = { readonly base: number; readonly head: number }
export type LogRatio = {
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** One-sided p that the head is larger (slower). */
  readonly pLarger: number
}

/**
 * Geometric mean of head / base over positive pairs, with its t interval (for latencies). Pairs with a side that is
 * not above 0 carry no ratio and are left out; null below two pairs.
 */
export function pairedLogRatio(pairs: readonly PairOfNumbers[], level = 0.95): LogRatio | null {
  const logs = pairs.filter((pair) => pair.base > 0 && pair.head > 0).map((pair) => Math.log(pair.head / pair.base))
  const interval = meanInterval(logs, level)
  if (interval === null) return null
  const { mean, se } = interval
  const pLarger = se > 0 ? tCdf(-mean / se, logs.length - 1) : 0.5 - Math.sign(mean) / 2
  return { ratio: Math.exp(mean), low: Math.exp(interval.low), high: Math.exp(interval.high), pLarger }
}

/** sum(head) / sum(base) with its linearised standard error; null below two pairs or with a base sum of 0. */
export function ratioOfSums(pairs: readonly PairOfNumbers[]): { readonly ratio: number; readonly se: number } | null {
  const n = pairs.length
  const base = pairs.reduce((sum, pair) => sum + pair.base, 0)
  if (n < 2 || base === 0) return null
  const ratio = pairs.reduce((sum, pair) => sum + pair.head, 0) / base
  // The residuals h - R b add up to 0, so their mean needs no subtraction.
  const squares = pairs.reduce((sum, pair) => sum + (pair.head - ratio * pair.base) ** 2, 0)
  return { ratio, se: Math.sqrt(squares / (n - 1) / n) / Math.abs(base / n) }
}
