// What a change does to the prompt cache: nothing, one refill, or the loss of it. Numbers only; money comes after.

import type { Place, Prompt } from '../domain.ts'
import { HISTORY, type Stretch } from '../plan/wire.ts'
import { cacheMinimum } from './billing.ts'
import type { Prefixes, SharedPrefix } from './prefix.ts'
import type { Sides } from './set-costs.ts'
import type { TokenScale } from './token-scale.ts'

export type PrefixChange =
  /** What stood in the shared prefix stands behind something that differs from case to case: for good. */
  | {
      readonly kind: 'shorter'
      /** Tokens that were read from the cache, and are written again for each request. */
      readonly lost: number
      readonly end: Cause
      readonly belowMinimum: boolean
    }
  /** The shared prefix is too short to be cached at all. */
  | { readonly kind: 'below-minimum'; readonly lost: number; readonly minimum: number }
  /** The cache is filled once again, and then serves as before. */
  | { readonly kind: 'refill'; readonly tokens: number; readonly why: 'text' | 'tools' | 'model' }
  /** The shared prefix has a value that is one in all cases, and most likely another in each request. */
  | { readonly kind: 'volatile'; readonly lost: number; readonly end: Cause; readonly changes: Changes }

/** What ends a shared prefix: a variable with its place in the template, the history, or a condition of the template. */
export type Cause = { readonly name: string | null; readonly kind: Stretch['kind']; readonly place: Place | null }
export type Changes = 'per request' | 'daily'

export type PrefixFacts = {
  readonly tokens: Sides<number>
  readonly changes: readonly PrefixChange[]
}

/** A shorter loss is within the error of the estimate. */
const LEAST_TOKENS = 64
const LEAST_SHARE = 0.05

export type PrefixInput = {
  readonly prefixes: Prefixes
  readonly scale: TokenScale
  readonly models: Sides<string | null>
  readonly prompt: Prompt
}

export function prefixFacts({ prefixes, scale, models, prompt }: PrefixInput): PrefixFacts {
  const base = sized(prefixes.base, scale.base)
  const head = sized(prefixes.head, scale.head)
  const tokens = { base: base.tokens, head: head.tokens }
  const minimum = { base: minimumOf(models.base), head: minimumOf(models.head) }
  // What was not cached cannot be lost.
  if (models.base === null || base.tokens < minimum.base) return { tokens, changes: [] }
  // The base's text as the head's model counts it: another vocabulary moves nothing.
  const before = sized(prefixes.base, scale.head)
  const moved = Math.min(before.tokens - head.tokens, head.behind - before.behind)
  const isLoss = moved >= Math.max(LEAST_TOKENS, LEAST_SHARE * before.tokens)
  const block = head.tokens + Math.max(0, moved)
  if (isLoss && block >= minimum.head) {
    const belowMinimum = head.tokens < minimum.head
    const lost = block - (belowMinimum ? 0 : head.tokens)
    return { tokens, changes: [{ kind: 'shorter', lost, end: causeOf(prefixes.head.end, prompt), belowMinimum }] }
  }
  if (head.tokens < minimum.head) {
    return { tokens, changes: [{ kind: 'below-minimum', lost: head.tokens, minimum: minimum.head }] }
  }
  const volatile = volatileIn(prefixes, { prompt, scale: scale.head, minimum: minimum.head })
  const why = refillReason(prefixes, models)
  return {
    tokens,
    changes: [...(why === null ? [] : [{ kind: 'refill' as const, tokens: head.tokens, why }]), ...volatile],
  }
}

const minimumOf = (model: string | null) => cacheMinimum(model ?? '')

function sized({ tokens, behind }: SharedPrefix, scale: number) {
  return { tokens: Math.round(tokens * scale), behind: Math.round(behind * scale) }
}

function refillReason(
  { base, head, reordered }: Prefixes,
  models: Sides<string | null>,
): 'text' | 'tools' | 'model' | null {
  if (models.base !== models.head) return 'model'
  if (reordered) return 'tools'
  return base.text === head.text ? null : 'text'
}

type Looking = { readonly prompt: Prompt; readonly scale: number; readonly minimum: number }

/** The first variable of the shared prefix that is new there and looks as if it changed all the time. */
function volatileIn({ base, head }: Prefixes, { prompt, scale, minimum }: Looking): readonly PrefixChange[] {
  const known = new Set(base.constants.map(({ stretch }) => stretch.origin))
  for (const { stretch, at } of head.constants) {
    const changes = known.has(stretch.origin) ? null : changesOf(stretch)
    if (changes === null) continue
    const before = Math.round((head.tokens * scale * at) / Math.max(1, head.text.length))
    const lost = Math.round(head.tokens * scale) - (before >= minimum ? before : 0)
    if (lost >= LEAST_TOKENS) return [{ kind: 'volatile', lost, end: causeOf(stretch, prompt), changes }]
  }
  return []
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
const MOMENT = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/
/** A longer value is a text that mentions one. */
const LONGEST_STAMP = 60
const DAY = /^\s*(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})\s*$/
const EACH_REQUEST = new Set(
  'now time timestamp datetime clock uuid guid nonce random seed requestid traceid sessionid conversationid messageid'.split(
    ' ',
  ),
)
const EACH_DAY = new Set('date today day currentdate'.split(' '))

/** By what it is called and what it looks like; null for what may well be the same for all. */
export function changesOf({ origin, text }: Pick<Stretch, 'origin' | 'text'>): Changes | null {
  const words = origin
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
  const ends = [words.at(-1) ?? '', words.slice(-2).join('')]
  const isStamp = text.length <= LONGEST_STAMP && (UUID.test(text) || MOMENT.test(text))
  if (isStamp || ends.some((word) => EACH_REQUEST.has(word))) return 'per request'
  return DAY.test(text) || ends.some((word) => EACH_DAY.has(word)) ? 'daily' : null
}

function causeOf(end: Stretch | null, prompt: Prompt): Cause {
  if (end === null) return { name: null, kind: 'static', place: null }
  if (end.kind !== 'variable') return { name: end.kind === 'history' ? HISTORY : null, kind: end.kind, place: null }
  return { name: end.origin, kind: end.kind, place: placeOf(prompt, end.origin) }
}

/** The line on which a template first names a variable. */
function placeOf(prompt: Prompt, name: string): Place {
  const root = name.replace(/[^\w.-]/g, '')
  for (const [index, { content }] of prompt.messages.entries()) {
    const at = namedAt(content, root)
    if (at === null) continue
    const first = prompt.messageLines?.[index] ?? prompt.line
    return { path: prompt.path, line: first + (content.slice(0, at).match(/\n/g)?.length ?? 0) }
  }
  const partial = Object.entries(prompt.partials).find(([, text]) => namedAt(text, root) !== null)
  return { path: partial?.[0] ?? prompt.path }
}

/** Within one pair of braces, however the template language spells what stands around the name. */
function namedAt(text: string, name: string): number | null {
  for (const { index, 0: braces } of text.matchAll(/\{[^{}]{1,500}\}/g)) {
    if (braces.split(/[^\w.-]+/).some((word) => word === name || word.startsWith(`${name}.`))) return index
  }
  return null
}
