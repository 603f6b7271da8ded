// What a measured call would cost with a shared prefix in the prompt cache. Means in pico-dollars: fractions are figures of
// advice, not of bills.

import type { Usage } from '../../domain.ts'
import { costOfUsage } from '../../prices/cost-of-usage.ts'
import type { Price } from '../../prices/table.ts'
import type { LeverCase, LeverSet, Pair, PricedCall, Traffic } from './lever.ts'

/** Null where the price does not cover the call. */
export function costOf(
  price: Price,
  usage: Usage,
  options: { readonly batch?: boolean; readonly tier?: string } = {},
): number | null {
  const cost = costOfUsage(price, usage, options)
  return cost.state === 'costed' ? Number(cost.pico) : null
}

/** Every token at the full rate: evals run warm or cold by accident. */
export function fresh(usage: Usage): Usage {
  const { cachedInput: _, cacheWrite5m: __, cacheWrite1h: ___, audioCached: ____, ...rest } = usage
  return rest
}

/**
 * Expected cost with `prefix` tokens that are read with the chance `hit`, and written otherwise; `rewritten` ones behind them
 * are written each time.
 */
export function cachedCost({ price, usage }: PricedCall, prefix: number, hit: number, rewritten = 0): number | null {
  const plain = fresh(usage)
  const cachedInput = Math.min(Math.round(prefix), usage.input)
  const block = Math.min(Math.round(prefix + rewritten), usage.input)
  if (block <= 0) return costOf(price, plain)
  const read = costOf(price, { ...plain, cachedInput, cacheWrite5m: block - cachedInput })
  const written = costOf(price, { ...plain, cacheWrite5m: block })
  return read === null || written === null ? null : hit * read + (1 - hit) * written
}

/** What the route's month is made of: with its cache where it says that it has one. */
export function billedCost(call: PricedCall, set: LeverSet, traffic: Traffic): number | null {
  const prefix = traffic.isCached ? cacheable(set.shared?.tokens ?? 0, set) : 0
  const live = cachedCost(call, prefix, traffic.hit.ratio, rewrittenOf(set, traffic))
  const batch = call.price.multipliers.batch
  if (live === null || traffic.batchShare === 0 || batch === undefined) return live
  return live * (1 - traffic.batchShare + (traffic.batchShare * batch.num) / batch.den)
}

/** As the route's month counts it: with its cache, where what is written is long enough to be cached. */
export function rewrittenOf({ shared, cacheMinimum }: LeverSet, { isCached }: Traffic): number {
  if (!isCached || shared === null) return 0
  return cacheable(shared.tokens + shared.rewritten, { cacheMinimum }) === 0 ? 0 : shared.rewritten
}

/** A prefix that is too short is not cached at all. */
export const cacheable = (tokens: number, set: Pick<LeverSet, 'cacheMinimum'>) =>
  tokens < set.cacheMinimum ? 0 : tokens

type Ways = {
  now(call: PricedCall): number | null
  after(call: PricedCall): number | null
  billed(call: PricedCall): number | null
}

/** Means over the runs of a case; null where one of them has no price. */
export function pairOf({ runs }: LeverCase, ways: Ways): Pair | null {
  const sums = { now: 0, after: 0, billed: 0 }
  for (const call of runs.flat()) {
    const [now, after, billed] = [ways.now(call), ways.after(call), ways.billed(call)]
    if (now === null || after === null || billed === null) return null
    sums.now += now
    sums.after += after
    sums.billed += billed
  }
  const n = runs.length
  return n === 0 ? null : { now: sums.now / n, after: sums.after / n, billed: sums.billed / n }
}
