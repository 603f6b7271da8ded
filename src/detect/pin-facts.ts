// What is known of a pin that changed: whose model it is, whether it can change under its name, when it ends, what it costs.

import { isDeepStrictEqual } from 'node:util'
import type { PinFacts, PinPrice } from '../domain.ts'
import { endOf } from '../lifecycle/book.ts'
import { formatUsd as decimal } from '../money.ts'
import type { PriceBook } from '../prices/book.ts'
import { priceOf } from '../prices/book.ts'
import { describeModel, type ModelDescription } from '../prices/describe.ts'
import { formatUsd, plural } from '../report/numbers.ts'

export type Today = { readonly book: PriceBook; readonly nowMs: number }

const DAY = 86_400_000
/** An end that is nearer than this is said in days. */
const SOON_DAYS = 60
const TOKENS = 1_000_000n

export function pinFacts(id: string, { book, nowMs }: Today): PinFacts {
  const description = describeModel(id)
  const { provider, family } = description
  const known = endOf(book.lifecycle, { id })
  const lifecycle = known?.clock === 'channel' ? known.end : null
  const isKnown = lifecycle !== null || description.pin === 'opaque' || priceOf(book, id, nowMs).state === 'priced'
  // What an id without a date means at a provider holds for its models, and this may be none.
  const pinned = isKnown || description.dated ? pinnedOf(description) : 'unknown'
  return {
    id,
    provider,
    family,
    pinned,
    ...(lifecycle === null ? {} : { shutdown: lifecycle.shutdown, shutdownPrecision: lifecycle.precision }),
    ...(lifecycle?.replacement === undefined ? {} : { replacement: lifecycle.replacement }),
    deprecated: lifecycle?.precision === 'exact',
    known: isKnown,
  }
}

function pinnedOf({ pin, dated }: ModelDescription): PinFacts['pinned'] {
  if (pin === 'pinned') return dated ? 'dated' : 'fixed'
  return pin
}

/** List prices in USD per million tokens on the day; both sides, or the one that there is. */
export function pinPrice(from: string | undefined, to: string | undefined, today: Today): PinPrice {
  const sides = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const found = Object.entries(sides).map(([side, id]) => [side, rates(id, today)] as const)
  const unpriced = found.flatMap(([, rate]) => (rate.state === 'unpriced' ? [rate.why] : []))
  if (unpriced.length > 0) return { state: 'unpriced', why: unpriced.join('; ') }
  const entries = found.flatMap(([side, rate]) => {
    if (rate.state === 'unpriced') return []
    const end = side === 'from' ? 'From' : 'To'
    return [
      [`input${end}`, rate.input],
      ...(rate.output === null ? [] : [[`output${end}`, rate.output]]),
      ...(rate.asOf === null ? [] : [['asOf', rate.asOf]]),
    ]
  })
  return { state: 'priced', ...Object.fromEntries(entries) }
}

type Rates =
  | { readonly state: 'priced'; readonly input: string; readonly output: string | null; readonly asOf: string | null }
  | { readonly state: 'unpriced'; readonly why: string }

function rates(id: string, { book, nowMs }: Today): Rates {
  const found = priceOf(book, id, nowMs)
  if (found.state === 'unpriced') return found
  const { input, output } = found.price.rates
  const perMillion = (rate: number) => decimal(BigInt(rate) * TOKENS)
  return {
    state: 'priced',
    input: perMillion(input),
    output: output === undefined ? null : perMillion(output),
    asOf: found.asOf,
  }
}

const PINNED: { readonly [pinned in PinFacts['pinned']]: string } = {
  dated: 'dated',
  fixed: 'a fixed version without a date',
  floating: 'floating: it may change under the same name',
  opaque: 'a deployment name',
  unknown: 'not known whether it may change under the same name',
}

/** One short line: `openai, gpt family, dated; stops on 2027-01-14, in 47 days`. */
export function factsInWords(facts: PinFacts, nowMs: number): string {
  const whose = [facts.provider, facts.family === null ? null : `${facts.family} family`].filter(
    (part) => part !== null,
  )
  const unknown = facts.known ? [] : ['an id that we do not know']
  const pinned = facts.known || facts.pinned !== 'unknown' ? [PINNED[facts.pinned]] : []
  return [[...whose, ...unknown, ...pinned].join(', '), ...endInWords(facts, nowMs)].join('; ')
}

function endInWords({ shutdown, shutdownPrecision, replacement }: PinFacts, nowMs: number): readonly string[] {
  if (shutdown === undefined) return []
  const days = Math.ceil((Date.parse(`${shutdown}T00:00:00Z`) - nowMs) / DAY)
  const after = replacement === undefined ? '' : `, then ${replacement}`
  if (shutdownPrecision === 'earliest') {
    if (days > SOON_DAYS) return []
    const when = days > 0 ? `stops on ${shutdown} at the earliest` : `may be gone any day since ${shutdown}`
    return [`deprecated: ${when}${after}`]
  }
  if (days <= 0) return [`deprecated: was to stop on ${shutdown}${after}`]
  const soon = days <= SOON_DAYS ? `, in ${plural(days, 'day')}` : ''
  return [`deprecated: stops on ${shutdown}${soon}${after}`]
}

/** `input $2 → $0.40, output $8 → $1.60 per million tokens`. */
export function priceInWords(price: PinPrice): string {
  if (price.state === 'unpriced') return `price change not known (${price.why})`
  const rows = [
    ['input', price.inputFrom, price.inputTo],
    ['output', price.outputFrom, price.outputTo],
  ] as const
  const parts = rows.flatMap(([name, from, to]) => {
    if (from === undefined && to === undefined) return []
    if (from === undefined || to === undefined || isDeepStrictEqual(from, to)) return [`${name} ${usd(from ?? to)}`]
    return [`${name} ${usd(from)} → ${usd(to)}`]
  })
  const { inputFrom: a, inputTo: b, outputFrom: c, outputTo: d } = price
  const same = a !== undefined && a === b && c === d ? 'the same price, ' : ''
  return `${same}${parts.join(', ')} per million tokens`
}

/** Cents always, so that two prices line up. */
function usd(amount: string | undefined): string {
  const text = formatUsd(amount ?? null)
  return /^\$\d+$/.test(text) ? `${text}.00` : text.replace(/^(\$\d*\.\d)$/, '$10')
}
