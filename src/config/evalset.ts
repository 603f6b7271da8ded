// Eval sets of a side: every known format, one entrance.

import type { EvalSet } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { readAgentSkills } from '../formats/agent-skills.ts'
import { readGithubModels } from '../formats/github-models.ts'
import type { Shelf, Tree } from '../ports.ts'
import { readCodeowners } from './codeowners.ts'
import type { Config } from './config.ts'
import { type EvalFormat, findEvalSets, formatOf, formatOfFile } from './discover.ts'
import { refuseUtf16 } from './encoding.ts'
import { type LoadContext, type Loaded, readEvalFile } from './eval-file.ts'
import type { KeptCases } from './kept-cases.ts'
import { refuseReplacing } from './parameters.ts'
import type { ScorerNames } from './scorer-names.ts'

export { findEvalSets } from './discover.ts'
export type { Loaded } from './eval-file.ts'

type Reader = (path: string, text: string, context: LoadContext) => Promise<Loaded> | Loaded

/** Much to load, and most projects have no file of it. */
const promptfoo = () => import('../formats/promptfoo.ts')

const READERS: { readonly [format in EvalFormat]: Reader } = {
  eval: readEvalFile,
  promptfoo: async (...file) => (await promptfoo()).readPromptfoo(...file),
  'promptfoo-code': async (path) => (await promptfoo()).readPromptfooCode(path),
  'github-models': readGithubModels,
  'agent-skills': readAgentSkills,
}

export type LoadOptions = {
  readonly known: ScorerNames
  readonly owner?: string
  readonly kept?: KeptCases
  readonly openShelf?: () => Shelf
}

/**
 * The eval sets of a file (several for a promptfoo file with variants, none when it has problems). Never throws a
 * UserError: what is wrong is in `problems`, what a foreign file uses and we cannot run in `notCarried`.
 */
export async function loadEvalSet(
  tree: Tree,
  path: string,
  { config, known, owner, ...sides }: LoadOptions & { readonly config: Config },
): Promise<Loaded & { readonly format: EvalFormat }> {
  let format = formatOf(path) ?? 'eval'
  try {
    const text = await tree.read(path)
    if (text === null) return { format, evalSets: [], problems: [missing(path)], notCarried: [] }
    refuseUtf16(text, { path })
    format = formatOfFile(path, text)
    const loaded = await READERS[format](path, text, { tree, config, known, owner, ...sides })
    for (const { target } of loaded.evalSets)
      if (target.kind === 'prompt') refuseReplacing(target.parameters, () => ({ path }))
    return { format, ...loaded }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { format, evalSets: [], problems: error.problems, notCarried: [] }
  }
}

function missing(path: string): Problem {
  return { what: 'There is no such file.', remedy: 'Correct the path.', place: { path } }
}

export type LoadedFile = Loaded & { readonly path: string; readonly format: EvalFormat }

/** Loads all eval sets of a side (or those at `paths`), with owners from CODEOWNERS and unique names. */
export async function loadEvalSets(
  tree: Tree,
  config: Config,
  { paths, ...options }: Omit<LoadOptions, 'owner'> & { readonly paths?: readonly string[] },
): Promise<readonly LoadedFile[]> {
  const ownerOf = await readCodeowners(tree)
  const files: LoadedFile[] = []
  for (const path of paths ?? (await findEvalSets(tree, config))) {
    const owner = ownerOf(path)
    files.push({
      path,
      ...(await loadEvalSet(tree, path, {
        ...{ config, ...options },
        ...(owner === undefined ? {} : { owner }),
      })),
    })
  }
  return uniqueNames(files)
}

/** Two files of our own with one name are an error; a foreign file's name steps back and gets its path. */
function uniqueNames(files: readonly LoadedFile[]): readonly LoadedFile[] {
  const taken = new Map<string, string>()
  for (const { format, path, evalSets } of files) {
    if (format === 'eval') for (const { name } of evalSets) if (!taken.has(name)) taken.set(name, path)
  }
  return files.map((file) => {
    if (file.format !== 'eval') return { ...file, evalSets: file.evalSets.map((set) => foreignName(set, taken)) }
    const clash = file.evalSets.find((set) => taken.get(set.name) !== file.path)
    return clash ? { ...file, evalSets: [], problems: [sameName(clash, taken.get(clash.name) ?? '')] } : file
  })
}

function foreignName(set: EvalSet, taken: Map<string, string>): EvalSet {
  const name = taken.has(set.name) ? `${set.name} (${set.path})` : set.name
  taken.set(name, set.path)
  return { ...set, name }
}

function sameName({ name, path }: EvalSet, other: string): Problem {
  return {
    what: `The eval set is called "${name}", and so is the one in ${other}.`,
    expected: 'names that differ',
    remedy: 'Give one of them another "name:".',
    place: { path },
  }
}
