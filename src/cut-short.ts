// What an interrupt leaves undone. A run of usual size is judged by what it has, at once; a large one takes seconds for that,
// which nobody who ends it has, and nothing is lost by leaving it out: the record has every answer for the next run.

import type { LoadedSets } from './config/pairs.ts'
import type { Evaluation } from './evaluate.ts'
import type { SetPlan } from './plan.ts'

/** Why sets and cases are not in the report of such a run. */
export const INTERRUPTED = 'the run was interrupted'

/** Cases of a run: about a second of work on a slow machine. */
const LARGE = 10_000

export type Cut = {
  isNow(): boolean
  /** What the report has of those: nothing undoes a failure that is proven. */
  keeps(one: Pick<Evaluation, 'decision'>): boolean
}

export function cutOf(plans: readonly SetPlan[], signal: AbortSignal): Cut {
  const isNow = () => signal.aborted && isLarge(plans.map((plan) => plan.cases.size))
  return { isNow, keeps: ({ decision }) => decision?.outcome === 'fail' || !isNow() }
}

/** Between the parts of what comes before the first call: of a large set there is no plan to report on yet. */
export async function restUnasked(
  world: { readonly signal: AbortSignal; rest?(): Promise<void> },
  { pairs }: LoadedSets,
): Promise<void> {
  await world.rest?.()
  if (world.signal.aborted && isLarge(pairs.map(({ head }) => head?.cases.length ?? 0)))
    throw (await import('./interrupted.ts')).unplanned()
}

const isLarge = (cases: readonly number[]) => cases.reduce((sum, count) => sum + count, 0) > LARGE
