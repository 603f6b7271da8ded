// How far a run came: the calls of targets that the loop asked for, and those of them that have their result.

import type { Outcome, Trial, TrialOutcome } from '../domain.ts'
import type { SetPlan } from '../plan.ts'

export type Results = {
  ended(done: Pick<TrialOutcome, 'trial' | 'outcome'>): void
  counts(): {
    /** Of the complete passes and of ties. */
    readonly passesAsked: number
    /** Beyond what a plan can know: re-runs, passes that a verdict adds, levels that it looks at closer. */
    readonly rerunsAsked: number
    /** Answered, or failed for a reason of their own, which is a result, too. */
    readonly targetsDone: number
  }
}

export function createResults(plans: readonly SetPlan[]): Results {
  const passes = new Map<string, number>()
  for (const { name, head } of plans) passes.set(name, Math.max(head.passes, passes.get(name) ?? 0))
  const isPlanned = ({ step, evalSet, index }: Trial) =>
    step === 'identical' || (step === 'pass' && index < (passes.get(evalSet) ?? Number.POSITIVE_INFINITY))
  let [passesAsked, rerunsAsked, targetsDone] = [0, 0, 0]
  return {
    ended: ({ trial, outcome }) => {
      // A probe tells an outage from a failure: its answer is no result, and nobody planned it.
      if (trial.step === 'probe') return
      if (isPlanned(trial)) passesAsked += 1
      else rerunsAsked += 1
      if (isResult(outcome)) targetsDone += 1
    },
    counts: () => ({ passesAsked, rerunsAsked, targetsDone }),
  }
}

const isResult = (outcome: Outcome) => outcome.state === 'answered' || outcome.failure.kind === 'behavioural'
