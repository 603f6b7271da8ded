// What a user takes for watched and nothing reads: without a word about it, a run that checks nothing is green.

import { posix } from 'node:path'
import type { Config } from './config/config.ts'
import { formatOf } from './config/discover.ts'
import { globMatcher, nameMatcher } from './config/globs.ts'
import type { LoadedSets } from './config/pairs.ts'
import { DEFAULT_CONFIG } from './inputs.ts'
import type { Tree } from './ports.ts'
import { relativeTo } from './tree.ts'

/** Names that the configuration is given by mistake. */
const MISNAMED = ['parity.yml', 'parity.json', '.parity.yaml', '.parity.yml', 'prompt-parity.yaml', 'prompt-parity.yml']
const FEW = 3

export type Watched = {
  readonly config: Pick<Config, 'path' | 'found' | 'evals' | 'prompts' | 'ignore' | 'gateOn'>
  readonly sets: readonly { readonly name: string; readonly path: string; readonly paths: readonly string[] }[]
  /** Of the working directory; '' for the root. */
  readonly directory: string
  /** Files of eval sets that were found, readable or not. */
  readonly evalFiles: number
}

/** A sentence for each; empty where all that is named is there. */
export async function unreadNotes(head: Tree, watched: Watched): Promise<readonly string[]> {
  const { config, evalFiles } = watched
  const patterns = patternsOf(watched)
  const variants = gatesWithoutSet(watched)
  if (config.found && patterns.length === 0 && evalFiles > 0) return variants
  const hidden = config.found ? null : await head.hidden?.(config.path)
  if (hidden) return [`${config.path} is not read: ${hidden}.`]
  const paths = (await head.list()).map(({ path }) => path)
  const configs = config.found ? [] : [...misnamed(paths, config.path), ...elsewhere(paths, config.path)]
  const others = evalFiles > 0 ? [] : evalsElsewhere(paths, watched)
  const notes = [...configs, ...others, ...withoutFile(patterns, paths, watched.directory), ...variants]
  return notes.length > 0 || config.found || evalFiles > 0 ? notes : [NOTHING]
}

/** What a survey or a validation has read. */
export function watchedBy(config: Config, { pairs }: LoadedSets, directory: string): Watched {
  return { config, sets: pairs.flatMap(({ head }) => head ?? []), directory, evalFiles: pairs.length }
}

const NOTHING =
  'There is no parity.yaml and no eval set here, so that nothing is checked: `prompt-parity init` writes both.'

function misnamed(paths: readonly string[], expected: string): readonly string[] {
  const folder = posix.dirname(expected)
  const there = new Set(MISNAMED.map((name) => posix.join(folder, name)))
  return paths
    .filter((path) => there.has(path))
    .map((path) => `${path} is not read: the configuration is called ${DEFAULT_CONFIG}.`)
}

const ANOTHERS = /(^|\/)(node_modules|vendor|third_party|\.?venv)\//

/** In folders where this run does not look; a few are enough to say so. */
function elsewhere(paths: readonly string[], expected: string): readonly string[] {
  return paths
    .filter((path) => path !== expected && posix.basename(path) === DEFAULT_CONFIG && !ANOTHERS.test(path))
    .slice(0, FEW)
    .map((path) => `${path} is not read: for it, run with the working directory \`${posix.dirname(path)}\`.`)
}

/** Where none is found: named like one, and in a folder of tests or examples, or outside of what `evals:` says, or ignored. */
function evalsElsewhere(paths: readonly string[], { config, directory }: Watched): readonly string[] {
  const found = paths.filter(
    (path) => formatOf(path) === 'eval' && !ANOTHERS.test(path) && relativeTo(directory, path) !== null,
  )
  const ignored = globMatcher(config.ignore)
  const why = (path: string) => {
    if (ignored(relativeTo(directory, path) ?? path)) return 'a pattern of `ignore:` has it'
    return config.evals === null
      ? 'folders of tests and examples count once `evals:` names them'
      : 'no pattern of `evals:` has it'
  }
  return found.slice(0, FEW).map((path) => `${path} is not read: ${why(path)}.`)
}

type Pattern = { readonly file: string; readonly key: string; readonly pattern: string }

function patternsOf({ config, sets }: Watched): readonly Pattern[] {
  const of = (file: string, key: string, patterns: readonly string[]) =>
    patterns.filter((pattern) => !pattern.startsWith('!')).map((pattern) => ({ file, key, pattern }))
  return [
    ...of(config.path, 'evals', config.evals ?? []),
    ...of(config.path, 'prompts', config.prompts),
    ...of(config.path, 'ignore', config.ignore),
    ...sets.flatMap(({ path, paths }) => of(path, 'paths', paths)),
  ]
}

function withoutFile(patterns: readonly Pattern[], paths: readonly string[], directory: string): readonly string[] {
  return patterns
    .filter(({ pattern }) => {
      const matches = globMatcher([pattern])
      return !paths.some((path) => matches(path) || matches(relativeTo(directory, path) ?? path))
    })
    .flatMap(({ file, key, pattern }) => {
      const folder = pattern.replace(/^(\.\/)+|\/+$/g, '')
      const isFolder = paths.some((path) => (relativeTo(directory, path) ?? path).startsWith(`${folder}/`))
      // What is ignored need not be there yet.
      if (key === 'ignore' && !isFolder) return []
      const what = isFolder ? `is a folder, and no file: write \`${folder}/**\`` : 'no file matches'
      return [`${file}: \`${key}\` has \`${pattern}\`, which ${what}.`]
    })
    .slice(0, 2 * FEW)
}

/** Of promptfoo files; where none is named rightly, the first variant gates. */
function gatesWithoutSet({ config, sets, evalFiles }: Watched): readonly string[] {
  if (evalFiles === 0) return []
  const isThere = (pattern: string) => {
    const matches = nameMatcher([pattern])
    return sets.some(({ name }) => name === pattern || matches(name))
  }
  return config.gateOn
    .filter((pattern) => !pattern.startsWith('!') && !isThere(pattern))
    .map((pattern) => `${config.path}: \`gate_on\` has \`${pattern}\`, which no variant is called.`)
}
