// Pins of two versions of a file, compared: which id became which.

import type { LineDiff } from './line-diff.ts'
import { saysModel } from './model-names.ts'
import { changedBehind, isListed } from './pin-behind.ts'
import { arrival, isOfOneKind, isSame, MIN_ALIKE, mayReplace, type PinChange, sameStart } from './pin-likeness.ts'
import { isNameOf } from './pin-named.ts'
import { sameLines, samePlaces, sameStretches } from './pin-places.ts'
import type { Pin } from './pins.ts'
import { wordsOf } from './words.ts'

type Names = {
  readonly base: ReadonlySet<string>
  readonly head: ReadonlySet<string>
  /** Those of the base that stand for an empty text. */
  readonly empty?: ReadonlySet<string>
}

/**
 * Pins that differ between two versions of a file: what stands behind a name in a list, then what is asked. `names` are functions,
 * classes and variables of both sides.
 */
export function changedPins(
  base: readonly Pin[],
  head: readonly Pin[],
  names: Names = { base: new Set(), head: new Set() },
  diff: LineDiff | null = null,
): readonly PinChange[] {
  const asked = (side: readonly Pin[]) => side.filter((pin) => !isListed(pin))
  return unique([...changedAsked(asked(base), asked(head), names, diff), ...changedBehind(base, head)])
}

/** By name in order of appearance, then what is left by order. */
function changedAsked(
  base: readonly Pin[],
  head: readonly Pin[],
  names: Names,
  diff: LineDiff | null,
): readonly PinChange[] {
  const inPlaces = samePlaces(base, head)
  const inLines = diff === null ? [] : sameLines(base, head, { diff, settled: inPlaces.settled })
  const changes: PinChange[] = [...changedProviders(base, head), ...inPlaces.changes, ...inLines]
  const pool: Pool = { gone: [], come: [] }
  for (const key of new Set([...base, ...head].map((pin) => pin.key))) {
    const named = (side: readonly Pin[]) => side.filter((pin) => pin.key === key && !inPlaces.settled.has(pin))
    const [was, is] = [named(base), named(head)]
    if (was.length === is.length && was.every((pin) => pin.version)) {
      changes.push(...inPlace(was, is))
      continue
    }
    changes.push(...paired({ gone: without(was, is), come: without(is, was) }, pool))
  }
  // A name that is new or gone with the id of another that is gone or new: it is called otherwise.
  const [gone, come] = [without(pool.gone, pool.come), without(pool.come, pool.gone)]
  if (diff !== null) changes.push(...sameStretches(gone, come, diff))
  const [old, now] = [gone[0], come[0]]
  if (gone.length === 1 && come.length === 1 && old && now && isAlone(old, now))
    return [...changes, { from: old.id, ...arrival(now) }]
  const isMore = (pin: Pin) => diff !== null && isOneMore(pin, base, head, diff)
  const pinned = (side: readonly Pin[], id: string) => side.some((pin) => pin.id === id)
  return [
    ...changes,
    ...come
      .filter((pin) => pin.trust === 'sure')
      .flatMap((pin) => {
        if (!pinned(base, pin.id))
          return [
            {
              ...arrival(pin),
              ...(isNewDefault(pin, names.base) || wasEmpty(pin, names.empty) ? { again: true as const } : {}),
            },
          ]
        if (isNameOf(pin, head, base)) return []
        return isWrittenAnew(pin, { base, head, known: names.base }) || isMore(pin)
          ? [{ ...arrival(pin), again: true as const }]
          : []
      }),
    ...gone
      .filter((pin) => pin.trust === 'sure')
      .flatMap((pin) => {
        if (!pinned(head, pin.id)) return [departure(pin)]
        if (isNameOf(pin, base, head)) return []
        return isWrittenNoMore(pin, { base, head, known: names.head })
          ? [{ ...departure(pin), again: true as const }]
          : []
      }),
  ]
}

/** Nothing else of its file came or is gone. */
const isAlone = (old: Pin, now: Pin) => old.trust === now.trust && old.trust !== 'unknown' && isOfOneKind(old, now)

type Sides = { readonly base: readonly Pin[]; readonly head: readonly Pin[]; readonly known: ReadonlySet<string> }

/** `DEFAULT_REASONING_MODEL = "…"` that was not there before: the file may list the id already. */
const isNewDefault = ({ key }: Pin, known: ReadonlySet<string>) =>
  !known.has(key) && /^default/i.test(key) && saysModel(key)
/** `MODEL_CHAT = ""`, which was there and named no model. */
const wasEmpty = (pin: Pin, empty: ReadonlySet<string> | undefined) => isNamed(pin) && empty?.has(pin.key) === true
/** Two words or more that say model: `azureVisionModel`. */
const isNamed = ({ key }: Pin) => wordsOf(key).length > 1 && saysModel(key)

/** It says whose model it is: `judge_model_name`. */
const isOfItsOwn = (key: string) =>
  saysModel(key) && wordsOf(key).some((word) => !/^(?:default|model|llm|name|id|gpt|openai|chat)$/.test(word))

/** `phase_models summary`: what one of several is asked for. */
const OF_MODELS = /(?:^|[ _-])(?:models|llms) \S+$/i

/** A new agent or call with an id that the file has elsewhere already. */
function isWrittenAnew({ id, key, place = '' }: Pin, { base, head, known }: Sides): boolean {
  const count = (side: readonly Pin[]) => side.filter((pin) => pin.id === id).length
  const isNew = (part: string) => part !== '' && part !== key && !known.has(part)
  if (count(head) <= count(base)) return false
  const isNewName = !known.has(key) && (isOfItsOwn(key) || OF_MODELS.test(place))
  return place.split(' ').some(isNew) || (isNewName && hasStayed(id, base, head))
}

/** Said once more where nothing stood before, and all that said it before still do, word for word. */
function isOneMore(
  { id, key, line, place = '' }: Pin,
  base: readonly Pin[],
  head: readonly Pin[],
  diff: LineDiff,
): boolean {
  const before = base.filter((pin) => pin.id === id)
  const stretch = diff.headStretch[line - 1] ?? 0
  const stays = (pin: Pin) => (diff.same[pin.line - 1] ?? -1) >= 0
  return (
    stretch > 0 &&
    saysModel(key) &&
    before.length > 0 &&
    before.every((pin) => stays(pin) && !(place.includes(' ') && pin.place === place)) &&
    head.filter((pin) => pin.id === id).length > before.length &&
    // Lines that came, and none that they came for.
    !diff.baseStretch.includes(stretch)
  )
}

/** All that asked a model before still do: it did not move to a name of its own. */
function hasStayed(id: string, base: readonly Pin[], head: readonly Pin[]): boolean {
  const at = (side: readonly Pin[], place?: string) => side.filter((pin) => pin.id === id && pin.place === place).length
  const before = base.filter((pin) => pin.id === id)
  return before.length > 0 && before.every(({ place }) => at(head, place) >= at(base, place))
}

/** An agent or call that is gone with an id that the file still has where it had it before. */
const isWrittenNoMore = (pin: Pin, { base, head, known }: Sides) =>
  (isWrittenAnew(pin, { base: head, head: base, known }) ||
    (isNamed(pin) && (!known.has(pin.key) || isUnset(pin, head)))) &&
  head.every(({ id, place }) => id !== pin.id || base.some((old) => old.id === id && old.place === place))

/** The default of a parameter that has none now; a list may still allow it. */
const isUnset = (pin: Pin, head: readonly Pin[]) => head.every(({ id, key }) => key !== pin.key && id !== pin.id)

/** Versions belong to the models beside them: the first stays the first, unless they only changed places. */
function inPlace(was: readonly Pin[], is: readonly Pin[]): readonly PinChange[] {
  if (without(was, is).length === 0) return []
  return is.flatMap((now, at) =>
    was[at] === undefined || was[at].id === now.id ? [] : [{ from: was[at].id, ...arrival(now) }],
  )
}

type Pool = { readonly gone: Pin[]; readonly come: Pin[] }

/** Of one name: what is gone became what came and begins most like it, else in order; what has no partner goes into the pool. */
function paired({ gone, come }: Pool, pool: Pool): readonly PinChange[] {
  const changes: PinChange[] = []
  const nearest = new Map(gone.map((old) => [old, Math.max(...come.map((now) => sameStart(old.id, now.id)))]))
  for (const now of come) {
    const old = closest(gone, nearest, now)
    if (old !== undefined) gone.splice(gone.indexOf(old), 1)
    if (old === undefined) pool.come.push(now)
    else changes.push({ from: old.id, ...arrival(now) })
  }
  pool.gone.push(...gone)
  return changes
}

/**
 * `gpt-4` became `gpt-4-1106`: they begin alike, and no other that came begins more like it. `nearest` says for each that is
 * gone how much of its beginning the most alike that came has.
 */
function closest(gone: readonly Pin[], nearest: ReadonlyMap<Pin, number>, now: Pin): Pin | undefined {
  const able = gone.filter((old) => mayReplace(old, now))
  let best: { readonly old: Pin; readonly alike: number } | undefined
  for (const old of able) {
    const alike = sameStart(old.id, now.id)
    if (alike >= MIN_ALIKE && alike === nearest.get(old) && alike > (best?.alike ?? 0)) best = { old, alike }
  }
  return best?.old ?? able[0]
}
const departure = ({ id, line, symbol }: Pin): PinChange => ({ from: id, line, symbol })

function unique(changes: readonly PinChange[]): readonly PinChange[] {
  const seen = new Set<string>()
  return changes.filter((change) => {
    // One replacement in several places is listed in each of them; what came or is gone, where a name has it first.
    const isBoth = change.from !== undefined && change.to !== undefined
    const key = `${change.from}\0${change.to}\0${isBoth ? change.line : change.symbol}`
    const known = seen.has(key)
    seen.add(key)
    return !known
  })
}

/** The same id under the same name from another provider: asked elsewhere, at another price. Then the ids are as written. */
function changedProviders(base: readonly Pin[], head: readonly Pin[]): readonly PinChange[] {
  const providers = (side: readonly Pin[], { key, id }: Pin) =>
    side.flatMap((pin) => (pin.key === key && pin.id === id ? [providerOf(pin)] : []))
  return head.flatMap((now): PinChange[] => {
    const before = providers(base, now)
    if (before.length === 0 || before.includes(providerOf(now))) return []
    const old = base.find(
      (pin) => pin.key === now.key && pin.id === now.id && !providers(head, now).includes(providerOf(pin)),
    )
    // What a name stands for is asked of whom that is said to be asked of.
    if (old?.written === undefined || now.written === undefined || isProvided(old) || isProvided(now)) return []
    return [{ ...arrival(now), from: old.written, to: now.written }]
  })
}

const isProvided = ({ by, provided }: Pin) => by !== undefined || provided === true

const providerOf = ({ id, written = id }: Pin) =>
  written.endsWith(id) && !/^(?:\.{0,2}|~)\//.test(written)
    ? written
        .slice(0, written.length - id.length)
        .toLowerCase()
        .replace(/[:/]+/g, '/')
        // The path of a resource, not who runs it.
        .replace(/(?:^|(?<=\/))(?:models|publishers)\//g, '')
    : ''

/** What of `all` has no partner with the same id in `others`. */
function without(all: readonly Pin[], others: readonly Pin[]): Pin[] {
  const left = [...others]
  return all.filter((pin) => {
    const at = left.findIndex((other) => isSame(other, pin))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
