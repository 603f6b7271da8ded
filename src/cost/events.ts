// What happens to prices and models within the horizon, in words for the report.

import { endOf as knownEndOf } from '../lifecycle/book.ts'
import type { PriceBook } from '../prices/book.ts'
import { mapModel, priceHistory } from '../prices/book.ts'
import { activeAt, type DatedPrice } from '../prices/dated.ts'
import { formatUsd } from '../report/numbers.ts'
import type { EvalSetCalls } from './input.ts'
import type { Window } from './tariff.ts'

const DAY = 86_400_000

/** Price changes and ends of the models of a set within a window, sources that disagree; each line once. */
export function eventsOf(book: PriceBook, set: EvalSetCalls, window: Window): readonly string[] {
  const models = [mapped(book, set.modelBase, 'base'), mapped(book, set.modelHead, 'head')]
  const lines = models.flatMap((model) => (model === null ? [] : modelEvents(book, model, window)))
  return [...new Set(lines)]
}

function mapped(book: PriceBook, model: string | null, side: 'base' | 'head'): string | null {
  return model === null ? null : mapModel(book, model, side)
}

function modelEvents(book: PriceBook, model: string, window: Window): readonly string[] {
  const history = priceHistory(book, model)
  const prices = history.state === 'priced' ? history.prices : []
  const changes = priceChanges(prices, window).map(
    ({ day, words }) => `the price of ${model} changes on ${day}${words}`,
  )
  const notes = prices.flatMap(({ note }) => (note === undefined ? [] : [`${model}: ${note}`]))
  return [...changes, ...endOf(book, model, window), ...notes]
}

export type PriceChange = { readonly day: string; readonly words: string }

/** Within a window, with the rates that change where both are known. */
export function priceChanges(prices: readonly DatedPrice[], window: Window): readonly PriceChange[] {
  return prices
    .filter(({ fromMs }) => fromMs > window.fromMs && fromMs < window.toMs)
    .map((entry) => ({ day: dayOf(entry.fromMs), words: ratesText(activeAt(prices, entry.fromMs - 1), entry) }))
}

function ratesText(before: DatedPrice | undefined, after: DatedPrice): string {
  const changed = (['input', 'output'] as const).flatMap((name) => {
    const [from, to] = [before?.price.rates[name], after.price.rates[name]]
    return from === undefined || to === undefined || from === to
      ? []
      : [`${name} ${perMillion(from)} to ${perMillion(to)}`]
  })
  return changed.length === 0 ? '' : `: ${changed.join(', ')} per million tokens`
}

/** Pico-dollars per token are micro-dollars per million. */
const perMillion = (rate: number) => formatUsd(String(rate / 1e6))

function endOf({ lifecycle: ends }: PriceBook, model: string, { fromMs, toMs }: Window): readonly string[] {
  const known = knownEndOf(ends, { id: model })
  if (known?.clock !== 'channel') return []
  const { end: lifecycle } = known
  const end = Date.parse(`${lifecycle.shutdown}T00:00:00Z`)
  const when = lifecycle.precision === 'exact' ? `on ${lifecycle.shutdown}` : `on ${lifecycle.shutdown} at the earliest`
  const after = lifecycle.replacement
    ? ` (then ${lifecycle.rerouted ? 'answered by' : 'use'} ${lifecycle.replacement})`
    : ''
  if (end > toMs) return []
  if (end <= fromMs) return lifecycle.precision === 'exact' ? [`${model} was to stop ${when}${after}`] : []
  return [`${model} stops ${when}, in ${Math.round((end - fromMs) / DAY)} days${after}`]
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
