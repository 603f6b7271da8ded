// Changed files that no eval set declares, or declares in part: the prompts, pins and settings in them that differ by
// meaning. Only changed files are read, and all of them before any is compared, so that what moved is not a change.

import type { DetectInput } from '../detect.ts'
import type { Change } from '../domain.ts'
import type { FileChange } from '../ports.ts'
import { relativeTo } from '../tree.ts'
import { changedPrompts, type Elsewhere, essence, essences, type PromptChange, shortHash } from './compare.ts'
import { type FileKinds, fileKinds } from './files.ts'
import { withHosted } from './hosted.ts'
import { changedSettings, findSettings } from './parameters.ts'
import { changedPins, findPins, type Pin } from './pins.ts'
import { type FoundPrompt, findPrompts } from './prompts.ts'
import { isCode, isReadable, readSource } from './read-file.ts'
import type { Reading } from './reading.ts'

/** A changed file that brings no change, and why. */
export type Silent = { readonly path: string; readonly why: string }
export type Loose = { readonly changes: readonly LooseChange[]; readonly silent: readonly Silent[] }
/** A change before it is known what covers it; `what` is the reason without the coverage. */
export type LooseChange = Omit<Change, 'evalSets' | 'covered' | 'why'> & {
  readonly what: string
  /** Kept elsewhere, where no eval set can cover it. */
  readonly hosted?: boolean
}

export type Version = {
  readonly text: string | null
  readonly reading: Reading
  readonly prompts: readonly FoundPrompt[]
  readonly pins: readonly Pin[]
}
type Loaded = {
  readonly file: FileChange
  readonly base: Version
  readonly head: Version
  readonly prompt: boolean
  readonly movedAway: boolean
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
  return { changes: withoutMovedPins(changes), silent }
}

async function load(file: FileChange, input: DetectInput, kinds: FileKinds): Promise<Loaded | string | null> {
  const [now, was] = [file.path, file.previousPath ?? file.path].map((path) => relativeTo(input.directory, path))
  const isPrompt = (path: string | null | undefined) => typeof path === 'string' && kinds.isPrompt(path)
  const movedAway = isPrompt(was) && !isPrompt(now)
  const prompt = isPrompt(now) || movedAway
  if (typeof now !== 'string') return null
  if (!prompt && !kinds.mayHoldPin(now))
    return kinds.isAside(now)
      ? 'a test, fixture, document, example, lock, generated or vendored file, or ignored'
      : null
  const { base, head } = input.trees
  const [before, after] = await Promise.all([
    file.status === 'added' || base === null ? null : readOrNull(base, file.previousPath ?? file.path),
    file.status === 'deleted' ? null : readOrNull(head, file.path),
  ])
  if (before === null && after === null) return 'it cannot be read as text'
  if (before === after && !movedAway) return 'moved or renamed, the same text'
  const version = (path: string, text: string | null) => readVersion(path, text, prompt)
  return {
    file,
    prompt,
    movedAway,
    base: await version(file.previousPath ?? file.path, before),
    head: await version(file.path, after),
  }
}

const readOrNull = (tree: { read(path: string): Promise<string | null> }, path: string) =>
  tree.read(path).catch(() => null)

/** What a version of a file says. `prompt`: it stands where prompts are kept. */
export async function readVersion(path: string, text: string | null, prompt: boolean): Promise<Version> {
  const reading = await readSource(path, text)
  const isData = prompt && !isCode(path) && !isWholeText(path)
  const place = isData ? 'prompt data' : /prompt|agent|llm/i.test(path) ? 'prompt code' : 'any'
  return { text, reading, prompts: findPrompts(reading, place), pins: findPins(reading) }
}

/** The file is one prompt, beside its front matter. */
export const isWholeText = (path: string) =>
  !isReadable(path) || /\.(?:md|mdc|mdx|prompt|prompty|chatmode)$/i.test(path)

function whatMoved(loaded: readonly Loaded[]): Elsewhere {
  const side = (pick: (one: Loaded) => Version) =>
    new Set(
      loaded.flatMap((one) => {
        const { text, prompts, reading } = pick(one)
        const all = essences(prompts, reading.texts)
        return one.prompt && text !== null && isWholeText(one.file.path) ? [...all, essence(text)] : all
      }),
    )
  return { base: side((one) => one.base), head: side((one) => one.head) }
}

function changesOf(one: Loaded, elsewhere: Elsewhere, declared: ReadonlySet<string>): readonly LooseChange[] {
  const { file, base, head } = one
  const common = {
    path: file.path,
    ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
  }
  const pins = changedPins(base.pins, head.pins).map(
    ({ from, to, line }): LooseChange => ({
      kind: 'model',
      ...common,
      line,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      what: `model pin ${from ?? '(none)'} to ${to ?? '(none)'}`,
    }),
  )
  const settings = changedSettings(findSettings(base.reading), findSettings(head.reading)).map(
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
    : changedPrompts(base.prompts, head.prompts, elsewhere).filter((change) => !declared.has(change.symbol))
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

const statusOf = ({ from, to }: { readonly from?: string; readonly to?: string }) =>
  from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'

const FRONT = /^---\r?\n[\s\S]*?\r?\n---(?:\r?\n|$)/

function fileChange(one: Loaded, elsewhere: Elsewhere, matterKnown: boolean): readonly PromptChange[] {
  const [before, after] = [said(one.base.text), said(one.head.text)]
  if (one.movedAway) return [{ symbol: '', line: 1, ...(before === null ? {} : { from: shortHash(before) }) }]
  if (before !== null && after !== null && essence(before) === essence(after)) return []
  if (matterKnown && before?.replace(FRONT, '') === after?.replace(FRONT, '')) return []
  if (before === null && after !== null && elsewhere.base.has(essence(after))) return []
  if (after === null && before !== null && elsewhere.head.has(essence(before))) return []
  return [
    {
      symbol: '',
      line: firstDifference(before ?? '', after ?? ''),
      ...(before === null ? {} : { from: shortHash(before) }),
      ...(after === null ? {} : { to: shortHash(after) }),
    },
  ]
}

/** Without the comments of templates; line breaks stay, so that lines still count. */
const said = (text: string | null) =>
  text?.replace(/\{#[^#]*(?:#(?!\})[^#]*)*#\}/g, (comment) => comment.replace(/[^\n]/g, '')) ?? null

function firstDifference(before: string, after: string): number {
  if (before === '' || after === '') return 1
  const [old, now] = [before.split('\n'), after.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return at < 0 ? now.length : at + 1
}

/** A pin that left one file and came into another has moved. */
function withoutMovedPins(changes: readonly LooseChange[]): readonly LooseChange[] {
  const pins = changes.filter((change) => change.kind === 'model')
  const left = pins.filter((pin) => pin.to === undefined)
  const moved = new Set<LooseChange>()
  for (const pin of pins) {
    if (pin.from !== undefined) continue
    const origin = left.find((one) => one.from === pin.to && !moved.has(one))
    if (origin === undefined) continue
    moved.add(pin)
    moved.add(origin)
  }
  return changes.filter((change) => !moved.has(change))
}

function silence({ base, head }: Loaded): string {
  const note = head.reading.note ?? base.reading.note
  if (note !== undefined) return `skipped: ${note}`
  const holds = [base, head].some(({ prompts, pins }) => prompts.length + pins.length > 0)
  return holds
    ? 'its prompts and pins say the same: comments, names, layout or other code changed'
    : 'no prompt, pin or parameter in it'
}
