// What it costs to have a request computed in one place: Anthropic and Vertex AI take a tenth more than for anywhere.

import type { DatedPrice } from './dated.ts'
import { describeModel } from './describe.ts'
import type { Rates, TableModel } from './table.ts'

/** Anthropic's documents on data residency, and on Claude on Vertex AI. In tenths, so that rates stay whole. */
const TENTHS = 11

export function uplifted(prices: readonly DatedPrice[]): readonly DatedPrice[] {
  return prices.map((entry) => {
    const { rates, tiers } = entry.price
    const placed = tiers.map((tier) => ({ ...tier, rates: upliftedRates(tier.rates) }))
    return { ...entry, price: { ...entry.price, rates: upliftedRates(rates), tiers: placed } }
  })
}

function upliftedRates(rates: Rates): Rates {
  const tenthMore = Object.entries(rates).map(([name, rate]) => [name, Math.round((rate * TENTHS) / 10)] as const)
  return { ...rates, ...Object.fromEntries(tenthMore) }
}

const IN_US = /\?inference_geo=us(?:$|&)/

/** An id without the term that costs the tenth; null when it has none. */
export function withoutPlace(id: string): string | null {
  return IN_US.test(id) ? id.replace(IN_US, '?').replace(/\?$/, '') : null
}

/** Anthropic's own service alone has the term: elsewhere the address says where. */
export function hasPlaces(id: string): boolean {
  return describeModel(id).provider === 'anthropic'
}

/** Claude before 4.5 costs the same everywhere; the models after it cost more outside of the global endpoint. */
const SAME_EVERYWHERE =
  /(?:^|\/)claude-(?:v?[123](?:[-.]|$)|instant|4-(?:opus|sonnet)$|(?:opus|sonnet)-4(?:[-.][01])?(?:$|[-@]\d{8}))/
const UNKNOWN_PLACE = 'the price of the global endpoint; elsewhere it is 10 % more, and no location is set'

/** Vertex AI's prices of a model at a location; the global ones, with a note that says so, where the location is not known. */
export function pricesAt(
  prices: readonly DatedPrice[],
  { ids }: TableModel,
  location: string | undefined,
): readonly DatedPrice[] {
  const isPlaced = ids.some((id) => id.includes('claude')) && !ids.some((id) => SAME_EVERYWHERE.test(id))
  if (!isPlaced || location === 'global') return prices
  return location === undefined ? prices.map((entry) => ({ ...entry, note: UNKNOWN_PLACE })) : uplifted(prices)
}
