// What a drift run says of earlier forecasts: from the usage files of its routes, and from profiles that were read anew.

import type { Config, Route } from '../config/config.ts'
import type { EvalSetCalls } from '../cost/input.ts'
import { projectCost } from '../cost/project.ts'
import type { RouteProfile } from '../cost/traffic.ts'
import type { Actual } from '../cost/usage/actual.ts'
import type { Tree } from '../ports.ts'
import type { PriceBook } from '../prices/book.ts'
import { tierEdges } from '../prices/edges.ts'
import { forecastEvents } from '../report/forecasts.ts'
import { actualsOfProfiles, calibrationRecordsOf, compareForecasts, type ForecastRow } from './forecasts.ts'
import type { CalibrationRecord, HistoryRecord } from './records.ts'
import type { DriftEvent } from './report.ts'

export type Evidence = {
  readonly billed: readonly Actual[]
  readonly profiles: { readonly [route: string]: RouteProfile }
}

type Files = { readonly tree: Tree; readonly nowMs: number; readonly loadBook: () => Promise<PriceBook> }

/** Read before any call, so that a file that is not there costs nothing. Empty where no route names one. */
export async function loadEvidence({ routes }: Config, { tree, nowMs, loadBook }: Files): Promise<Evidence> {
  const billing = routes.filter(({ usage }) => usage !== undefined)
  const profiled = routes.filter(({ profile }) => profile !== undefined)
  const { loadUsage } = await import('../cost/usage/load.ts')
  const { loadProfiles } = await import('../cost/profile/load.ts')
  const edges = profiled.length === 0 ? [] : tierEdges(await loadBook())
  return {
    billed: billing.length === 0 ? [] : await loadUsage(billing, { tree, book: await loadBook() }),
    profiles: await loadProfiles({ routes: profiled, trees: [tree], dimensionsOf: () => [], nowMs, edges }),
  }
}

export type Held = {
  readonly rows: readonly ForecastRow[]
  readonly events: readonly DriftEvent[]
  readonly records: readonly CalibrationRecord[]
}

export type HoldInput = {
  /** Names the configuration. */
  readonly config: string
  readonly evidence: Evidence
  readonly routes: readonly Route[]
  /** Calls of the pins in this run: they say which models a route asks. */
  readonly evalSets: readonly EvalSetCalls[]
  readonly book: PriceBook
  readonly records: readonly HistoryRecord[]
  /** ISO 8601, UTC. */
  readonly at: string
}

export function holdForecasts({ config, evidence, routes, evalSets, book, records, at }: HoldInput): Held {
  const modelled = routes.flatMap((route) => {
    const profile = Object.hasOwn(evidence.profiles, route.name) ? evidence.profiles[route.name] : undefined
    return profile === undefined ? [] : profiledCost(route, profile, { evalSets, book })
  })
  const actuals = [...evidence.billed, ...modelled]
  const rows = compareForecasts({ records, actuals, nowMs: Date.parse(at) })
  return { rows, events: forecastEvents(rows, at), records: calibrationRecordsOf(rows, { at, config }) }
}

type Means = Pick<HoldInput, 'evalSets' | 'book'>

/** The route as its profile has it, at the prices of that time: nothing that was assumed of it counts. */
function profiledCost(route: Route, read: RouteProfile, { evalSets, book }: Means): readonly Actual[] {
  const { span, requestsPerMonth } = read.profile
  if (span === null) return []
  const { name, evals, profile, calibrateUsd, place } = route
  const plain: Route = {
    ...{ name, evals, horizonDays: Math.max(1, Math.ceil(span.days)), place },
    ...(profile === undefined ? {} : { profile }),
    ...(calibrateUsd === undefined ? {} : { calibrateUsd }),
  }
  const { routes } = projectCost({
    evalSets: evalSets.filter((set) => evals.includes(set.name)).map(unchanged),
    ...{ routes: [plain], book, atMs: Date.parse(span.from), profiles: { [name]: read } },
  })
  return actualsOfProfiles(routes.map((one) => ({ ...one, requestsPerMonth })))
}

/** The same calls on both sides: the projection is then that of the profile itself. */
function unchanged(set: EvalSetCalls): EvalSetCalls {
  const pairs = set.pairs.map(({ caseId, head }) => ({ caseId, base: head, head, identical: true }))
  return { ...set, modelBase: set.modelHead, pairs }
}
