// A repository in memory with two versions: what changed is worked out, eval sets are loaded, `detect` is asked.

import { changedAliases } from '../../src/config/aliases.ts'
import { type Detection, detect } from '../../src/detect.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import type { FileChange } from '../../src/ports.ts'
import { memoryTree } from '../fakes/tree.ts'

export type Files = { readonly [path: string]: string }
/** Null deletes. */
export type Edits = { readonly [path: string]: string | null }

export const CASES =
  'cases:\n  - { id: a, vars: { question: Who? }, expected: me }\nscorers: [{ contains: "{{expected}}" }]\n'
export const evalFile = (target: string, rest = '') => `target:\n${target}\n${CASES}${rest}`
export const prompt = (path: string, rest = '') =>
  evalFile(`  prompt: ${path}\n  model: openai/gpt-4.1-2025-04-14`, rest)

export async function changed(
  files: Files,
  edits: Edits,
  { directory = '', config = 'parity.yaml' }: { readonly directory?: string; readonly config?: string } = {},
): Promise<Detection & { readonly reads: readonly string[] }> {
  const after = Object.fromEntries(
    Object.entries({ ...files, ...edits }).flatMap(([path, text]) => (text === null ? [] : [[path, text]])),
  )
  const trees = { base: memoryTree(files), head: memoryTree(after) }
  const changes = Object.entries(edits).map(
    ([path, text]): FileChange => ({
      path,
      status: text === null ? 'deleted' : files[path] === undefined ? 'added' : 'modified',
    }),
  )
  const configs = await loadConfigs(config, trees, true, directory)
  const sets = await loadSets({ trees, configs, files: changes, directory })
  const aliases = changedAliases(configs.base?.models ?? {}, configs.config.models)
  const detection = await detect({
    files: changes,
    sets,
    trees,
    directory,
    config: { ...configs.config, path: config, changed: configs.changed, aliases },
  })
  return { ...detection, reads: trees.head.reads }
}

/** The reasons of every selected eval set, by name. */
export const reasons = (detection: Detection) =>
  Object.fromEntries(detection.selections.map((one) => [one.pair.name, one.because.join('; ')]))
