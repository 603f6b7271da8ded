// What a monthly figure takes for granted, in one line that stands beside it, with where each number comes from: given in
// parity.yaml, shown by the profile, measured by the run, or assumed.

import type { Route } from '../config/config.ts'
import type { SideLabel } from '../domain.ts'
import { mapModel, type PriceBook, priceHistory } from '../prices/book.ts'
import { type DatedPrice, utcDay } from '../prices/dated.ts'
import type { Change } from './change.ts'
import { priceChanges } from './events.ts'
import { otherModel } from './from-profile.ts'
import type { EvalSetCalls } from './input.ts'
import type { Pool } from './pool.ts'
import { rerouteOf } from './reroute.ts'
import type { PooledRoute } from './routes.ts'
import type { Known, RouteProfile, Traffic } from './traffic.ts'

const DAY = 86_400_000

/** Traffic, tokens, cache, retries, turns, slices, prices and what the figure leaves out. */
export function assumptionOf(pooled: PooledRoute): string {
  const { route, traffic, profile, pool, book, atMs } = pooled
  const sets = pool.sets.map(({ set }) => set)
  const lines = [
    requests(traffic, profile),
    tokens(pooled),
    share(traffic.responseCacheHitRatio, 'answered from the response cache'),
    share(traffic.retryRate, 'retried'),
    turns(pooled),
    promptCache(pooled, sets),
    share(traffic.batchShare, `as batch${assumedFactor('batch', sets, book)}`),
    serviceTier(traffic, sets, book),
    slices(traffic, pool),
    `prices over ${route.horizonDays} days from ${new Date(utcDay(atMs)).toISOString().slice(0, 10)}`,
    changingPrices(route, sets, { book, atMs }),
    reroutes(route, sets, { book, atMs }),
    missingSets(route, sets),
    profile === null ? '' : profile.leftOut,
  ]
  return lines.filter((line) => line !== '').join(', ')
}

const grouped = (count: number) => count.toLocaleString('en-US', { maximumFractionDigits: 2 })
const percent = (ratio: number) => `${Number((ratio * 100).toFixed(2))} %`
const source = ({ from }: Known<unknown>) => (from === 'profile' ? ' (profile)' : '')

function requests({ requestsPerMonth }: Traffic, profile: RouteProfile | null): string {
  const line = `${grouped(requestsPerMonth.value)} requests a month`
  const span = profile?.profile.span
  if (requestsPerMonth.from !== 'profile' || !span) return line
  const busy = span.busyDays < span.days / 2 ? `, with calls on ${span.busyDays} of ${Math.ceil(span.days)} days` : ''
  return `${line} (extrapolated from the profile, ${span.from.slice(0, 10)} to ${span.to.slice(0, 10)}${busy})`
}

/** Whose token counts are taken. */
function tokens({ profile, production, pool }: PooledRoute): string {
  const isEstimated = pool.sets.some(({ set }) => set.counted === 'estimated')
  const ofCases = isEstimated ? 'tokens of the eval cases (estimated)' : 'tokens of the eval cases (measured)'
  if (profile === null || production === null) return ofCases
  if (production.state === 'unusable')
    return `${ofCases}, since ${production.why}: those of ${profile.path} are not used`
  const { calls, uncounted } = profile.profile
  const other = otherModel(profile, pool.sets)
  return [
    `tokens of ${grouped(calls - uncounted)} calls (profile ${profile.path})`,
    other === null ? '' : `which are calls of ${other}`,
    ...production.changes.map((change) => changed(change, isEstimated ? 'estimated' : 'measured')),
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function changed({ input, outputRatio, pairs }: Change & { readonly pairs: number }, how: string): string {
  const signed = (tokens: number) => `${tokens < 0 ? '' : '+'}${Number(tokens.toFixed(1))}`
  // Text of the prompt alone is as long in every case, but for a token where words meet.
  const range = input.high - input.low > 2 ? ` (${signed(input.low)} to ${signed(input.high)} by case)` : ''
  const inputs =
    input.kind === 'added'
      ? `${signed(input.value)} input tokens a call${range}`
      : `input × ${input.value.toFixed(3)} by another tokenizer`
  return `changed by ${inputs} and output × ${outputRatio.toFixed(3)} (${how} on ${pairs} pairs)`
}

function share(ratio: Known<number>, what: string): string {
  return ratio.value === 0 ? '' : `${percent(ratio.value)} ${what}${source(ratio)}`
}

function turns({ traffic, profile, production }: PooledRoute): string {
  const { value, from } = traffic.turns
  const seen = profile?.profile.turns
  if (from === 'given' && value !== 1) {
    const isIn = production?.state === 'costed' && traffic.requestsPerMonth.from === 'profile'
    return isIn ? `${value} turns each, which the profile's calls already are` : `${value} turns each`
  }
  return seen == null || seen < 1.005 ? '' : `each call a request (${seen.toFixed(2)} a conversation in the profile)`
}

function promptCache({ route, profile, production }: PooledRoute, sets: readonly EvalSetCalls[]): string {
  const unknown = sets.filter((set) => set.prefixTokens === undefined).length
  if (route.promptCacheHitRatio === undefined) {
    const measured = profile?.profile.promptCacheHitRatio ?? null
    if (measured === null || production === null) return 'no prompt cache'
    if (production.state === 'unusable') return unknown === 0 ? 'prompt cache of the profile' : 'no prompt cache'
    const note = unknown === 0 ? '' : '; no shared prefix is known: what is added is not cached'
    return `${percent(measured)} of input tokens read from the prompt cache (profile${note})`
  }
  const hit =
    route.promptCacheHitRatio === 0
      ? 'prefixes never read from cache'
      : `${percent(route.promptCacheHitRatio)} of shared prefixes read from the prompt cache`
  return unknown === 0 ? hit : `${hit} (no shared prefix is known for ${unknown} of ${sets.length} eval sets: uncached)`
}

function serviceTier({ tiers }: Traffic, sets: readonly EvalSetCalls[], book: PriceBook): string {
  if (tiers.from === 'default') return ''
  const special = tiers.value.filter(({ tier }) => tier !== 'default')
  if (tiers.from === 'profile') {
    const shares = special.map(
      ({ tier, share }) => `${percent(Number(share) / 1e9)} ${tier}${assumedFactor(tier, sets, book)}`,
    )
    return shares.length === 0 ? '' : `service tiers ${shares.join(' and ')} (profile)`
  }
  return tiers.value.map(({ tier }) => `service tier ${tier}${assumedFactor(tier, sets, book)}`).join('')
}

/** Whether the factor of batch or flex is a guess for one of the models. */
function assumedFactor(factor: string, sets: readonly EvalSetCalls[], book: PriceBook): string {
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

const NAMED_SLICES = 3

function slices({ sliceWeights }: Traffic, pool: Pool): string {
  const names = Object.keys(sliceWeights.value).filter((name) => !pool.unused.includes(name))
  const missing = pool.uncovered
    .slice(0, NAMED_SLICES)
    .map((one) => `${one.dimension}=${one.value} ${percent(one.share)}`)
  const more = pool.uncovered.length > NAMED_SLICES ? ` and ${pool.uncovered.length - NAMED_SLICES} more` : ''
  return [
    names.length === 0 ? '' : `cases weighted by ${names.join(' and ')}${source(sliceWeights)}`,
    missing.length === 0 ? '' : `not covered: ${missing.join(', ')}${more}`,
    pool.outside === 0 ? '' : `${pool.outside} cases in no slice with traffic left out`,
    pool.unused.length === 0 || sliceWeights.from !== 'given'
      ? ''
      : `no case has ${pool.unused.join(' or ')}: not weighted by it`,
  ]
    .filter((line) => line !== '')
    .join(', ')
}

type Time = { readonly book: PriceBook; readonly atMs: number }

/** Models that another one answers for within the horizon, at its price. */
function reroutes(route: Route, sets: readonly EvalSetCalls[], { book, atMs }: Time): string {
  const models = sets.flatMap((set) =>
    (['base', 'head'] as const).flatMap((side) => {
      const model = side === 'base' ? set.modelBase : set.modelHead
      return model === null ? [] : [mapModel(book, model, side) ?? model]
    }),
  )
  return [...new Set(models)]
    .flatMap((model) => {
      const reroute = rerouteOf(model)
      const isOwn = sidePrices(book, model, 'head').some(({ source: whose }) => whose !== book.table.source)
      if (reroute === null || isOwn || reroute.fromMs >= utcDay(atMs) + route.horizonDays * DAY) return []
      return [`${model} priced as ${reroute.to} from ${new Date(reroute.fromMs).toISOString().slice(0, 10)}`]
    })
    .join(', ')
}

/** A price that changes within the horizon is in the figure, and why it differs from today's. */
function changingPrices(route: Route, sets: readonly EvalSetCalls[], { book, atMs }: Time): string {
  const window = { fromMs: utcDay(atMs), toMs: utcDay(atMs) + route.horizonDays * DAY }
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
