// Rows of usage put together: one amount for each stretch of time, however many models, projects or lines it is split into.

import { formatUsd, type Pico } from '../../money.ts'
import type { Actual } from './actual.ts'

/** One row of a usage file. Money, tokens at list prices and requests may stand in different rows of the same day. */
export type Slice = {
  readonly fromMs: number
  readonly toMs: number
  readonly billed: Pico | null
  readonly listed: Pico | null
  readonly requests: number | null
  /** Why its tokens have no list price. */
  readonly unpriced?: string
  /** Where it stands, from 1. */
  readonly line: number
}

export type Joined =
  | { readonly state: 'joined'; readonly actuals: readonly Actual[] }
  /** Two rows cover the same time in part: which of them counts is not known. */
  | { readonly state: 'overlap'; readonly line: number; readonly other: number }
  /** Nothing was billed in that time, and not all of its tokens have a price. */
  | { readonly state: 'unpriced'; readonly line: number; readonly why: string }

type Sum = { billed: Pico | null; listed: Pico | null; requests: number | null; unpriced?: string }
type Stretch = Sum & { readonly fromMs: number; readonly toMs: number; readonly line: number }

export function joinSlices(slices: readonly Slice[], about: Pick<Actual, 'route' | 'path'>): Joined {
  const stretches = new Map<string, Stretch>()
  for (const slice of slices) {
    const key = `${slice.fromMs}-${slice.toMs}`
    const known = stretches.get(key)
    if (known === undefined) stretches.set(key, { ...slice })
    else add(known, slice)
  }
  const inOrder = [...stretches.values()].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)
  for (const [at, one] of inOrder.entries()) {
    const before = inOrder[at - 1]
    if (before !== undefined && one.fromMs < before.toMs)
      return { state: 'overlap', line: one.line, other: before.line }
  }
  for (const { billed, unpriced: why, line } of inOrder)
    if (billed === null && why !== undefined) return { state: 'unpriced', line, why }
  return { state: 'joined', actuals: inOrder.flatMap((one) => actualOf(one, about)) }
}

function add(sum: Sum, { billed, listed, requests, unpriced }: Slice): void {
  if (unpriced !== undefined) sum.unpriced = unpriced
  if (billed !== null) sum.billed = (sum.billed ?? 0n) + billed
  if (listed !== null) sum.listed = (sum.listed ?? 0n) + listed
  if (requests !== null) sum.requests = (sum.requests ?? 0) + requests
}

/** The bill, else the tokens at list prices; a stretch with neither says nothing. */
function actualOf(stretch: Stretch, about: Pick<Actual, 'route' | 'path'>): readonly Actual[] {
  const { fromMs, toMs, billed, listed, requests } = stretch
  const pico = billed ?? listed
  if (pico === null) return []
  const source = billed === null ? 'list-price' : 'billed'
  return [{ ...about, fromMs, toMs, usd: formatUsd(pico), requests, source }]
}
