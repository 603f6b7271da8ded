// When a model ends, and what its provider names in its place.

import { mapModel, type PriceBook } from '../prices/book.ts'
import { describeModel } from '../prices/describe.ts'
import { withProvider } from './model-name.ts'

export type End = { readonly on: string; readonly replacement: string | null }

/** Announced ends alone: "not before" is none. Null when nothing is known. */
export function endOf(model: string, book: PriceBook): End | null {
  const { lifecycle } = describeModel(mapModel(book, model, 'head') ?? model)
  if (lifecycle === null || lifecycle.precision !== 'exact') return null
  const { replacement, shutdown } = lifecycle
  return { on: shutdown, replacement: replacement === undefined ? null : withProvider(replacement, model) }
}
