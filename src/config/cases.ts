// Rows of any origin -> Case: identity, labels, hash.

import type { Case, Json, JsonObject, Message, Place, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { formatPlace } from '../errors.ts'
import { given } from '../targets/outside.ts'
import { contentHash } from './canonical.ts'

/** A case before it has an identity. `fields` is the row without the keys that have a meaning of their own. */
export type Draft = {
  readonly id?: string
  readonly vars: JsonObject
  readonly expected?: Json
  readonly context?: readonly string[]
  readonly relevant?: readonly string[]
  readonly messages?: readonly Message[]
  readonly tags: readonly string[]
  readonly fields: JsonObject
  readonly scorers: readonly ScorerSpec[]
  readonly threshold?: number
  readonly place: Place
}

/** More is a mistake or an attack; samples of this size already tell tenths of a point apart. */
export const MAX_CASES = 200_000

/**
 * Gives every draft its identity: the id, else the first 8 hex digits of the hash of its variables, with `#2`, `#3` for
 * repeats. Explicit ids that stand twice are problems that name both places.
 */
export function identify(drafts: readonly Draft[], slices: readonly string[]): { cases: Case[]; problems: Problem[] } {
  const { ids, problems } = idsOf<Draft>(drafts, { hash: hashOfAsked, place: ({ place }) => place })
  return { cases: drafts.map((draft, at) => caseOf(draft, slices, ids[at] ?? '')), problems }
}

type Nameable = { readonly id?: string | undefined }

/** As `identify`: the ids alone, of drafts in whatever form they are held. */
export function idsOf<T extends Nameable>(
  drafts: readonly T[],
  of: { hash(draft: T): string; place(draft: T): Place },
): { ids: string[]; problems: Problem[] } {
  const explicit = new Map<string, T>()
  const problems: Problem[] = []
  for (const draft of drafts) {
    if (draft.id === undefined) continue
    const first = explicit.get(draft.id)
    if (first === undefined) explicit.set(draft.id, draft)
    else if (problems.length < 20) problems.push(duplicate(draft.id, of.place(draft), of.place(first)))
  }
  const seen = new Map<string, number>()
  return { ids: drafts.map((draft) => draft.id ?? freeId(of.hash(draft), seen, explicit)), problems }
}

function duplicate(id: string, place: Place, first: Place): Problem {
  return {
    what: `The case id "${id}" stands twice; the first is at ${formatPlace(first)}.`,
    expected: 'an id that no other case of the eval set has',
    remedy: 'Rename or remove one of the two.',
    place,
  }
}

/** Of what is asked, as the ids of cases without one begin. */
export function hashOfAsked({ vars, messages }: Pick<Draft, 'vars' | 'messages'>): string {
  const asked = messages ? { vars, messages } : vars
  return contentHash(asked).slice(0, 8)
}

function freeId(hash: string, seen: Map<string, number>, explicit: ReadonlyMap<string, unknown>): string {
  let count = (seen.get(hash) ?? 0) + 1
  const id = () => (count === 1 ? hash : `${hash}#${count}`)
  while (explicit.has(id())) count++
  seen.set(hash, count)
  return id()
}

export function caseOf(draft: Draft, slices: readonly string[], id: string): Case {
  const { vars, expected, context, relevant, messages, tags, scorers, threshold, place } = draft
  const hash = hashOfCase(draft, scorers)
  const labels = labelsOf(draft, draft.fields, slices)
  // Written out, so that what all of many cases have lies in the object itself and costs half of what a spread does.
  const kase: Case = { id, explicitId: draft.id !== undefined, vars, tags, labels, scorers, place, hash }
  if (context === undefined && relevant === undefined && messages === undefined && threshold === undefined)
    return expected === undefined
      ? kase
      : { id, explicitId: kase.explicitId, vars, expected, tags, labels, scorers, place, hash }
  return { ...kase, ...given({ expected, context, relevant, messages, threshold }) }
}

type Asked = Pick<Draft, 'vars' | 'expected' | 'context' | 'relevant' | 'messages' | 'threshold'>

export function hashOfCase(
  of: { readonly [name in keyof Asked]: Asked[name] | undefined },
  scorers: readonly ScorerSpec[],
): string {
  const { vars, expected, context, relevant, messages, threshold } = of
  const asked = { vars, expected, context, relevant, messages, threshold }
  const graded = scorers.map(({ place: _, calibration: __, ...spec }) => spec)
  return contentHash(graded.length > 0 ? { ...asked, scorers: graded } : asked)
}

/** One for all of the many cases that have none. */
const NO_LABELS: Case['labels'] = {}

/** Every dimension that `slices` names, as text: from the case's own fields, its variables or its metadata. */
function labelsOf(
  { vars }: Pick<Draft, 'vars'>,
  fields: JsonObject,
  slices: readonly string[],
): { readonly [dimension: string]: string } {
  const metadata = fields.metadata
  const places = [fields, vars, isObject(metadata) ? metadata : {}]
  const labels: [string, string][] = []
  for (const dimension of new Set(['language', 'topic', ...slices])) {
    const holder = places.find((map) => Object.hasOwn(map, dimension) && isScalar(map[dimension]))
    if (holder) labels.push([dimension, String(holder[dimension])])
  }
  return labels.length === 0 ? NO_LABELS : Object.fromEntries(labels)
}

function isScalar(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean'
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
