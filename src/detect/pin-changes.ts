// Pins of two versions of a file, compared: which id became which.

import { saysModel } from './model-names.ts'
import type { Pin } from './pins.ts'

export type PinChange = {
  readonly from?: string
  readonly to?: string
  /** `to` with its provider prefix. */
  readonly written?: string
  readonly line: number
  readonly symbol?: string
  /** The file has the id elsewhere, and says it once more in a function or for a variable that is new. */
  readonly again?: true
}

/** Pins that differ between two versions of a file: by name in order of appearance, then what is left by order. */
export function changedPins(
  base: readonly Pin[],
  head: readonly Pin[],
  /** Functions, classes and variables of the base. */
  known: ReadonlySet<string>,
): readonly PinChange[] {
  const inPlaces = samePlaces(base, head)
  const changes: PinChange[] = [...changedProviders(base, head), ...inPlaces.changes]
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
  const [old, now] = [gone[0], come[0]]
  if (gone.length === 1 && come.length === 1 && old && now && old.trust === now.trust && old.trust !== 'unknown')
    return unique([...changes, { from: old.id, ...arrival(now) }])
  const pinned = (side: readonly Pin[], id: string) => side.some((pin) => pin.id === id)
  return unique([
    ...changes,
    ...come
      .filter((pin) => pin.trust === 'sure')
      .flatMap((pin) => {
        if (!pinned(base, pin.id))
          return [{ ...arrival(pin), ...(isNewDefault(pin, known) ? { again: true as const } : {}) }]
        return isWrittenAnew(pin, { base, head, known }) ? [{ ...arrival(pin), again: true as const }] : []
      }),
    ...gone.filter((pin) => pin.trust === 'sure' && !pinned(head, pin.id)).map(departure),
  ])
}

type Sides = { readonly base: readonly Pin[]; readonly head: readonly Pin[]; readonly known: ReadonlySet<string> }

/** `DEFAULT_REASONING_MODEL = "…"` that was not there before: the file may list the id already. */
const isNewDefault = ({ key }: Pin, known: ReadonlySet<string>) =>
  !known.has(key) && /^default/i.test(key) && saysModel(key)

/** A new agent or call with an id that the file has elsewhere already. */
function isWrittenAnew({ id, key, place = '' }: Pin, { base, head, known }: Sides): boolean {
  const count = (side: readonly Pin[]) => side.filter((pin) => pin.id === id).length
  return place.split(' ').some((part) => part !== '' && part !== key && !known.has(part)) && count(head) > count(base)
}

/** What stands alone in a place that both sides have once, such as `models main modelId`, stays what it was there or became another. */
function samePlaces(base: readonly Pin[], head: readonly Pin[]) {
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
const MIN_ALIKE = 4

function sameStart(a: string, b: string): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return same
}

const mayReplace = (old: Pin, now: Pin) =>
  old.trust === 'sure' || now.trust === 'sure' || (isPlausible(old) && isPlausible(now))
const isPlausible = ({ trust, asks }: Pin) => trust === 'likely' || asks === true

const arrival = ({ id, line, symbol, written }: Pin): PinChange => ({
  to: id,
  line,
  symbol,
  ...(written === undefined ? {} : { written }),
})
const departure = ({ id, line, symbol }: Pin): PinChange => ({ from: id, line, symbol })

function unique(changes: readonly PinChange[]): readonly PinChange[] {
  const seen = new Set<string>()
  return changes.filter((change) => {
    const key = `${change.from}\0${change.to}`
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
    if (old?.written === undefined || now.written === undefined) return []
    return [{ ...arrival(now), from: old.written, to: now.written }]
  })
}

const providerOf = ({ id, written = id }: Pin) =>
  written.endsWith(id)
    ? written
        .slice(0, written.length - id.length)
        .toLowerCase()
        .replace(/[:/]+/g, '/')
        // The path of a resource, not who runs it.
        .replace(/(?:^|(?<=\/))(?:models|publishers)\//g, '')
    : ''

/** `Model.GPT4` and `OpenAiModelIds.Gpt4` name one model, and so do `LLMModel.GPT_3_5_TURBO` and `gpt-3.5-turbo`. */
const isSame = (one: Pin, other: Pin) =>
  one.id === other.id ||
  ((one.constant || other.constant) && (bareName(one) === bareName(other) || lastName(one) === lastName(other)))
const lastName = ({ id, by = id }: Pin) => by.split(/\.(?=[A-Za-z])|::|->/).at(-1)
const bareName = ({ id }: Pin) => (id.split(/\.(?=[A-Za-z])|::|->/).at(-1) ?? '').toLowerCase().replace(/[^a-z\d]/g, '')

/** What of `all` has no partner with the same id in `others`. */
function without(all: readonly Pin[], others: readonly Pin[]): Pin[] {
  const left = [...others]
  return all.filter((pin) => {
    const at = left.findIndex((other) => isSame(other, pin))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
