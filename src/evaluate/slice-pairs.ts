// Where two slices meet: German and simple may hold where neither German nor simple does.

import type { Slice } from './each-slice.ts'

/** Fewer cases say nothing of a model, whatever it does on them. */
export const FEWEST_CASES = 10
/** The largest are looked at: each one more makes the proof of every other dearer, and its doubtful cases run again. */
export const MOST_PAIRS = 50

/** Of two dimensions each, the largest first; one that has all cases of a slice is that slice, and none of its own. */
export function pairsOf(slices: readonly Slice[]): readonly Slice[] {
  const pairs = slices.flatMap((one, at) =>
    slices.slice(at + 1).flatMap((other) => (one.dimension === other.dimension ? [] : meeting(one, other))),
  )
  return pairs.sort((a, b) => b.cases.length - a.cases.length).slice(0, MOST_PAIRS)
}

function meeting(one: Slice, other: Slice): readonly Slice[] {
  if (Math.min(one.cases.length, other.cases.length) <= FEWEST_CASES) return []
  const there = new Set(other.cases)
  const cases = one.cases.filter((id) => there.has(id))
  const isOwn = cases.length < one.cases.length && cases.length < other.cases.length
  if (!isOwn || cases.length < FEWEST_CASES) return []
  const { dimension, value } = other
  return [{ ...one, and: { dimension, value }, cases, maxDrop: Math.min(one.maxDrop, other.maxDrop) }]
}
