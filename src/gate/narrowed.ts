// Patterns of parity.yaml that look at less than the base's: `ignore:` with more, `evals:` or `prompts:` with less. A change cannot
// take itself out of sight: what the base looks at is looked at once more, and what that keeps is listed.

import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import { findEvalSets, formatOf } from '../config/discover.ts'
import { globMatcher } from '../config/globs.ts'
import { fileKinds } from '../detect/files.ts'
import type { Tree } from '../ports.ts'
import { relativeTo, within } from '../tree.ts'
import type { LoosenedGate } from './stricter.ts'

export type Narrowed = {
  readonly loosened: readonly LoosenedGate[]
  /** Eval files of the base that are still there and that the head's patterns no longer find; paths of the tree. */
  readonly keptEvals: readonly string[]
}
export type NarrowedInput = {
  readonly base: Config
  /** What governs, with the base's patterns in `before`. */
  readonly config: Config
  readonly trees: { readonly base: Tree; readonly head: Tree }
  /** Of the run; '' for the root. */
  readonly directory: string
}

const NOTHING: Narrowed = { loosened: [], keptEvals: [] }
const MAX_NAMED = 3

export async function narrowed(input: NarrowedInput): Promise<Narrowed> {
  const { base, config } = input
  const patterns = ({ evals, prompts, ignore }: Config) => JSON.stringify([evals, prompts, ignore])
  if (patterns(base) === patterns(config)) return NOTHING
  const keptEvals = await evalsLeftOut(input)
  // Where the base has no configuration, the first one that names folders loosens nothing.
  const files = base.found ? await filesLeftOut(input) : []
  const isIgnored = globMatcher(config.ignore)
  const relative = (path: string) => relativeTo(input.directory, path) ?? path
  const [ignored, unnamed] = halves(keptEvals, (path) => isIgnored(relative(path)))
  const [hidden, dropped] = halves(files, (path) => isIgnored(relative(path)))
  const gates = [
    gateOf('ignore', input, [...new Set([...ignored, ...hidden])]),
    gateOf('evals', input, unnamed),
    gateOf('prompts', input, dropped),
  ]
  return { keptEvals, loosened: gates.flat() }
}

async function evalsLeftOut({ base, config, trees, directory }: NarrowedInput): Promise<readonly string[]> {
  const head = within(trees.head, directory)
  const [before, now] = await Promise.all([
    findEvalSets(within(trees.base, directory), base),
    findEvalSets(head, config),
  ])
  const there = new Set((await head.list()).map(({ path }) => path))
  const found = new Set(now)
  return before
    .filter((path) => there.has(path) && !found.has(path))
    .filter((path) => base.found || formatOf(path) === 'eval')
    .map((path) => posix.join(directory, path))
}

/** What may hold a prompt or a pin by the base's patterns, and by the head's no more. */
async function filesLeftOut({ base, config, trees, directory }: NarrowedInput): Promise<readonly string[]> {
  const { before: _, ...own } = config
  const [was, is] = [fileKinds(base), fileKinds(own)]
  const listed = (await trees.head.list()).map(({ path }) => path)
  return listed.filter((path) => {
    const place = relativeTo(directory, path)
    if (place === null) return false
    if (was.isPrompt(place)) return !is.isPrompt(place)
    return (was.mayHoldPin(place) && !is.mayHoldPin(place)) || (was.mayBePrompt(place) && !is.mayBePrompt(place))
  })
}

type Key = 'ignore' | 'evals' | 'prompts'

function gateOf(key: Key, { base, config }: NarrowedInput, paths: readonly string[]): readonly LoosenedGate[] {
  if (paths.length === 0) return []
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : ''
  const left = `${paths.slice(0, MAX_NAMED).join(', ')}${more}`
  return [{ gate: key, base: shown(base, key), head: `${shown(config, key)}, which leaves out ${left}` }]
}

function shown(config: Config, key: Key): string {
  const patterns = config[key] ?? []
  return patterns.length > 0 ? patterns.join(', ') : key === 'evals' ? 'the usual places' : 'nothing'
}

function halves(paths: readonly string[], isFirst: (path: string) => boolean): readonly [string[], string[]] {
  return [paths.filter(isFirst), paths.filter((path) => !isFirst(path))]
}
