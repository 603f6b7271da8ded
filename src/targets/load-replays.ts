// Recorded answers of the targets that have them, read from their side's tree.

import { posix } from 'node:path'
import type { EvalSet } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { SetPlan } from '../plan.ts'
import type { Tree } from '../ports.ts'
import { createReplay, type ReplayRow } from './replay.ts'
import { readReplay } from './replay-file.ts'

type Sides = { readonly base: Tree | null; readonly head: Tree }

/** By side and eval set: `head support-answers`. Throws a UserError where a file that is named is not there. */
export async function loadReplays(
  plans: readonly SetPlan[],
  trees: Sides,
): Promise<ReadonlyMap<string, ReturnType<typeof createReplay>>> {
  const replays = new Map<string, ReturnType<typeof createReplay>>()
  for (const plan of plans) {
    for (const side of ['base', 'head'] as const) {
      const [set, tree] = [plan[side], trees[side]]
      const rows = set == null || tree === null ? null : await recordedRows(tree, set)
      if (rows !== null) replays.set(`${side} ${plan.name}`, createReplay(rows))
    }
  }
  return replays
}

/** Null for a target that is asked. Throws a UserError that names the file, and the line that is no answer. */
export async function recordedRows(
  tree: Tree,
  { name, target }: Pick<EvalSet, 'name' | 'target'>,
): Promise<readonly ReplayRow[] | null> {
  if (target.kind !== 'prompt' || target.replay === undefined) return null
  const path = posix.normalize(target.replay)
  const text = await tree.read(path)
  if (text !== null) return readReplay(text, path)
  throw new UserError({
    what: 'the recorded answers are not there.',
    place: { path },
    remedy: `Add the file, or correct \`target.replay\` of ${name}.`,
  })
}
