// What the calls of a run come to while it goes on: how many of each purpose, what judges cost and as which model they answered.

import type { TrialOutcome } from '../domain.ts'
import { AnswerTally } from '../lifecycle/answered.ts'
import type { CallRecord } from '../run/call-record.ts'
import type { Work } from '../run/work.ts'

export type Tally = {
  note(record: CallRecord): void
  judged(work: Work, done: TrialOutcome): void
  counts(): {
    readonly targetCalls: number
    readonly judgeCalls: number
    readonly modelCalls: number
    /** How many of these we made once more for the application. */
    readonly modelRepeats: number
    readonly judgePico: bigint
  }
  judges(): ReturnType<AnswerTally['all']>
}

export function createTally(): Tally {
  const calls = { target: 0, judge: 0, model: 0 }
  const answered = new AnswerTally()
  let modelRepeats = 0
  let judgePico = 0n
  return {
    note: ({ attempt, purpose, costPico }) => {
      if (attempt > 0) calls[purpose] += 1
      if (attempt > 1 && purpose === 'model') modelRepeats += 1
      if (purpose === 'judge') judgePico += costPico ?? 0n
    },
    judged: ({ request, trial }, { outcome }) => {
      if (outcome.state !== 'answered') return
      answered.add(trial.evalSet, `${request.provider}/${request.model}`, outcome.answer.model)
    },
    counts: () => ({
      targetCalls: calls.target,
      judgeCalls: calls.judge,
      modelCalls: calls.model,
      modelRepeats,
      judgePico,
    }),
    judges: () => answered.all(),
  }
}
