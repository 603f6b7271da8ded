// Adds what is known of a pin to every change of a model. The price table is read only when there is such a change.

import type { LoadedSets } from '../config/pairs.ts'
import type { Detection } from '../detect.ts'
import type { Change, SideLabel } from '../domain.ts'
import { mapModel, type PriceBook } from '../prices/book.ts'
import { idOfConstant } from '../prices/constants.ts'
import { bareId } from './definition.ts'
import { modelId } from './model-ids.ts'
import { factsInWords, pinFacts, pinPrice, priceInWords, type Today } from './pin-facts.ts'

export type PinContext = {
  readonly sets: LoadedSets
  readonly prices: () => Promise<PriceBook>
  readonly nowMs: number
}

export async function describePins(detection: Detection, context: PinContext): Promise<Detection> {
  if (!detection.changes.some((change) => change.kind === 'model')) return detection
  const today: Today = { book: await context.prices(), nowMs: context.nowMs }
  const changes = detection.changes.map((change) =>
    change.kind === 'model' ? described(change, context.sets, today) : change,
  )
  return { ...detection, changes, uncovered: changes.filter((change) => !change.covered) }
}

function described(change: Change, sets: LoadedSets, today: Today): Change {
  const from = idOf(change, 'base', { sets, today })
  const to = idOf(change, 'head', { sets, today })
  const shown = to ?? from
  // A version beside a model's name, or a constant of an enumeration, says nothing by itself.
  if (shown === undefined) return change
  const price = pinPrice(from, to, today)
  const facts = (id: string | undefined, key: 'from' | 'to') => (id === undefined ? {} : { [key]: pinFacts(id, today) })
  const both = change.from === undefined || from !== undefined ? change.to === undefined || to !== undefined : false
  const words = [factsInWords(pinFacts(shown, today), today.nowMs), ...(both ? [priceInWords(price)] : [])].join('; ')
  const pin = { ...facts(from, 'from'), ...facts(to, 'to'), ...(both ? { price } : {}) }
  return { ...change, why: `${change.why}; ${bareId(shown)}: ${words}`, pin }
}

type Known = { readonly sets: LoadedSets; readonly today: Today }

/** The id with its provider where an eval set names it, and what a deployment or a library's constant stands for. */
function idOf(change: Change, side: SideLabel, { sets, today }: Known): string | undefined {
  const bare = side === 'base' ? change.from : change.to
  if (bare === undefined) return undefined
  const asked = sets.pairs
    .filter((pair) => change.evalSets.includes(pair.name))
    .flatMap((pair) => {
      const target = (side === 'base' ? pair.base : pair.head)?.target
      return target?.kind === 'prompt' && bareId(target.model) === bare ? [target.model] : []
    })
  const id = asked[0] ?? idOfConstant(today.book, bare) ?? (modelId(bare) === null ? undefined : bare)
  return id === undefined ? undefined : (mapModel(today.book, id, side) ?? id)
}
