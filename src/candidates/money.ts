// What a comparison costs: per request, and a month on each route that stands for the eval set.

import type { Route } from '../config/config.ts'
import { projectSet } from '../cost/eval-set.ts'
import type { EvalSetCalls } from '../cost/input.ts'
import { projectRoute } from '../cost/routes.ts'
import type { PriceBook } from '../prices/book.ts'
import type { CandidateRow, MonthReport } from '../report/candidates/report.ts'
import type { UsdEstimate } from '../report/report.ts'

export type Prices = { readonly book: PriceBook; readonly atMs: number; readonly routes: readonly Route[] }

const HORIZON_DAYS = 30

export function costOf(calls: EvalSetCalls, { book, atMs }: Prices): CandidateRow['cost'] {
  const { report } = projectSet(calls, { book, atMs, hasTraffic: false, horizonDays: HORIZON_DAYS })
  const { state, perRequestUsd, events } = report
  return state === 'unpriced'
    ? { state, why: events[0] ?? null, perRequestUsd }
    : { state: 'priced', why: null, perRequestUsd }
}

/** @param sets every eval set that ran with the same candidate: a route pools them */
export function monthsOf(evalSet: string, sets: readonly EvalSetCalls[], prices: Prices): readonly MonthReport[] {
  const { book, atMs, routes } = prices
  return routes
    .filter((route) => route.evals.includes(evalSet) && route.requestsPerMonth !== undefined)
    .map((route) =>
      monthOf(route, projectRoute(route, { book, atMs, evalSets: sets, recorded: {}, profiles: {} }).report),
    )
}

type Slice = { readonly evalSet: string; readonly dimension: string; readonly value: string }

/**
 * A slice by its weight, as if it were a route of its own. Nobody has to say how much of the traffic it is; then there is
 * no month.
 */
export function sliceMonths(slice: Slice, calls: EvalSetCalls, { book, atMs, routes }: Prices): readonly MonthReport[] {
  return routes.flatMap((route) => {
    const share = shareOf(route, slice)
    if (share === null || !route.evals.includes(slice.evalSet) || route.requestsPerMonth === undefined) return []
    const { sliceWeights: _, profile: __, calibrateUsd: ___, ...plain } = route
    const part = { ...plain, evals: [slice.evalSet], requestsPerMonth: route.requestsPerMonth * share }
    return [monthOf(route, projectRoute(part, { book, atMs, evalSets: [calls], recorded: {}, profiles: {} }).report)]
  })
}

function shareOf({ sliceWeights = {} }: Route, { dimension, value }: Slice): number | null {
  const weights = Object.hasOwn(sliceWeights, dimension) ? sliceWeights[dimension] : undefined
  const own = weights !== undefined && Object.hasOwn(weights, value) ? weights[value] : undefined
  const sum = Object.values(weights ?? {}).reduce((total, weight) => total + weight, 0)
  return own === undefined || sum <= 0 ? null : own / sum
}

function monthOf(route: Route, { perMonthUsd, assumption }: { perMonthUsd: UsdEstimate; assumption: string }) {
  return { route: route.name, usd: perMonthUsd, assumption }
}
