// What is said of a run that was interrupted, and needed by no other.

import { INTERRUPTED } from './cut-short.ts'
import { EXIT, UserError } from './errors.ts'
import type { Evaluation } from './evaluate.ts'
import type { Selection } from './plan/select.ts'

const AGAIN = 'Run the same command again; what is recorded is kept.'

/** Every set that was to run is in the report, or named there. */
export function withCut(selection: Selection, kept: readonly Pick<Evaluation, 'plan'>[]): Selection {
  const names = new Set(kept.map(({ plan }) => plan.name))
  const cut = selection.plans.filter(({ name }) => !names.has(name))
  return {
    ...selection,
    notRun: [...selection.notRun, ...cut.map(({ name }) => ({ evalSet: name, why: INTERRUPTED, remedy: AGAIN }))],
  }
}

export function unplanned(): UserError {
  return new UserError({
    what: 'The run was interrupted before its plan was made: nothing was asked, nothing spent, and there is no report of it.',
    remedy: 'Run the same command again.',
    exit: EXIT.notMeasured,
  })
}
