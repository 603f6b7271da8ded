// Pins by where they stand: in a place that both sides have once, in a line that both sides have, in a stretch of lines that changed.

import type { LineDiff } from './line-diff.ts'
import { arrival, isSame, MIN_ALIKE, mayReplace, type PinChange, sameStart } from './pin-likeness.ts'
import type { Pin } from './pins.ts'

/** What stands alone in a place that both sides have once, such as `models main modelId`, stays what it was there or became another. */
export function samePlaces(base: readonly Pin[], head: readonly Pin[]) {
  const settled = new Set<Pin>()
  const changes: PinChange[] = []
  const [was, is] = [byPlace(base), byPlace(head)]
  for (const [place, [now, ...more]] of is) {
    const [old, ...others] = was.get(place) ?? []
    if (old === undefined || now === undefined || more.length + others.length > 0) continue
    if (old.id !== now.id && !mayReplace(old, now)) continue
    settled.add(old).add(now)
    if (old.id !== now.id) changes.push({ from: old.id, ...arrival(now) })
  }
  return { settled, changes }
}

function byPlace(pins: readonly Pin[]): ReadonlyMap<string, readonly Pin[]> {
  const places = new Map<string, Pin[]>()
  for (const pin of pins) if (pin.place?.includes(' ')) places.set(pin.place, [...(places.get(pin.place) ?? []), pin])
  return places
}

type Settling = { readonly diff: LineDiff; readonly settled: Set<Pin> }

/** What stands in a line that both sides have stays what it was; in a stretch that changed, what has its place under its name took its place. */
export function sameLines(
  base: readonly Pin[],
  head: readonly Pin[],
  { diff, settled }: Settling,
): readonly PinChange[] {
  const open = (side: readonly Pin[]) => side.filter((pin) => !settled.has(pin))
  for (const old of open(base)) {
    const line = diff.same[old.line - 1] ?? -1
    const now = open(head).find((pin) => pin.line === line + 1 && pin.id === old.id && pin.key === old.key)
    if (line >= 0 && now !== undefined) settled.add(old).add(now)
  }
  const changes: PinChange[] = []
  const left = open(head)
  const come = byStretch(left, diff.headStretch)
  for (const [stretch, gone] of byStretch(open(base), diff.baseStretch)) {
    const now = come.get(stretch) ?? []
    if (gone.length !== now.length || !gone.every((old, at) => isInPlaceOf(old, now[at], left))) continue
    for (const [at, old] of gone.entries()) {
      const one = now[at]
      if (one === undefined) continue
      settled.add(old).add(one)
      if (!isSame(old, one)) changes.push({ from: old.id, ...arrival(one) })
    }
  }
  return changes
}

/**
 * What is left under names of its own: as many as came in one stretch of lines took the places of those that were there, in order:
 * `OPENAI_MODEL = "a"` became `ANTHROPIC_MODEL = "b"`. Takes them out of both lists.
 */
export function sameStretches(gone: Pin[], come: Pin[], diff: LineDiff): readonly PinChange[] {
  const changes: PinChange[] = []
  for (const isMeant of [isSureId, isLikelyId, isVersion]) {
    const left = byStretch(come.filter(isMeant), diff.headStretch)
    for (const [stretch, old] of byStretch(gone.filter(isMeant), diff.baseStretch)) {
      const now = left.get(stretch) ?? []
      const pairs = old.flatMap((one, at) => (now[at] === undefined ? [] : [[one, now[at]] as const]))
      if (old.length !== now.length || !pairs.every(([one, other]) => mayReplace(one, other))) continue
      if (isMeant === isLikelyId && old.length > 1) continue
      for (const [one, other] of pairs) {
        gone.splice(gone.indexOf(one), 1)
        come.splice(come.indexOf(other), 1)
        changes.push({ from: one.id, ...arrival(other) })
      }
    }
  }
  return changes
}

const isSureId = ({ trust, version }: Pin) => trust === 'sure' && version === undefined
/** One alone may have become another that is not sure: `ask(model: "a")`, `ask("b", 1000)`. */
const isLikelyId = ({ trust, version }: Pin) => trust !== 'unknown' && version === undefined
const isVersion = ({ version }: Pin) => version === true

/** In order, unless what came there is of another family, and another of the name, wherever it came, is of its own. */
const isInPlaceOf = (old: Pin, now: Pin | undefined, all: readonly Pin[]) =>
  now !== undefined &&
  old.key === now.key &&
  old.place === now.place &&
  (isSame(old, now) || (mayReplace(old, now) && !all.some((other) => isLiker(old, other, now))))

function isLiker(old: Pin, other: Pin, now: Pin): boolean {
  const alike = other.key === old.key && other.id !== old.id ? sameStart(old.id, other.id) : 0
  return alike >= MIN_ALIKE && sameStart(old.id, now.id) < MIN_ALIKE
}

function byStretch(pins: readonly Pin[], stretches: Int32Array): ReadonlyMap<number, readonly Pin[]> {
  const found = new Map<number, Pin[]>()
  for (const pin of pins) {
    const stretch = stretches[pin.line - 1] ?? 0
    if (stretch > 0) found.set(stretch, [...(found.get(stretch) ?? []), pin])
  }
  return found
}
