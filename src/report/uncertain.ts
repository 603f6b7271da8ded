// What may be, or was, billed beside the known cost of a run, in a sentence.

import type { EngineStats } from '../engine.ts'
import { formatUsd } from '../money.ts'
import { plural } from './numbers.ts'

type Uncertain = Pick<EngineStats, 'unheard' | 'uncounted' | 'unpricedTier' | 'uncertainPico'>

/** No sentence where nothing is open: an unknown bill is not 0. */
export function uncertainNote({ unheard, uncounted, unpricedTier, uncertainPico }: Uncertain): readonly string[] {
  if (uncertainPico === 0n) return []
  const kinds = [
    ...(unheard === 0 ? [] : [`${plural(unheard, 'call')} that ended without an answer (${HOW})`]),
    ...(uncounted === 0 ? [] : [`${plural(uncounted, 'answer')} that came without token counts`]),
    ...(unpricedTier === 0 ? [] : [`${plural(unpricedTier, 'answer')} at a service tier without a known price`]),
  ]
  // What was cut off before it was sent is put aside, too, and no call.
  const what = kinds.length === 0 ? `calls that ended without an answer (${HOW})` : kinds.join(', and ')
  return [`Not in the cost of this run: ${what}. At most $${formatUsd(uncertainPico)} may be billed for that.`]
}

const HOW = 'cut off, broken, given up, in flight at the end'
