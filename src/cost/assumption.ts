// What a monthly figure takes for granted, in one line that stands beside it.

import type { Route } from '../config/config.ts'
import type { SideLabel } from '../domain.ts'
import { mapModel, type PriceBook, priceHistory } from '../prices/book.ts'
import { type DatedPrice, utcDay } from '../prices/dated.ts'
import { priceChanges } from './events.ts'
import type { EvalSetCalls } from './input.ts'

type Basis = {
  readonly sets: readonly EvalSetCalls[]
  readonly book: PriceBook
  readonly atMs: number
  readonly requestsPerMonth: number
}

/** Traffic, cache, retries, turns, prices and what of the route's settings was not used. */
export function assumptionOf(route: Route, basis: Basis): string {
  const lines = [
    `${grouped(basis.requestsPerMonth)} requests a month`,
    share(route.responseCacheHitRatio, 'answered from the response cache'),
    share(route.retryRate, 'retried'),
    route.turns === undefined || route.turns === 1 ? '' : `${route.turns} turns each`,
    promptCache(route, basis.sets),
    share(route.batchShare, `as batch${assumed('batch', basis)}`),
    route.serviceTier === undefined ? '' : `service tier ${route.serviceTier}${assumed(route.serviceTier, basis)}`,
    `prices over ${route.horizonDays} days from ${new Date(utcDay(basis.atMs)).toISOString().slice(0, 10)}`,
    changingPrices(route, basis),
    missingSets(route, basis.sets),
    unused(route),
  ]
  return lines.filter((line) => line !== '').join(', ')
}

function share(ratio: number | undefined, what: string): string {
  return ratio === undefined || ratio === 0 ? '' : `${Number((ratio * 100).toFixed(2))} % ${what}`
}

function promptCache(route: Route, sets: readonly EvalSetCalls[]): string {
  if (route.promptCacheHitRatio === undefined) return 'no prompt cache'
  const unknown = sets.filter((set) => set.prefixTokens === undefined).length
  const hit =
    share(route.promptCacheHitRatio, 'of shared prefixes read from the prompt cache') ||
    'prefixes never read from cache'
  return unknown === 0 ? hit : `${hit} (no shared prefix is known for ${unknown} of ${sets.length} eval sets: uncached)`
}

/** Whether the factor of batch or flex is a guess for one of the models. */
function assumed(factor: string, { sets, book }: Basis): string {
  if (factor !== 'batch' && factor !== 'flex') return ''
  const isAssumed = sets
    .flatMap((set) => [sidePrices(book, set.modelBase, 'base'), sidePrices(book, set.modelHead, 'head')])
    .some((prices) => prices.some(({ price }) => price.multipliers[factor]?.assumed))
  return isAssumed ? ' (its price is assumed)' : ''
}

function sidePrices(book: PriceBook, model: string | null, side: SideLabel): readonly DatedPrice[] {
  const history = model === null ? null : priceHistory(book, mapModel(book, model, side) ?? model)
  return history?.state === 'priced' ? history.prices : []
}

/** A price that changes within the horizon is in the figure, and why it differs from today's. */
function changingPrices(route: Route, { sets, book, atMs }: Basis): string {
  const window = { fromMs: utcDay(atMs), toMs: utcDay(atMs) + route.horizonDays * 86_400_000 }
  const named = sets.flatMap((set) =>
    (['base', 'head'] as const).flatMap((side) => {
      const model = side === 'base' ? set.modelBase : set.modelHead
      const changes = priceChanges(sidePrices(book, model, side), window)
      return changes.map(({ day, words }) => `${model ?? ''} from ${day}${words}`)
    }),
  )
  return [...new Set(named)].map((one) => `with the new price of ${one}`).join(', ')
}

function missingSets(route: Route, sets: readonly EvalSetCalls[]): string {
  const ran = new Set(sets.map((set) => set.name))
  const missing = route.evals.filter((name) => !ran.has(name))
  return missing.length === 0 ? '' : `without the eval sets that did not run (${missing.join(', ')})`
}

function unused(route: Route): string {
  const names = [route.profile === undefined ? '' : 'profile', route.sliceWeights === undefined ? '' : 'slice_weights']
  const given = names.filter((name) => name !== '')
  return given.length === 0 ? '' : `${given.join(' and ')} not used`
}

function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
