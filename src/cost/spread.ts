// How the cost of a request is spread over the cases: a median from any number of them, a 95th percentile from a hundred on.

import { formatUsd, type Pico } from '../money.ts'
import type { CostReport, SidesUsd } from '../report/report.ts'
import { quantile7 } from '../stats/order.ts'
import { type Fine, picoOf } from './fine.ts'
import type { CaseCosts } from './paired.ts'

/** Below it a sample's p95 is off by a third either way; the greatest cost seen is shown instead. */
export const CASES_FOR_P95 = 100

/** Of the cases that were called; null when there was none. */
export function spreadOf(cases: readonly CaseCosts[]): NonNullable<CostReport['spread']> | null {
  return cases.length === 0
    ? null
    : spread(
        cases.map(({ base }) => base),
        cases.map(({ head }) => head),
      )
}

export function spreadOfHead(head: readonly Fine[]): NonNullable<CostReport['spread']> | null {
  return head.length === 0 ? null : spread(null, head)
}

function spread(base: readonly Fine[] | null, head: readonly Fine[]): NonNullable<CostReport['spread']> {
  const [before, after] = [base === null ? null : sortedPico(base), sortedPico(head)]
  const sides = (p: number): SidesUsd => ({ base: before === null ? null : at(before, p), head: at(after, p) })
  return { cases: head.length, p50: sides(0.5), p95: head.length < CASES_FOR_P95 ? null : sides(0.95), max: sides(1) }
}

function sortedPico(costs: readonly Fine[]): readonly number[] {
  return costs.map((fine) => Number(picoOf(fine))).sort((a, b) => a - b)
}

function at(pico: readonly number[], p: number): string {
  const value: Pico = BigInt(Math.round(quantile7(pico, p) ?? 0))
  return formatUsd(value)
}
