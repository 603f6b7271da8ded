// Both sides' configuration and eval sets. The base's sets are read only where a changed file can matter to them.

import { posix } from 'node:path'
import { ShelfFailure } from './config/case-intake.ts'
import { type Config, loadConfig } from './config/config.ts'
import { findEvalSets, loadEvalSets } from './config/evalset.ts'
import type { KeptCases } from './config/kept-cases.ts'
import { knownScorers } from './config/known-scorers.ts'
import { type IdleFile, type LoadedSets, pairSets, type SideSet } from './config/pairs.ts'
import { UserError } from './errors.ts'
import type { LoosenedGate } from './gate/stricter.ts'
import { stricterConfig } from './gate/stricter-config.ts'
import { DEFAULT_CONFIG } from './inputs.ts'
import type { FileChange, Shelf, Tree } from './ports.ts'
import { within } from './tree.ts'

export type SideConfigs = {
  /** What governs this run: the head's, or the base's when the head is not trusted. */
  readonly config: Config
  readonly base: Config | null
  readonly head: Config
  /** What the head loosens: ceilings, the policy, patterns; the base's apply to this change. */
  readonly loosened: readonly LoosenedGate[]
  /** Eval files that the head's patterns no longer find; they run once more. */
  readonly keptEvals?: readonly string[]
  readonly changed: boolean
}

export async function loadConfigs(
  path: string,
  trees: { base: Tree | null; head: Tree },
  trusted: boolean,
  directory = '',
): Promise<SideConfigs> {
  const loading = trees.base === null ? null : loadConfig(trees.base, path).catch(ignoreUserError)
  const [base, head] = await Promise.all([
    loading,
    loadConfig(trees.head, path).catch(async (error: unknown) => {
      const base = await loading
      // A head that is not trusted cannot end the run by a broken configuration that would not count anyway.
      if (trusted || base === null) throw error
      return base
    }),
  ])
  const { config, loosened } = trusted
    ? stricterConfig(base, head)
    : { config: base?.found ? base : head, loosened: [] }
  if (!config.found && path !== DEFAULT_CONFIG)
    await (await import('./config/nowhere.ts')).refuseNowhere({ path, directory }, trees)
  const common = { config, base, head, changed: base !== null && base.hash !== head.hash }
  if (!common.changed || !trusted || base === null || trees.base === null) return { ...common, loosened }
  const { narrowed } = await import('./gate/narrowed.ts')
  const less = await narrowed({ base, config, trees: { base: trees.base, head: trees.head }, directory })
  return { ...common, loosened: [...loosened, ...less.loosened], keptEvals: less.keptEvals }
}

function ignoreUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

export type LoadInput = {
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly configs: SideConfigs
  readonly files: readonly FileChange[]
  /** Folder of a monorepo; '' for the root. */
  readonly directory: string
  /** Where the cases of large sets go while their files are read; without it they are held. */
  readonly openShelf?: () => Shelf
}

export async function loadSets(input: LoadInput): Promise<LoadedSets> {
  return loadBoth(input).catch((error: unknown) => {
    throw error instanceof ShelfFailure ? error.cause : error
  })
}

async function loadBoth({ trees, configs, files, directory, openShelf }: LoadInput): Promise<LoadedSets> {
  const shared = { directory, kept: new Map(), ...(openShelf && { openShelf }) }
  const { keptEvals = [] } = configs
  const head = await loadSide(trees.head, { config: configs.config, ...shared, keptEvals }, null)
  if (trees.base === null) return pairSets([], head, files)
  // Where nothing that defines any set of a file changed, the base's version is the head's, and need not be read.
  const same = configs.changed ? new Set<string>() : unchangedFiles(head.sets, files)
  const base = await loadSide(trees.base, { config: configs.base ?? configs.config, ...shared }, same)
  const unchanged = head.sets.filter((one) => same.has(one.path))
  return pairSets([...base.sets, ...unchanged], head, files)
}

function unchangedFiles(head: readonly SideSet[], files: readonly FileChange[]): ReadonlySet<string> {
  const touched = new Set(files.flatMap((file) => [file.path, file.previousPath ?? file.path]))
  // A deleted file is in no source of the head, and may have been one of the base's: a case file that a glob found.
  const gone = files
    .filter((file) => file.status === 'deleted' || file.status === 'renamed')
    .map((file) => posix.dirname(file.previousPath ?? file.path))
  const changed = head.filter(
    (one) =>
      one.evalSet === null ||
      one.evalSet.sources.some((source) => touched.has(source.path) || gone.includes(posix.dirname(source.path))),
  )
  const changedPaths = new Set(changed.map((one) => one.path))
  return new Set(head.map((one) => one.path).filter((path) => !changedPaths.has(path)))
}

type LoadedSide = { readonly sets: readonly SideSet[]; readonly idle: readonly IdleFile[] }

async function loadSide(tree: Tree, input: SideInput, skip: ReadonlySet<string> | null): Promise<LoadedSide> {
  const found = await findEvalSets(within(tree, input.directory), input.config)
  const { config, directory, keptEvals = [], ...sides } = input
  // Those that the patterns find come first, so that a name that is taken twice is theirs.
  const paths = [...found.map((path) => posix.join(directory, path)), ...keptEvals].filter((path) => !skip?.has(path))
  const all = await loadEvalSets(tree, config, { known: knownScorers, paths, ...sides })
  // One that cannot be run any more was left out with reason.
  const loaded = all.filter(({ path, evalSets }) => evalSets.length > 0 || !keptEvals.includes(path))
  const sets = loaded.flatMap(({ path, evalSets, problems }): readonly SideSet[] =>
    problems.length > 0
      ? [{ path, evalSet: null, problems }]
      : evalSets.map((evalSet) => ({ path, evalSet, problems: [] })),
  )
  const idle = loaded.filter(({ evalSets, problems }) => evalSets.length === 0 && problems.length === 0)
  return { sets, idle: idle.map(({ path, notCarried }) => ({ path, why: whyIdle(notCarried) })) }
}

/** What is merely not used of a file does not keep it from being run. */
function whyIdle(notCarried: readonly string[]): string {
  const whys = notCarried.filter((line) => !line.endsWith(' is not used.'))
  return (whys.length > 0 ? whys : notCarried).slice(0, 2).join(' ') || 'it has no eval set in it.'
}

type SideInput = {
  readonly config: Config
  readonly directory: string
  readonly kept: KeptCases
  readonly keptEvals?: readonly string[]
  readonly openShelf?: () => Shelf
}
