// What a run has measured, as the levers look at it: the head's calls with their prices, some of its requests, and how the
// routes of a set are used.

import type { Route } from '../../config/config.ts'
import type { Case, EvalSet, ScorerSpec } from '../../domain.ts'
import type { Evaluation } from '../../evaluate.ts'
import { inputOf } from '../../measure.ts'
import { parseUsd } from '../../money.ts'
import { mapModel, type PriceBook, priceOf } from '../../prices/book.ts'
import type { Price } from '../../prices/table.ts'
import { formatCount } from '../../report/numbers.ts'
import type { Lever, RouteReport } from '../../report/report.ts'
import { cacheMinimum, callsOf } from '../billing.ts'
import type { CaseRun, EvalSetCalls } from '../input.ts'
import { leversOf } from '../levers.ts'
import { prefixesOf } from '../prefix.ts'
import { countTokens } from '../token-count.ts'
import { profileOf, type RouteProfile, trafficOf as trafficOfRoute } from '../traffic.ts'
import { sampleWires } from '../wire-facts.ts'
import { billedCost } from './billed.ts'
import type { LeverCase, LeverSet, PricedCall, Shared, Traffic } from './lever.ts'

export type LeverRun = {
  readonly evaluations: readonly Evaluation[]
  /** Of the same eval sets, in the same order. */
  readonly calls: readonly EvalSetCalls[]
  readonly routes: readonly Route[]
  readonly projected: readonly RouteReport[]
  /** What production's logs say, by name of the route. */
  readonly profiles: { readonly [route: string]: RouteProfile }
  readonly book: PriceBook
  readonly atMs: number
}

export function leversOfRun(run: LeverRun): readonly Lever[] {
  const sets = run.evaluations.flatMap((evaluation, index) => {
    const calls = run.calls[index]
    return calls === undefined ? [] : [leverSet(evaluation, calls, run)]
  })
  return leversOf(sets.map((set) => ({ set, traffics: trafficsOf(set, sets, run) })))
}

function leverSet({ plan, runs }: Evaluation, calls: EvalSetCalls, run: LeverRun): LeverSet {
  const prices = pricesOf(run, calls.modelHead)
  const { pairs, scale } = sampleWires(plan, inputOf(runs))
  const prefixes = prefixesOf(pairs)
  const expected = expectedOf(plan.head)
  return {
    name: plan.name,
    model: calls.modelHead,
    count: calls.pairs.length,
    cases: someOf(calls.pairs, new Set(pairs.map((one) => one.caseId))).map(
      ({ caseId, head, base, identical }): LeverCase => {
        const kase = plan.cases.get(caseId)?.kase
        const own = head.length === 0 && identical === true ? base : head
        return {
          caseId,
          runs: own.flatMap((one) => priced(one, prices)),
          expectedTokens: kase === undefined ? null : expected(kase, scale.head),
        }
      },
    ),
    wires: pairs.flatMap(({ caseId, head }) => (head === null ? [] : [{ caseId, wire: head }])),
    scale: scale.head,
    shared: prefixes === null ? null : sharedOf(prefixes.head, scale.head, calls),
    cacheMinimum: cacheMinimum(mapped(run.book, calls.modelHead) ?? ''),
    maxOutput: plan.gates.tokens?.maxOutput?.limit ?? null,
  }
}

/** A mean over a thousand is as good as one over a hundred thousand, which would not fit beside the run itself. */
const MOST_CASES = 1_000

function someOf(pairs: EvalSetCalls['pairs'], always: ReadonlySet<string>): EvalSetCalls['pairs'] {
  const step = Math.max(1, Math.floor(pairs.length / MOST_CASES))
  return step === 1 ? pairs : pairs.filter((pair, index) => index % step === 0 || always.has(pair.caseId))
}

type PriceFor = (model: string | null | undefined) => Price | null

const mapped = (book: PriceBook, model: string | null) => (model === null ? null : mapModel(book, model, 'head'))

function pricesOf({ book, atMs }: LeverRun, own: string | null): PriceFor {
  const known = new Map<string | null, Price | null>()
  return (model) => {
    const asked = model ?? own
    const found = known.get(asked)
    if (found !== undefined) return found
    const id = mapped(book, asked)
    const looked = id === null ? null : priceOf(book, id, atMs)
    const price = looked?.state === 'priced' ? looked.price : null
    known.set(asked, price)
    return price
  }
}

/** A run of which one call is not counted or not priced says nothing. */
function priced(run: CaseRun, priceFor: PriceFor): readonly (readonly PricedCall[])[] {
  const calls = callsOf(run).map(({ usage, model }) => ({ usage, price: priceFor(model) }))
  const known = calls.flatMap(({ usage, price }) => (usage === null || price === null ? [] : [{ usage, price }]))
  return known.length === calls.length && calls.length > 0 ? [known] : []
}

type Prefix = NonNullable<ReturnType<typeof prefixesOf>>['head']

function sharedOf({ tokens, behind, end }: Prefix, scale: number, { rewrittenTokens = 0 }: EvalSetCalls): Shared {
  const parting = end?.kind === 'variable' ? end.origin : end?.kind === 'history' ? 'the history of the case' : null
  return { tokens: tokens * scale, behind: behind * scale, rewritten: rewrittenTokens, parting }
}

/** Scorers that hold the whole answer against a text. */
const WHOLE = new Set(['equals', 'levenshtein', 'rouge-n'])

function expectedOf(set: EvalSet): (kase: Case, scale: number) => number | null {
  const comparesAll = ({ type, not, weight, value }: ScorerSpec) =>
    WHOLE.has(type) && !not && weight > 0 && (value === undefined || /\{\{\s*expected\b/.test(String(value)))
  const ofSet = set.scorers.some(comparesAll)
  return ({ expected, scorers }, scale) => {
    if (typeof expected !== 'string' || expected === '' || !(ofSet || scorers.some(comparesAll))) return null
    return Math.ceil(countTokens(expected) * scale)
  }
}

const CACHE_MINUTES = 5
const MINUTES_A_MONTH = 30 * 24 * 60

function trafficsOf(
  set: LeverSet,
  all: readonly LeverSet[],
  { routes, projected, profiles }: LeverRun,
): readonly Traffic[] {
  const own = routes.filter((route) => route.evals.includes(set.name))
  const found = own.map((route) => trafficOf(route, set, { all, projected, profiles }))
  return found.length > 0 ? found : [UNKNOWN_TRAFFIC]
}

const WARM = { ratio: 1, how: 'if every request finds it in the cache' }
const UNKNOWN_TRAFFIC: Traffic = {
  ...{ route: null, monthPico: null, share: 1, hit: WARM, isCached: false, batchShare: 0, isInteractive: true },
}

type Around = Pick<LeverRun, 'projected' | 'profiles'> & { readonly all: readonly LeverSet[] }

function trafficOf(route: Route, set: LeverSet, { all, projected, profiles }: Around): Traffic {
  const { promptCacheHitRatio, interactive = true } = route
  const known = trafficOfRoute(route, profileOf(route, profiles))
  const requestsPerMonth = known?.requestsPerMonth.value
  const batchShare = known?.batchShare.value ?? 0
  const hit = hitOf(promptCacheHitRatio, requestsPerMonth)
  const half: Traffic = {
    ...{ route: route.name, monthPico: null, share: 1, hit, batchShare, isInteractive: interactive },
    isCached: promptCacheHitRatio !== undefined && set.shared !== null,
  }
  const head = projected.find((one) => one.name === route.name)?.perMonthUsd.head ?? null
  const month = head === null ? null : parseUsd(head)
  const share = shareOf(route, half, { set, all })
  return month?.state === 'ok' && share !== null ? { ...half, monthPico: Number(month.pico), share } : half
}

/** Requests that come evenly: the next one comes within five minutes with the chance 1 - exp(-requests in five minutes). */
function hitOf(stated: number | undefined, requestsPerMonth: number | undefined): Traffic['hit'] {
  const percent = (ratio: number) => `${Number((ratio * 100).toFixed(1))} %`
  if (stated !== undefined) return { ratio: stated, how: `${percent(stated)}, as the route says` }
  if (requestsPerMonth === undefined) return WARM
  const ratio = 1 - Math.exp((-requestsPerMonth * CACHE_MINUTES) / MINUTES_A_MONTH)
  return {
    ratio,
    how: `${percent(ratio)}, for ${formatCount(Math.round(requestsPerMonth))} requests a month that come evenly and a cache of ${CACHE_MINUTES} minutes`,
  }
}

/** A route's sets are pooled by case. Null when the cost of one of them is not known. */
function shareOf(
  route: Route,
  traffic: Traffic,
  { set, all }: { set: LeverSet; all: readonly LeverSet[] },
): number | null {
  const pool = all.filter((one) => route.evals.includes(one.name))
  const costs = pool.map((one) => costOfSet(one, { ...traffic, isCached: traffic.isCached && one.shared !== null }))
  const known = costs.filter((cost) => cost !== null && cost > 0)
  const own = costs[pool.indexOf(set)]
  if (known.length !== costs.length || own === undefined || own === null) return null
  return own / known.reduce<number>((sum, cost) => sum + (cost ?? 0), 0)
}

function costOfSet(set: LeverSet, traffic: Traffic): number | null {
  const means = set.cases.flatMap(({ runs }) => {
    const costs = runs.flat().map((call) => billedCost(call, set, traffic))
    if (runs.length === 0 || costs.includes(null)) return []
    return [costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) / runs.length]
  })
  return means.length === 0 ? null : (means.reduce((sum, cost) => sum + cost, 0) / means.length) * set.count
}
