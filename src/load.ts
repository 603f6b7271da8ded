// Both sides' configuration and eval sets. The base's sets are read only where a changed file can matter to them.

import { type Config, loadConfig } from './config/config.ts'
import { findEvalSets } from './config/discover.ts'
import { loadEvalSet } from './config/evalset.ts'
import { type LoadedSets, pairSets, type SideSet } from './config/pairs.ts'
import { type Problem, UserError } from './errors.ts'
import type { FileChange, Tree } from './ports.ts'

export type SideConfigs = {
  /** What governs this run: the head's, or the base's when the head is not trusted. */
  readonly config: Config
  readonly base: Config | null
  readonly head: Config
  readonly changed: boolean
}

export async function loadConfigs(
  path: string,
  trees: { base: Tree | null; head: Tree },
  trusted: boolean,
): Promise<SideConfigs> {
  const base = trees.base === null ? null : await loadConfig(trees.base, path).catch(ignoreUserError)
  const head = await loadConfig(trees.head, path).catch((error: unknown) => {
    // A head that is not trusted cannot end the run by a broken configuration that would not count anyway.
    if (trusted || base === null) throw error
    return base
  })
  const config = trusted || base === null || !base.found ? head : base
  return { config, base, head, changed: base !== null && base.hash !== head.hash }
}

function ignoreUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

export type LoadInput = {
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly configs: SideConfigs
  readonly files: readonly FileChange[]
}

export async function loadSets(input: LoadInput): Promise<LoadedSets> {
  const { trees, configs, files } = input
  const head = await loadSide(trees.head, configs.config, null)
  if (trees.base === null) return pairSets([], head, files)
  const touched = new Set(files.flatMap((file) => [file.path, file.previousPath ?? file.path]))
  const unchanged = head.filter(
    (one) =>
      one.evalSet !== null && !configs.changed && one.evalSet.sources.every((source) => !touched.has(source.path)),
  )
  // Nothing that defines it changed: the base's version is the head's, and need not be read.
  const shared = new Set(unchanged.map((one) => one.path))
  const base = await loadSide(trees.base, configs.base ?? configs.config, shared)
  return pairSets([...base, ...unchanged], head, files)
}

async function loadSide(tree: Tree, config: Config, skip: ReadonlySet<string> | null): Promise<readonly SideSet[]> {
  const paths = (await findEvalSets(tree, config)).filter((path) => !skip?.has(path))
  const loaded = await Promise.all(paths.map(async (path) => ({ path, ...(await loadEvalSet(tree, path, config)) })))
  return loaded.flatMap(({ path, evalSets, problems }): readonly SideSet[] =>
    evalSets.length === 0 || problems.length > 0
      ? [{ path, evalSet: null, problems }]
      : evalSets.map((evalSet) => ({ path, evalSet, problems: [] })),
  )
}

/** Every problem of the sets that this run needs, as one error. */
export function refuseProblems(problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first !== undefined) throw new UserError(first, ...rest)
}
