// Means and 95 % intervals of the cost per request. Cases are the unit: repeats are averaged inside a case before.
// Sums are exact integers, so the order of the cases cannot matter; only the width of an interval is a float.

import { divideRounded } from '../money.ts'
import { tQuantile } from '../stats/student.ts'
import { type Fine, type Share, sumBy, sumOf, WHOLE } from './fine.ts'

/** `weight`: how much the case counts against the others; 1 for each without it. */
export type CaseCosts = { readonly base: Fine; readonly head: Fine; readonly weight?: Share }

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

/**
 * Mean and t interval over cases (half = t(n-1, 0.975) s / sqrt n). Weights are known shares of traffic: then the jackknife's
 * error and the effective number of cases, which are the same for equal weights. At least one case that counts.
 */
export function meanOf(values: readonly Fine[], weights?: readonly Share[]): Mean {
  return meanBy(values, (value) => value, weights)
}

/** Of a hundred thousand cases no second list is made: it would be as large as what it is made of. */
function meanBy<T>(items: readonly T[], of: (item: T) => Fine, weights?: readonly Share[]): Mean {
  if (weights !== undefined) return weightedMean(items.map(of), weights)
  const n = items.length
  const mean = divideRounded(sumBy(items, of), BigInt(n))
  if (n < 2) return { mean, half: null }
  const squares = sumBy(items, (item) => (of(item) - mean) ** 2n)
  return { mean, half: BigInt(Math.round(tQuantile(0.975, n - 1) * Math.sqrt(Number(squares) / (n - 1) / n))) }
}

/** Fraction digits kept of a case's pull, below the unit of the sums. */
const FINER = 1_000_000n

function weightedMean(values: readonly Fine[], weights: readonly Share[]): Mean {
  const counted = values.flatMap((value, index) => {
    const weight = weights[index] ?? 0n
    return weight > 0n ? [{ value, weight }] : []
  })
  const n = counted.length
  const whole = sumOf(counted.map(({ weight }) => weight))
  const mean = divideRounded(sumOf(counted.map(({ value, weight }) => value * weight)), whole)
  if (n < 2) return { mean, half: null }
  // Without the case the mean moves by w (x - mean) / (sum - w).
  const pulls = counted.map(({ value, weight }) => ((value - mean) * weight * FINER) / (whole - weight))
  const se = Math.sqrt((Number(sumOf(pulls.map((pull) => pull * pull))) * (n - 1)) / n) / Number(FINER)
  const effective = Number(whole * whole) / Number(sumOf(counted.map(({ weight }) => weight * weight)))
  return { mean, half: BigInt(Math.round(tQuantile(0.975, Math.max(1, effective - 1)) * se)) }
}

/** Means of both sides and of the paired difference (facts: cost, section 5). At least one case. */
export function pairedMeans(cases: readonly CaseCosts[]): PairedMeans {
  const isWeighted = cases.some(({ weight }) => weight !== undefined)
  const weights = isWeighted ? cases.map(({ weight }) => weight ?? WHOLE) : undefined
  return {
    cases: cases.length,
    base: meanBy(cases, ({ base }) => base, weights),
    head: meanBy(cases, ({ head }) => head, weights),
    delta: meanBy(cases, ({ base, head }) => head - base, weights),
    ratio: ratioOf(cases),
  }
}

/** Ratio of sums R with se = sd(head - R base) / (mean(base) sqrt n) (facts: statistics, section 8). */
function ratioOf(cases: readonly CaseCosts[]): PairedMeans['ratio'] {
  const base = sumBy(cases, (found) => found.base)
  const head = sumBy(cases, (found) => found.head)
  if (base <= 0n) return null
  const point = Number(head) / Number(base)
  const n = cases.length
  if (n < 2) return { point, low: null, high: null }
  // Residuals times the base sum stay integers; they add up to 0.
  const scaled = sumBy(cases, (found) => ((found.head * base - found.base * head) / base) ** 2n)
  const se = (Math.sqrt(Number(scaled) / (n - 1)) * Math.sqrt(n)) / Number(base)
  const half = tQuantile(0.975, n - 1) * se
  return { point, low: point - half, high: point + half }
}
