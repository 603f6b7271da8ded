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
