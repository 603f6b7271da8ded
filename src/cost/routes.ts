// What a route costs in a month: the cases of its eval sets pooled, times the paid requests, at the prices of the horizon.

import type { Route } from '../config/config.ts'
import { divideRounded, formatUsd, type Pico, parseUsd } from '../money.ts'
import type { PriceBook } from '../prices/book.ts'
import type { RouteReport, UsdEstimate } from '../report/report.ts'
import { assumptionOf } from './assumption.ts'
import type { Billing } from './billing.ts'
import { type Bounded, bounded, dayWindow, sideTariffs } from './eval-set.ts'
import { type Fine, fineOf, picoOf, shareOf, sumOf, WHOLE } from './fine.ts'
import type { EvalSetCalls } from './input.ts'
import { type Mean, meanOf, type PairedMeans, pairedMeans } from './paired.ts'
import { partsOfCases } from './part-views.ts'
import { type Parts, partsUsd } from './parts.ts'
import { type SetCosts, type Sides, setCosts } from './set-costs.ts'
import { headUsd, pairedUsd, type Scale, UNCHANGED_USD, UNKNOWN_USD } from './usd-estimate.ts'

export type RouteProjection = {
  readonly report: RouteReport
  /**
   * `measured`: from this run. `unknown`: the run touches it and its cost cannot be told (`why`). Untouched routes are
   * `recorded` with their last known cost, else `not-run`.
   */
  readonly state: 'measured' | 'unknown' | 'recorded' | 'not-run'
  readonly why: string | null
  /** Monthly level of the head and monthly change, for ceilings. Null = not known. */
  readonly head: Bounded<Pico> | null
  readonly delta: Bounded<Pico> | null
}

export type RouteContext = {
  readonly book: PriceBook
  readonly atMs: number
  readonly evalSets: readonly EvalSetCalls[]
  /** Last recorded monthly cost in USD of routes that this run does not touch, by name. */
  readonly recorded: { readonly [route: string]: string }
}

/** Projects one route. A route none of whose eval sets ran keeps its last recorded cost, with no change. */
export function projectRoute(route: Route, context: RouteContext): RouteProjection {
  const sets = context.evalSets.filter((set) => route.evals.includes(set.name))
  if (sets.length === 0) return recordedRoute(route, context)
  if (route.requestsPerMonth === undefined) return unknownRoute(route, 'no requests_per_month')
  const tariffs = sideTariffs(context.book, dayWindow(context.atMs, route.horizonDays))
  const costs = sets.map((set) => setCosts(set, tariffs, billingsOf(route, set)))
  const failed = costs.find((cost) => cost.state === 'unpriced' || cost.state === 'unmeasured')
  if (failed) return unknownRoute(route, failed.state === 'unpriced' ? `unpriced: ${failed.why}` : failed.why)
  return pooledRoute(route, costs, {
    sets,
    partsOf: () =>
      costs.flatMap((cost, i) => {
        const set = sets[i]
        const billings = set === undefined ? null : billingsOf(route, set)
        return cost.state === 'paired' && set !== undefined && billings !== null
          ? [partsOfCases(cost.measured, { set, tariffs, billings })]
          : []
      }),
    book: context.book,
    atMs: context.atMs,
    requestsPerMonth: route.requestsPerMonth,
  })
}

function billingsOf(route: Route, set: EvalSetCalls): Sides<Billing> {
  const head = billingOf(route, set.prefixTokens?.head)
  const { rewrittenTokens } = set
  return {
    base: billingOf(route, set.prefixTokens?.base),
    head: rewrittenTokens === undefined ? head : { ...head, rewrittenTokens },
  }
}

/** Production's cache is modelled, never taken from the eval run; without a ratio and a prefix there is none. */
function billingOf(route: Route, prefixTokens: number | undefined): Billing {
  const hit = route.promptCacheHitRatio
  return {
    cache: hit === undefined || prefixTokens === undefined ? { kind: 'none' } : { kind: 'modelled', hit: shareOf(hit) },
    turns: route.turns ?? 1,
    batchShare: shareOf(route.batchShare ?? 0),
    ...(route.serviceTier === undefined ? {} : { serviceTier: route.serviceTier }),
    ...(prefixTokens === undefined ? {} : { prefixTokens }),
  }
}

type Pool = {
  readonly sets: readonly EvalSetCalls[]
  /** Why each set that was compared costs more: parts of its measured cases. */
  readonly partsOf: () => readonly (readonly Parts[])[]
  readonly book: PriceBook
  readonly atMs: number
  readonly requestsPerMonth: number
}

function pooledRoute(route: Route, costs: readonly SetCosts[], pool: Pool): RouteProjection {
  const scale = monthly(route, pool.requestsPerMonth)
  const assumption = assumptionOf(route, pool)
  const paired = costs.flatMap((cost) => (cost.state === 'paired' ? cost.cases : []))
  const alone = costs.flatMap((cost) => (cost.state === 'head-only' ? cost.head : []))
  if (alone.length > 0) {
    const head = meanOf([...alone, ...paired.map((found) => found.head)])
    return measured(route, headUsd(head, scale), { head: bounded(scaled(head, scale)), delta: null, assumption })
  }
  if (paired.length === 0) {
    const delta = { point: 0n, low: 0n, high: 0n }
    return measured(route, UNCHANGED_USD, { head: null, delta, assumption: `${assumption}; no request changed` })
  }
  const means = pairedMeans(withTies(paired, costs))
  const fitted = calibrated(route, scale, means)
  const usd = pairedUsd(means, fitted.scale)
  return measured(route, usd, {
    head: bounded(scaled(means.head, fitted.scale)),
    delta: bounded(scaled(means.delta, fitted.scale)),
    assumption: `${assumption}${fitted.note}`,
    parts: pooledParts(pool.partsOf(), { usd, requests: means.cases, scale: fitted.scale }),
  })
}

type Pooled = { readonly usd: UsdEstimate; readonly requests: number; readonly scale: Scale }

/** Empty as soon as one set has none: what is left would not add up. */
function pooledParts(bySet: readonly (readonly Parts[])[], { usd, requests, scale }: Pooled): RouteReport['parts'] {
  const change = parseUsd(usd.delta ?? '')
  if (change.state !== 'ok' || bySet.some((parts) => parts.length === 0)) return {}
  return partsUsd(bySet.flat(), { requests, delta: change.pico, scale })
}

/** Sets in which nothing was called join the pool as ties at the level of the others. */
function withTies(paired: readonly { base: Fine; head: Fine }[], costs: readonly SetCosts[]) {
  const ties = costs.reduce((sum, cost) => sum + (cost.state === 'unchanged' ? cost.ties : 0), 0)
  const level = divideRounded(sumOf(paired.map(({ base }) => base)), BigInt(paired.length))
  return [...paired, ...Array.from({ length: ties }, () => ({ base: level, head: level }))]
}

/** Paid requests of a month: requests x (1 - response cache) x (1 + retries). Turns are in the cost of a request. */
function monthly(route: Route, requestsPerMonth: number): Scale {
  const requests = shareOf(requestsPerMonth)
  const paid = WHOLE - shareOf(route.responseCacheHitRatio ?? 0)
  const attempts = WHOLE + shareOf(route.retryRate ?? 0)
  return (fine) => divideRounded(fine * requests * paid * attempts, WHOLE ** 3n)
}

/** Factor between the bill and the model's base, applied to everything. Needs a base that costs something. */
function calibrated(route: Route, scale: Scale, means: PairedMeans): { readonly scale: Scale; readonly note: string } {
  const billed = route.calibrateUsd === undefined ? null : parseUsd(route.calibrateUsd)
  const modelled = scale(means.base.mean)
  if (billed?.state !== 'ok' || billed.pico <= 0n || modelled <= 0n) return { scale, note: '' }
  const bill = fineOf(billed.pico)
  const factor = Number(bill) / Number(modelled)
  const doubt = factor < 0.5 || factor > 2 ? ', which is far off: tiers, discounts or missing routes?' : ''
  const raw = formatUsd(picoOf(modelled))
  const note = `; scaled by ${factor.toFixed(2)} to the billed $${formatUsd(billed.pico)} (modelled: $${raw})${doubt}`
  return { scale: (fine) => divideRounded(scale(fine) * bill, modelled), note }
}

function scaled({ mean, half }: Mean, scale: Scale): Mean {
  return { mean: scale(mean), half: half === null ? null : scale(half) }
}

type Figures = {
  readonly head: Bounded<Pico> | null
  readonly delta: Bounded<Pico> | null
  readonly assumption: string
  readonly parts?: RouteReport['parts']
}

function measured(route: Route, usd: UsdEstimate, { head, delta, assumption, parts }: Figures): RouteProjection {
  const report = { ...reportOf(route, usd, assumption), ...(parts === undefined ? {} : { parts }) }
  return { report, state: 'measured', why: null, head, delta }
}

function unknownRoute(route: Route, why: string): RouteProjection {
  return { report: reportOf(route, UNKNOWN_USD, why), state: 'unknown', why, head: null, delta: null }
}

function recordedRoute(route: Route, context: RouteContext): RouteProjection {
  const text = Object.hasOwn(context.recorded, route.name) ? context.recorded[route.name] : undefined
  const last = text === undefined ? null : parseUsd(text)
  if (last?.state !== 'ok') {
    return { ...unknownRoute(route, 'none of its eval sets ran, and no earlier cost is recorded'), state: 'not-run' }
  }
  const level = formatUsd(last.pico)
  const usd: UsdEstimate = { base: level, head: level, delta: '0', low: '0', high: '0' }
  return {
    report: reportOf(route, usd, 'none of its eval sets ran: last recorded cost'),
    state: 'recorded',
    why: null,
    head: { point: last.pico, low: last.pico, high: last.pico },
    delta: { point: 0n, low: 0n, high: 0n },
  }
}

function reportOf(route: Route, perMonthUsd: UsdEstimate, assumption: string): RouteReport {
  return {
    name: route.name,
    owner: route.owner ?? null,
    perMonthUsd,
    limitUsd: { monthly: limitOf(route.monthlyUsd), monthlyDelta: limitOf(route.monthlyDeltaUsd) },
    assumption,
  }
}

function limitOf(usd: number | undefined): string | null {
  const parsed = usd === undefined ? null : parseUsd(usd)
  return parsed?.state === 'ok' ? formatUsd(parsed.pico) : null
}
