// What an interrupt leaves undone. A run of usual size is judged by what it has, at once; a large one takes seconds for that,
// which nobody who ends it has, and nothing is lost by leaving it out: the record has every answer for the next run.

import { CUT_SHORT } from './conclude.ts'
import type { LoadedSets } from './config/pairs.ts'
import { EXIT, UserError } from './errors.ts'
import type { Evaluation } from './evaluate.ts'
import type { Selection } from './plan/select.ts'
import type { SetPlan } from './plan.ts'

/** Cases of a run: about a second of work on a slow machine. */
const LARGE = 10_000

export type Cut = {
  isNow(): boolean
  /** What the report has of those: nothing undoes a failure that is proven. */
  keeps(one: Pick<Evaluation, 'decision'>): boolean
}

export function cutOf(plans: readonly SetPlan[], signal: AbortSignal): Cut {
  const isLarge = plans.reduce((sum, plan) => sum + plan.cases.size, 0) > LARGE
  const isNow = () => isLarge && signal.aborted
  return { isNow, keeps: ({ decision }) => decision?.outcome === 'fail' || !isNow() }
}

/** Every set that was to run is in the report, or named there. */
export function withCut(selection: Selection, kept: readonly Pick<Evaluation, 'plan'>[]): Selection {
  const names = new Set(kept.map(({ plan }) => plan.name))
  const cut = selection.plans.filter(({ name }) => !names.has(name))
  return { ...selection, notRun: [...selection.notRun, ...cut.map(({ name }) => ({ evalSet: name, why: CUT_SHORT }))] }
}

/** Between the parts of what comes before the first call: of a large set there is no plan to report on yet. */
export async function restUnasked(
  world: { readonly signal: AbortSignal; rest?(): Promise<void> },
  { pairs }: LoadedSets,
): Promise<void> {
  await world.rest?.()
  if (!world.signal.aborted || pairs.reduce((sum, { head }) => sum + (head?.cases.length ?? 0), 0) <= LARGE) return
  throw new UserError({
    what: 'The run was interrupted before its plan was made: nothing was asked, nothing spent, and there is no report of it.',
    remedy: 'Run the same command again.',
    exit: EXIT.notMeasured,
  })
}
