// Prices over time: which one holds at a moment, and for how long each one holds in a stretch of time.

import type { Price } from './table.ts'

const MINUTE = 60_000
const DAY = 86_400_000

export type DatedPrice = {
  /** Holds from this moment on; -Infinity when it always did. */
  readonly fromMs: number
  /** Minutes of the UTC day, start inclusive and end exclusive; absent = the whole day. An end before the start wraps. */
  readonly minutes?: readonly [number, number]
  readonly price: Price
  readonly source: string
  /** Day up to which the figure was checked, or from which it holds; null when the owner of the entry gave none. */
  readonly asOf: string | null
  readonly note?: string
}

/** The last entry that is active at a moment; undefined before the first one. */
export function activeAt(prices: readonly DatedPrice[], atMs: number): DatedPrice | undefined {
  const minute = (((atMs % DAY) + DAY) % DAY) / MINUTE
  return prices.findLast((entry) => entry.fromMs <= atMs && (!entry.minutes || isWithin(minute, entry.minutes)))
}

function isWithin(minute: number, [start, end]: readonly [number, number]): boolean {
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end
}

export type PriceShare = { readonly entry: DatedPrice; readonly ms: number }

/**
 * How long each price holds in [fromMs, toMs), in order of first use; null when a part of it has no price.
 * Traffic is taken as even over time, so these are the weights of a mean.
 */
export function sharesOver(prices: readonly DatedPrice[], fromMs: number, toMs: number): readonly PriceShare[] | null {
  const shares = new Map<DatedPrice, number>()
  const moments = boundaries(prices, fromMs, toMs)
  for (const [index, start] of moments.slice(0, -1).entries()) {
    const entry = activeAt(prices, start)
    if (!entry) return null
    shares.set(entry, (shares.get(entry) ?? 0) + (moments[index + 1] ?? start) - start)
  }
  return [...shares].map(([entry, ms]) => ({ entry, ms }))
}

function boundaries(prices: readonly DatedPrice[], fromMs: number, toMs: number): readonly number[] {
  const clock = new Set(prices.flatMap(({ minutes }) => (minutes ? minutes.map((minute) => minute * MINUTE) : [])))
  const days = clock.size === 0 ? [] : daysBetween(fromMs, toMs)
  const daily = days.flatMap((day) => [...clock].map((offset) => day + offset))
  const inside = [...prices.map(({ fromMs: from }) => from), ...daily].filter((at) => at > fromMs && at < toMs)
  return [...new Set([fromMs, ...inside, toMs])].sort((a, b) => a - b)
}

function daysBetween(fromMs: number, toMs: number): readonly number[] {
  const first = Math.floor(fromMs / DAY) * DAY
  return Array.from({ length: Math.ceil((toMs - first) / DAY) }, (_, index) => first + index * DAY)
}

/** The first moment of the UTC day of a moment. */
export function utcDay(atMs: number): number {
  return Math.floor(atMs / DAY) * DAY
}
