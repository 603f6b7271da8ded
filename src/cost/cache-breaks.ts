// What a change of the shared prefix costs, with the price of the cache: for each request that the cache served, and for the
// month of a route that says how often it does.

import type { Route } from '../config/config.ts'
import type { SideLabel } from '../domain.ts'
import { divideRounded, formatUsd, type Pico } from '../money.ts'
import { costAtRates } from '../prices/cost-of-usage.ts'
import type { Usd } from '../report/report.ts'
import { callsOf } from './billing.ts'
import { type Fine, picoOf } from './fine.ts'
import type { EvalSetCalls } from './input.ts'
import type { PrefixChange } from './prefix-change.ts'
import type { RouteProjection } from './routes.ts'
import type { Sides } from './set-costs.ts'
import { meanOver, type Tariff, type Tariffs } from './tariff.ts'

/** A change of the prefix with its money; null where the model's price knows no cheaper reads. */
export type PricedChange = {
  readonly change: PrefixChange
  /** Of a refill: once for each live entry of the cache. Else: more for each request that the cache served. */
  readonly usd: Usd
  readonly month: { readonly usd: Usd; readonly route: string; readonly hitRatio: HitRatio } | null
  /** Share of the input that the run itself read from the cache; null where it read none. */
  readonly seen: Sides<number> | null
}

export type CacheBreak = PricedChange & {
  readonly evalSet: string
  readonly model: string
}

/** Lost for good, or most likely so; a refill is paid once. */
export function isLoss({ change }: PricedChange): boolean {
  if (change.kind === 'volatile') return change.changes === 'per request'
  return change.kind !== 'refill'
}

/** Of the prefixes, as the configuration has it; or whatever the route's profile shows. */
export type HitRatio = number | 'profile'

/** `project`: a route at its month, over sets that may be changed. */
export type BreakContext = {
  readonly tariffs: Tariffs
  readonly routes: readonly Route[]
  /** Null for a route without a prompt cache. */
  readonly hitRatioOf: (route: Route) => HitRatio | null
  readonly project: (route: Route, of: (set: EvalSetCalls) => EvalSetCalls) => RouteProjection
}

export function cacheBreaks(set: EvalSetCalls, context: BreakContext): readonly CacheBreak[] {
  const tariff = context.tariffs(set.modelHead)
  if (tariff.state !== 'priced' || set.modelHead === null) return []
  const model = set.modelHead
  return (set.prefixChanges ?? []).flatMap((change) => {
    const pico = onceUsd(change, tariff)
    if (pico === null || pico <= 0n) return []
    const month = change.kind === 'refill' ? null : dearest(set, change, context)
    const seen = change.kind === 'shorter' ? cachedShares(set) : null
    return [{ change, usd: formatUsd(pico), month, seen, evalSet: set.name, model }]
  })
}

/** The run confirms it where the provider's cache served its base. */
function cachedShares(set: EvalSetCalls): Sides<number> | null {
  const [base, head] = [cachedShare(set, 'base'), cachedShare(set, 'head')]
  return base === null || head === null || base <= head ? null : { base, head }
}

function cachedShare({ pairs }: EvalSetCalls, side: SideLabel): number | null {
  let [cached, input] = [0, 0]
  for (const pair of pairs)
    for (const run of pair[side])
      for (const { usage } of callsOf(run)) {
        cached += usage?.cachedInput ?? 0
        input += usage?.input ?? 0
      }
  return input === 0 ? null : cached / input
}

/** What was read from the cache is written to it again; below the minimum it is plain input. */
function onceUsd(change: PrefixChange, tariff: Tariff): Pico | null {
  const tokens = change.kind === 'refill' ? change.tokens : change.lost
  const read = costOfInput(tariff, tokens, 'cachedInput')
  const instead = costOfInput(tariff, tokens, change.kind === 'below-minimum' ? null : 'cacheWrite5m')
  return read === null || instead === null ? null : picoOf(instead - read)
}

function costOfInput(tariff: Tariff, tokens: number, as: 'cachedInput' | 'cacheWrite5m' | null): Fine | null {
  const usage = { input: tokens, output: 0, ...(as === null ? {} : { [as]: tokens }) }
  const cost = meanOver(tariff, (price) => costAtRates(price.rates, usage, price))
  return cost.state === 'costed' ? cost.fine : null
}

/** The route whose month it costs most: as it is projected, against the same with the other prefix. */
function dearest(
  set: EvalSetCalls,
  change: PrefixChange,
  { routes, hitRatioOf, project }: BreakContext,
): PricedChange['month'] {
  const months = routes.flatMap((route) => {
    const hitRatio = hitRatioOf(route)
    if (!route.evals.includes(set.name) || hitRatio === null || hitRatio === 0) return []
    const [kept, broken] = [
      project(route, (one) => (one.name === set.name ? unbroken(one, change) : one)),
      project(route, (one) => (one.name === set.name ? broke(one, change) : one)),
    ]
    if (kept.head === null || broken.head === null) return []
    return [{ pico: broken.head.point - kept.head.point, route: route.name, hitRatio }]
  })
  const [most] = months.sort((a, b) => (a.pico < b.pico ? 1 : -1))
  return most === undefined || most.pico <= 0n
    ? null
    : { usd: formatUsd(most.pico), route: most.route, hitRatio: most.hitRatio }
}

/** The head as if its prefix were shared as before. */
function unbroken(set: EvalSetCalls, change: PrefixChange): EvalSetCalls {
  const { rewrittenTokens: _, ...rest } = set
  const { base, head } = set.prefixTokens ?? { base: 0, head: 0 }
  if (change.kind === 'shorter') {
    return { ...rest, prefixTokens: { base, head: change.belowMinimum ? change.lost : head + change.lost } }
  }
  return change.kind === 'below-minimum' ? { ...rest, prefixTokens: { base, head: change.minimum } } : set
}

/** The head as if what looks volatile differed from request to request; else it is what was measured. */
function broke(set: EvalSetCalls, change: PrefixChange): EvalSetCalls {
  if (change.kind !== 'volatile') return set
  const { base, head } = set.prefixTokens ?? { base: 0, head: 0 }
  return { ...set, prefixTokens: { base, head: Math.max(0, head - change.lost) }, rewrittenTokens: change.lost }
}

/** Of the input part of a request: what the other vocabulary alone makes of the base's tokens, at the head's price. */
export function vocabularyUsd(set: EvalSetCalls, meanInput: number | null, tariffs: Tariffs): Usd {
  const tariff = tariffs(set.modelHead)
  if (set.tokenizer === undefined || meanInput === null || tariff.state !== 'priced') return null
  const million = costOfInput(tariff, 1_000_000, null)
  if (million === null) return null
  const tokens = BigInt(Math.round(meanInput * (set.tokenizer.ratio - 1) * 1e6))
  return formatUsd(picoOf(divideRounded(million * tokens, 1_000_000_000_000n)))
}
