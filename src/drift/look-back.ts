// After a set's own verdict, which this does not move: is its base what it was, and how far is its head from its anchor?

import { metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import type { Context } from '../evaluate/pairs.ts'
import { allIds, filled, type Guard, guardOf, isPass, isTie } from './guard.ts'
import { caseMark } from './key.ts'
import { type BaseToday, type Moved, movedSince } from './moved.ts'
import type { Past, SetPast } from './set-history.ts'
import type { Trend } from './trend.ts'

export type LookBack = {
  readonly trend: Trend | null
  readonly guard: Guard | null
  /** With the ids of the cases in place of their keys. */
  readonly moved: Moved | null
  readonly issue: number | null
  /** Levels of cases that the verdict did not need: those that it has are with the runs. */
  readonly levels: ReadonlyMap<string, number>
}

const STEPS = { pass: 1, score: 20 } as const

export function createLookBack(past: Past): (context: Context) => Promise<LookBack | undefined> {
  const compared = [...past.sets.values()].filter((one) => one.stored.length > 0).length
  const guarded = [...past.sets.values()].filter((one) => one.anchor?.state === 'found').length
  return async (context) => {
    const set = past.sets.get(context.plan.name)
    if (set === undefined) return undefined
    const moved = movedOf(context, set, compared)
    const levels = new Map<string, number>()
    if (set.recorded)
      for (const [id, values] of await filled(context, allIds(context)))
        if (values.length > 0) levels.set(id, meanOf(values))
    const guard = await guardOf(context, set, guarded)
    return { trend: set.trend, issue: set.issue, moved, guard, levels }
  }
}

function movedOf(context: Context, { stored }: SetPast, sets: number): Moved | null {
  if (stored.length === 0) return null
  const { plan } = context
  const today = baseToday(context)
  if (today.levels.size === 0) return null
  const found = movedSince(stored, today, { sets, steps: STEPS[plan.head.compare] })
  if (found === null) return null
  const ids = new Map([...plan.cases.values()].map(({ kase }) => [caseMark(kase), kase.id]))
  return { ...found, movedCases: found.movedCases.flatMap((key) => ids.get(key) ?? []) }
}

/** Drawn in this run: of complete passes, since re-runs are a selection; the answer of a tie is the base's, too. */
function baseToday({ plan, ledger }: Context): BaseToday {
  const metric = metricOf(plan.head.compare)
  const levels = new Map<string, readonly number[]>()
  const [answered, fingerprints] = [new Set<string>(), new Set<string>()]
  for (const { kase, role, identical } of plan.cases.values()) {
    if (role !== 'paired' && role !== 'quarantined') continue
    const { base, head } = ledger.runsOf(kase.id)
    const drawn = identical ? head.filter(isTie) : base.filter((one) => isPass(one, plan.head.passes) && !isLent(one))
    const values = drawn.flatMap((one) => (one.state === 'scored' ? (metric(one) ?? []) : []))
    if (values.length > 0) levels.set(caseMark(kase), values)
    for (const { outcome } of drawn) {
      if (outcome.state !== 'answered') continue
      if (outcome.answer.model !== undefined) answered.add(outcome.answer.model)
      if (outcome.answer.fingerprint !== undefined) fingerprints.add(outcome.answer.fingerprint)
    }
  }
  function isLent(result: Result): boolean {
    return ledger.lentFor(result.trial) !== undefined
  }
  return { levels, answered: [...answered].sort(), fingerprints: [...fingerprints].sort() }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
