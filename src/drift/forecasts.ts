// Forecasts held against what came of them: the projection of every merge, recorded then, beside the bill of the time in which
// nothing else was merged. Pure.

import type { Route } from '../config/config.ts'
import type { Actual, ActualSource } from '../cost/usage/actual.ts'
import { formatUsd, type Pico, parseUsd } from '../money.ts'
import type { RouteReport } from '../report/report.ts'
import { recordId } from './lines.ts'
import type { CalibrationRecord, ForecastRecord, HistoryRecord } from './records.ts'

export type MergedRoutes = {
  /** Names the configuration. */
  readonly config: string
  readonly reports: readonly RouteReport[]
  readonly routes: readonly Route[]
  /** Names of the eval sets that ran: a route that the merge did not touch has no new forecast. */
  readonly ran: readonly string[]
  readonly commit: string
  readonly pr: number | null
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What each route was last said to cost in a month: for ceilings that cover routes which a run does not touch. */
export function lastForecasts(records: readonly HistoryRecord[]): { readonly [route: string]: string } {
  const forecasts = records.filter((one) => one.kind === 'forecast').sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return Object.fromEntries(forecasts.map(({ route, perMonthUsd }) => [route, perMonthUsd.head]))
}

/** What a merge says that its routes will cost. */
export function forecastRecordsOf({
  config,
  reports,
  routes,
  ran,
  commit,
  pr,
  at,
}: MergedRoutes): readonly ForecastRecord[] {
  return reports.flatMap(({ name, perMonthUsd, assumption, untouched }) => {
    const route = routes.find((one) => one.name === name)
    const { head } = perMonthUsd
    if (route === undefined || head === null || untouched || !route.evals.some((evalSet) => ran.includes(evalSet)))
      return []
    const id = recordId('forecast', name, commit, config)
    const requestsPerMonth = route.requestsPerMonth ?? null
    return [
      {
        v: 1,
        kind: 'forecast',
        id,
        at,
        config,
        route: name,
        commit,
        pr,
        perMonthUsd: { ...perMonthUsd, head },
        requestsPerMonth,
        assumption,
      },
    ]
  })
}

/** A forecast that was off by more than this part of itself is said to be. */
const OFF = 0.25
/** Beyond this a factor is no matter of noise: discounts, tiers, or routes that are not there. */
const DOUBTFUL = { low: 0.5, high: 2 }
/** Fewer days are mostly the rhythm of a week. */
const MIN_DAYS = 7
const DAY_MS = 86_400_000
/** Of a mean month. */
const MONTH_DAYS = 365.25 / 12

export type ForecastRow = {
  readonly route: string
  readonly commit: string
  readonly pr: number | null
  /** Time that the actual figures are of, ISO 8601; the end is exclusive. */
  readonly from: string
  readonly to: string
  readonly source: ActualSource
  readonly path: string
  /** USD per month. */
  readonly projectedUsd: string
  /** The projection times the factor that was known before; null without one. */
  readonly calibratedUsd: string | null
  readonly actualUsd: string
  /** Actual to projected. */
  readonly ratio: number
  /** Requests in a month; null where one of them is not known. */
  readonly requests: { readonly assumed: number; readonly actual: number } | null
  /** What the merge was to change and what it changed; null where the time before it is not known. */
  readonly change: { readonly projectedUsd: string; readonly actualUsd: string } | null
  /** Billed to modelled, at the traffic that there was; null where nothing was billed. */
  readonly factor: number | null
  /** By more than a quarter. */
  readonly off: boolean
  /** The factor is outside 0.5 to 2. */
  readonly doubtful: boolean
}

export type ForecastInput = {
  readonly records: readonly HistoryRecord[]
  readonly actuals: readonly Actual[]
  readonly nowMs: number
}

/** One row for each forecast whose time has a week of figures, oldest first; none where nothing is known. */
export function compareForecasts({ records, actuals, nowMs }: ForecastInput): readonly ForecastRow[] {
  const forecasts = records.filter((one) => one.kind === 'forecast').sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const calibrations = records.filter((one) => one.kind === 'calibration')
  const over = actuals.filter(({ toMs }) => toMs <= nowMs)
  return forecasts.flatMap((forecast) => {
    const own = forecasts.filter(({ route }) => route === forecast.route)
    const at = own.indexOf(forecast)
    const row = rowOf(forecast, { before: own[at - 1], after: own[at + 1], actuals: over, calibrations })
    return row === null ? [] : [row]
  })
}

type Around = {
  readonly before: ForecastRecord | undefined
  readonly after: ForecastRecord | undefined
  readonly actuals: readonly Actual[]
  readonly calibrations: readonly CalibrationRecord[]
}

function rowOf(forecast: ForecastRecord, { before, after, actuals, calibrations }: Around): ForecastRow | null {
  const { route, commit, pr } = forecast
  const own = actuals.filter((one) => one.route === route)
  const spent = spendingOf(own, { from: dayAfter(forecast.at), to: after === undefined ? Infinity : dayOf(after.at) })
  const projected = picoOf(forecast.perMonthUsd.head)
  if (spent === null || projected === null || projected <= 0n) return null
  const assumed = forecast.requestsPerMonth
  const requests =
    assumed === null || assumed <= 0 || spent.requests === null ? null : { assumed, actual: spent.requests }
  const ratio = quotient(spent.usd, projected)
  const factor = spent.source === 'billed' ? ratio / (requests === null ? 1 : requests.actual / requests.assumed) : null
  const known = factorBefore(calibrations, route, forecast.at)
  const earlier = spendingOf(own, {
    from: before === undefined ? -Infinity : dayAfter(before.at),
    to: dayOf(forecast.at),
  })
  return {
    ...{ route, commit, pr, source: spent.source, path: spent.path, ratio, requests },
    ...{ from: iso(spent.fromMs), to: iso(spent.toMs) },
    projectedUsd: formatUsd(projected),
    calibratedUsd: known === null ? null : formatUsd(times(projected, known)),
    actualUsd: formatUsd(spent.usd),
    change: changeOf(forecast, spent, earlier),
    factor: factor !== null && Number.isFinite(factor) ? factor : null,
    off: Math.abs(ratio - 1) > OFF,
    doubtful: factor !== null && (factor < DOUBTFUL.low || factor > DOUBTFUL.high),
  }
}

/** Only of figures of one kind: a bill less a model is no change. */
function changeOf(forecast: ForecastRecord, now: Spending, earlier: Spending | null): ForecastRow['change'] {
  const { delta } = forecast.perMonthUsd
  if (delta === null || earlier === null || earlier.source !== now.source) return null
  return { projectedUsd: delta, actualUsd: formatUsd(now.usd - earlier.usd) }
}

type Spending = {
  readonly source: ActualSource
  readonly path: string
  readonly fromMs: number
  readonly toMs: number
  /** Of a mean month. */
  readonly usd: Pico
  readonly requests: number | null
}
type Window = { readonly from: number; readonly to: number }

const SOURCES: readonly ActualSource[] = ['billed', 'list-price', 'profile']

/** The mean month of what lies wholly within the window, by the best of the sources that has a week of it. */
function spendingOf(actuals: readonly Actual[], { from, to }: Window): Spending | null {
  const within = actuals.filter(({ fromMs, toMs }) => fromMs >= from && toMs <= to)
  for (const source of SOURCES) {
    const own = within.filter((one) => one.source === source)
    const days = own.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / DAY_MS, 0)
    const [first] = own
    if (first === undefined || days < MIN_DAYS) continue
    const amounts = own.map(({ usd }) => picoOf(usd))
    if (amounts.some((one) => one === null)) continue
    const usd = amounts.reduce<Pico>((sum, one) => sum + (one ?? 0n), 0n)
    const requests = own.every((one) => one.requests !== null)
      ? own.reduce((sum, one) => sum + (one.requests ?? 0), 0) * (MONTH_DAYS / days)
      : null
    return {
      ...{ source, path: first.path, requests, usd: times(usd, MONTH_DAYS / days) },
      fromMs: own.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity),
      toMs: own.reduce((most, { toMs }) => Math.max(most, toMs), -Infinity),
    }
  }
  return null
}

function picoOf(usd: string): Pico | null {
  const parsed = parseUsd(usd)
  return parsed.state === 'ok' ? parsed.pico : null
}

const quotient = (a: Pico, b: Pico) => Number(a) / Number(b)
/** Six digits of the factor are more than a forecast has. */
const times = (pico: Pico, factor: number): Pico => (pico * BigInt(Math.round(factor * 1e6))) / 1_000_000n

const dayOf = (at: string) => Date.parse(`${at.slice(0, 10)}T00:00:00Z`)
/** The day of a merge is half before it. */
const dayAfter = (at: string) => dayOf(at) + DAY_MS
const iso = (ms: number) => new Date(ms).toISOString()

// ------------------------------------------------------------------------------------------------- calibration

/** Factors to be kept: of each route the one of its last forecast that a bill speaks of, at most once a month. */
export function calibrationRecordsOf(
  rows: readonly ForecastRow[],
  { at, config }: { readonly at: string; readonly config: string },
): readonly CalibrationRecord[] {
  const last = new Map(rows.flatMap((row) => (row.factor === null ? [] : [[row.route, row] as const])))
  return [...last.values()].flatMap(({ route, commit, from, to, factor, actualUsd }) => {
    const billed = picoOf(actualUsd)
    if (factor === null || factor <= 0 || billed === null) return []
    const id = recordId('calibration', route, commit, at.slice(0, 7), config)
    const said = {
      route,
      commit,
      from,
      to,
      factor,
      billedUsd: actualUsd,
      modelledUsd: formatUsd(times(billed, 1 / factor)),
    }
    return [{ v: 1, kind: 'calibration', id, at, config, ...said }]
  })
}

function factorBefore(calibrations: readonly CalibrationRecord[], route: string, at: string): number | null {
  const before = calibrations.filter((one) => one.route === route && Date.parse(one.at) < Date.parse(at))
  const last = before.reduce<CalibrationRecord | null>(
    (latest, one) => (latest === null || Date.parse(one.at) >= Date.parse(latest.at) ? one : latest),
    null,
  )
  return last?.factor ?? null
}

// ------------------------------------------------------------------------------------------- refreshed profiles

/** What a route costs by its profile, over the time of the profile's calls. */
export function actualsOfProfiles(reports: readonly ProfiledRoute[]): readonly Actual[] {
  return reports.flatMap(({ name, perMonthUsd, profile, requestsPerMonth }) => {
    const monthly = perMonthUsd.head === null ? null : picoOf(perMonthUsd.head)
    if (profile === undefined || monthly === null || profile.from === null || profile.to === null) return []
    const [fromMs, toMs] = [Date.parse(profile.from), Date.parse(profile.to)]
    if (!(toMs > fromMs)) return []
    const days = (toMs - fromMs) / DAY_MS
    const usd = formatUsd(times(monthly, days / PROFILE_MONTH_DAYS))
    const requests = requestsPerMonth === null ? null : (requestsPerMonth * days) / PROFILE_MONTH_DAYS
    return [{ route: name, fromMs, toMs, usd, requests, source: 'profile' as const, path: profile.path }]
  })
}

/** A profile counts its requests for 30 days. */
const PROFILE_MONTH_DAYS = 30

export type ProfiledRoute = Pick<RouteReport, 'name' | 'perMonthUsd' | 'profile'> & {
  readonly requestsPerMonth: number | null
}
