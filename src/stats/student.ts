// Student's t through the incomplete beta function (Abramowitz & Stegun 26.7.1).

import { betaInc, betaQuantile } from './beta.ts'

/** P(T <= t) with df > 0 degrees of freedom. */
export function tCdf(t: number, df: number): number {
  const tail = betaInc(df / 2, 0.5, df / (df + t * t)) / 2
  return t > 0 ? 1 - tail : tail
}

/** t with P(T <= t) = p; infinite at 0 and 1, NaN outside [0, 1]. A run asks for the same few again and again. */
export function tQuantile(p: number, df: number): number {
  const key = `${p} ${df}`
  const found = known.get(key)
  if (found !== undefined) return found
  const t = quantile(p, df)
  if (known.size < MOST_KNOWN) known.set(key, t)
  return t
}

const known = new Map<string, number>()
const MOST_KNOWN = 1000

function quantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p > 0.5) return -quantile(1 - p, df)
  if (p === 0) return -Infinity
  const x = betaQuantile(2 * p, df / 2, 0.5)
  if (x <= 0.5) return -Math.sqrt((df * (1 - x)) / x)
  // Near the middle 1 - x would cancel; the mirrored quantile has it to full precision.
  const y = betaQuantile(1 - 2 * p, 0.5, df / 2)
  return y === 0 ? 0 : -Math.sqrt((df * y) / (1 - y))
}
