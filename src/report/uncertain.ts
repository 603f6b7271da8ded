// What may be, or was, billed beside the known cost of a run, in a sentence.

import { OTHER_REASONS } from '../engine/uncertain.ts'
import type { EngineStats } from '../engine.ts'
import { FEW } from '../few.ts'
import { formatUsd } from '../money.ts'
import { plural } from './numbers.ts'

type Uncertain = Pick<EngineStats, 'unheard' | 'uncounted' | 'unpriceable' | 'uncertainPico'>

/** No sentence where nothing is open: an unknown bill is not 0. */
export function uncertainNote({ unheard, uncounted, unpriceable, uncertainPico }: Uncertain): readonly string[] {
  if (uncertainPico === 0n) return []
  const kinds = [
    ...(unheard === 0 ? [] : [`${plural(unheard, 'call')} that ended without an answer (${HOW})`]),
    ...(uncounted === 0 ? [] : [`${plural(uncounted, 'answer')} that came without token counts`]),
    ...withoutPrice(unpriceable),
  ]
  // What was cut off before it was sent is put aside, too, and no call.
  const what = kinds.length === 0 ? `calls that ended without an answer (${HOW})` : kinds.join(', and ')
  return [`Not in the cost of this run: ${what}. At most $${formatUsd(uncertainPico)} may be billed for that.`]
}

/** The most frequent first. */
function withoutPrice(unpriceable: Uncertain['unpriceable']): readonly string[] {
  const { [OTHER_REASONS]: others = 0, ...known } = unpriceable
  const kinds = Object.entries(known).sort(([, a], [, b]) => b - a)
  const more = kinds.slice(FEW).reduce((sum, [, count]) => sum + count, others)
  const named = kinds.slice(0, FEW).map(([why, count]) => `${plural(count, 'answer')}: ${why}`)
  return more === 0 ? named : [...named, `${plural(more, 'answer')} without a price for ${OTHER_REASONS}`]
}

const HOW = 'cut off, broken, given up, in flight at the end'
