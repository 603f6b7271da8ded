// What a route costs in a month: the cases of its eval sets pooled, times the paid requests, at the prices of the horizon.

import type { Route } from '../config/config.ts'
import { divideRounded, formatUsd, type Pico, parseUsd } from '../money.ts'
import type { PriceBook } from '../prices/book.ts'
import { formatUsd as shown } from '../report/numbers.ts'
import type { RouteReport, UsdEstimate } from '../report/report.ts'
import { assumptionOf } from './assumption.ts'
import { type Bounded, bounded, dayWindow, sideTariffs } from './eval-set.ts'
import { fineOf, picoOf, shareOf, WHOLE } from './fine.ts'
import { billingsOf, type FromProfile, fromProfile } from './from-profile.ts'
import type { EvalSetCalls } from './input.ts'
import { changeBeside, withoutBase } from './no-base.ts'
import { type Mean, meanOf, type PairedMeans, pairedMeans } from './paired.ts'
import { partsOfCases } from './part-views.ts'
import { type Parts, partsUsd, plusParts } from './parts.ts'
import { type CostedSet, type Pool, poolOf } from './pool.ts'
import { onTiers } from './service-tier.ts'
import { type Sides, setCosts } from './set-costs.ts'
import type { Tariffs } from './tariff.ts'
import { callsPerMonth, paidShare, profileOf, type RouteProfile, type Traffic, trafficOf } from './traffic.ts'
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
  /** Which eval sets have no base to compare with: the change is that of the others, if any. */
  readonly lacksBase?: string
}

export type RouteContext = {
  readonly book: PriceBook
  readonly atMs: number
  readonly evalSets: readonly EvalSetCalls[]
  /** Last recorded monthly cost in USD of routes that this run does not touch, by name. */
  readonly recorded: { readonly [route: string]: string }
  /** What production's logs say, by name of the route. */
  readonly profiles: { readonly [route: string]: RouteProfile }
}

/** Projects one route. A route none of whose eval sets ran keeps its last recorded cost, with no change. */
export function projectRoute(route: Route, context: RouteContext): RouteProjection {
  const touched = context.evalSets.filter((set) => route.evals.includes(set.name))
  if (touched.length === 0) return recordedRoute(route, context)
  const profile = profileOf(route, context.profiles)
  const traffic = trafficOf(route, profile)
  if (traffic === null) return unknownRoute(route, profile === null ? NO_RATE : `${NO_RATE}, and ${noRate(profile)}`)
  const tariffs = sideTariffs(context.book, dayWindow(context.atMs, route.horizonDays))
  const sets: CostedSet[] = []
  for (const set of touched) {
    const costs = setCosts(set, tariffs, onTiers(billingsOf({ route, traffic, profile }, set, 'eval'), set))
    if (costs.state === 'unpriced') return unknownRoute(route, `unpriced: ${costs.why}`)
    if (costs.state === 'unmeasured') return unknownRoute(route, costs.why)
    sets.push({ set, costs })
  }
  const pool = poolOf(sets, traffic.sliceWeights.value)
  if (pool === null) return unknownRoute(route, 'no case is in a slice that has traffic')
  const production = profile === null ? null : fromProfile({ route, traffic, profile, pool, tariffs })
  if (production?.state === 'unpriced') return unknownRoute(route, `unpriced: ${production.why}`)
  const { book, atMs, recorded } = context
  return pooledRoute({ route, traffic, profile, pool, production, tariffs, book, atMs, recorded })
}

const NO_RATE = 'no requests_per_month'

function noRate({ path, profile }: RouteProfile): string {
  return profile.span === null
    ? `the rows of ${path} have no times`
    : `the rows of ${path} are of ${profile.span.days} days, and a rate takes one or more`
}

export type PooledRoute = {
  readonly route: Route
  readonly traffic: Traffic
  readonly profile: RouteProfile | null
  readonly pool: Pool
  /** Means of production; null without a profile, and `unusable` where its rows are not like the cases. */
  readonly production: Exclude<FromProfile, { state: 'unpriced' }> | null
  readonly tariffs: Sides<Tariffs>
  readonly book: PriceBook
  readonly atMs: number
  readonly recorded: RouteContext['recorded']
}

function pooledRoute(pooled: PooledRoute): RouteProjection {
  const { route, traffic, pool, production, recorded } = pooled
  const scale = monthly(traffic, production?.state === 'costed')
  const assumption = assumptionOf(pooled)
  const figures = { assumption, extra: extrasOf(pooled) }
  if (production?.state === 'costed')
    return fitted(route, production.means, { scale, ...figures, why: { parts: production.parts, requests: 1 } })
  const { paired, alone } = pool
  if (alone.length > 0) return partlyAlone(pooled, scale, figures)
  if (paired.length === 0) {
    const last = lastCost(route, recorded)
    return measured(route, last === null ? UNCHANGED_USD : level(last), {
      ...figures,
      ...(last === null ? {} : { extra: { ...figures.extra, untouched: true as const } }),
      head: last === null ? null : exactly(last),
      delta: exactly(0n),
      assumption:
        last === null ? `${assumption}; no request changed` : 'its last recorded cost, since no request changed',
    })
  }
  const why = { parts: casesParts(pooled), requests: paired.length }
  return fitted(route, pairedMeans(paired), { scale, ...figures, why })
}

/** Sets without a base have a level and no change. What the others change counts all the same: a new set frees no limit. */
function partlyAlone({ route, pool }: PooledRoute, scale: Scale, figures: Pick<Figures, 'assumption' | 'extra'>) {
  const { paired, alone, weights } = pool
  const head = meanOf([...alone, ...paired.map((found) => found.head)], weights)
  const { usd, delta } = changeBeside(pool, scale)
  const projection = measured(
    route,
    { ...headUsd(head, scale), ...usd },
    {
      ...figures,
      ...{ head: bounded(scaled(head, scale)), delta },
    },
  )
  return { ...projection, lacksBase: withoutBase(pool) }
}

/** Over the measured cases, in their weights; null as soon as one set has none: what is left would not add up. */
function casesParts({ route, traffic, profile, pool, tariffs }: PooledRoute): Parts | null {
  let sums: Parts | null = null
  for (const { set, costs, weights } of pool.sets) {
    if (costs.state !== 'paired') continue
    const billings = onTiers(billingsOf({ route, traffic, profile }, set, 'eval'), set)
    const of = pool.weights === undefined ? undefined : weights
    const parts = partsOfCases(costs.measured, { set, tariffs, billings }, of)
    if (parts === null) return null
    sums = sums === null ? parts : plusParts(sums, parts)
  }
  return sums
}

type Why = { readonly parts: Parts | null; readonly requests: number }
type Shown = { readonly scale: Scale; readonly assumption: string; readonly extra: Extra; readonly why: Why }

/** Scaled to the last bill, where one is given. */
function fitted(
  route: Route,
  means: Pick<PairedMeans, 'base' | 'head' | 'delta'>,
  { scale, assumption, extra, why }: Shown,
): RouteProjection {
  const { scale: toBill, note } = calibrated(route, scale, means)
  const usd = pairedUsd(means, toBill)
  const change = parseUsd(usd.delta ?? '')
  const parts =
    change.state === 'ok' ? partsUsd(why.parts, { requests: why.requests, delta: change.pico, scale: toBill }) : {}
  return measured(route, usd, {
    head: bounded(scaled(means.head, toBill)),
    delta: bounded(scaled(means.delta, toBill)),
    assumption: `${assumption}${note}`,
    extra: { ...extra, parts },
  })
}

/** What is paid in a month for a call that costs so much. Rows of a profile are calls; else turns are in the cost of a request. */
function monthly(traffic: Traffic, isProfiled: boolean): Scale {
  const calls = isProfiled ? callsPerMonth(traffic) : traffic.requestsPerMonth.value
  const requests = shareOf(calls)
  const { paid, attempts } = paidShare(traffic)
  return (fine) => divideRounded(fine * requests * paid * attempts, WHOLE ** 3n)
}

type Extra = Pick<RouteReport, 'profile' | 'notCovered' | 'parts' | 'untouched'>

function extrasOf({ profile, pool }: PooledRoute): Extra {
  const notCovered = pool.uncovered.map(({ dimension, value, share }) => ({
    dimension,
    value,
    percent: Math.round(share * 1000) / 10,
  }))
  return {
    ...(notCovered.length === 0 ? {} : { notCovered }),
    ...(profile === null
      ? {}
      : {
          profile: {
            path: profile.path,
            source: profile.profile.source,
            calls: profile.profile.calls,
            from: profile.profile.span?.from ?? null,
            to: profile.profile.span?.to ?? null,
          },
        }),
  }
}

/** Factor between the bill and the model's base, applied to everything. Needs a base that costs something. */
function calibrated(
  route: Route,
  scale: Scale,
  means: Pick<PairedMeans, 'base'>,
): { readonly scale: Scale; readonly note: string } {
  const billed = route.calibrateUsd === undefined ? null : parseUsd(route.calibrateUsd)
  const modelled = scale(means.base.mean)
  if (billed?.state !== 'ok' || billed.pico <= 0n || modelled <= 0n) return { scale, note: '' }
  const bill = fineOf(billed.pico)
  const factor = Number(bill) / Number(modelled)
  const doubt = factor < 0.5 || factor > 2 ? ', which is far off: tiers, discounts or missing routes?' : ''
  const [asBilled, raw] = [billed.pico, picoOf(modelled)].map((pico) => shown(formatUsd(pico)))
  const note = `; scaled by ${factor.toFixed(2)} to the billed ${asBilled} (modelled: ${raw})${doubt}`
  return { scale: (fine) => divideRounded(scale(fine) * bill, modelled), note }
}

function scaled({ mean, half }: Mean, scale: Scale): Mean {
  return { mean: scale(mean), half: half === null ? null : scale(half) }
}

type Figures = {
  readonly head: Bounded<Pico> | null
  readonly delta: Bounded<Pico> | null
  readonly assumption: string
  readonly extra: Extra
}

function measured(route: Route, usd: UsdEstimate, { head, delta, assumption, extra }: Figures): RouteProjection {
  return { report: { ...reportOf(route, usd, assumption), ...extra }, state: 'measured', why: null, head, delta }
}

function unknownRoute(route: Route, why: string): RouteProjection {
  return { report: reportOf(route, UNKNOWN_USD, why), state: 'unknown', why, head: null, delta: null }
}

function recordedRoute(route: Route, context: RouteContext): RouteProjection {
  const last = lastCost(route, context.recorded)
  if (last === null) {
    const unknown = unknownRoute(route, 'none of its eval sets ran, and no earlier cost is recorded')
    return { ...unknown, report: { ...unknown.report, untouched: true }, state: 'not-run' }
  }
  return {
    report: {
      ...reportOf(route, level(last), 'its last recorded cost, since none of its eval sets ran'),
      untouched: true,
    },
    state: 'recorded',
    why: null,
    head: exactly(last),
    delta: exactly(0n),
  }
}

function lastCost({ name }: Route, recorded: RouteContext['recorded']): Pico | null {
  const text = Object.hasOwn(recorded, name) ? recorded[name] : undefined
  const last = text === undefined ? null : parseUsd(text)
  return last?.state === 'ok' ? last.pico : null
}

const exactly = (pico: Pico): Bounded<Pico> => ({ point: pico, low: pico, high: pico })

/** The same on both sides. */
function level(pico: Pico): UsdEstimate {
  const usd = formatUsd(pico)
  return { base: usd, head: usd, delta: '0', low: '0', high: '0' }
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
