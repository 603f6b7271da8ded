// What `validate` says about files, as data.

import { posix } from 'node:path'
import type { EvalSet, Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { loadLifecycle } from '../lifecycle/load.ts'
import { unknownModels } from '../policy/unknown-models.ts'
import type { Tree } from '../ports.ts'
import { within } from '../tree.ts'
import { type Config, loadConfig } from './config.ts'
import { findEvalSets, type LoadedFile, loadEvalSets } from './evalset.ts'
import type { ScorerNames } from './scorer-names.ts'

/** One file as `validate --format json` prints it (SPEC section 12). `line` and `column` are null when not known. */
export type FileReport = {
  readonly file: string
  readonly format: string
  readonly ok: boolean
  readonly errors: readonly { readonly line: number | null; readonly column: number | null; readonly message: string }[]
  readonly notCarried: readonly string[]
  /** What loads and cannot do its work all the same (`gradeSet`). */
  readonly warnings?: readonly string[]
}
export type Validation = {
  readonly files: readonly FileReport[]
  /** What loaded, for the grading of `validate`. */
  readonly loaded: readonly LoadedFile[]
  /** Null when the config itself does not load. */
  readonly config: Config | null
}

/**
 * Checks the config and the eval sets at `paths` (default: all that are found). A config that does not load is reported, and
 * the eval sets are checked with the defaults.
 */
export async function validateFiles(
  tree: Tree,
  {
    known,
    configPath = 'parity.yaml',
    paths,
    checkConfig,
    checkSet = async () => [],
    directory = '',
  }: {
    readonly known: ScorerNames
    readonly configPath?: string
    readonly paths?: readonly string[]
    /** Folder of a monorepo, to which the patterns of the config are relative; '' for the root. */
    readonly directory?: string
    /** What is not seen by reading the file alone. */
    readonly checkConfig?: (config: Config, tree: Tree) => readonly Problem[] | Promise<readonly Problem[]>
    readonly checkSet?: (set: EvalSet, tree: Tree) => Promise<readonly Problem[]>
  },
): Promise<Validation> {
  const files: FileReport[] = []
  const { config, problems: unread } = await configOrProblems(tree, configPath)
  const problems = [...unread, ...((config && (await checkConfig?.(config, tree))) ?? [])]
  if (problems.length > 0 || config?.found) files.push(fileReport(configPath, 'parity', { problems, notCarried: [] }))
  const usable = config ?? (await loadConfig(emptyTree(tree), configPath))
  const chosen = paths?.filter((path) => path !== configPath) ?? (await foundBelow(tree, directory, usable))
  const loaded = await loadEvalSets(tree, usable, { known, ...(chosen ? { paths: chosen } : {}) })
  const configured = Object.keys(usable.providers)
  for (const file of loaded) {
    const found = [...file.problems]
    for (const set of file.evalSets) found.push(...unknownModels(set, configured), ...(await checkSet(set, tree)))
    files.push(fileReport(file.path, file.format, { ...file, problems: found }))
  }
  return { files, loaded, config }
}

async function foundBelow(tree: Tree, directory: string, config: Config): Promise<readonly string[] | undefined> {
  if (directory === '') return undefined
  return (await findEvalSets(within(tree, directory), config)).map((path) => posix.join(directory, path))
}

async function configOrProblems(
  tree: Tree,
  path: string,
): Promise<{ config: Config | null; problems: readonly Problem[] }> {
  let config: Config | null = null
  try {
    config = await loadConfig(tree, path)
    await loadLifecycle(config, tree)
    return { config, problems: [] }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { config, problems: error.problems }
  }
}

function emptyTree(tree: Tree): Tree {
  return { id: tree.id, list: async () => [], read: async () => null }
}

function fileReport(
  file: string,
  format: string,
  { problems, notCarried }: { readonly problems: readonly Problem[]; readonly notCarried: readonly string[] },
): FileReport {
  const errors = problems.map((problem) => ({ ...position(problem.place, file), message: messageOf(problem, file) }))
  return { file, format, ok: errors.length === 0, errors, notCarried }
}

function position(
  place: Place | undefined,
  file: string,
): { readonly line: number | null; readonly column: number | null } {
  return place?.path === file
    ? { line: place.line ?? null, column: place.column ?? null }
    : { line: null, column: null }
}

/** An error in a file that this one refers to (cases, prompt) carries that file's place in its words. */
function messageOf({ what, expected, remedy, place }: Problem, file: string): string {
  const elsewhere =
    place && place.path !== file
      ? `${[place.path, place.line, place.column].filter((part) => part !== undefined).join(':')}: `
      : ''
  return `${elsewhere}${what}${expected ? ` Expected ${expected}.` : ''} ${remedy}`
}
