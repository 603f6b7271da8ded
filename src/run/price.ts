// What a call costs, at the prices of the run's date.

import type { Answer, Request, SideLabel, Usage } from '../domain.ts'
import { parseUsd } from '../money.ts'
import { mapModel, type PriceBook, type PriceLookup, priceOf } from '../prices/book.ts'
import { type CallCost, costOfUsage } from '../prices/cost-of-usage.ts'
import { termsIn, tierIn, withTerms } from '../prices/terms.ts'
import { given } from '../targets/outside.ts'
import type { Price, PricedAt } from './budget.ts'

export type Pricing = {
  /** Null for an unpriced model or usage that cannot be priced. Applications pay for themselves: their price is not ours to see. */
  readonly price: Price
  /** Why there is none, in words that all calls of the kind share; null where there is one. */
  why(...call: Parameters<Price>): string | null
}

/** @param isBatched whose calls go into batches, at the batch price */
export function createPricing(
  book: PriceBook,
  atMs: number,
  isBatched: (provider: string) => boolean = () => false,
): Pricing {
  const known = new Map<string, PriceLookup>()
  const costOf = (
    usage: Usage,
    request: Request,
    { side, tier = tierIn(request.parameters), terms }: PricedAt = {},
  ): CallCost => {
    if (request.kind === 'echo' || request.kind === 'replay') return { state: 'costed', pico: 0n }
    const reported = reportedPico(usage, request)
    if (reported !== null) return { state: 'costed', pico: reported }
    const id = request.endpoint === 'application' ? (request.model ?? '') : `${request.provider}/${request.model ?? ''}`
    const model = modelOn(book, withTerms(id, termsIn(request.parameters), terms), side)
    const found = known.get(model) ?? priceOf(book, model, atMs)
    known.set(model, found)
    if (found.state !== 'priced') return { state: 'error', cause: 'price', why: found.why }
    const cost = costOfUsage(found.price, usage, { batch: isBatched(request.provider), ...given({ tier }) })
    return cost.state === 'costed' ? cost : { ...cost, why: inWords(cost, model) }
  }
  return {
    price: (...call) => {
      const cost = costOf(...call)
      return cost.state === 'costed' ? cost.pico : null
    },
    why: (...call) => {
      const cost = costOf(...call)
      return cost.state === 'costed' ? null : cost.why
    },
  }
}

/** Counts differ from call to call, and are left to `calls.jsonl`. */
function inWords(cost: Extract<CallCost, { state: 'error' }>, model: string): string {
  if (cost.cause === 'usage') return `the token counts contradict each other (${model})`
  const remedy = cost.key === undefined ? '' : `; add it to \`prices:\` with \`${cost.key}\``
  return `${cost.why} (${model}${remedy})`
}

export const createPricer = (...how: Parameters<typeof createPricing>): Price => createPricing(...how).price

/** `models:` may say that one name stands for another model on each side. */
export function modelOn(book: PriceBook, id: string, side: SideLabel | undefined): string {
  if (side === undefined || mapModel(book, id) !== null) return id
  return mapModel(book, id, side) ?? id
}

/** OpenRouter's own figure counts before the table: which of its providers answered, and at which price, only it knows. */
function reportedPico({ reportedUsd }: Usage, { provider }: Request): bigint | null {
  const parsed = provider === 'openrouter' && reportedUsd !== undefined ? parseUsd(reportedUsd) : null
  return parsed?.state === 'ok' ? parsed.pico : null
}

/** What the calls behind an answer cost together; null as soon as one is not known. */
export function costOfAnswer(
  { usage, calls, serviceTier, terms }: Answer,
  request: Request,
  { pricer, side }: { readonly pricer: Price; readonly side?: SideLabel },
): bigint | null {
  const on = given({ side })
  if (calls === undefined)
    return usage === undefined ? null : pricer(usage, request, { ...on, ...given({ tier: serviceTier, terms }) })
  return calls
    .filter((call) => call.failure === undefined || call.usage !== undefined)
    .reduce<bigint | null>((sum, { usage: used, provider, model, terms: own }) => {
      const asked: Request = { ...request, kind: 'model', endpoint: 'chat', provider, model }
      const cost = used === undefined ? null : pricer(used, asked, { ...on, ...given({ terms: own }) })
      return sum === null || cost === null ? null : sum + cost
    }, 0n)
}
