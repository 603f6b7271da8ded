// When a model ends, and what its provider names in its place.

import { endOf as knownEnd } from '../lifecycle/book.ts'
import { mapModel, type PriceBook } from '../prices/book.ts'
import { withProvider } from './model-name.ts'

export type End = { readonly on: string; readonly replacement: string | null }

/** Announced ends alone: "not before" is none. Null when nothing is known. */
export function endOf(model: string, book: PriceBook): End | null {
  const known = knownEnd(book.lifecycle, { id: model, stands: mapModel(book, model, 'head') ?? model })
  if (known?.clock !== 'channel' || known.end.precision !== 'exact') return null
  const { replacement, shutdown } = known.end
  return { on: shutdown, replacement: replacement === undefined ? null : withProvider(replacement, model) }
}
