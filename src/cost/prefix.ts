// What all requests of an eval set share from their first character on: what a provider's prompt cache can serve. Compared
// across cases, since a prefix that one case alone has is never read again.

import { isReordered, type Stretch, textOf, type Wire, type WirePair } from '../plan/wire.ts'
import { countTokens } from './token-count.ts'

/** Fewer requests say little of what differs between them. */
export const FEWEST_CASES = 3
/** Enough to see what differs; of large sets, these are spread over all cases. */
export const PREFIX_CASES = 20

/** Tokens here are estimated from text and not yet scaled to what the provider counts. */
export type SharedPrefix = {
  readonly text: string
  readonly tokens: number
  /** Where the requests part; null when they are all the same. */
  readonly end: Stretch | null
  /** The templates' own text behind that place: it could be shared, and is not. */
  readonly behind: number
  /** Variables within the shared text: every case has the same value, which says nothing of production. */
  readonly constants: readonly { readonly stretch: Stretch; readonly at: number }[]
}

/** Null for fewer than three requests. */
export function sharedPrefix(wires: readonly Wire[]): SharedPrefix | null {
  const [first, ...rest] = wires
  if (first === undefined || wires.length < FEWEST_CASES) return null
  const text = textOf(first)
  const length = rest.reduce((shared, wire) => commonLength(text, textOf(wire), shared), text.length)
  const isWhole = wires.every((wire) => textOf(wire).length === length)
  return {
    text: text.slice(0, length),
    tokens: countTokens(text.slice(0, length)),
    end: isWhole ? null : partingAt(wires, length),
    behind: isWhole ? 0 : Math.min(...wires.map((wire) => fixedBehind(wire, length))),
    constants: within(first, length),
  }
}

function commonLength(one: string, other: string, most: number): number {
  const end = Math.min(one.length, other.length, most)
  let at = 0
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  return at
}

/** The variable (or history) that differs, else the template's own text, which a condition may choose. */
function partingAt(wires: readonly Wire[], length: number): Stretch | null {
  const found = wires.flatMap((wire) => stretchesAt(wire, length))
  return found.find(({ kind }) => isOfCase(kind)) ?? found[0] ?? null
}

const isOfCase = (kind: Stretch['kind']) => kind === 'variable' || kind === 'history'

/** What stands at a place; where one stretch ends there, it too: a value that another begins with. */
function stretchesAt(wire: Wire, place: number): readonly Stretch[] {
  let start = 0
  return wire.flatMap((stretch) => {
    const [from, to] = [start, start + stretch.text.length]
    start = to
    return from <= place && place <= to && stretch.kind !== 'frame' && (from < place || place < to) ? [stretch] : []
  })
}

function fixedBehind(wire: Wire, place: number): number {
  let [start, tokens] = [0, 0]
  for (const { text, kind } of wire) {
    const from = Math.max(0, place - start)
    if (from < text.length && !isOfCase(kind) && kind !== 'frame') tokens += countTokens(text.slice(from))
    start += text.length
  }
  return tokens
}

function within(wire: Wire, length: number): SharedPrefix['constants'] {
  let start = 0
  return wire.flatMap((stretch) => {
    const at = start
    start += stretch.text.length
    return stretch.kind === 'variable' && start <= length ? [{ stretch, at }] : []
  })
}

export type Prefixes = {
  readonly base: SharedPrefix
  readonly head: SharedPrefix
  readonly reordered: boolean
}

/** Of both sides over the same cases; null when there are too few. Without a base the head stands for both. */
export function prefixesOf(pairs: readonly WirePair[]): Prefixes | null {
  if (pairs.every(({ base }) => base === null)) {
    const alone = sharedPrefix(pairs.flatMap(({ head }) => (head === null ? [] : [head])))
    return alone === null ? null : { base: alone, head: alone, reordered: false }
  }
  const both = pairs.flatMap(({ base, head }) => (base === null || head === null ? [] : [{ base, head }]))
  const [base, head] = [sharedPrefix(both.map((one) => one.base)), sharedPrefix(both.map((one) => one.head))]
  if (base === null || head === null) return null
  const [first] = both
  return { base, head, reordered: first !== undefined && isReordered(first.base, first.head) }
}
