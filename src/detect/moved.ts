// Pins and prompts over all changed files of a commit: what only moved is no change, and what left one file and came into
// another under the same name was changed on the way.

import { essence } from './compare.ts'
import type { LooseChange } from './undeclared.ts'
import { wordsOf } from './words.ts'

/** A changed file on both sides; null where it is not there or no text. */
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

/** More files than these are not searched for what moved. */
const MAX_FILES = 60

export async function withoutMoved(
  changes: readonly LooseChange[],
  { texts, pins }: { readonly texts: readonly ChangedText[]; readonly pins: SidesPins },
): Promise<readonly LooseChange[]> {
  const own = changes.filter((change) => !isPin(change) || !isKnown(change, pins))
  const left = explained(movedOn(renamedFiles(withoutMovedPins(own))))
  const isLeft = await Promise.all(left.map(async (change) => !(await saidElsewhere(change, left, texts))))
  return left.filter((_, at) => isLeft[at])
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
  const left = departures(changes)
  const moved = new Set<LooseChange>()
  for (const pin of arrivals(changes)) {
    const origins = left.filter((one) => one.from === pin.to)
    if (origins.length > 0) for (const one of [pin, ...origins]) moved.add(one)
  }
  return changes.filter((change) => !moved.has(change))
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
    if (froms.size === 0 || tos.size === 0 || (froms.size > 1 && tos.size > 1)) continue
    for (const one of [...gone, ...come]) replaced.add(one)
    for (const now of come) for (const from of froms) if (from !== undefined) made.push(became(now, from))
  }
  return [...changes.filter((change) => !replaced.has(change)), ...made]
}

const isVersion = (id: string) => /^[\d-]+(?:-preview)?$/.test(id)
const isEmbedding = (id: string) => /embed|bge|e5|minilm/i.test(id)

/** A constant that names what something else was changed to, and one that named what it was changed from. */
function explained(changes: readonly LooseChange[]): readonly LooseChange[] {
  const whole = changes.filter((change) => isPin(change) && change.from !== undefined && change.to !== undefined)
  const isTold = ({ from, to, path, pinName = '' }: LooseChange) =>
    whole.some(
      (other) =>
        (from === undefined ? other.to === to : to === undefined && other.from === from) &&
        (CONSTANT.test(pinName) || (other.path === path && other.pinName === pinName)),
    )
  return changes.filter((change) => !isPin(change) || !isTold(change))
}
const CONSTANT = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/

/** Files that set the parameters of infrastructure whose defaults stand in another one. */
const INFRASTRUCTURE =
  /\.(?:bicep|bicepparam|tf|tfvars)$|(?:^|\/)(?:[\w.-]*parameters[\w.-]*\.json|infra\/[\w.-]+\.ya?ml)$/i

/** What one file no longer says, and another one says now, word for word: whatever kind of file it is. */
async function saidElsewhere(
  change: LooseChange,
  all: readonly LooseChange[],
  texts: readonly ChangedText[],
): Promise<boolean> {
  const others = texts.filter((text) => text.path !== change.path).slice(0, MAX_FILES)
  if (change.kind === 'prompt') return change.gone === undefined ? false : anyOf(others, goneTo(change.gone))
  if (!isPin(change)) return false
  const { from, to } = change
  if (from === undefined && to !== undefined) {
    if (INFRASTRUCTURE.test(change.path) && (await anyOf(infrastructure(others), hadBefore(to)))) return true
    return anyOf(withoutPinsOf(others, all), async (text) => (await counted(text, to)) < 0)
  }
  if (from === undefined || to !== undefined) return false
  if (INFRASTRUCTURE.test(change.path) && (await anyOf(infrastructure(others), hasNow(from)))) return true
  return anyOf(withoutPinsOf(others, all), async (text) => (await counted(text, from)) > 0)
}

const infrastructure = (texts: readonly ChangedText[]) => texts.filter(({ path }) => INFRASTRUCTURE.test(path))
/** Files with pins of their own are compared by their pins. */
const withoutPinsOf = (texts: readonly ChangedText[], changes: readonly LooseChange[]) =>
  texts.filter(({ path }) => !DOCUMENT.test(path) && !changes.some((change) => isPin(change) && change.path === path))
const DOCUMENT = /\.(?:md|mdx|rst|ipynb|lock|svg)$|(?:^|[/_.-])(?:tests?|specs?|docs?|examples?|samples?)(?:[/_.-]|$)/i

const hadBefore = (id: string) => async (text: ChangedText) => occurrences(await text.before(), id) > 0
const hasNow = (id: string) => async (text: ChangedText) => occurrences(await text.after(), id) > 0
const goneTo = (pieces: readonly string[]) => async (text: ChangedText) => {
  const said = pieces.map(essence).filter((piece) => piece.length >= MIN_SAID)
  if (said.length === 0) return false
  const [before, after] = [essence((await text.before()) ?? ''), essence((await text.after()) ?? '')]
  return said.every((piece) => after.includes(piece) && !before.includes(piece))
}
const MIN_SAID = 16

async function anyOf(texts: readonly ChangedText[], holds: (text: ChangedText) => Promise<boolean>): Promise<boolean> {
  for (const text of texts) if (await holds(text)) return true
  return false
}

/** How much oftener the head says an id than the base. */
async function counted(text: ChangedText, id: string): Promise<number> {
  return occurrences(await text.after(), id) - occurrences(await text.before(), id)
}

function occurrences(text: string | null, id: string): number {
  if (text === null || text.length > MAX_TEXT) return 0
  let found = 0
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + id.length)) {
    if (!/[\w.-]/.test(text[at - 1] ?? '') && !/[\w-]/.test(text[at + id.length] ?? '')) found++
  }
  return found
}
const MAX_TEXT = 500_000
