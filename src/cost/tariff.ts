// What a model costs over a stretch of time: its dated prices with the time each one holds.

import type { SideLabel } from '../domain.ts'
import { divideRounded } from '../money.ts'
import { mapModel, type PriceBook, priceHistory } from '../prices/book.ts'
import type { CallCost } from '../prices/cost-of-usage.ts'
import { type PriceShare, sharesOver } from '../prices/dated.ts'
import type { Price } from '../prices/table.ts'
import { type Fine, fineOf } from './fine.ts'
import { reroutedPrices } from './reroute.ts'

export type Window = { readonly fromMs: number; readonly toMs: number }

export type Tariff = {
  readonly state: 'priced'
  /** The id that the price belongs to, after `models:`. */
  readonly model: string
  readonly shares: readonly PriceShare[]
  readonly totalMs: number
}
export type Unpriced = { readonly state: 'unpriced'; readonly why: string }

/** A cost, or why there is none. `unmeasured` concerns one run, `unpriced` the whole model. */
export type FineCost =
  | { readonly state: 'costed'; readonly fine: Fine }
  | { readonly state: 'unmeasured'; readonly why: string }
  | Unpriced

/** Tariffs of the models of one side, each looked up once. */
export type Tariffs = (model: string | null) => Tariff | Unpriced

/** Tariffs of a side over a window (at least a moment long). */
export function tariffsOf(book: PriceBook, side: SideLabel, window: Window): Tariffs {
  const known = new Map<string, Tariff | Unpriced>()
  return (model) => {
    if (model === null) return { state: 'unpriced', why: 'the model is not known' }
    const found = known.get(model) ?? tariffOf(book, mapModel(book, model, side) ?? model, window)
    known.set(model, found)
    return found
  }
}

function tariffOf(book: PriceBook, model: string, { fromMs, toMs }: Window): Tariff | Unpriced {
  const history = priceHistory(book, model)
  if (history.state === 'unpriced') return history
  const prices = reroutedPrices(book, model, history.prices)
  if (prices === null)
    return { state: 'unpriced', why: `${model} is answered by another model soon, which has no price` }
  const shares = sharesOver(prices, fromMs, toMs)
  if (!shares) return { state: 'unpriced', why: `${model} has no price for all of the time` }
  return { state: 'priced', model, shares, totalMs: toMs - fromMs }
}

/** Mean of a cost over the tariff's prices, weighted by time. */
export function meanOver(tariff: Tariff, cost: (price: Price) => CallCost): FineCost {
  const [only, another] = tariff.shares
  if (only !== undefined && another === undefined) return fineCost(tariff, cost(only.entry.price))
  let weighted = 0n
  for (const { entry, ms } of tariff.shares) {
    const found = fineCost(tariff, cost(entry.price))
    if (found.state !== 'costed') return found
    weighted += found.fine * BigInt(ms)
  }
  return { state: 'costed', fine: divideRounded(weighted, BigInt(tariff.totalMs)) }
}

function fineCost({ model }: Tariff, cost: CallCost): FineCost {
  if (cost.state === 'costed') return { state: 'costed', fine: fineOf(cost.pico) }
  return { state: cost.cause === 'usage' ? 'unmeasured' : 'unpriced', why: `${model}: ${cost.why}` }
}
