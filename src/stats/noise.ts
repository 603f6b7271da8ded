// How much a suite varies from run to run when nothing changes, from repeated runs of the same cases.

/** Runs of one case and how many of them passed. */
export type Repeats = { readonly runs: number; readonly passes: number }

/** Chance that two runs of a case disagree, averaged over the cases with two runs or more; unbiased; null without any. */
export function disagreementRate(cases: readonly Repeats[]): number | null {
  const repeated = cases.filter(({ runs }) => runs >= 2)
  if (repeated.length === 0) return null
  const rates = repeated.map(({ runs, passes }) => (2 * passes * (runs - passes)) / (runs * (runs - 1)))
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}

/**
 * Pass rate of the suite and the standard deviation of one run of it, pooled within cases (not between days: far
 * steadier). Null when a case has fewer than two runs, or without cases.
 */
export function baselineNoise(cases: readonly Repeats[]): { readonly mean: number; readonly sdOneRun: number } | null {
  if (cases.length === 0 || cases.some(({ runs }) => runs < 2)) return null
  let mean = 0
  let variance = 0
  for (const { runs, passes } of cases) {
    const rate = passes / runs
    mean += rate / cases.length
    variance += (rate * (1 - rate) * runs) / (runs - 1)
  }
  return { mean, sdOneRun: Math.sqrt(variance) / cases.length }
}

/**
 * One-sided CUSUM of standardised deviations, upwards: s = max(0, s + z - k). `alarmAt` is the first index above h, or null.
 */
export function cusum(
  z: readonly number[],
  k: number,
  h: number,
): { readonly path: readonly number[]; readonly alarmAt: number | null } {
  const path: number[] = []
  let sum = 0
  for (const value of z) {
    sum = Math.max(0, sum + value - k)
    path.push(sum)
  }
  const alarm = path.findIndex((value) => value > h)
  return { path, alarmAt: alarm < 0 ? null : alarm }
}
