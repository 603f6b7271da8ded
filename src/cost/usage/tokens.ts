// Aggregated token counts at list prices. The size of the single request is not in an aggregate: its mean decides on the tier.

import type { Usage } from '../../domain.ts'
import type { Pico } from '../../money.ts'
import { type PriceBook, priceOf } from '../../prices/book.ts'
import { costOfUsage, ratesFor } from '../../prices/cost-of-usage.ts'

export type Tokens = {
  readonly provider: 'openai' | 'anthropic'
  /** Null where the export is not grouped by model. */
  readonly model: string | null
  readonly usage: Usage
  readonly requests: number | null
  readonly batch: boolean
  readonly tier: string | null
}

export function listPrice(
  tokens: Tokens,
  book: PriceBook,
  atMs: number,
): { readonly pico: Pico } | { readonly why: string } {
  const { provider, model, usage, requests, batch, tier } = tokens
  if (model === null) return { why: 'it is not grouped by model, so its tokens have no price' }
  const found = priceOf(book, `${provider}/${model}`, atMs)
  if (found.state === 'unpriced') return { why: found.why }
  const { price } = found
  const rates = requests === null || requests <= 0 ? price.rates : ratesFor(price, usage.input / requests)
  const options = { batch, ...(tier === null ? {} : { tier }) }
  const cost = costOfUsage({ ...price, rates, tiers: [] }, usage, options)
  return cost.state === 'costed' ? { pico: cost.pico } : { why: cost.why }
}
