// Changed files that no eval set declares, or declares in part: the prompts, pins and settings in them that differ by
// meaning. Only changed files are read, and all of them before any is compared, so that what moved is not a change.

import type { DetectInput } from '../detect.ts'
import type { Change } from '../domain.ts'
import type { FileChange, Tree } from '../ports.ts'
import { relativeTo } from '../tree.ts'
import {
  changedPrompts,
  type Elsewhere,
  essence,
  essences,
  hasMoved,
  type PromptChange,
  type Said,
  shortHash,
} from './compare.ts'
import { withCounterparts } from './counterparts.ts'
import { type FileKinds, fileKinds } from './files.ts'
import { withHosted } from './hosted.ts'
import { refersOtherwise, withResolved } from './model-references.ts'
import { type ChangedText, nameOfPin, withoutMoved } from './moved.ts'
import { changedSettings, findSettings } from './parameters.ts'
import { changedPins } from './pin-changes.ts'
import { isCode } from './read-file.ts'
import { bodyOf, isWholeText, readsLikePrompt, readVersion, said, type Version } from './version.ts'

/** A changed file that brings no change, and why. */
export type Silent = { readonly path: string; readonly why: string }
export type Loose = { readonly changes: readonly LooseChange[]; readonly silent: readonly Silent[] }
/** A change before it is known what covers it; `what` is the reason without the coverage. */
export type LooseChange = Omit<Change, 'evalSets' | 'covered' | 'why'> & {
  readonly what: string
  readonly said?: Said
  /** The head's pin with its provider, as it stands in the file. */
  readonly written?: string
  /** Kept elsewhere, where no eval set can cover it. */
  readonly hosted?: boolean
  /** The name that a pin stands under. */
  readonly pinName?: string
  /** What a prompt that is gone said, in its pieces. */
  readonly gone?: readonly string[]
}

type Loaded = {
  readonly file: FileChange
  readonly base: Version
  readonly head: Version
  readonly prompt: boolean
  readonly movedAway: boolean
  /** Models or prices by its name: nothing is pinned in it. */
  readonly lists: boolean
}

export async function undeclared(
  input: DetectInput,
  /** Files that need no look, and symbols of files that eval sets declare. */
  declared: { readonly files: ReadonlySet<string>; symbols(path: string): ReadonlySet<string> },
): Promise<Loose> {
  const kinds = fileKinds(input.config)
  const silent: Silent[] = []
  const loaded: Loaded[] = []
  for (const file of input.files) {
    if (declared.files.has(file.path) && !isCode(file.path)) continue
    const one = await load(file, input, kinds)
    if (typeof one === 'string') silent.push({ path: file.path, why: one })
    else if (one !== null) loaded.push(one)
  }
  const elsewhere = whatMoved(loaded)
  const changes: LooseChange[] = []
  for (const one of loaded) {
    const texts = { path: one.file.path, before: one.base.text, after: one.head.text }
    const found = withHosted(changesOf(one, elsewhere, declared.symbols(one.file.path)), texts)
    changes.push(...found)
    if (found.length === 0) silent.push({ path: one.file.path, why: silence(one) })
  }
  const pins = { base: pinNames(loaded, (one) => one.base), head: pinNames(loaded, (one) => one.head) }
  return { changes: await withoutMoved(changes, { texts: changedTexts(input), pins }), silent }
}

const pinNames = (loaded: readonly Loaded[], side: (one: Loaded) => Version): ReadonlySet<string> =>
  new Set(loaded.flatMap((one) => side(one).pins.map(({ symbol, id }) => nameOfPin(symbol, id) ?? '')))

async function load(file: FileChange, input: DetectInput, kinds: FileKinds): Promise<Loaded | string | null> {
  const [place, origin] = [file.path, file.previousPath ?? file.path].map((path) => relativeTo(input.directory, path))
  const isPrompt = (path: string | null | undefined) => typeof path === 'string' && kinds.isPrompt(path)
  const movedAway = isPrompt(origin) && !isPrompt(place)
  const named = isPrompt(place) || movedAway
  if (typeof place !== 'string') return null
  if (!named && !kinds.mayHoldPin(place) && !kinds.mayBePrompt(place)) return unread(place, kinds)
  const { base, head } = input.trees
  const [before, after] = await Promise.all([
    file.status === 'added' || base === null ? null : readOrNull(base, file.previousPath ?? file.path),
    file.status === 'deleted' ? null : readOrNull(head, file.path),
  ])
  if (before === null && after === null) return 'it cannot be read as text'
  if (before === after && !movedAway) return 'moved or renamed, the same text'
  const prompt = named || (kinds.mayBePrompt(place) && [before, after].some((text) => readsLikePrompt(place, text)))
  if (!prompt && !kinds.mayHoldPin(place)) return 'a text that does not read like a prompt'
  const was = await readVersion(file.previousPath ?? file.path, before, prompt)
  const is = await readVersion(file.path, after, prompt)
  const versions = refersOtherwise(was.reading, is.reading)
    ? {
        base: await resolved(was, file.previousPath ?? file.path, base),
        head: await resolved(is, file.path, head),
      }
    : { base: was, head: is }
  return { file, prompt, movedAway, lists: kinds.isCatalogue(place), ...versions }
}

async function resolved(version: Version, path: string, tree: Tree | null): Promise<Version> {
  const { text, reading, pins } = version
  return text === null || tree === null
    ? version
    : { ...version, pins: await withResolved(pins, { path, text, reading }, tree) }
}

function unread(path: string, kinds: FileKinds): string | null {
  if (kinds.isAgentFile(path)) return 'instructions of a coding agent; `prompts:` in parity.yaml makes it a prompt'
  return kinds.isAside(path) ? 'a test, fixture, document, example, lock, generated or vendored file, or ignored' : null
}

/** All changed files as they are on both sides, whether or not a prompt may be in them; read when somebody asks. */
const changedTexts = ({ files, trees }: DetectInput): readonly ChangedText[] =>
  files.map((file) => ({
    path: file.path,
    before: once(async () =>
      file.status === 'added' || trees.base === null ? null : readOrNull(trees.base, file.previousPath ?? file.path),
    ),
    after: once(async () => (file.status === 'deleted' ? null : readOrNull(trees.head, file.path))),
  }))

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return () => {
    known ??= read()
    return known
  }
}

const readOrNull = (tree: Tree, path: string) => tree.read(path).catch(() => null)

function whatMoved(loaded: readonly Loaded[]): Elsewhere {
  const side = (pick: (one: Loaded) => Version) => {
    const counts = new Map<string, number>()
    for (const one of loaded) {
      const { text, prompts, reading } = pick(one)
      const all = essences(prompts, reading.texts)
      const file = one.prompt && text !== null && isWholeText(one.file.path) ? [essence(text)] : []
      for (const said of [...all, ...file]) counts.set(said, (counts.get(said) ?? 0) + 1)
    }
    return counts
  }
  return { base: side((one) => one.base), head: side((one) => one.head) }
}

function changesOf(one: Loaded, elsewhere: Elsewhere, declared: ReadonlySet<string>): readonly LooseChange[] {
  const { file, base, head } = one
  const common = {
    path: file.path,
    ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
  }
  const pins = (one.lists ? [] : changedPins(base.pins, head.pins))
    // An id that the file has on the other side, too (in a list, say), is neither new nor gone.
    .filter(({ from, to }) => (from === undefined ? !says(base, to) : to !== undefined || !says(head, from)))
    .map(
      ({ from, to, line, written, symbol }): LooseChange => ({
        kind: 'model',
        ...common,
        line,
        ...(symbol === undefined ? {} : { pinName: symbol }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(written === undefined ? {} : { written }),
        what: `model pin ${from ?? '(none)'} to ${to ?? '(none)'}`,
      }),
    )
  const settings = (one.lists ? [] : changedSettings(findSettings(base.reading), findSettings(head.reading))).map(
    ({ scope, from, to, line }): LooseChange => ({
      kind: 'parameters',
      ...common,
      line,
      ...(scope === '' ? {} : { symbol: scope }),
      from,
      to,
      what: `parameters changed (${from} to ${to})`,
    }),
  )
  const asFile = one.prompt && (isWholeText(file.path) || one.movedAway || head.reading.note !== undefined)
  const prompts = asFile
    ? fileChange(one, elsewhere, pins.length + settings.length > 0)
    : changedPrompts(withCounterparts(base, head), withCounterparts(head, base), elsewhere).filter(
        (change) => !declared.has(change.symbol),
      )
  return [
    ...prompts.map(
      ({ symbol, ...change }): LooseChange => ({
        kind: 'prompt',
        ...common,
        ...(symbol === '' ? {} : { symbol }),
        ...change,
        what: symbol === '' ? `prompt file ${file.status}` : `prompt ${symbol} ${statusOf(change)}`,
      }),
    ),
    ...pins,
    ...settings,
  ]
}

/** Formats whose front matter holds the model, its settings and what describes the file, and no word of the prompt. */
const MATTER_IS_SETTINGS = /\.(?:prompty|prompt)$/i

const statusOf = ({ from, to }: { readonly from?: string; readonly to?: string }) =>
  from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'

function fileChange(one: Loaded, elsewhere: Elsewhere, matterKnown: boolean): readonly PromptChange[] {
  const [before, after] = [said(one.base.text), said(one.head.text)]
  if (one.movedAway) return [{ symbol: '', line: 1, ...(before === null ? {} : { from: shortHash(before) }) }]
  if (before !== null && after !== null && essence(before) === essence(after)) return []
  if (
    (matterKnown || MATTER_IS_SETTINGS.test(one.file.path)) &&
    before !== null &&
    after !== null &&
    bodyOf(before) === bodyOf(after)
  )
    return []
  if (before === null && after !== null && hasMoved(essence(after), elsewhere.head, elsewhere.base)) return []
  if (after === null && before !== null && hasMoved(essence(before), elsewhere.base, elsewhere.head)) return []
  return [
    {
      symbol: '',
      line: firstDifferentLine(before ?? '', after ?? ''),
      ...(before === null ? {} : { from: shortHash(before) }),
      ...(after === null
        ? {}
        : { to: shortHash(after), said: { before: before ?? '', pieces: [{ value: after, line: 1 }] } }),
    },
  ]
}

/** Where the words differ; front matter counts only when they are the same. */
function firstDifferentLine(before: string, after: string): number {
  const [old, now] = [bodyOf(before), bodyOf(after)]
  if (before === '' || after === '' || essence(old) === essence(now)) return firstDifference(before, after)
  return lines(after.slice(0, after.length - now.length)) + firstDifference(old, now) - 1
}

const lines = (text: string) => text.split('\n').length

function firstDifference(before: string, after: string): number {
  if (before === '' || after === '') return 1
  const [old, now] = [before.split('\n'), after.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return at < 0 ? now.length : at + 1
}

/** Whether a value of the file has the id as a whole; keys of tables and conditions do not count. */
function says({ reading }: Version, id: string | undefined): boolean {
  if (id === undefined) return false
  return reading.texts.some(({ value, use }) => use !== 'key' && use !== 'condition' && hasWhole(value, id))
}

function hasWhole(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    const [before, after] = [text[at - 1] ?? '', text[at + id.length] ?? '']
    if (!/[\w.-]/.test(before) && !/[\w.-]/.test(after)) return true
  }
  return false
}

function silence({ base, head }: Loaded): string {
  const note = head.reading.note ?? base.reading.note
  if (note !== undefined) return `skipped: ${note}`
  const holds = [base, head].some(({ prompts, pins }) => prompts.length + pins.length > 0)
  return holds
    ? 'its prompts and pins say the same: comments, names, layout or other code changed'
    : 'no prompt, pin or parameter in it'
}
