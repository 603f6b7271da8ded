// What a user may take for the configuration and nothing reads: without a word about it, a run that checks nothing is green.

import { posix } from 'node:path'
import { DEFAULT_CONFIG } from './inputs.ts'
import type { SideConfigs } from './load.ts'
import type { Tree } from './ports.ts'

/** Names that the configuration is given by mistake. */
const MISNAMED = ['parity.yml', 'parity.json', '.parity.yaml', '.parity.yml', 'prompt-parity.yaml', 'prompt-parity.yml']
const FEW = 3

/**
 * A sentence for each; empty where a configuration was found.
 *
 * @param evalFiles of the head; with none of them either, nothing at all is watched
 */
export async function unreadNotes(
  head: Tree,
  { config }: Pick<SideConfigs, 'config'>,
  evalFiles: number,
): Promise<readonly string[]> {
  if (config.found) return []
  const hidden = await head.hidden?.(config.path)
  if (hidden) return [`${config.path} is not read: ${hidden}.`]
  const paths = (await head.list()).map(({ path }) => path)
  const notes = [...misnamed(paths, config.path), ...elsewhere(paths, config.path)]
  return notes.length > 0 || evalFiles > 0 ? notes : [NOTHING]
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

/** In folders where this run does not look; a few are enough to say so. */
function elsewhere(paths: readonly string[], expected: string): readonly string[] {
  return paths
    .filter(
      (path) => path !== expected && posix.basename(path) === DEFAULT_CONFIG && !/(^|\/)node_modules\//.test(path),
    )
    .slice(0, FEW)
    .map((path) => `${path} is not read: for it, run with the working directory \`${posix.dirname(path)}\`.`)
}
