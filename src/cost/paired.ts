// Means and 95 % intervals of the cost per request. Cases are the unit: repeats are averaged inside a case before.
// Sums are exact integers, so the order of the cases cannot matter; only the width of an interval is a float.

import { divideRounded } from '../money.ts'
import { tQuantile } from '../stats/student.ts'
import type { Fine } from './fine.ts'
import { sumOf } from './fine.ts'

export type CaseCosts = { readonly base: Fine; readonly head: Fine }

/** Mean with the half width of its interval; null with fewer than two cases. */
export type Mean = { readonly mean: Fine; readonly half: Fine | null }

export type PairedMeans = {
  readonly cases: number
  readonly base: Mean
  readonly head: Mean
  readonly delta: Mean
  /** head / base of the means; null when the base costs nothing. */
  readonly ratio: { readonly point: number; readonly low: number | null; readonly high: number | null } | null
}

/** Mean and t interval over cases (half = t(n-1, 0.975) s / sqrt n). At least one case. */
export function meanOf(values: readonly Fine[]): Mean {
  const n = BigInt(values.length)
  const sum = sumOf(values)
  return { mean: divideRounded(sum, n), half: halfWidth(values, sum) }
}

function halfWidth(values: readonly Fine[], sum: Fine): Fine | null {
  const n = values.length
  if (n < 2) return null
  const squares = sumOf(values.map((value) => value * value))
  const count = BigInt(n)
  const spread = Number(count * squares - sum * sum)
  // variance of the mean = (n * sum of squares - square of the sum) / (n^2 (n - 1))
  return BigInt(Math.round((tQuantile(0.975, n - 1) * Math.sqrt(spread / (n - 1))) / n))
}

/** Means of both sides and of the paired difference (facts: cost, section 5). At least one case. */
export function pairedMeans(cases: readonly CaseCosts[]): PairedMeans {
  return {
    cases: cases.length,
    base: meanOf(cases.map(({ base }) => base)),
    head: meanOf(cases.map(({ head }) => head)),
    delta: meanOf(cases.map(({ base, head }) => head - base)),
    ratio: ratioOf(cases),
  }
}

/** Ratio of sums R with se = sd(head - R base) / (mean(base) sqrt n) (facts: statistics, section 8). */
function ratioOf(cases: readonly CaseCosts[]): PairedMeans['ratio'] {
  const base = sumOf(cases.map((found) => found.base))
  const head = sumOf(cases.map((found) => found.head))
  if (base <= 0n) return null
  const point = Number(head) / Number(base)
  const n = cases.length
  if (n < 2) return { point, low: null, high: null }
  // Residuals times the base sum stay integers; they add up to 0.
  const residuals = cases.map((found) => found.head * base - found.base * head)
  const scaled = sumOf(residuals.map((residual) => (residual / base) ** 2n))
  const se = (Math.sqrt(Number(scaled) / (n - 1)) * Math.sqrt(n)) / Number(base)
  const half = tQuantile(0.975, n - 1) * se
  return { point, low: point - half, high: point + half }
}
