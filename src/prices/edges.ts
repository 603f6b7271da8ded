// Where the rates of long requests begin, in every price of a book.

import type { PriceBook } from './book.ts'
import type { PriceTier } from './table.ts'

/** Inputs beyond which some model is dearer, shortest first. */
export function tierEdges({ table, overrides }: Pick<PriceBook, 'table' | 'overrides'>): readonly number[] {
  const listed = Object.values(table.providers).flatMap(({ models }) =>
    models.flatMap(({ prices }) => prices.flatMap(({ tiers = [] }) => tiers)),
  )
  const own = [...overrides.values()].flatMap((prices) => prices.flatMap(({ price }) => price.tiers))
  const above = ({ above: edge }: PriceTier) => edge
  return [...new Set([...listed, ...own].map(above))].sort((a, b) => a - b)
}
