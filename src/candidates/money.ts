// What a comparison costs: per request, and a month on each route that stands for the eval set.

import type { Route } from '../config/config.ts'
import { projectSet } from '../cost/eval-set.ts'
import type { EvalSetCalls } from '../cost/input.ts'
import { projectRoute } from '../cost/routes.ts'
import { profileOf, type RouteProfile, type Traffic, trafficOf } from '../cost/traffic.ts'
import { caseWeights } from '../cost/weights.ts'
import type { PriceBook } from '../prices/book.ts'
import type { CandidateRow, CandidateSlice, MonthReport } from '../report/candidates/report.ts'
import type { UsdEstimate } from '../report/report.ts'

export type Prices = {
  readonly book: PriceBook
  readonly atMs: number
  readonly routes: readonly Route[]
  /** By name of the route. */
  readonly profiles: { readonly [route: string]: RouteProfile }
}

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
  const { book, atMs, profiles } = prices
  return busyRoutes(evalSet, prices).map(({ route }) =>
    monthOf(route, projectRoute(route, { book, atMs, evalSets: sets, recorded: {}, profiles }).report),
  )
}

/** Routes of an eval set whose rate of requests is known. */
function busyRoutes(evalSet: string, { routes, profiles }: Prices) {
  return routes.flatMap((route) => {
    const traffic = route.evals.includes(evalSet) ? trafficOf(route, profileOf(route, profiles)) : null
    return traffic === null ? [] : [{ route, traffic }]
  })
}

type Slice = Pick<CandidateSlice, 'dimension' | 'value' | 'and'> & {
  readonly evalSet: string
  /** Every case of the set. */
  readonly all: EvalSetCalls['pairs']
}

/**
 * A slice by its weight, as if it were a route of its own. Nobody has to say how much of the traffic it is; then there is
 * no month. Tokens are those of its cases: a profile does not say which of its calls are of the slice.
 */
export function sliceMonths(slice: Slice, calls: EvalSetCalls, prices: Prices): readonly MonthReport[] {
  const { book, atMs } = prices
  return busyRoutes(slice.evalSet, prices).flatMap(({ route, traffic }) => {
    const share = shareOf(traffic, slice)
    if (share === null) return []
    const part = { ...ownTraffic(route, traffic), evals: [slice.evalSet] }
    const month = { ...part, requestsPerMonth: part.requestsPerMonth * share }
    const { report } = projectRoute(month, { book, atMs, evalSets: [calls], recorded: {}, profiles: {} })
    const assumption = `${(100 * share).toFixed(1)} % of the traffic${fitted(slice)}, ${report.assumption}`
    return [monthOf(route, { ...report, assumption })]
  })
}

/** What the profile says of the route's traffic, said by the route itself. A row of a profile is a call. */
function ownTraffic(route: Route, traffic: Traffic) {
  const { sliceWeights: _, profile: __, calibrateUsd: ___, turns: ____, ...plain } = route
  const { requestsPerMonth, responseCacheHitRatio, retryRate, batchShare, turns } = traffic
  return {
    ...plain,
    requestsPerMonth: requestsPerMonth.value,
    responseCacheHitRatio: responseCacheHitRatio.value,
    retryRate: retryRate.value,
    batchShare: batchShare.value,
    ...(requestsPerMonth.from === 'profile' || turns.from === 'default' ? {} : { turns: turns.value }),
  }
}

const fitted = ({ dimension, and }: Slice) =>
  and === undefined ? '' : ` (fitted from ${dimension} and ${and.dimension})`

function shareOf(traffic: Traffic, slice: Slice): number | null {
  const { dimension, value, and } = slice
  const own = weightOf(traffic, { dimension, value })
  if (own === null || and === undefined) return own?.share ?? null
  const other = weightOf(traffic, and)
  return other === null ? null : jointShare(slice.all, [own, other])
}

type Weight = {
  readonly dimension: string
  readonly value: string
  readonly weights: SliceWeight
  readonly share: number
}
type SliceWeight = { readonly [value: string]: number }

function weightOf(
  { sliceWeights }: Traffic,
  { dimension, value }: { dimension: string; value: string },
): Weight | null {
  const all = sliceWeights.value
  const weights = Object.hasOwn(all, dimension) ? all[dimension] : undefined
  const own = weights !== undefined && Object.hasOwn(weights, value) ? weights[value] : undefined
  const sum = Object.values(weights ?? {}).reduce((total, weight) => total + weight, 0)
  return weights === undefined || own === undefined || sum <= 0 ? null : { dimension, value, weights, share: own / sum }
}

/** Shares are known of each dimension by itself: together they are as the cases have them, fitted to both. */
function jointShare(cases: Slice['all'], both: readonly [Weight, Weight]): number | null {
  const wanted = Object.fromEntries(both.map(({ dimension, weights }) => [dimension, weights]))
  const { weights, uncovered } = caseWeights(cases, wanted)
  const isIn = ({ labels }: Slice['all'][number]) => both.every(({ dimension, value }) => labels?.[dimension] === value)
  const sum = (of: readonly bigint[]) => of.reduce((total, weight) => total + weight, 0n)
  const whole = sum(weights)
  if (whole === 0n) return null
  // Of traffic without a case nothing is in a slice that has some.
  const covered = both.map(
    ({ dimension }) =>
      1 - uncovered.filter((one) => one.dimension === dimension).reduce((total, { share }) => total + share, 0),
  )
  const part = sum(weights.filter((_, at) => cases[at] !== undefined && isIn(cases[at])))
  return (Number(part) / Number(whole)) * covered.reduce((product, share) => product * share, 1)
}

function monthOf(route: Route, { perMonthUsd, assumption }: { perMonthUsd: UsdEstimate; assumption: string }) {
  return { route: route.name, usd: perMonthUsd, assumption }
}
