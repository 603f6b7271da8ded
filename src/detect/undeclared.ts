// Changed files that no eval set declares, or declares in part: the prompts, pins and settings in them that differ by
// meaning. Only changed files are read, and all of them before any is compared, so that what moved is not a change.

import type { DetectInput } from '../detect.ts'
import type { Change } from '../domain.ts'
import { relativeTo } from '../tree.ts'
import { changedPrompts, type Elsewhere, essences, type Said } from './compare.ts'
import { withCounterparts } from './counterparts.ts'
import { essence } from './essence.ts'
import { fileChange } from './file-prompt.ts'
import { type FileKinds, fileKinds } from './files.ts'
import { withHosted } from './hosted.ts'
import { changedTexts, type Loaded, load } from './loaded.ts'
import { nameOfPin, withoutMoved } from './moved.ts'
import { nearIn } from './near.ts'
import type { Moves, SettingChange } from './parameters.ts'
import type { PinChange } from './pin-likeness.ts'
import { LABEL, ownerIn } from './pins.ts'
import { isCode } from './read-file.ts'
import type { Told } from './told.ts'
import { isWholeText, type Version } from './version.ts'

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
  /** The file has the id on the other side, too (in a list, say): it is neither new nor gone, but may be set elsewhere now. */
  readonly listed?: true
  /** Said once more, in a place that is new or gone. */
  readonly again?: true
  /** The name that a pin stands under. */
  readonly pinName?: string
  /** A name that a pin was found by: its id is said elsewhere. */
  readonly by?: string
  /** What a prompt that is gone said, in its pieces. */
  readonly gone?: readonly string[]
}

export async function undeclared(input: DetectInput, declared: Told): Promise<Loose> {
  const kinds = withPrompts(fileKinds(input.config), declared.prompts, input.directory)
  const near = nearIn(input.trees.head)
  const silent: Silent[] = []
  const loaded: Loaded[] = []
  for (const file of input.files) {
    if (declared.files.has(file.path) && !isCode(file.path)) continue
    const one = await load(file, input, { kinds, near })
    if (typeof one === 'string') silent.push({ path: file.path, why: one })
    else if (one !== null) loaded.push(one)
  }
  const elsewhere = whatMoved(loaded)
  const settingsOf = settingsAmong(loaded)
  const changes: LooseChange[] = []
  for (const one of loaded) {
    const texts = { path: one.file.path, before: one.base.text, after: one.head.text }
    const found = withHosted(await changesOf(one, elsewhere, declared, { settingsOf, trees: input.trees }), texts)
    changes.push(...found)
    if (!found.some(isTold)) silent.push({ path: one.file.path, why: silence(one) })
  }
  const pins = { base: pinNames(loaded, (one) => one.base), head: pinNames(loaded, (one) => one.head) }
  return { changes: await withoutMoved(changes, { texts: changedTexts(input), pins }), silent }
}

/** Of code an eval set has a constant only; the rest of it is no prompt. */
function withPrompts(kinds: FileKinds, prompts: ReadonlySet<string>, directory: string): FileKinds {
  const known = new Set([...prompts].filter((path) => !isCode(path)).map((path) => relativeTo(directory, path)))
  return { ...kinds, isPrompt: (path) => known.has(path) || kinds.isPrompt(path) }
}

const pinNames = (loaded: readonly Loaded[], side: (one: Loaded) => Version): ReadonlySet<string> =>
  new Set(loaded.flatMap((one) => side(one).pins.map(({ symbol, id }) => nameOfPin(symbol, id) ?? '')))

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

async function changesOf(
  one: Loaded,
  elsewhere: Elsewhere,
  declared: Told,
  { settingsOf, trees }: { readonly settingsOf: SettingsOf; readonly trees: DetectInput['trees'] },
): Promise<readonly LooseChange[]> {
  const { file, base, head } = one
  const common = {
    path: file.path,
    ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
  }
  const pins = (one.lists ? [] : await pinChanges(base, head)).map(
    ({ from, to, line, written, symbol, by, again }): LooseChange => ({
      kind: 'model',
      ...common,
      line,
      ...(again || (from === undefined ? !says(base, to) : to !== undefined || !says(head, from))
        ? {}
        : { listed: true }),
      ...(again ? { again } : {}),
      ...(symbol === undefined ? {} : { pinName: symbol }),
      ...(by === undefined ? {} : { by }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(written === undefined ? {} : { written }),
      what: `model pin ${from ?? '(none)'} to ${to ?? '(none)'}`,
    }),
  )
  const settings = (await settingsOf(one)).map(
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
    ? fileChange(one, elsewhere, pins.some(isTold) || settings.length > 0)
    : changedPrompts(withCounterparts(base, head), withCounterparts(head, base), elsewhere).filter(
        (change) => !declared.isConstantTold(file.path, change),
      )
  const given = isCode(file.path) ? await (await import('./swapped.ts')).swapped(file.path, one, trees) : []
  const more = given.filter(({ symbol, line }) => prompts.every((one) => one.symbol !== symbol && one.line !== line))
  return [
    ...[...prompts, ...more].map(
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

const isTold = ({ listed }: LooseChange) => listed !== true

/** Most files have no pin: what compares them is loaded with the first that has one. */
async function pinChanges(base: Version, head: Version): Promise<readonly PinChange[]> {
  if (base.pins.length + head.pins.length === 0) return []
  const [{ changedPins }, { lineDiff }] = await Promise.all([import('./pin-changes.ts'), import('./line-diff.ts')])
  const isOnBoth = base.pins.length > 0 && head.pins.length > 0
  const lines = isOnBoth && base.text !== null && head.text !== null ? lineDiff(base.text, head.text) : null
  const empty = new Set(base.reading.texts.flatMap(({ name, value }) => (value === '' ? [name] : [])))
  return changedPins(base.pins, head.pins, { base: namesIn(base), head: namesIn(head), empty }, lines)
}

type SettingsOf = (one: Loaded) => Promise<readonly SettingChange[]>

/** What compares settings is loaded with the first file in which some may stand; what moved is worked out once for all files. */
function settingsAmong(loaded: readonly Loaded[]): SettingsOf {
  let moves: Moves | undefined
  return async ({ base: { reading: base }, head: { reading: head }, lists }) => {
    if (lists || base.frames.length + head.frames.length === 0) return []
    const { movesOf, settingChanges } = await import('./parameters.ts')
    return settingChanges(base, head, () => {
      moves ??= movesOf(loaded.map((one) => ({ base: one.base.reading, head: one.head.reading })))
      return moves
    })
  }
}

const statusOf = ({ from, to }: { readonly from?: string; readonly to?: string }) =>
  from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'

/** Functions, classes, keys and variables of a file. */
const namesIn = ({ reading }: Version): ReadonlySet<string> =>
  new Set([
    ...reading.texts.flatMap((text) => [ownerIn(text), text.name, ...(LABEL.test(text.name) ? [text.value] : [])]),
    ...reading.frames.flatMap(({ name, keys, callee }) => [name, callee.split('.', 1)[0] ?? '', ...keys]),
  ])

/** A longer text speaks of a model: a document in the code, a prompt. */
const MAX_SAID = 300

/** Whether a value of the file has the id as a whole; keys of tables and conditions do not count. */
function says({ reading }: Version, id: string | undefined): boolean {
  if (id === undefined) return false
  return reading.texts.some(
    ({ value, use }) => value.length <= MAX_SAID && !/^(?:key|condition|docstring)$/.test(use) && hasWhole(value, id),
  )
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
