// From changed files to what changed by meaning (prompts, pins, parameters, eval sets, configuration), which eval sets
// that selects, each with its reason, and what no eval set covers. Reads both trees; calls nothing.

import type { ChangedAlias } from './config/aliases.ts'
import type { Config, Route } from './config/config.ts'
import type { LoadedSets, SetPair } from './config/pairs.ts'
import { aliasChanges } from './detect/alias-changes.ts'
import type { Said } from './detect/compare.ts'
import { coverage, covered, pathReasons } from './detect/coverage.ts'
import { type Difference, differences } from './detect/definition.ts'
import { dependencies } from './detect/dependencies.ts'
import { leftForRegistry } from './detect/left.ts'
import { leftConstants } from './detect/left-constants.ts'
import { overridden } from './detect/overridden.ts'
import { changedProfiles } from './detect/profiles.ts'
import { declaredDifferences, linkedReasons, toldByFiles, toldByWay, whichChanged } from './detect/reasons.ts'
import { toldBySets } from './detect/told.ts'
import { type LooseChange, type Silent, undeclared } from './detect/undeclared.ts'
import type { Change, ChangeKind, EvalSet } from './domain.ts'
import type { FileChange, Tree } from './ports.ts'

export type Selection = {
  readonly pair: SetPair
  /** In words, at least one. */
  readonly because: readonly string[]
  readonly kinds: ReadonlySet<ChangeKind>
}
export type Detection = {
  readonly changes: readonly Change[]
  readonly uncovered: readonly Change[]
  readonly selections: readonly Selection[]
  /** Changed files that bring no change, with the reason, for `detect --all`. */
  readonly silent?: readonly Silent[]
  /** The head's words of changed prompts that no eval set declares. */
  readonly texts: readonly FoundText[]
  /** The head's changed pins that no eval set declares. */
  readonly pins: readonly FoundPin[]
}

/** `evalSets` are those that cover it by `paths`. */
export type FoundText = Pick<Change, 'path' | 'symbol' | 'line' | 'evalSets'> & Said
/** `id` with its provider, as far as it stands in the file. */
export type FoundPin = Pick<Change, 'path' | 'line'> & { readonly id: string }

export type DetectInput = {
  readonly files: readonly FileChange[]
  readonly sets: LoadedSets
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  /** Folder of a monorepo that globs are relative to; '' for the root. */
  readonly directory: string
  readonly config: {
    readonly path: string
    readonly changed: boolean
    readonly prompts: readonly string[]
    readonly ignore: readonly string[]
    /** Names of `models:` that stand for another model than in the base. */
    readonly aliases?: readonly ChangedAlias[]
    readonly before?: Pick<Config, 'prompts' | 'ignore'>
    readonly routes?: readonly Pick<Route, 'name' | 'evals' | 'profile'>[]
  }
}

export async function detect(input: DetectInput): Promise<Detection> {
  const depends = await dependencies(input)
  const found = input.sets.pairs.map((pair) => ofPair(pair, { ...input, depends: depends.get(pair) ?? new Map() }))
  const declared = (
    await Promise.all(found.flatMap((one) => one.changes.map((change) => withLine(change, input.trees))))
  ).flat()
  const left = await leftForRegistry(input)
  const own = await overridden(input, declared)
  const unused = (await Promise.all(own.changes.map((change) => withLine(change, input.trees)))).flat()
  const { undeclaredChanges, aliases, silent } = await besideSets(input, declared)
  const loose = undeclaredChanges.map((change) => covered(change, input, depends))
  const config: Change[] = input.config.changed
    ? [
        {
          kind: 'config',
          path: input.config.path,
          evalSets: input.sets.pairs.map((pair) => pair.name),
          covered: true,
          why: 'the configuration changed',
        },
      ]
    : []
  const profiles = changedProfiles(input)
  const aside = [...profiles, ...aliases.map(({ change }) => change)]
  for (const one of found) {
    const { name } = one.pair
    one.because.push(...aside.filter(({ evalSets }) => evalSets.includes(name)).map(({ why }) => why))
    if (profiles.some(({ evalSets }) => evalSets.includes(name))) one.kinds.add('config')
    if (aliases.some(({ asking }) => asking.includes(name))) one.kinds.add('model')
  }
  const changes = [...merge(declared), ...unused, ...left, ...loose, ...config, ...aside]
  const covering = new Map(loose.flatMap((change) => change.evalSets.map((name) => [name, change.kind] as const)))
  return {
    changes,
    uncovered: changes.filter((change) => !change.covered),
    silent,
    texts: undeclaredChanges.flatMap((change) => textOf(change, input)),
    pins: [...own.pins, ...undeclaredChanges.flatMap(pinOf)],
    selections: found
      .filter((one) => one.because.length > 0)
      .map(({ pair, because, kinds }) => ({
        pair,
        because,
        kinds: new Set([...kinds, ...(covering.has(pair.name) ? [covering.get(pair.name) ?? 'prompt'] : [])]),
      })),
  }
}

/** What no eval set tells: files and constants that none declares any more, and names of `models:` by the sets that ask them. */
async function besideSets(input: DetectInput, declared: readonly Change[]) {
  const told = toldBySets(input.sets, input.files, input.trees.base !== null)
  const seen = declared.map((change) => change.path).filter((path) => !told.prompts.has(path))
  const { changes, silent } = await undeclared(input, { ...told, files: new Set([...seen, ...told.files]) })
  const constants = await leftConstants(input)
  const aliases = aliasChanges(input, changes)
  const isTold = (one: LooseChange) =>
    constants.some((other) => isSame(one, other)) || aliases.some(({ found }) => found.includes(one))
  return { undeclaredChanges: [...constants, ...changes.filter((one) => !isTold(one))], aliases, silent }
}

const isSame = (a: LooseChange, b: LooseChange) => a.kind === b.kind && a.path === b.path && a.symbol === b.symbol

type Found = { pair: SetPair; because: string[]; kinds: Set<ChangeKind>; changes: Change[] }

type PairInput = DetectInput & { readonly depends: ReadonlyMap<string, string> }

function ofPair(pair: SetPair, input: PairInput): Found {
  const changes: Change[] = []
  const because: string[] = []
  const { base, head } = pair
  const add = (kind: ChangeKind, path: string, why: string, rest: Partial<Change> = {}) => {
    because.push(why)
    changes.push({ kind, path, evalSets: [pair.name], covered: true, why, ...rest })
  }
  if (head && base) for (const { kind, path, why, ...rest } of bothSides(base, head, input)) add(kind, path, why, rest)
  else if (head && input.trees.base !== null) add('eval-set', head.path, 'it is new: the base has no such eval set')
  else if (head) because.push('there is no base to compare with')
  else if (base) lostSet(pair, input, add)
  // Its name is its path, since nothing else of it is known.
  else if (input.files.some((file) => file.path === pair.name)) add('eval-set', pair.name, whyLost(pair))
  if (input.config.changed) because.push(`${input.config.path} changed`)
  const watched = head ?? base
  if (watched) because.push(...pathReasons(watched, input))
  because.push(...whichChanged([...input.depends.values()]))
  const kinds = new Set<ChangeKind>([
    ...changes.map((change) => change.kind),
    ...(input.config.changed ? (['config'] as const) : []),
  ])
  return { pair, because, kinds, changes }
}

function bothSides(base: EvalSet, head: EvalSet, { files }: DetectInput): readonly Difference[] {
  const changed = new Set(files.flatMap((file) => [file.path, file.previousPath ?? file.path]))
  const ways = linkedReasons([head, base], changed)
  return [
    ...differences(base, head).map((one) =>
      toldByFiles(toldByWay(one, { changed, ways, set: head }), { changed, set: head }),
    ),
    ...declaredDifferences(base, head, changed),
  ]
}

type Add = (kind: ChangeKind, path: string, why: string, rest?: Partial<Change>) => void

/** A set that the head does not have: removed, or unreadable because a prompt that it uses is gone. */
function lostSet(pair: SetPair, input: DetectInput, add: Add): void {
  const { base } = pair
  if (base === null) return
  const prompt = base.target.kind === 'prompt' ? base.target.prompt : null
  const gone = prompt && input.files.some((file) => file.status === 'deleted' && file.path === prompt.path)
  if (prompt && gone)
    add('prompt', prompt.path, `its prompt ${prompt.path} was deleted`, { from: prompt.hash.slice(0, 12) })
  else add('eval-set', base.path, whyLost(pair))
}

function whyLost({ headProblems, idle }: SetPair): string {
  const [first] = headProblems
  if (first !== undefined) return `it cannot be read on the head: ${first.what}`
  return idle === undefined ? 'it was removed' : `nothing of it is run on the head: ${idle}`
}

function textOf({ path, symbol, line, said }: LooseChange, input: DetectInput): readonly FoundText[] {
  if (said === undefined) return []
  const where = { path, ...(symbol === undefined ? {} : { symbol }), ...(line === undefined ? {} : { line }) }
  return [{ ...where, ...said, evalSets: coverage({ path }, input) }]
}

function pinOf({ path, line, written }: LooseChange): readonly FoundPin[] {
  return written === undefined ? [] : [{ path, id: written, ...(line === undefined ? {} : { line }) }]
}

/** One entry per thing changed, however many eval sets it selects. */
function merge(changes: readonly Change[]): readonly Change[] {
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const key = [
      change.kind,
      change.path,
      change.symbol ?? '',
      change.from ?? '',
      change.to ?? '',
      change.kind === 'eval-set' ? change.why : '',
    ].join('\0')
    const known = merged.get(key)
    merged.set(key, known ? { ...known, evalSets: [...new Set([...known.evalSets, ...change.evalSets])] } : change)
  }
  return [...merged.values()]
}

/** Where to look: a pin at its line (the head's, or the base's when the head has none), a prompt where it first differs. */
async function withLine(change: Change, trees: DetectInput['trees']): Promise<Change> {
  if (change.kind !== 'model' && change.kind !== 'prompt') return change
  const text = await readOrNull(trees.head, change.path)
  if (change.kind === 'prompt') {
    const before = trees.base === null ? null : await readOrNull(trees.base, change.previousPath ?? change.path)
    // A constant is at its own line, whatever else changed in its file.
    return text === null || before === null || text === before || change.symbol !== undefined
      ? change
      : { ...change, line: newLine(before, text, change.line ?? 1) }
  }
  if (change.line !== undefined || change.to === undefined || text === null) return change
  const index = text.indexOf(change.to)
  return index < 0 ? change : { ...change, line: text.slice(0, index).split('\n').length }
}

/** The first line of the prompt's words that the base does not have: the model in front matter is another change. */
function newLine(before: string, after: string, start: number): number {
  const old = new Set(before.split('\n'))
  const at = after.split('\n').findIndex((line, i) => i >= start - 1 && !old.has(line))
  return at < 0 ? firstDifference(before, after) : at + 1
}

function firstDifference(before: string, after: string): number {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return at < 0 ? now.length : at + 1
}

const readOrNull = (tree: Tree, path: string) => tree.read(path).catch(() => null)
