// Attempts that may be billed, or were, at a cost that nobody told us. What the most of it is, the budget knows.

import { factsOf } from '../facts-of.ts'
import type { CallRecord } from '../run/call-record.ts'
import type { Pricing } from '../run/price.ts'
import { given } from '../targets/outside.ts'

/** How many answers there are of each kind, in words that say why they have no price. */
export type Unpriceable = { readonly [why: string]: number }

export type Uncertain = {
  note(record: CallRecord): void
  counts(): {
    /** Ended without an answer, after the provider may have worked on one. */
    readonly unheard: number
    /** Answered without token counts. */
    readonly uncounted: number
    /** Answered and counted, and no price fits. */
    readonly unpriceable: Unpriceable
  }
}

const ONE_TOKEN = { input: 1, output: 1 }
/** The words are a provider's in part: nobody lists a thousand of them. */
const MOST_KINDS = 20
export const OTHER_REASONS = 'other reasons'

export function createUncertain({ price, why }: Pricing): Uncertain {
  let [unheard, uncounted] = [0, 0]
  const unpriceable = new Map<string, number>()
  const add = (said: string) => {
    const kind = unpriceable.has(said) || unpriceable.size < MOST_KINDS ? said : OTHER_REASONS
    unpriceable.set(kind, (unpriceable.get(kind) ?? 0) + 1)
  }
  return {
    note: ({ attempt, costPico, request, trial: { side }, outcome }) => {
      if (attempt === 0 || costPico !== null || request.kind !== 'model') return
      // Without a price there is no amount that it could be part of.
      if ((price(ONE_TOKEN, request, { side }) ?? 0n) === 0n) return
      const { usage, serviceTier: tier, terms } = factsOf(outcome)
      if (usage !== undefined) add(why(usage, request, { side, ...given({ tier, terms }) }) ?? OTHER_REASONS)
      else if (outcome.state === 'failed') unheard += 1
      else uncounted += 1
    },
    counts: () => ({ unheard, uncounted, unpriceable: Object.fromEntries(unpriceable) }),
  }
}

/** Of two jobs of one run. */
export function addUnpriceable(a: Unpriceable, b: Unpriceable): Unpriceable {
  const sum = new Map(Object.entries(a))
  for (const [why, count] of Object.entries(b)) sum.set(why, (sum.get(why) ?? 0) + count)
  return Object.fromEntries(sum)
}
