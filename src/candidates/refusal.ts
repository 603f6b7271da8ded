// What to do about a candidate that refuses every request.

import type { Failure } from '../domain.ts'
import { nearest } from '../nearest.ts'
import type { PriceBook } from '../prices/book.ts'
import { bareOf, providerOf } from './model-name.ts'

export function refusalRemedy(model: string, failure: Failure, book: PriceBook): string {
  if (failure.cause !== 'unknown-model')
    return `Give it parameters of its own: \`candidates: [{ model: ${model}, parameters: { temperature: null } }]\`; null takes one away.`
  const near = nearestModel(model, book)
  return near === null ? `Correct the name of ${model}, or ask its provider for access.` : `Did you mean ${near}?`
}

/** Of the same provider in the price table. */
function nearestModel(model: string, { index }: PriceBook): string | null {
  const near = nearest(bareOf(model), [...(index.get(providerOf(model))?.keys() ?? [])])
  return near === null || near === bareOf(model).toLowerCase() ? null : `${providerOf(model)}/${near}`
}
