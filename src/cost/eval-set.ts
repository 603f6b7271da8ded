// The cost section of one eval set: what a request costs on both sides, and why that changed.

import { type Pico, parseUsd } from '../money.ts'
import { mapModel, type PriceBook, priceHistory } from '../prices/book.ts'
import { activeAt, type DatedPrice, utcDay } from '../prices/dated.ts'
import type { CostReport } from '../report/report.ts'
import { AS_REPORTED, type Billing, callsOf, hasCacheCounts, WITHOUT_CACHE } from './billing.ts'
import { type CacheBreak, isLoss, vocabularyUsd } from './cache-breaks.ts'
import { eventsOf } from './events.ts'
import { picoOf } from './fine.ts'
import type { Call, EvalSetCalls } from './input.ts'
import { type Mean, meanOf, type PairedMeans, pairedMeans } from './paired.ts'
import { partsOfCases } from './part-views.ts'
import { partsUsd } from './parts.ts'
import { onTiers, tierLine } from './service-tier.ts'
import { type SetCosts, type Sides, setCosts } from './set-costs.ts'
import { spreadOf, spreadOfHead } from './spread.ts'
import { type Tariffs, tariffsOf, type Window } from './tariff.ts'
import { headUsd, pairedUsd, UNCHANGED_USD, UNKNOWN_USD } from './usd-estimate.ts'
import { cacheSentence, vocabularySentence } from './why-words.ts'

const DAY = 86_400_000

/** A level with the bounds of its 95 % interval; bounds are null with one case. */
export type Bounded<T> = { readonly point: T; readonly low: T | null; readonly high: T | null }

/**
 * What `gates.cost` is held against, without the eval run's prompt cache: base prompts are warm from production and
 * head prompts cold, which says nothing about their cost later. Null = not known.
 */
export type SetCostNumbers = {
  readonly ratio: Bounded<number> | null
  readonly headPico: Bounded<Pico> | null
  /** Why both are null; null when they are not. */
  readonly why: string | null
}

export type SetProjection = { readonly report: CostReport; readonly numbers: SetCostNumbers }

export type SetContext = {
  readonly book: PriceBook
  readonly atMs: number
  /** Whether a route with traffic stands on this set. */
  readonly hasTraffic: boolean
  readonly horizonDays: number
  /** What the change did to the prompt cache. */
  readonly breaks?: readonly CacheBreak[]
}

/** Projects one eval set at the prices of the run's UTC day (their mean where they vary by the hour). */
export function projectSet(set: EvalSetCalls, context: SetContext): SetProjection {
  const tariffs = sideTariffs(context.book, dayWindow(context.atMs, 1))
  const costs = setCosts(set, tariffs, onBothSides(AS_REPORTED, set))
  const numbers = numbersOf(isCached(set) ? setCosts(set, tariffs, onBothSides(WITHOUT_CACHE, set)) : costs)
  const outlook = [
    // What is lost for good is a finding, and not said twice.
    ...(context.breaks ?? []).filter((found) => !isLoss(found)).map((found) => cacheSentence(found)),
    ...tierLine(set),
    ...vocabularyLine(set, tariffs),
    ...longContextLine(set, tariffs),
    ...eventsOf(context.book, set, dayWindow(context.atMs, context.horizonDays)),
  ]
  const used = pricesUsed(set, context)
  // The older date: the figure is no fresher than that.
  const priceDate = unique(used.flatMap(({ asOf }) => asOf ?? [])).toSorted()[0] ?? null
  const common = { priceDate, provenance: provenanceOf(set, costs, unique(used.map(({ source }) => source))) }
  if (costs.state === 'unpriced' || costs.state === 'unmeasured') {
    const report: CostReport = {
      ...common,
      state: 'unpriced',
      perRequestUsd: UNKNOWN_USD,
      parts: {},
      events: [costs.why, ...outlook],
    }
    return { report, numbers }
  }
  const state = context.hasTraffic ? 'priced' : 'no-traffic'
  return { report: { ...common, state, ...figures(set, tariffs, costs), events: outlook }, numbers }
}

/** Whether a provider's cache had a part in any call: without one, a bill without the cache is the bill. */
function isCached({ pairs }: EvalSetCalls): boolean {
  const ofCall = ({ usage }: Call) => usage !== null && hasCacheCounts(usage)
  return pairs.some(({ base, head }) => [base, head].some((runs) => runs.some((run) => callsOf(run).some(ofCall))))
}

type Known = Exclude<SetCosts, { readonly state: 'unpriced' | 'unmeasured' }>

function figures(
  set: EvalSetCalls,
  tariffs: Sides<Tariffs>,
  costs: Known,
): Pick<CostReport, 'perRequestUsd' | 'parts' | 'spread'> {
  if (costs.state === 'unchanged') return { perRequestUsd: UNCHANGED_USD, parts: {} }
  if (costs.state === 'head-only')
    return { perRequestUsd: headUsd(meanOf(costs.head)), parts: {}, ...withSpread(spreadOfHead(costs.head)) }
  const perRequestUsd = pairedUsd(pairedMeans(costs.cases))
  const change = parseUsd(perRequestUsd.delta ?? '')
  const delta = change.state === 'ok' ? change.pico : 0n
  const parts = partsOfCases(costs.measured, { set, tariffs, billings: onBothSides(AS_REPORTED, set) })
  return {
    perRequestUsd,
    parts: partsUsd(parts, { requests: costs.cases.length, delta }),
    // Ties without a call stand at the level of the others, and say nothing of the spread.
    ...withSpread(spreadOf(costs.cases.slice(0, costs.measured.length))),
  }
}

function withSpread(spread: CostReport['spread'] | null): Pick<CostReport, 'spread'> {
  return spread === null || spread === undefined ? {} : { spread }
}

/** Tariffs of both sides over a window. */
export function sideTariffs(book: PriceBook, window: Window): Sides<Tariffs> {
  return { base: tariffsOf(book, 'base', window), head: tariffsOf(book, 'head', window) }
}

/** From the start of the UTC day of a moment, some days long. */
export function dayWindow(atMs: number, days: number): Window {
  return { fromMs: utcDay(atMs), toMs: utcDay(atMs) + days * DAY }
}

export function onBothSides(billing: Billing, set: EvalSetCalls): Sides<Billing> {
  return onTiers({ base: billing, head: billing }, set)
}

function vocabularyLine(set: EvalSetCalls, tariffs: Sides<Tariffs>): readonly string[] {
  const { tokenizer, modelBase, modelHead } = set
  if (tokenizer === undefined || modelBase === null || modelHead === null) return []
  const usd = vocabularyUsd(set, meanInput(set), tariffs.head)
  return [vocabularySentence(tokenizer, { base: modelBase, head: modelHead, usd })]
}

/** How many requests pay the rates of long ones; nothing where that did not change. */
function longContextLine({ pairs, modelBase, modelHead }: EvalSetCalls, tariffs: Sides<Tariffs>): readonly string[] {
  const long = { base: 0, head: 0 }
  const limits = new Set<number>()
  const from = remembered(longFrom)
  for (const pair of pairs)
    for (const side of ['base', 'head'] as const)
      for (const run of pair[side])
        for (const call of callsOf(run)) {
          const above = from(tariffs[side](call.model ?? (side === 'base' ? modelBase : modelHead)))
          if (above === null || call.usage === null || call.usage.input <= above) continue
          long[side] += 1
          limits.add(above)
        }
  if (long.base === long.head) return []
  const above = [...limits].sort((a, b) => a - b).map((limit) => limit.toLocaleString('en-US'))
  const rates = `pay the long-context rates (above ${above.join(' or ')} tokens) for all of their tokens`
  return [`${long.head} requests of the head and ${long.base} of the base ${rates}`]
}

/** A function that is asked the same of every call of a set. */
function remembered<In, Out>(of: (value: In) => Out): (value: In) => Out {
  const known = new Map<In, Out>()
  return (value) => {
    const found = known.get(value)
    if (found !== undefined) return found
    const made = of(value)
    known.set(value, made)
    return made
  }
}

function longFrom(tariff: ReturnType<Tariffs>): number | null {
  const limits = tariff.state === 'priced' ? tariff.shares.flatMap(({ entry }) => entry.price.tiers) : []
  return limits.length === 0 ? null : Math.min(...limits.map(({ above }) => above))
}

/** Of the base; null where nothing was counted. */
function meanInput({ pairs }: EvalSetCalls): number | null {
  let [sum, count] = [0, 0]
  for (const pair of pairs)
    for (const run of pair.base)
      for (const { usage } of callsOf(run)) {
        sum += usage?.input ?? 0
        count += usage === null ? 0 : 1
      }
  return count === 0 ? null : sum / count
}

function numbersOf(costs: SetCosts): SetCostNumbers {
  if (costs.state === 'unpriced' || costs.state === 'unmeasured') return { ratio: null, headPico: null, why: costs.why }
  if (costs.state === 'head-only') return { ratio: null, headPico: bounded(meanOf(costs.head)), why: 'no base side' }
  if (costs.state === 'unchanged') {
    const ratio = { point: 1, low: 1, high: 1 }
    return { ratio, headPico: null, why: 'no request was called: all are identical' }
  }
  const means: PairedMeans = pairedMeans(costs.cases)
  return { ratio: means.ratio, headPico: bounded(means.head), why: null }
}

/** A mean with its interval, in pico-dollars. */
export function bounded({ mean, half }: Mean): Bounded<Pico> {
  if (half === null) return { point: picoOf(mean), low: null, high: null }
  return { point: picoOf(mean), low: picoOf(mean - half), high: picoOf(mean + half) }
}

function provenanceOf(set: EvalSetCalls, costs: SetCosts, sources: readonly string[]): string {
  const counted =
    set.counted === 'estimated' ? 'token counts estimated from text length (±15 %)' : 'measured token counts'
  const named = sources.map((source) => (source.startsWith('prices: of ') ? source : `list prices of ${source}`))
  const from = named.length === 0 ? 'no price' : named.join(' and ')
  // What lacks is a price: the cases may well have been counted.
  if (costs.state === 'unpriced') return from
  return `${counted} of ${sampleOf(costs, set.modelBase === null)}; ${from}`
}

function sampleOf(costs: SetCosts, isNew: boolean): string {
  if (costs.state === 'head-only')
    return `${costs.head.length} head cases${isNew ? ' without a base' : '; the base has no answer to compare them with'}${leftOut(costs.unmeasured)}`
  if (costs.state === 'unchanged') return `${costs.ties} identical requests, none called`
  if (costs.state !== 'paired') return 'no usable cases'
  const ties = costs.ties === 0 ? '' : `, ${costs.ties} of them identical and not called`
  return `${costs.cases.length} paired cases${ties}${leftOut(costs.unmeasured)}`
}

function leftOut(unmeasured: number): string {
  return unmeasured === 0 ? '' : ` (${unmeasured} without counts left out)`
}

/** The prices of every model that a call of the set names, on the run's day. */
function pricesUsed(set: EvalSetCalls, { book, atMs }: SetContext): readonly DatedPrice[] {
  return (['base', 'head'] as const).flatMap((side) => {
    const own = side === 'base' ? set.modelBase : set.modelHead
    const models = new Set([own])
    for (const pair of set.pairs)
      for (const run of pair[side]) for (const call of callsOf(run)) models.add(call.model ?? own)
    return [...models].flatMap((model) => {
      const history = model === null ? null : priceHistory(book, mapModel(book, model, side) ?? model)
      const entry = history?.state === 'priced' ? activeAt(history.prices, utcDay(atMs)) : undefined
      return entry ? [entry] : []
    })
  })
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
