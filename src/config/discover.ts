// Which files of a tree are eval sets, and in which format.

import { posix } from 'node:path'
import type { Tree } from '../ports.ts'
import type { Config } from './config.ts'
import { globMatcher } from './globs.ts'

export type EvalFormat = 'eval' | 'promptfoo' | 'promptfoo-code' | 'github-models' | 'agent-skills'

/** Folders whose files are examples, tests or other people's. */
const SKIPPED_FOLDERS =
  /(^|\/)(examples?|tests?|__tests__|testdata|fixtures|node_modules|vendor|third_party|dist|\.git|\.venv|venv)\//i
const RED_TEAM = /red-?_?team/i

/** Format by the file's name; undefined when the name says nothing. */
export function formatOf(path: string): EvalFormat | undefined {
  const name = posix.basename(path).toLowerCase()
  if (/\.eval\.(ya?ml|json)$/.test(name)) return 'eval'
  if (/^promptfooconfig.*\.(ya?ml|json)$/.test(name)) return 'promptfoo'
  if (/^promptfooconfig.*\.[cm]?[jt]s$/.test(name)) return 'promptfoo-code'
  if (/\.prompt\.ya?ml$/.test(name)) return 'github-models'
  return name === 'evals.json' && posix.basename(posix.dirname(path)) === 'evals' ? 'agent-skills' : undefined
}

/** Format by name, else by what the file contains; our own when nothing else fits, so that its errors are ours. */
export function formatOfFile(path: string, text: string): EvalFormat {
  const named = formatOf(path)
  if (named) return named
  const isPromptfoo = /^\s{0,2}"?(providers|targets)"?\s*:/m.test(text) && /^\s{0,2}"?(prompts|tests)"?\s*:/m.test(text)
  return isPromptfoo ? 'promptfoo' : 'eval'
}

/**
 * Paths of the eval sets, sorted. Without `evals:` every known format outside of examples, tests, red-team files and
 * vendored code; with it exactly what its globs match. `.prompt.yml` counts when it has test data.
 */
export async function findEvalSets(tree: Tree, config: Pick<Config, 'evals' | 'ignore' | 'path'>): Promise<string[]> {
  const place = { path: config.path }
  const ignored = globMatcher(config.ignore, place)
  const listed = (await tree.list()).map((entry) => entry.path)
  const wanted =
    config.evals === null
      ? (path: string) => isUsualPlace(path) && formatOf(path) !== undefined
      : globMatcher(config.evals, place)
  const found: string[] = []
  for (const path of listed.filter((path) => wanted(path) && !ignored(path)).sort()) {
    if (formatOf(path) !== 'github-models' || (await hasTestData(tree, path))) found.push(path)
  }
  return found
}

function isUsualPlace(path: string): boolean {
  return !SKIPPED_FOLDERS.test(path) && !RED_TEAM.test(posix.basename(path))
}

async function hasTestData(tree: Tree, path: string): Promise<boolean> {
  return /^["']?testData["']?\s*:/m.test((await tree.read(path)) ?? '')
}
