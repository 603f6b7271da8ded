// Means as the decimal strings of the report.

import { formatUsd } from '../money.ts'
import type { UsdEstimate } from '../report/report.ts'
import { type Fine, picoOf } from './fine.ts'
import type { Mean, PairedMeans } from './paired.ts'

export const UNKNOWN_USD: UsdEstimate = { base: null, head: null, delta: null, low: null, high: null }

/** Turns an amount per request into the amount to show, for example times the requests of a month. */
export type Scale = (fine: Fine) => Fine
export const PER_REQUEST: Scale = (fine) => fine

/** Base, head and change with its interval. `delta` is head minus base as shown, to the pico-dollar. */
export function pairedUsd(
  { base, head, delta }: Pick<PairedMeans, 'base' | 'head' | 'delta'>,
  scale: Scale = PER_REQUEST,
): UsdEstimate {
  const [baseUsd, headUsd] = [picoOf(scale(base.mean)), picoOf(scale(head.mean))]
  const change = headUsd - baseUsd
  const half = delta.half === null ? null : picoOf(scale(delta.half))
  return {
    base: formatUsd(baseUsd),
    head: formatUsd(headUsd),
    delta: formatUsd(change),
    low: half === null ? null : formatUsd(change - half),
    high: half === null ? null : formatUsd(change + half),
  }
}

/** The head's level alone: with no base there is no change to speak of. */
export function headUsd(head: Mean, scale: Scale = PER_REQUEST): UsdEstimate {
  return { ...UNKNOWN_USD, head: formatUsd(picoOf(scale(head.mean))) }
}

/** A change of exactly nothing at a level that nobody measured. */
export const UNCHANGED_USD: UsdEstimate = { ...UNKNOWN_USD, delta: '0', low: '0', high: '0' }
