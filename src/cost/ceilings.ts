// Ceilings with the figures to hold against them. Numbers only: the gate fails on the bound and warns on the point.

import type { Route } from '../config/config.ts'
import { formatUsd, type Pico, parseUsd } from '../money.ts'
import type { Usd } from '../report/report.ts'
import type { Bounded } from './eval-set.ts'
import type { RouteProjection } from './routes.ts'

export type CostCheck = {
  readonly rule: 'route-ceiling' | 'route-delta' | 'repository-ceiling'
  /** Name of the route; null for the repository. */
  readonly route: string | null
  readonly owner: string | null
  readonly limit: Pico
  /** Point estimate with the 95 % bounds; null when it is not known (`why`). */
  readonly value: Bounded<Pico> | null
  readonly why: string | null
  /** The change is that of the cases with a base alone, or of none; `why` names the rest. */
  readonly lacksBase?: boolean
  /** Whether this run measured what the limit is held against, or was to. */
  readonly touched: boolean
}

export type RepositoryCost = {
  /** Sum over the routes whose cost is known. */
  readonly perMonthUsd: { readonly base: Usd; readonly head: Usd }
  /** Sum over the routes that this run touches; null when there is none or one is not known. */
  readonly deltaUsd: Usd
  readonly limitUsd: Usd
  readonly owner: string | null
  /** Routes that the sums leave out. */
  readonly unknown: readonly string[]
}

export type RepositoryLimit = { readonly monthlyUsd?: number; readonly owner?: string }
type Projected = { readonly route: Route; readonly projection: RouteProjection }

const UNPRICED = 'unpriced: '

/** Every ceiling that is set, with what it is held against. */
export function costChecks(routes: readonly Projected[], limit: RepositoryLimit): readonly CostCheck[] {
  const perRoute = routes.flatMap(({ route, projection }) => [
    ...check('route-ceiling', route.monthlyUsd, { ...subject(route, projection), value: projection.head }),
    ...check('route-delta', route.monthlyDeltaUsd, { ...changeSubject(route, projection), value: projection.delta }),
  ])
  const whole = check('repository-ceiling', limit.monthlyUsd, {
    route: null,
    owner: limit.owner ?? null,
    value: total(routes.flatMap(({ projection }) => (projection.head === null ? [] : [projection.head]))),
    why: unpricedReason(routes) ?? partialReason(unknownRoutes(routes)),
    touched: routes.some(({ projection }) => isTouched(projection)),
  })
  return [...perRoute, ...whole]
}

type Subject = {
  readonly route: Route | null
  readonly owner?: string | null
  readonly value: Bounded<Pico> | null
  readonly why: string | null
  readonly lacksBase?: boolean
  readonly touched: boolean
}

function changeSubject(route: Route, projection: RouteProjection): Omit<Subject, 'value'> {
  const { lacksBase } = projection
  const own = subject(route, projection)
  return lacksBase === undefined ? own : { ...own, why: lacksBase, lacksBase: true }
}

function subject(route: Route, projection: RouteProjection): Omit<Subject, 'value'> {
  return { route, why: projection.why, touched: isTouched(projection) }
}

function isTouched({ state }: RouteProjection): boolean {
  return state === 'measured' || state === 'unknown'
}

function check(rule: CostCheck['rule'], limitUsd: number | undefined, subject: Subject): readonly CostCheck[] {
  const limit = limitUsd === undefined ? null : parseUsd(limitUsd)
  if (limit?.state !== 'ok') return []
  const { route, value, why, lacksBase = false, touched } = subject
  const owner = route ? (route.owner ?? null) : (subject.owner ?? null)
  const found = { rule, route: route?.name ?? null, owner, limit: limit.pico, value, why, touched }
  return [lacksBase ? { ...found, lacksBase } : found]
}

/** Sum of independent estimates: half widths add in squares. Null when there is none. */
function total(values: readonly Bounded<Pico>[]): Bounded<Pico> | null {
  if (values.length === 0) return null
  const point = values.reduce((sum, value) => sum + value.point, 0n)
  const halves = values.map((value) => (value.high === null ? null : Number(value.high - value.point)))
  if (halves.includes(null)) return { point, low: null, high: null }
  const half = BigInt(Math.round(Math.hypot(...halves.map((width) => width ?? 0))))
  return { point, low: point - half, high: point + half }
}

function unknownRoutes(routes: readonly Projected[]): readonly string[] {
  return routes.filter(({ projection }) => projection.head === null).map(({ route }) => route.name)
}

/** A route that ran and has no price: the sum cannot be told, whatever the others cost. */
function unpricedReason(routes: readonly Projected[]): string | null {
  const found = routes.find(({ projection }) => isTouched(projection) && projection.why?.startsWith(UNPRICED))
  const why = found?.projection.why?.slice(UNPRICED.length)
  return found === undefined ? null : `${UNPRICED}route ${found.route.name}: ${why}`
}

function partialReason(unknown: readonly string[]): string | null {
  return unknown.length === 0 ? null : `partial: the cost of ${unknown.join(', ')} is not known`
}

/** Sums over all routes. A route that this run did not touch adds no change. */
export function repositoryCost(routes: readonly Projected[], limit: RepositoryLimit): RepositoryCost {
  const known = routes.filter(({ projection }) => projection.head !== null).map(({ projection }) => projection)
  const touched = routes.filter(({ projection }) => isTouched(projection))
  const ceiling = limit.monthlyUsd === undefined ? null : parseUsd(limit.monthlyUsd)
  return {
    perMonthUsd: {
      base: sumUsd(known.map(({ report }) => report.perMonthUsd.base)),
      head: sumUsd(known.map(({ report }) => report.perMonthUsd.head)),
    },
    deltaUsd: sumUsd(touched.map(({ projection }) => projection.report.perMonthUsd.delta)),
    limitUsd: ceiling?.state === 'ok' ? formatUsd(ceiling.pico) : null,
    owner: limit.owner ?? null,
    unknown: unknownRoutes(routes),
  }
}

/** Null when there is nothing to add or a part is unknown: a sum with a hole would read as cheap. */
function sumUsd(values: readonly Usd[]): Usd {
  let sum = 0n
  for (const value of values) {
    const parsed = value === null ? null : parseUsd(value)
    if (parsed?.state !== 'ok') return null
    sum += parsed.pico
  }
  return values.length === 0 ? null : formatUsd(sum)
}
