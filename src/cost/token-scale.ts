// How many tokens a provider counts for each that is estimated from text, as the run has measured it; and what a swap of
// models does to the count of one and the same text.

import type { SideLabel } from '../domain.ts'
import type { Wire, WirePair } from '../plan/wire.ts'
import type { Sides } from './set-costs.ts'
import { countTokens } from './token-count.ts'
import { vocabularyFactor } from './tokens.ts'

/** Mean input tokens of a case as the provider counted them; null where it did not. */
export type InputOf = (caseId: string, side: SideLabel) => number | null

export type TokenScale = Sides<number> & {
  /** Else the factors are those of the models' families. */
  readonly measured: boolean
}

type Models = Sides<string | null>

/**
 * One factor for both sides where the model stayed, so that text that did not change has the same tokens on both; else each
 * side its own.
 */
export function scaleOf(pairs: readonly WirePair[], inputOf: InputOf, models: Models): TokenScale {
  const [base, head] = [countedOf(pairs, inputOf, 'base'), countedOf(pairs, inputOf, 'head')]
  const measured = ratioOf(base) !== null || ratioOf(head) !== null
  if (models.base === models.head || models.base === null) {
    const factor = ratioOf(plus(base, head)) ?? vocabularyFactor(models.head ?? '')
    return { base: factor, head: factor, measured }
  }
  const ratios = { base: ratioOf(base), head: ratioOf(head) }
  const family = (side: SideLabel) => vocabularyFactor(models[side] ?? '')
  // What one side alone has counted says something of the other, too: their families' ratio.
  const own = (side: SideLabel, other: SideLabel) =>
    ratios[side] ?? (family(side) * (ratios[other] ?? family(other))) / family(other)
  return { base: own('base', 'head'), head: own('head', 'base'), measured }
}

type Counted = { readonly counted: number; readonly estimated: number }

function countedOf(pairs: readonly WirePair[], inputOf: InputOf, side: SideLabel): Counted | null {
  const known = pairs.flatMap((pair) => {
    const [wire, counted] = [pair[side], inputOf(pair.caseId, side)]
    return wire === null || counted === null ? [] : [{ counted, estimated: estimatedTokens(wire) }]
  })
  return known.length === 0 ? null : known.reduce<Counted>((sum, one) => plus(sum, one) ?? sum, NOTHING)
}

const NOTHING: Counted = { counted: 0, estimated: 0 }

function plus(one: Counted | null, other: Counted | null): Counted | null {
  if (one === null || other === null) return one ?? other
  return { counted: one.counted + other.counted, estimated: one.estimated + other.estimated }
}

/** Beyond these the input has what its text does not show: images, files, tools of the provider. */
const [SMALLEST, LARGEST] = [1 / 4, 4]

function ratioOf(sum: Counted | null): number | null {
  const ratio = sum === null || sum.estimated <= 0 ? 0 : sum.counted / sum.estimated
  return ratio >= SMALLEST && ratio <= LARGEST ? ratio : null
}

/** Of a request, without what stands between its messages. */
export function estimatedTokens(wire: Wire): number {
  return wire.reduce((sum, { text, kind }) => sum + (kind === 'frame' ? 0 : countTokens(text)), 0)
}

export type TokenizerChange = {
  /** Head's tokens for each of the base's, of the same text. */
  readonly ratio: number
  /** `measured` on requests that have the same text on both sides; else assumed from the models' families. */
  readonly provenance: 'measured' | 'assumed'
  readonly cases: number
}

/** A change of less than this is not worth a word. */
const LEAST = 0.01

/** Null where the model stayed, or counts alike. */
export function tokenizerChange(pairs: readonly WirePair[], inputOf: InputOf, models: Models): TokenizerChange | null {
  if (models.base === null || models.head === null || models.base === models.head) return null
  const same = pairs.flatMap(({ caseId, sameText }) => {
    const [base, head] = [inputOf(caseId, 'base'), inputOf(caseId, 'head')]
    return sameText && base !== null && head !== null ? [{ base, head }] : []
  })
  const base = same.reduce((sum, one) => sum + one.base, 0)
  const head = same.reduce((sum, one) => sum + one.head, 0)
  const ratio = base > 0 ? head / base : vocabularyFactor(models.head) / vocabularyFactor(models.base)
  if (Math.abs(ratio - 1) < LEAST) return null
  return { ratio, provenance: base > 0 ? 'measured' : 'assumed', cases: base > 0 ? same.length : 0 }
}
