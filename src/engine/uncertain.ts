// Attempts that may be billed, or were, at a cost that nobody told us. What the most of it is, the budget knows.

import type { Price } from '../run/budget.ts'
import type { CallRecord } from '../run/call-record.ts'

export type Uncertain = {
  note(record: CallRecord): void
  counts(): {
    /** Ended without an answer, after the provider may have worked on one. */
    readonly unheard: number
    /** Answered without token counts. */
    readonly uncounted: number
    /** Answered and counted, at a service tier whose price is not known. */
    readonly unpricedTier: number
  }
}

const ONE_TOKEN = { input: 1, output: 1 }

export function createUncertain(price: Price): Uncertain {
  let [unheard, uncounted, unpricedTier] = [0, 0, 0]
  return {
    note: ({ attempt, costPico, request, trial, outcome }) => {
      if (attempt === 0 || costPico !== null || request.kind !== 'model') return
      // Without a price there is no amount that it could be part of.
      if ((price(ONE_TOKEN, request, { side: trial.side }) ?? 0n) === 0n) return
      if (outcome.state === 'failed') unheard += 1
      else if (outcome.answer.usage === undefined) uncounted += 1
      else unpricedTier += 1
    },
    counts: () => ({ unheard, uncounted, unpricedTier }),
  }
}
