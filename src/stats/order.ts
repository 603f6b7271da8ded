// Quantiles and their order-statistic intervals.

import { binomCdf } from './proportion.ts'

/** Quantile by linear interpolation (type 7, as numpy and R have it by default); null for no values. */
export function quantile7(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, p))
  const low = sorted[Math.floor(at)]
  const high = sorted[Math.ceil(at)]
  if (low === undefined || high === undefined) return null
  return low + (high - low) * (at - Math.floor(at))
}

/** 1-based ranks; null = no bound with so few values. */
export type Ranks = { readonly low: number | null; readonly high: number | null }

/** Ranks of the order statistics that enclose the p-quantile with at least `level`, each tail at half of the rest. */
export function quantileRanks(n: number, p: number, level = 0.95): Ranks {
  const tail = (1 - level) / 2
  const low = firstRank(n, (rank) => binomCdf(rank, n, p) > tail)
  const high = firstRank(n, (rank) => rank > 0 && binomCdf(rank - 1, n, p) >= 1 - tail)
  return { low: low === null || low === 0 ? null : low, high }
}

/** Smallest rank in 0..n with the property, which holds from there on; by bisection. */
function firstRank(n: number, holds: (rank: number) => boolean): number | null {
  if (n < 1 || !holds(n)) return null
  let no = -1
  let yes = n
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}
