// Which calls count as planned, and which as done.

import { describe, expect, it } from 'vitest'
import type { Outcome, Step } from '../../src/domain.ts'
import { createResults } from '../../src/engine/results.ts'
import type { SetPlan } from '../../src/plan.ts'

const plan = (name: string, passes: number) => ({ name, head: { passes } }) as SetPlan
const answered: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1 } }
const failed = (kind: 'transient' | 'behavioural'): Outcome => ({
  state: 'failed',
  failure: { kind, cause: kind === 'transient' ? 'server' : 'refused-request', message: 'No.' },
})

function countsOf(runs: readonly (readonly [Step, number, Outcome])[], plans = [plan('s', 2)]) {
  const results = createResults(plans)
  for (const [step, index, outcome] of runs)
    results.ended({ trial: { evalSet: 's', caseId: 'c', side: 'head', step, index }, outcome })
  return results.counts()
}

describe('createResults', () => {
  it('counts what was answered, and what failed for a reason of its own', () => {
    const runs = [answered, failed('transient'), failed('behavioural'), failed('transient')].map(
      (outcome) => ['pass', 0, outcome] as const,
    )
    expect(countsOf(runs)).toEqual({ passesAsked: 4, rerunsAsked: 0, targetsDone: 2 })
  })

  it('keeps apart what no plan can know', () => {
    const steps = [
      ['pass', 1],
      ['identical', 0],
      ['pass', 2],
      ['fresh', 0],
      ['level', 0],
    ] as const
    const runs = steps.map(([step, index]) => [step, index, answered] as const)
    expect(countsOf(runs)).toEqual({ passesAsked: 2, rerunsAsked: 3, targetsDone: 5 })
  })

  it('takes a set that is planned in parts by its longest', () => {
    expect(countsOf([['pass', 8, answered]], [plan('s', 9), plan('s', 1)])).toMatchObject({ passesAsked: 1 })
  })

  it('leaves probes out', () => {
    expect(countsOf([['probe', 0, answered]])).toEqual({ passesAsked: 0, rerunsAsked: 0, targetsDone: 0 })
  })
})
