// Stored base runs in place of the base half of the complete passes, when a fresh look at some cases says that they still hold.

import { metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import { FRESH_CHECKS, isStale } from '../gate/score/stale.ts'
import type { NextRun } from '../gate/score.ts'
import type { SetPlan } from '../plan.ts'
import { ASSUMED_FLAKE, flakeEstimate } from '../stats/visible.ts'
import type { BaseRun } from './base-runs.ts'
import type { Lending, Lent } from './lending.ts'

export type Borrowing = {
  readonly plan: SetPlan
  readonly lending: Lending
  /** Makes runs of both sides, as the loop does. */
  readonly run: (runs: readonly NextRun[]) => Promise<void>
  readonly baseRunOf: (caseId: string) => Result | undefined
}

/** What the base half of the passes is to be taken from; `moved` when the base answers otherwise than it did. */
export type Borrowed = { readonly lent: Lent; readonly moved: boolean }

export async function borrow({ plan, lending, run, baseRunOf }: Borrowing): Promise<Borrowed | null> {
  const before = lending.history(plan)
  const known = lending.moved(plan)
  if (known === true) return { lent: new Map(), moved: true }
  const lent = lending.offer(plan)
  if (lent === null) return null
  const checked = plan.order.filter((id) => plan.cases.get(id)?.identical === false).slice(0, FRESH_CHECKS)
  await run(
    checked.flatMap((id) =>
      (['base', 'head'] as const).map((side) => ({ case: id, side, step: 'pass', index: 0 }) as const),
    ),
  )
  const pairs = checked.flatMap((id) => {
    const [stored, fresh] = [lent.get(id)?.[0], baseRunOf(id)]
    return stored === undefined || fresh === undefined ? [] : [{ stored, fresh }]
  })
  const metric = metricOf(plan.head.compare)
  const score = (result: Result) => (result.state === 'scored' ? metric(result) : null)
  const compared = pairs.flatMap(({ stored, fresh }) => {
    const [was, is] = [score(stored), score(fresh)]
    return was === null || is === null ? [] : [{ stored: was, fresh: is }]
  })
  const moved =
    known ?? (isStale(compared, phiOf(before, plan)) || pairs.some(({ stored, fresh }) => anotherModel(stored, fresh)))
  if (known === undefined) lending.setMoved(plan, moved)
  return { lent: moved ? new Map() : withoutFirst(lent, checked), moved }
}

/** The provider says what answered: another model or another build of it is another base. */
function anotherModel(stored: Result, fresh: Result): boolean {
  if (stored.outcome.state !== 'answered' || fresh.outcome.state !== 'answered') return false
  const [was, is] = [stored.outcome.answer, fresh.outcome.answer]
  return was.model !== is.model || was.fingerprint !== is.fingerprint
}

/** The checked cases have a first base run of their own now. */
function withoutFirst(lent: Lent, checked: readonly string[]): Lent {
  const own = new Set(checked)
  return new Map(
    [...lent].map(([id, results]) => [id, own.has(id) ? results.filter((one) => one.trial.index > 0) : results]),
  )
}

/** Chance that two runs of an unchanged case differ; one in twenty before anything is known. */
export function phiOf(history: ReadonlyMap<string, readonly BaseRun[]>, { head }: SetPlan): number {
  return flakeEstimate(valuesOf(history, head.compare))?.phi ?? ASSUMED_FLAKE
}

/** Scores of the complete passes by case; re-runs are a selection. */
export function valuesOf(
  history: ReadonlyMap<string, readonly BaseRun[]>,
  compare: 'pass' | 'score',
): readonly (readonly number[])[] {
  return [...history.values()].map((runs) =>
    runs.filter((one) => one.step === 'pass').map((one) => (compare === 'score' ? one.score : Number(one.pass))),
  )
}
