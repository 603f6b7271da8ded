// A model that its provider stops and goes on answering for with another one: from that day on its calls cost what the other
// one costs. Only where that is announced; a price that the repository gives for the model itself stands.

import { type PriceBook, priceHistory } from '../prices/book.ts'
import { type DatedPrice, utcDay } from '../prices/dated.ts'
import { describeModel } from '../prices/describe.ts'
import { parseModelId } from '../prices/ids.ts'

export type Reroute = { readonly fromMs: number; readonly to: string }

/** When and to what calls of a model are rerouted; null when nothing of the kind is announced. */
export function rerouteOf(model: string): Reroute | null {
  const { lifecycle, provider } = describeModel(model)
  if (!lifecycle?.rerouted || lifecycle.replacement === undefined || lifecycle.precision !== 'exact') return null
  const prefix = parseModelId(model).provider ?? provider
  const to = prefix === null ? lifecycle.replacement : `${prefix}/${lifecycle.replacement}`
  return { fromMs: utcDay(Date.parse(`${lifecycle.shutdown}T00:00:00Z`)), to }
}

/** The prices of a model with those of its replacement from the day on; null when the replacement has none. */
export function reroutedPrices(
  book: PriceBook,
  model: string,
  prices: readonly DatedPrice[],
): readonly DatedPrice[] | null {
  const reroute = rerouteOf(model)
  if (reroute === null || prices.some(({ source }) => source !== book.table.source)) return prices
  const after = priceHistory(book, reroute.to)
  if (after.state === 'unpriced') return null
  const before = prices.filter(({ fromMs }) => fromMs < reroute.fromMs)
  return [...before, ...after.prices.map((entry) => ({ ...entry, fromMs: Math.max(entry.fromMs, reroute.fromMs) }))]
}
