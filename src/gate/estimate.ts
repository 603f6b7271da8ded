// A score on both sides with the shown interval of its change, in points on 0-100.

import type { CaseComparison } from '../compare.ts'
import type { Estimate } from '../report/report.ts'
import { pairedInterval } from '../stats/paired.ts'

/** Levels are null as soon as one case was not called on that side; the change counts ties as 0. */
export function estimateOf(cases: readonly CaseComparison[]): Estimate {
  const differences = cases.flatMap((one) => (one.difference === null ? [] : [one.difference]))
  const [base, head] = [level(cases.map((one) => one.base)), level(cases.map((one) => one.head))]
  if (differences.length === 0) return { base, head, delta: null, low: null, high: null }
  const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length
  const interval = pairedInterval(differences)
  return { base, head, delta: 100 * mean, low: 100 * interval.low, high: 100 * interval.high }
}

function level(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => (value === null ? [] : [value]))
  return known.length === 0 || known.length < values.length
    ? null
    : (100 * known.reduce((sum, value) => sum + value, 0)) / known.length
}
