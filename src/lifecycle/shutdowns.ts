// Which models stop within some days: for warnings of a run and for the next date of a drift run.

import type { Config } from '../config/config.ts'
import { resolved } from '../policy/model-names.ts'
import { endOf, type KnownEnd, type LifecycleBook } from './book.ts'

const DAY = 86_400_000

export type ModelUse = { readonly id: string; readonly evalSet: string | null }

export type Shutdown = {
  /** As it is written where it is used. */
  readonly model: string
  /** YYYY-MM-DD, UTC. */
  readonly date: string
  readonly precision: 'exact' | 'earliest'
  readonly replacement: string | null
  /** Eval sets that use it, in order; empty for a pin that none covers. */
  readonly evalSets: readonly string[]
}

export type Ends = { readonly lifecycle: LifecycleBook; readonly models: Config['models'] }

/**
 * Scheduled ends up to `days` from now, ends that are past included, soonest first. Dates before which a provider only
 * promises not to stop are left out, and so are those that hold for another channel than the one in use.
 */
export function shutdownsWithin(
  uses: readonly ModelUse[],
  ends: Ends,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): readonly Shutdown[] {
  const found = [...byModel(uses)].flatMap(([model, sets]): Shutdown[] => {
    const known = knownEnd(model, ends)
    if (known === null || !isScheduled(known) || daysUntil(known.end.shutdown, nowMs) > days) return []
    const { shutdown, precision, replacement = null } = known.end
    return [{ model, date: shutdown, precision, replacement, evalSets: sets }]
  })
  return found.sort((a, b) => (a.date === b.date ? (a.model < b.model ? -1 : 1) : a.date < b.date ? -1 : 1))
}

/** The soonest scheduled end that is still ahead; null when none is known. */
export function nextShutdown(uses: readonly ModelUse[], ends: Ends, nowMs: number): Shutdown | null {
  const all = shutdownsWithin(uses, ends, { nowMs, days: Number.POSITIVE_INFINITY })
  return all.find(({ date }) => daysUntil(date, nowMs) > 0) ?? null
}

/** What is known of an id as it is written on the head, through `models:`. */
export function knownEnd(id: string, { lifecycle, models }: Ends): KnownEnd | null {
  return endOf(lifecycle, { id, stands: resolved(id, models) })
}

export const isScheduled = ({ end, clock }: KnownEnd) => end.tentative !== true && clock === 'channel'

/** Whole days until the first moment of a day; 0 or less once it has begun. */
export function daysUntil(day: string, nowMs: number): number {
  return Math.ceil((Date.parse(`${day}T00:00:00Z`) - nowMs) / DAY)
}

function byModel(uses: readonly ModelUse[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { id, evalSet } of uses) {
    const sets = found.get(id) ?? []
    if (evalSet !== null && !sets.includes(evalSet)) sets.push(evalSet)
    found.set(id, sets)
  }
  return found
}
