// The projection: what the change costs per request and per month. Pure; decides nothing.

import type { Route } from '../config/config.ts'
import type { PriceBook } from '../prices/book.ts'
import type { CostReport, RouteReport } from '../report/report.ts'
import { type BreakContext, type CacheBreak, cacheBreaks } from './cache-breaks.ts'
import { type CostCheck, costChecks, type RepositoryCost, type RepositoryLimit, repositoryCost } from './ceilings.ts'
import { dayWindow, projectSet, type SetCostNumbers, sideTariffs } from './eval-set.ts'
import type { EvalSetCalls } from './input.ts'
import { projectRoute, type RouteProjection } from './routes.ts'
import { profileOf, type RouteProfile, trafficOf } from './traffic.ts'

const DEFAULT_HORIZON_DAYS = 30

export type CostInput = {
  readonly evalSets: readonly EvalSetCalls[]
  readonly routes: readonly Route[]
  readonly book: PriceBook
  /** Start of the run; its UTC day is where the horizon begins. */
  readonly atMs: number
  readonly limit?: RepositoryLimit
  /** Last recorded monthly cost in USD of each route, for those that this run does not touch. */
  readonly recorded?: { readonly [route: string]: string }
  /** Traffic profiles by name of the route. */
  readonly profiles?: { readonly [route: string]: RouteProfile }
}

export type CostProjection = {
  readonly perSet: { readonly [evalSet: string]: CostReport }
  /** For the gates of each eval set (`cost.max_ratio`, `cost.per_request_usd`). */
  readonly numbers: { readonly [evalSet: string]: SetCostNumbers }
  readonly routes: readonly RouteReport[]
  readonly routeStates: { readonly [route: string]: RouteProjection['state'] }
  /** For the ceilings of routes and repository. */
  readonly checks: readonly CostCheck[]
  readonly repository: RepositoryCost
  /** What a change did to the prompt cache, with its money. */
  readonly cacheBreaks: readonly CacheBreak[]
}

/** Costs of all eval sets and routes at the prices of the book. */
export function projectCost(input: CostInput): CostProjection {
  const { evalSets, routes, book, atMs, limit = {}, recorded = {}, profiles = {} } = input
  const head = sideTariffs(book, dayWindow(atMs, 1)).head
  const project: BreakContext['project'] = (route, of) =>
    projectRoute(route, { book, atMs, evalSets: evalSets.map(of), recorded, profiles })
  const hitRatioOf: BreakContext['hitRatioOf'] = (route) => {
    const shown = profileOf(route, profiles)?.profile.promptCacheHitRatio ?? 0
    return route.promptCacheHitRatio ?? (shown > 0 ? 'profile' : null)
  }
  const sets = evalSets.map((set) => {
    const busy = routes.filter(
      (route) => route.evals.includes(set.name) && trafficOf(route, profileOf(route, profiles)) !== null,
    )
    const horizonDays = Math.max(DEFAULT_HORIZON_DAYS, ...busy.map((route) => route.horizonDays))
    const breaks = cacheBreaks(set, { tariffs: head, routes: busy, project, hitRatioOf })
    const context = { book, atMs, hasTraffic: busy.length > 0, horizonDays, breaks }
    return { name: set.name, breaks, ...projectSet(set, context) }
  })
  const projected = routes.map((route) => ({
    route,
    projection: projectRoute(route, { book, atMs, evalSets, recorded, profiles }),
  }))
  return {
    perSet: Object.fromEntries(sets.map(({ name, report }) => [name, report])),
    numbers: Object.fromEntries(sets.map(({ name, numbers }) => [name, numbers])),
    routes: projected.map(({ projection }) => projection.report),
    routeStates: Object.fromEntries(projected.map(({ route, projection }) => [route.name, projection.state])),
    checks: costChecks(projected, limit),
    repository: repositoryCost(projected, limit),
    cacheBreaks: sets.flatMap(({ breaks }) => breaks),
  }
}
