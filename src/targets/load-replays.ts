// Recorded answers of the targets that have them, read from their side's tree.

import { posix } from 'node:path'
import { UserError } from '../errors.ts'
import type { SetPlan } from '../plan.ts'
import type { Tree } from '../ports.ts'
import { createReplay } from './replay.ts'
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
      const target = plan[side]?.target
      const tree = trees[side]
      if (target?.kind !== 'prompt' || target.replay === undefined || tree === null) continue
      const path = posix.normalize(target.replay)
      const text = await tree.read(path)
      if (text === null)
        throw new UserError({
          what: 'the recorded answers are not there.',
          place: { path },
          remedy: `Add the file, or correct \`target.replay\` of ${plan.name}.`,
        })
      replays.set(`${side} ${plan.name}`, createReplay(readReplay(text, path)))
    }
  }
  return replays
}
