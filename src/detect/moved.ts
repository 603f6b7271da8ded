// Pins and prompts over all changed files of a commit: what only moved is no change, and what left one file and came into
// another under the same name was changed on the way.

import { essence } from './compare.ts'
import { isEmbedding } from './model-ids.ts'
import { sameStart } from './pin-likeness.ts'
import type { LooseChange } from './undeclared.ts'
import { wordsOf } from './words.ts'

/** A changed file on both sides: '' where it is not there, null where it cannot be read or is too large to be searched. */
export type ChangedText = {
  readonly path: string
  before(): Promise<string | null>
  after(): Promise<string | null>
}

/** All pins of the changed files, as `nameOfPin` writes them. */
export type SidesPins = { readonly base: ReadonlySet<string>; readonly head: ReadonlySet<string> }

/** What a pin is known by over all files: `embedding model` and its id; null where its name says too little. */
export function nameOfPin(name: string | undefined, id: string | undefined): string | null {
  const words = wordsOf(name ?? '')
  return words.length < 2 || id === undefined ? null : `${words.join(' ')}\0${id}`
}

/** Another file said the same under the same name before, or still does: `EMBEDDING_MODEL` now stands in the example, too. */
function isKnown({ from, to, pinName }: LooseChange, pins: SidesPins): boolean {
  if (from !== undefined && to !== undefined) return false
  const name = nameOfPin(pinName, from ?? to)
  return name !== null && (from === undefined ? pins.base : pins.head).has(name)
}

/** More files than these are not searched for what moved, and not for more changes than these: that is no move but a rewrite. */
const MAX_FILES = 60
const MAX_SEARCHED = 40

export async function withoutMoved(
  changes: readonly LooseChange[],
  { texts, pins }: { readonly texts: readonly ChangedText[]; readonly pins: SidesPins },
): Promise<readonly LooseChange[]> {
  const own = changes.filter((change) => !isPin(change) || !isKnown(change, pins))
  const left = explained(movedOn(renamedFiles(withoutMovedPins(own))))
  const search = searchIn(texts, left)
  const moved = new Set<LooseChange>()
  for (const change of left.filter(isSearched).slice(0, MAX_SEARCHED))
    if (await saidElsewhere(change, search)) moved.add(change)
  return left.filter((change) => !moved.has(change))
}

const isPin = (change: LooseChange) => change.kind === 'model'
const arrivals = (changes: readonly LooseChange[]) =>
  changes.filter((change) => isPin(change) && change.from === undefined)
const departures = (changes: readonly LooseChange[]) =>
  changes.filter((change) => isPin(change) && change.to === undefined)

const became = (now: LooseChange, from: string): LooseChange => ({
  ...now,
  from,
  what: `model pin ${from} to ${now.to ?? ''}`,
})

/** A pin that left one file and came into another has moved. */
function withoutMovedPins(changes: readonly LooseChange[]): readonly LooseChange[] {
  const ids = (pins: readonly LooseChange[]) => new Set(pins.map(({ from, to }) => from ?? to))
  const [left, come] = [ids(departures(changes)), ids(arrivals(changes))]
  const hasMoved = ({ from, to }: LooseChange) =>
    from === undefined ? left.has(to) : to === undefined && come.has(from)
  return changes.filter((change) => !isPin(change) || !hasMoved(change))
}

/** The same name in another file: `DOCUMENT_ENCODER_MODEL`, `chatGptModelName` of a template and of its parameters. */
function renamedFiles(changes: readonly LooseChange[]): readonly LooseChange[] {
  const made: LooseChange[] = []
  const replaced = new Set<LooseChange>()
  const gone = byName(departures(changes))
  for (const [name, come] of byName(arrivals(changes))) {
    const old = gone.get(name) ?? []
    const [froms, tos] = [new Set(old.map((one) => one.from)), new Set(come.map((one) => one.to))]
    const [from] = froms
    const [now] = come
    if (from === undefined || now === undefined || froms.size > 1 || tos.size > 1) continue
    for (const one of [...old, ...come]) replaced.add(one)
    made.push(became(now, from))
  }
  return [...changes.filter((change) => !replaced.has(change)), ...made]
}

/** Names of two words or more: `model` alone is everybody's. */
function byName(pins: readonly LooseChange[]): ReadonlyMap<string, readonly LooseChange[]> {
  const found = new Map<string, LooseChange[]>()
  for (const pin of pins) {
    const words = wordsOf(pin.pinName ?? '')
    if (words.length < 2) continue
    const name = words.join(' ')
    found.set(name, [...(found.get(name) ?? []), pin])
  }
  return found
}

/** One id left, and others came elsewhere (or many left, and one came): what asked the one asks the others now. */
function movedOn(changes: readonly LooseChange[]): readonly LooseChange[] {
  const made: LooseChange[] = []
  const replaced = new Set<LooseChange>()
  for (const embeds of [false, true]) {
    const of = (id: string | undefined) => id !== undefined && !isVersion(id) && isEmbedding(id) === embeds
    const gone = departures(changes).filter((change) => of(change.from))
    const come = arrivals(changes).filter((change) => of(change.to))
    const [froms, tos] = [new Set(gone.map((one) => one.from)), new Set(come.map((one) => one.to))]
    if (froms.size === 0 || tos.size === 0) continue
    const pairs = alike(gone, come, froms.size > 1 && tos.size > 1 ? MIN_ALIKE : Number.POSITIVE_INFINITY)
    for (const { old, now } of pairs) {
      for (const one of [...gone, ...come]) if (one.to === now.to || one.from === old.from) replaced.add(one)
      made.push(became(now, old.from ?? ''))
    }
    if (pairs.length > 0 || (froms.size > 1 && tos.size > 1)) continue
    for (const one of [...gone, ...come]) replaced.add(one)
    for (const now of come) for (const from of froms) if (from !== undefined) made.push(became(now, from))
  }
  return [...changes.filter((change) => !replaced.has(change)), ...made]
}

/** Those that begin most alike belong together: `claude-3-5-sonnet-20240620` and `claude-3-5-sonnet-latest`. */
function alike(gone: readonly LooseChange[], come: readonly LooseChange[], least: number) {
  const left = [...new Map(gone.map((one) => [one.from, one])).values()].slice(0, MAX_ALIKE)
  const arrived = [...new Map(come.map((one) => [one.to, one])).values()].slice(0, MAX_ALIKE)
  const taken = new Set<LooseChange>()
  return left
    .flatMap((old) => arrived.map((now) => ({ old, now, same: sameStart(old.from ?? '', now.to ?? '') })))
    .filter(({ old, now, same }) => same >= least || same === Math.min(old.from?.length ?? 0, now.to?.length ?? 0))
    .sort((one, other) => other.same - one.same)
    .filter(({ old, now }) => {
      const isFree = !taken.has(old) && !taken.has(now)
      if (isFree) taken.add(old).add(now)
      return isFree
    })
}
const MIN_ALIKE = 5
const MAX_ALIKE = 40

const isVersion = (id: string) => /^[\d-]+(?:-preview)?$/.test(id)

/** A constant that names what something else was changed to, and one that named what it was changed from. */
function explained(changes: readonly LooseChange[]): readonly LooseChange[] {
  const told = new Set<string>()
  for (const { kind, from, to, path, pinName } of changes) {
    if (kind !== 'model' || from === undefined || to === undefined) continue
    for (const id of [`from ${from}`, `to ${to}`]) told.add(id).add(`${id}\0${path}\0${pinName}`)
  }
  const isTold = ({ from, to, path, pinName = '' }: LooseChange) => {
    if (from !== undefined && to !== undefined) return false
    const id = from === undefined ? `to ${to}` : `from ${from}`
    return (CONSTANT.test(pinName) && told.has(id)) || told.has(`${id}\0${path}\0${pinName}`)
  }
  return changes.filter((change) => !isPin(change) || !isTold(change))
}
const CONSTANT = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/

/** Files that set the parameters of infrastructure whose defaults stand in another one. */
const INFRASTRUCTURE =
  /\.(?:bicep|bicepparam|tf|tfvars)$|(?:^|\/)(?:[\w.-]*parameters[\w.-]*\.json|infra\/[\w.-]+\.ya?ml)$/i

type Sides = { readonly before: string; readonly after: string }

/** Null as soon as one side is not known: then it says nothing of what moved. */
async function sidesOf(text: ChangedText): Promise<Sides | null> {
  const [before, after] = [await text.before(), await text.after()]
  return before === null || after === null ? null : { before, after }
}

type Search = {
  readonly texts: readonly ChangedText[]
  /** Files with pins of their own are compared by their pins. */
  readonly withPins: ReadonlySet<string>
  /** Both sides of a text without its spacing, made once; null where one of them is not known. */
  essences(text: ChangedText): Promise<Sides | null>
}

function searchIn(texts: readonly ChangedText[], changes: readonly LooseChange[]): Search {
  const known = new Map<ChangedText, Promise<Sides | null>>()
  const make = async (text: ChangedText) => {
    const sides = await sidesOf(text)
    return sides === null ? null : { before: essence(sides.before), after: essence(sides.after) }
  }
  return {
    texts: texts.slice(0, MAX_FILES),
    withPins: new Set(changes.filter(isPin).map(({ path }) => path)),
    essences: (text) => {
      const made = known.get(text) ?? make(text)
      known.set(text, made)
      return made
    },
  }
}

/** What is on one side only may be elsewhere on the other. */
const isSearched = (change: LooseChange) =>
  change.kind === 'prompt'
    ? change.gone !== undefined
    : isPin(change) && (change.from === undefined || change.to === undefined)

/** What one file no longer says, and another one says now, word for word: whatever kind of file it is. */
async function saidElsewhere(change: LooseChange, search: Search): Promise<boolean> {
  const others = search.texts.filter((text) => text.path !== change.path)
  if (change.gone !== undefined) return anyOf(others, goneTo(change.gone, search))
  const { from, to } = change
  const id = from ?? to ?? ''
  const isNew = from === undefined
  if (INFRASTRUCTURE.test(change.path) && (await anyOf(others.filter(isInfrastructure), says(id, isNew)))) return true
  const plain = others.filter(({ path }) => !DOCUMENT.test(path) && !search.withPins.has(path))
  return anyOf(plain, async (text) => {
    const sides = await sidesOf(text)
    if (sides === null) return false
    const more = occurrences(sides.after, id) - occurrences(sides.before, id)
    return isNew ? more < 0 : more > 0
  })
}

const isInfrastructure = ({ path }: ChangedText) => INFRASTRUCTURE.test(path)
const DOCUMENT = /\.(?:md|mdx|rst|ipynb|lock|svg)$|(?:^|[/_.-])(?:tests?|specs?|docs?|examples?|samples?)(?:[/_.-]|$)/i

/** The base had a new id, or the head has one that is gone. */
const says = (id: string, isNew: boolean) => async (text: ChangedText) =>
  occurrences((await (isNew ? text.before() : text.after())) ?? '', id) > 0

const goneTo =
  (pieces: readonly string[], { essences }: Search) =>
  async (text: ChangedText) => {
    const said = pieces.map(essence).filter((piece) => piece.length >= MIN_SAID)
    if (said.length === 0 || said.length > MAX_PIECES) return false
    const sides = await essences(text)
    return sides !== null && said.every((piece) => sides.after.includes(piece) && !sides.before.includes(piece))
  }
const MIN_SAID = 16
const MAX_PIECES = 50

async function anyOf(texts: readonly ChangedText[], holds: (text: ChangedText) => Promise<boolean>): Promise<boolean> {
  for (const text of texts) if (await holds(text)) return true
  return false
}

/** `claude-2` is not said by `claude-2.1`. */
const GOES_ON = /^(?:[\w-]|\.\d)/

function occurrences(text: string, id: string): number {
  let found = 0
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + id.length)) {
    if (!/[\w.-]/.test(text[at - 1] ?? '') && !GOES_ON.test(text.slice(at + id.length, at + id.length + 2))) found++
  }
  return found
}
