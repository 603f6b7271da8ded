// Prompts that are another constant or file than before: `system: BRIEF` → `system: LONG`. Both names are followed to what they
// say, and only what stood there before, too, is told here: a text that is new is told where it came.

import { posix } from 'node:path'
import type { Tree } from '../ports.ts'
import { moduleCandidates } from '../references/imports.ts'
import { type PromptChange, shortHash } from './compare.ts'
import { essence } from './essence.ts'
import { asksModel } from './flows.ts'
import { createModules, firstThere, importing, type Modules, type Source } from './model-references.ts'
import { findTexts } from './prompts.ts'
import { around, type Entry, type Reading } from './reading.ts'
import { carrierOf } from './words.ts'

/** Where a prompt is given: its key, the call that it is given to (none for a constant), and what is given, as written. */
type Slot = { readonly key: string; readonly call: string | null; readonly entry: Entry; readonly text: string }

const MAX_SLOTS = 200
const MAX_SWAPPED = 20
const MAX_TEXT = 400

function slotsOf({ frames }: Reading): ReadonlyMap<string, Slot> {
  const slots = new Map<string, Slot>()
  const twice = new Set<string>()
  for (const frame of frames) {
    const isCall = frame.open === '(' || (frame.open === '{' && frame.owner === '')
    const named = frame.entries.filter(({ name }) => (isCall ? NAMES.test(name) : isPromptName(name)))
    if (named.length === 0 || (isCall && !asksModel(frame))) continue
    for (const entry of named) {
      if (slots.size >= MAX_SLOTS) return slots
      const call = isCall ? callOf(entry) : null
      const key = `${call ?? ''}\0${entry.name}`
      if (slots.has(key)) twice.add(key)
      slots.set(key, { key, call, entry, text: entry.text })
    }
  }
  // Of two calls of the same kind nobody knows which is which.
  for (const key of twice) slots.delete(key)
  return slots
}
const NAMES = /^(?:system|instructions?|system_?(?:prompt|message|instruction)|developer|preamble|prompt)$/i
const isPromptName = (name: string) => /^system$/i.test(name) || carrierOf(name) === 'strong'

const callOf = ({ frame }: Entry) =>
  around(frame)
    .slice(0, 3)
    .map(({ callee, owner }) => callee || owner)
    .join(' ')

const callsIn = ({ frames }: Reading) =>
  new Set(frames.filter(({ open }) => open !== '').map((frame) => callOf({ name: '', text: '', line: 0, frame })))

type Side = { readonly text: string | null; readonly reading: Reading }

/** The prompts of a file that are given otherwise. */
export async function swapped(
  path: string,
  sides: { readonly base: Side; readonly head: Side },
  trees: { readonly base: Tree | null; readonly head: Tree },
): Promise<readonly PromptChange[]> {
  const { base, head } = sides
  if (base.text === null || head.text === null || trees.base === null) return []
  const [was, is] = [slotsOf(base.reading), slotsOf(head.reading)]
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter(
    (key) => was.get(key)?.text !== is.get(key)?.text,
  )
  if (differing.length === 0) return []
  const [before, after] = [said(was), said(is)]
  const [wasCalled, isCalled] = [callsIn(base.reading), callsIn(head.reading)]
  const constants = createConstants()
  const inBase: Context = {
    path,
    reading: base.reading,
    modules: createModules(trees.base),
    tree: trees.base,
    constants,
  }
  const inHead: Context = {
    path,
    reading: head.reading,
    modules: createModules(trees.head),
    tree: trees.head,
    constants,
  }
  const changes: PromptChange[] = []
  for (const key of differing.slice(0, MAX_SWAPPED)) {
    const [old, now] = [was.get(key), is.get(key)]
    const slot = now ?? old
    if (slot === undefined) continue
    // Only calls that are there on both sides lose or get a prompt, and what another one has is only moved.
    if (old === undefined && (now === undefined || !wasCalled.has(now.call ?? '') || before.has(now.text))) continue
    if (now === undefined && (old === undefined || !isCalled.has(old.call ?? '') || after.has(old.text))) continue
    const from = old === undefined ? '' : await textOf(old.text, base.text, old === slot ? inHead : inBase)
    const to = now === undefined ? '' : await textOf(now.text, head.text, inBase)
    if (from === null || to === null || essence(from) === essence(to)) continue
    changes.push({
      symbol: slot.entry.name,
      line: now?.entry.line ?? 1,
      ...(from === '' ? {} : { from: shortHash(from) }),
      ...(to === ''
        ? {}
        : { to: shortHash(to), said: { before: from, pieces: [{ value: to, line: slot.entry.line }] } }),
    })
  }
  return changes
}

const said = (slots: ReadonlyMap<string, Slot>) => new Set([...slots.values()].map(({ text }) => text))

type Context = {
  readonly path: string
  readonly reading: Reading
  readonly modules: Modules
  readonly tree: Tree
  readonly constants: Constants
}

const NAME = /^[A-Za-z_]\w*(?: \. [A-Za-z_]\w*){0,3}$/
const FILE = /"([\w./-]{1,200}\.(?:md|txt|j2|jinja2?|prompt|prompty|tmpl|hbs|mustache|xml))"/
const READS = /\b(?:read\w*|open|load\w*|include_str|file_get_contents|get_template)\b/i

/** What is given, with its names followed; null where one of them says nothing for certain, and where all of it is written out. */
async function textOf(written: string, imports: string, context: Context): Promise<string | null> {
  if (written.length > MAX_TEXT) return null
  const file = READS.test(written) ? FILE.exec(written)?.[1] : undefined
  if (file !== undefined) return fileText(file, context)
  const parts = written.split(' + ')
  if (!parts.some((part) => NAME.test(part))) return null
  let whole = ''
  for (const part of parts) {
    const text = NAME.test(part)
      ? await constant(part.replaceAll(' ', ''), { ...context, text: imports }, context)
      : /^"(?:[^"\\]|\\.)*"$/.test(part)
        ? (JSON.parse(part) as string)
        : null
    if (text === null) return null
    whole += text
  }
  return whole
}

async function fileText(file: string, { path, tree }: Context): Promise<string | null> {
  for (const one of [posix.normalize(file), posix.join(posix.dirname(path), file)]) {
    const text = one.startsWith('..') ? null : await tree.read(one, MAX_FILE).catch(() => null)
    if (text !== null) return text
  }
  return null
}
const MAX_FILE = 200_000

/** The text of a constant, in its file or in the module that it is imported from. */
async function constant(
  name: string,
  source: Source,
  { modules, constants }: Pick<Context, 'modules' | 'constants'>,
): Promise<string | null> {
  const own = constants(source.reading).get(name) ?? null
  if (own !== null) return own
  const [first = '', ...rest] = name.split('.')
  for (const { module, imported } of importing(source, first)) {
    const inModule = imported === '*' ? rest.join('.') || name : [imported, ...rest].join('.')
    for (const found of await firstThere(moduleCandidates(source.path, module), modules)) {
      const text = constants(found.reading).get(inModule) ?? null
      if (text !== null) return text
    }
  }
  return null
}

type Constants = (reading: Reading) => ReadonlyMap<string, string | null>

/** What the constants of a file say (`LONG`, `Prompts.LONG`): made once, since several prompts may be made of many. */
function createConstants(): Constants {
  const known = new Map<Reading, ReadonlyMap<string, string | null>>()
  return (reading) => {
    const found = known.get(reading) ?? constantsOf(reading)
    known.set(reading, found)
    return found
  }
}

function constantsOf(reading: Reading): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>()
  for (const { symbol, owner, pieces } of findTexts(reading)) {
    const name = owner === '' ? symbol : `${owner}.${symbol}`
    // What is said twice is not one thing for certain.
    found.set(name, found.has(name) ? null : pieces.map(({ value }) => value).join(''))
  }
  return found
}
