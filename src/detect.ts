// From changed files to what changed by meaning (prompts, pins, parameters, eval sets, configuration), which eval sets
// that selects, each with its reason, and what no eval set covers. Reads both trees; calls nothing.

import { globMatcher } from './config/globs.ts'
import { definitionFiles, isRemoved, type LoadedSets, type SetPair } from './config/pairs.ts'
import type { Said } from './detect/compare.ts'
import { differences } from './detect/definition.ts'
import { type LooseChange, type Silent, undeclared } from './detect/undeclared.ts'
import type { Change, ChangeKind, EvalSet } from './domain.ts'
import type { FileChange, Tree } from './ports.ts'
import { relativeTo } from './tree.ts'

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
  }
}

export async function detect(input: DetectInput): Promise<Detection> {
  const found = input.sets.pairs.map((pair) => ofPair(pair, input))
  const declared = (
    await Promise.all(found.flatMap((one) => one.changes.map((change) => withLine(change, input.trees))))
  ).flat()
  const seen = new Set(declared.map((change) => change.path))
  const { changes: undeclaredChanges, silent } = await undeclared(input, {
    files: new Set([...seen, ...definitionFiles(input.sets, input.files)]),
    symbols: (path) => declaredSymbols(input.sets, path),
  })
  const loose = undeclaredChanges.map((change) => covered(change, input))
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
  const changes = [...merge(declared), ...loose, ...config]
  const covering = new Map(loose.flatMap((change) => change.evalSets.map((name) => [name, change.kind] as const)))
  return {
    changes,
    uncovered: changes.filter((change) => !change.covered),
    silent,
    texts: undeclaredChanges.flatMap((change) => textOf(change, input)),
    pins: undeclaredChanges.flatMap(({ path, line, written }) =>
      written === undefined ? [] : [{ path, id: written, ...(line === undefined ? {} : { line }) }],
    ),
    selections: found
      .filter((one) => one.because.length > 0)
      .map(({ pair, because, kinds }) => ({
        pair,
        because,
        kinds: new Set([...kinds, ...(covering.has(pair.name) ? [covering.get(pair.name) ?? 'prompt'] : [])]),
      })),
  }
}

type Found = { pair: SetPair; because: string[]; kinds: Set<ChangeKind>; changes: Change[] }

function ofPair(pair: SetPair, input: DetectInput): Found {
  const changes: Change[] = []
  const because: string[] = []
  const { base, head } = pair
  const add = (kind: ChangeKind, path: string, why: string, rest: Partial<Change> = {}) => {
    because.push(why)
    changes.push({ kind, path, evalSets: [pair.name], covered: true, why, ...rest })
  }
  if (head && base) for (const { kind, path, why, ...rest } of differences(base, head)) add(kind, path, why, rest)
  else if (head && input.trees.base !== null) add('eval-set', head.path, 'it is new: the base has no such eval set')
  else if (head) because.push('there is no base to compare with')
  else if (base) lostSet(pair, input, add)
  if (input.config.changed) because.push(`${input.config.path} changed`)
  const watched = head ?? base
  if (watched) because.push(...pathReasons(watched, input))
  const kinds = new Set<ChangeKind>([
    ...changes.map((change) => change.kind),
    ...(input.config.changed ? (['config'] as const) : []),
  ])
  return { pair, because, kinds, changes }
}

type Add = (kind: ChangeKind, path: string, why: string, rest?: Partial<Change>) => void

/** A set that the head does not have: removed, or unreadable because a prompt that it uses is gone. */
function lostSet({ base, headProblems }: SetPair, input: DetectInput, add: Add): void {
  if (base === null) return
  const prompt = base.target.kind === 'prompt' ? base.target.prompt : null
  const gone = prompt && input.files.some((file) => file.status === 'deleted' && file.path === prompt.path)
  if (prompt && gone)
    add('prompt', prompt.path, `its prompt ${prompt.path} was deleted`, { from: prompt.hash.slice(0, 12) })
  else add('eval-set', base.path, headProblems.length > 0 ? 'it cannot be read on the head' : 'it was removed')
}

/** Changed files that `paths` names; a command or http target also depends on what its own files say. */
function pathReasons(set: EvalSet, { files, directory }: DetectInput): readonly string[] {
  if (set.paths.length === 0) return []
  const match = watches(set, directory)
  const hits = files.filter((file) => match(file.path) || (file.previousPath !== undefined && match(file.previousPath)))
  if (hits.length === 0) return []
  const shown = hits
    .slice(0, 3)
    .map((file) => file.path)
    .join(', ')
  return [`${shown}${hits.length > 3 ? ` and ${hits.length - 3} more` : ''} changed (\`paths\`)`]
}

/** Adds what covers a change that no eval set declares, and its reason in words. */
function covered({ what, said: _, written: __, ...change }: LooseChange, input: DetectInput): Change {
  const evalSets = coverage(change, input)
  const why =
    evalSets.length > 0 ? `${what}; covered by \`paths\` of ${evalSets.join(', ')}` : `${what}; no eval set covers it`
  return { ...change, evalSets, covered: evalSets.length > 0, why }
}

function textOf({ path, symbol, line, said }: LooseChange, input: DetectInput): readonly FoundText[] {
  if (said === undefined) return []
  const where = { path, ...(symbol === undefined ? {} : { symbol }), ...(line === undefined ? {} : { line }) }
  return [{ ...where, ...said, evalSets: coverage({ path }, input) }]
}

function coverage(change: { readonly path: string }, input: DetectInput): readonly string[] {
  const declares = (set: EvalSet) => {
    const partly = set.target.kind === 'prompt' && set.target.prompt.symbol !== undefined
    return set.sources.some((source) => source.path === change.path && !(partly && source.role === 'prompt'))
  }
  const covers = (set: EvalSet | null) => set !== null && (declares(set) || watches(set, input.directory)(change.path))
  return input.sets.pairs
    .filter((pair) => !isRemoved(pair) && (covers(pair.head) || covers(pair.base)))
    .map((pair) => pair.name)
}

/** Constants of a file that eval sets have as their prompts. */
function declaredSymbols(sets: LoadedSets, path: string): ReadonlySet<string> {
  return new Set(
    sets.pairs
      .flatMap((pair) => [pair.base, pair.head])
      .flatMap((set) =>
        set?.target.kind === 'prompt' && set.target.prompt.path === path ? [set.target.prompt.symbol ?? ''] : [],
      ),
  )
}

/** Whether a path is one that `paths` of the set names, relative to the folder of the run. */
function watches(set: EvalSet, directory: string): (path: string) => boolean {
  if (set.paths.length === 0) return () => false
  const match = globMatcher(set.paths)
  return (path) => {
    const relative = relativeTo(directory, path)
    return relative !== null && match(relative)
  }
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
    return text === null || before === null ? change : { ...change, line: firstDifference(before, text) }
  }
  if (change.line !== undefined || change.to === undefined || text === null) return change
  const index = text.indexOf(change.to)
  return index < 0 ? change : { ...change, line: text.slice(0, index).split('\n').length }
}

function firstDifference(before: string, after: string): number {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return at < 0 ? now.length : at + 1
}

const readOrNull = (tree: Tree, path: string) => tree.read(path).catch(() => null)
