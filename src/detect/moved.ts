// Pins and prompts over all changed files of a commit: what only moved is no change, and what left one file and came into
// another under the same name was changed on the way.

import { essence } from './essence.ts'
import { INFRASTRUCTURE, isPin, pinsMoved } from './pins-moved.ts'
import type { LooseChange } from './undeclared.ts'
import { denseSigns, wordsOf } from './words.ts'

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
  return words.length < 2 || words.every((word) => /^(?:model|name|id)$/.test(word)) || id === undefined
    ? null
    : `${words.join(' ')}\0${id}`
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
  const left = pinsMoved(own)
  const search = searchIn(texts, left, own)
  const moved = new Set<LooseChange>()
  for (const change of left.filter(isSearched).slice(0, MAX_SEARCHED))
    if (await saidElsewhere(change, search)) moved.add(change)
  return left.filter((change) => !moved.has(change))
}

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
  /** Files and the ids that left or came into them: these were counted against each other. */
  readonly counted: ReadonlySet<string>
  /** Both sides of a text without its spacing, made once; null where one of them is not known. */
  essences(text: ChangedText): Promise<Sides | null>
  /** The same without its comments. */
  uncommented(text: ChangedText): Promise<Sides | null>
}

function searchIn(texts: readonly ChangedText[], changes: readonly LooseChange[], all: readonly LooseChange[]): Search {
  return {
    texts: texts.slice(0, MAX_FILES),
    withPins: new Set(changes.filter(isPin).map(({ path }) => path)),
    counted: new Set(all.filter(isPin).map(({ path, from, to }) => `${path}\0${from ?? to}`)),
    essences: once(async (said) => essence(said)),
    uncommented: once(async (said, path) => (await import('./uncommented.ts')).uncommented(path, said)),
  }
}

/** Both sides of a text, made into something else once, however many changes ask for it. */
function once(make: (said: string, path: string) => Promise<string>) {
  const known = new Map<ChangedText, Promise<Sides | null>>()
  const made = async (text: ChangedText) => {
    const sides = await sidesOf(text)
    if (sides === null) return null
    return { before: await make(sides.before, text.path), after: await make(sides.after, text.path) }
  }
  return (text: ChangedText) => {
    const both = known.get(text) ?? made(text)
    known.set(text, both)
    return both
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
  const isPlain = ({ path }: ChangedText) => !search.withPins.has(path) && !search.counted.has(`${path}\0${id}`)
  const plain = others.filter((text) => !DOCUMENT.test(text.path) && isPlain(text))
  return anyOf(plain, async (text) => {
    const moved = (sides: Sides | null) => {
      const more = sides === null ? 0 : occurrences(sides.after, id) - occurrences(sides.before, id)
      return isNew ? more < 0 : more > 0
    }
    // What is commented out asks nobody; few texts have the id at all.
    return moved(await sidesOf(text)) && moved(await search.uncommented(text))
  })
}

const isInfrastructure = ({ path }: ChangedText) => INFRASTRUCTURE.test(path)
/** What a workflow runs with is not what a program asked for, either. */
const DOCUMENT =
  /\.(?:md|mdx|rst|ipynb|lock|svg)$|(?:^|\/)\.github\/workflows\/|(?:^|[/_.-])(?:tests?|specs?|docs?|examples?|samples?)(?:[/_.-]|$)/i

/** The base had a new id, or the head has one that is gone. */
const says = (id: string, isNew: boolean) => async (text: ChangedText) =>
  occurrences((await (isNew ? text.before() : text.after())) ?? '', id) > 0

const goneTo =
  (pieces: readonly string[], { essences }: Search) =>
  async (text: ChangedText) => {
    const said = pieces.map(essence).filter((piece) => lengthOf(piece) >= MIN_SAID)
    if (said.length === 0 || said.length > MAX_PIECES) return false
    const sides = await essences(text)
    return sides !== null && said.every((piece) => sides.after.includes(piece) && !sides.before.includes(piece))
  }
const MIN_SAID = 16
const lengthOf = (text: string) => text.length + 2 * denseSigns(text)
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
