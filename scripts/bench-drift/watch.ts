// A year, or less, of one set under the monitor of src/drift/monitor.ts, as the drift job asks it.

import {
  AT_REST,
  advance,
  judge,
  limitsFor,
  questionAfter,
  type Standing,
  sdOfPass,
  standardised,
} from '../../src/drift/monitor.ts'
import { seededRandom } from '../../src/stats/random.ts'
import type { Random, World } from './worlds.ts'

export type Plan = {
  readonly world: World
  /** Monitored sets of the repository. */
  readonly sets: number
  readonly runs?: number
  readonly days?: number
  /** Cases that are broken on a day. */
  readonly broken?: (day: number) => number
  /** Whether there is no run on that day: an outage, a schedule that was dropped. */
  readonly missing?: (day: number, random: Random) => boolean
  readonly untilFirst?: boolean
}

export type Watched = {
  /** Day of the first issue, from 1; null = none. */
  readonly first: number | null
  readonly opened: number
  readonly closed: number
  readonly confirming: number
  /** Days from the opening to the closing of each issue that was closed. */
  readonly lasted: readonly number[]
}

export function watch(plan: Plan, random: Random): Watched {
  const { world, sets, runs = 10, days = 365 } = plan
  const { sum, within } = world.baseline(runs, random)
  const { cases } = world
  const reference = { mean: sum / cases, sd: sdOfPass(within, cases, runs), runs }
  const judging = { limits: limitsFor(sets), runs }
  const zOf = (day: number) => standardised(world.pass(plan.broken?.(day) ?? 0, random) / cases, reference)
  let standing: Standing = AT_REST
  let first: number | null = null
  let since = 0
  let [opened, closed, confirming] = [0, 0, 0]
  const lasted: number[] = []
  for (let day = 1; day <= days; day += 1) {
    if (plan.missing?.(day, random)) continue
    const z = zOf(day)
    const before = standing
    const looked = advance(standing, z, String(day))
    const confirmedZ = questionAfter(looked, z, judging) === null ? null : zOf(day)
    if (confirmedZ !== null) confirming += 1
    standing = judge(looked, { z, confirmedZ }, judging)
    if (before.state !== 'drift' && standing.state === 'drift') {
      opened += 1
      first ??= day
      since = day
      if (plan.untilFirst) break
    }
    if (before.state === 'drift' && standing.state !== 'drift') {
      closed += 1
      lasted.push(day - since)
    }
  }
  return { first, opened, closed, confirming, lasted }
}

export function watchMany(plan: Plan, times: number, seed: string): readonly Watched[] {
  const random = seededRandom(seed)
  return Array.from({ length: times }, () => watch(plan, random))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export const perYear = (all: readonly Watched[], of: (one: Watched) => number, days = 365) =>
  (mean(all.map(of)) * 365) / days

/** `3`, or `-` where that share of them has none. */
export function quantile(all: readonly (number | null)[], share: number): string {
  const sorted = all.map((value) => value ?? Infinity).sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Infinity
  return Number.isFinite(value) ? String(value) : '-'
}
