// Everything that a tree holds, changed or not: prompts and pins, and which eval sets stand for them. Files are read in small
// batches and forgotten again, so that a large repository needs no more memory than what is found in it.

import type { LoadedSets } from './config/pairs.ts'
import { shortHash } from './detect/compare.ts'
import { covers } from './detect/coverage.ts'
import { dependencies } from './detect/dependencies.ts'
import { fileKinds } from './detect/files.ts'
import { mayHold } from './detect/may-hold.ts'
import { modelId } from './detect/model-ids.ts'
import { pinFacts, type Today } from './detect/pin-facts.ts'
import { isWholeText, readsLikePrompt, readVersion, type Version } from './detect/version.ts'
import type { DetectInput } from './detect.ts'
import type { PinFacts } from './domain.ts'
import { UserError } from './errors.ts'
import type { Tree, TreeEntry } from './ports.ts'
import { mapModel } from './prices/book.ts'
import { idOfConstant } from './prices/constants.ts'
import { relativeTo } from './tree.ts'

type Entry = {
  readonly path: string
  readonly line: number
  readonly symbol?: string
  readonly evalSets: readonly string[]
  readonly covered: boolean
  readonly why: string
}
export type PromptEntry = Entry & { readonly kind: 'prompt'; readonly hash: string }
export type PinEntry = Entry & { readonly kind: 'model'; readonly id: string; readonly pin?: PinFacts }
export type Inventory = {
  readonly prompts: readonly PromptEntry[]
  readonly pins: readonly PinEntry[]
  readonly uncovered: number
  readonly skipped: readonly { readonly path: string; readonly why: string }[]
  readonly files: { readonly listed: number; readonly read: number }
}

export type InventoryInput = {
  readonly tree: Tree
  readonly sets: LoadedSets
  readonly directory: string
  readonly config: { readonly path: string; readonly prompts: readonly string[]; readonly ignore: readonly string[] }
  readonly prices: () => Promise<Today['book']>
  readonly nowMs: number
  readonly progress?: (line: string) => void
}

const MAX_BYTES = 1_000_000
/** Files that are on their way at once; also how often the processor is given to others. */
const BATCH = 64

type Found = { readonly path: string; readonly line: number; readonly symbol?: string } & (
  | { readonly kind: 'prompt'; readonly hash: string }
  | { readonly kind: 'model'; readonly id: string }
)
type Scan = { readonly found: Found[]; readonly skipped: { path: string; why: string }[]; read: number }

export async function inventory(input: InventoryInput): Promise<Inventory> {
  const listed = [...(await input.tree.list())].sort((a, b) => (a.path < b.path ? -1 : 1))
  const scan: Scan = { found: [], skipped: [], read: 0 }
  const wanted = candidates(listed, input)
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH)
    const texts = await Promise.all(batch.map((one) => readOrWhy(input.tree, one.path)))
    for (const [index, one] of batch.entries()) await look(one, texts[index] ?? null, scan)
    if (at % (BATCH * 50) === 0) input.progress?.(`${at} of ${wanted.length} files`)
  }
  for (const { head, headProblems } of input.sets.pairs) {
    const [first] = head === null ? headProblems : []
    if (first) scan.skipped.push({ path: first.place?.path ?? '', why: `the eval set cannot be read: ${first.what}` })
  }
  return told([...scan.found, ...declaredOnly(scan, input)], scan, { input, listed: listed.length })
}

type Candidate = {
  readonly path: string
  /** `maybe`: what it says decides. */
  readonly prompt: boolean | 'maybe'
  readonly lists: boolean
}

function candidates(listed: readonly TreeEntry[], input: InventoryInput): readonly Candidate[] {
  const kinds = fileKinds(input.config)
  return listed.flatMap(({ path }): Candidate[] => {
    const relative = relativeTo(input.directory, path)
    if (relative === null) return []
    const prompt = kinds.isPrompt(relative) || (kinds.mayBePrompt(relative) ? 'maybe' : false)
    if (prompt === false && !kinds.mayHoldPin(relative)) return []
    return [{ path, prompt, lists: kinds.isCatalogue(relative) }]
  })
}

type Read = { readonly text: string } | { readonly why: string }

async function readOrWhy(tree: Tree, path: string): Promise<Read | null> {
  try {
    const text = await tree.read(path, MAX_BYTES)
    return text === null ? null : { text }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { why: error.problems[0]?.what ?? 'it cannot be read' }
  }
}

async function look({ path, prompt: known, lists }: Candidate, read: Read | null, scan: Scan): Promise<void> {
  if (read === null) return
  scan.read++
  if ('why' in read) return void scan.skipped.push({ path, why: read.why })
  const prompt = known === true || (known === 'maybe' && readsLikePrompt(path, read.text))
  if (!prompt && (known === 'maybe' || !mayHold(path, read.text))) return
  const version = await readVersion(path, read.text, prompt)
  if (version.reading.note !== undefined) return void scan.skipped.push({ path, why: version.reading.note })
  scan.found.push(...promptsOf(path, version, prompt), ...(lists ? [] : pinsOf(path, version)))
}

function promptsOf(path: string, { text, prompts }: Version, isPrompt: boolean): readonly Found[] {
  if (isPrompt && text !== null && isWholeText(path))
    return text.trim() === '' ? [] : [{ kind: 'prompt', path, line: 1, hash: shortHash(text) }]
  return prompts.map(({ symbol, line, pieces }) => {
    const hash = shortHash(pieces.map((piece) => piece.value).join(''))
    return { kind: 'prompt', path, line, ...(symbol === '' ? {} : { symbol }), hash }
  })
}

/** What only looks like an id counts where it replaces another one, which a tree alone cannot tell. */
function pinsOf(path: string, { pins }: Version): readonly Found[] {
  const sure = pins.filter((pin) => pin.trust === 'sure')
  const seen = new Set<string>()
  return sure.flatMap(({ id, line, symbol }): Found[] => {
    const key = `${id}\0${line}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ kind: 'model', path, line, id, ...(symbol === '' ? {} : { symbol }) }]
  })
}

/** Prompts of eval sets in places where no prompt would be looked for. */
function declaredOnly({ found }: Scan, { sets }: InventoryInput): readonly Found[] {
  const known = new Set(found.flatMap((one) => (one.kind === 'prompt' ? [one.path] : [])))
  const all = sets.pairs.flatMap(({ head }): Found[] => {
    if (head?.target.kind !== 'prompt') return []
    const { path, line, symbol, hash } = head.target.prompt
    if (known.has(path)) return []
    return [{ kind: 'prompt', path, line, ...(symbol === undefined ? {} : { symbol }), hash: hash.slice(0, 12) }]
  })
  return [...new Map(all.map((one) => [`${one.path}#${one.symbol ?? ''}`, one])).values()]
}

type Around = { readonly input: InventoryInput; readonly listed: number }

async function told(found: readonly Found[], scan: Scan, { input, listed }: Around): Promise<Inventory> {
  const covering = await coverage(found, input)
  const needsPrices = found.some((one) => one.kind === 'model')
  const today: Today | null = needsPrices ? { book: await input.prices(), nowMs: input.nowMs } : null
  const prompts: PromptEntry[] = []
  const pins: PinEntry[] = []
  for (const one of [...found].sort(byPlace)) {
    const entry = covering(one)
    if (one.kind === 'prompt') prompts.push({ ...one, ...entry })
    else pins.push({ ...one, ...entry, ...described(one.id, today) })
  }
  const uncovered = [...prompts, ...pins].filter((one) => !one.covered).length
  return { prompts, pins, uncovered, skipped: scan.skipped, files: { listed, read: scan.read } }
}

const byPlace = (a: Found, b: Found) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1)

function described(id: string, today: Today | null): { readonly pin?: PinFacts } {
  if (today === null) return {}
  const meant = idOfConstant(today.book, id) ?? id
  return modelId(meant) === null ? {} : { pin: pinFacts(mapModel(today.book, meant, 'head') ?? meant, today) }
}

/** What covers a place: an eval set that declares it or watches it, or an application that gets there. */
async function coverage(found: readonly Found[], { sets, directory, tree, config }: InventoryInput) {
  const direct = (one: Found) =>
    sets.pairs.filter(({ head }) => head !== null && covers(head, one, directory)).map((pair) => pair.name)
  const open = new Set(found.filter((one) => direct(one).length === 0).map((one) => one.path))
  const input: DetectInput = {
    files: [...open].map((path) => ({ status: 'modified', path })),
    sets,
    trees: { base: null, head: tree },
    directory,
    config: { ...config, changed: false },
  }
  const ways = await dependencies(input)
  return (one: Found): Pick<Entry, 'evalSets' | 'covered' | 'why'> => {
    const names = direct(one)
    if (names.length > 0) return { evalSets: names, covered: true, why: `covered by ${names.join(', ')}` }
    const far = [...ways].flatMap(([pair, way]) => {
      const words = way.get(one.path)
      return words === undefined ? [] : [{ name: pair.name, words }]
    })
    const why = far.map(({ name, words }) => `covered by ${name}: ${words}`).join('; ')
    return { evalSets: far.map(({ name }) => name), covered: far.length > 0, why: why || 'no eval set covers it' }
  }
}
