// From changed files to what changed by meaning (prompts, pins, parameters, eval sets, configuration), which eval sets
// that selects, each with its reason, and what no eval set covers. Reads both trees; calls nothing.

import { globMatcher } from './config/globs.ts'
import { definitionFiles, isRemoved, type LoadedSets, type SetPair } from './config/pairs.ts'
import { bareId, differences } from './detect/definition.ts'
import { fileKinds } from './detect/files.ts'
import { changedPins } from './detect/pins.ts'
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
}

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
  const loose = (
    await Promise.all(input.files.filter((file) => !seen.has(file.path)).map((file) => undeclared(file, input)))
  ).flat()
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

async function undeclared(file: FileChange, input: DetectInput): Promise<readonly Change[]> {
  const kinds = fileKinds(input.config)
  const [now, was] = [file.path, file.previousPath ?? file.path].map((path) => relativeTo(input.directory, path))
  const isPrompt = (path: string | null | undefined) => typeof path === 'string' && kinds.isPrompt(path)
  const movedAway = isPrompt(was) && !isPrompt(now)
  const prompt = isPrompt(now) || movedAway
  if (!prompt && (typeof now !== 'string' || !kinds.mayHoldPin(now))) return []
  if (definitionFiles(input.sets, input.files).has(file.path)) return []
  const [before, after] = await Promise.all([
    file.status === 'added' || input.trees.base === null
      ? null
      : readOrNull(input.trees.base, file.previousPath ?? file.path),
    file.status === 'deleted' ? null : readOrNull(input.trees.head, file.path),
  ])
  if (squeeze(before) === squeeze(after) && !movedAway) return []
  const cover = coverage(file, input)
  const common = {
    path: file.path,
    ...(file.previousPath === undefined ? {} : { previousPath: file.previousPath }),
    evalSets: cover,
    covered: cover.length > 0,
  }
  const reason = (what: string) =>
    cover.length > 0 ? `${what}; covered by \`paths\` of ${cover.join(', ')}` : `${what}; no eval set covers it`
  const pins = changedPins(before, after).map(
    (pin): Change => ({
      kind: 'model',
      ...common,
      line: pin.line,
      ...(pin.from === undefined ? {} : { from: bareId(pin.from) }),
      ...(pin.to === undefined ? {} : { to: bareId(pin.to) }),
      why: reason(`model pin ${pin.from ?? '(none)'} to ${pin.to ?? '(none)'}`),
    }),
  )
  return prompt ? [{ kind: 'prompt', ...common, line: 1, why: reason(`prompt file ${file.status}`) }, ...pins] : pins
}

function coverage(file: FileChange, input: DetectInput): readonly string[] {
  const covers = (set: EvalSet | null) =>
    set !== null &&
    (set.sources.some((source) => source.path === file.path) || watches(set, input.directory)(file.path))
  return input.sets.pairs
    .filter((pair) => !isRemoved(pair) && (covers(pair.head) || covers(pair.base)))
    .map((pair) => pair.name)
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
const squeeze = (text: string | null) => text?.replace(/\s+/g, ' ').trim() ?? ''
