// The prompts of the eval sets, as the registry of the history branch names them. Pure.

import type { SetPlan } from '../plan.ts'
import type { RegisteredPrompt } from './registry.ts'

/** One entry for each prompt, with all sets that use it. */
export function registeredPrompts(plans: readonly Pick<SetPlan, 'name' | 'head'>[]): readonly RegisteredPrompt[] {
  const known = new Map<string, RegisteredPrompt>()
  for (const { name, head } of plans) {
    if (head.target.kind !== 'prompt' || head.target.prompt.path === '') continue
    const { prompt, model } = head.target
    const at = `${prompt.path}#${prompt.symbol ?? ''}`
    const before = known.get(at)
    known.set(at, {
      ...{ prompt: prompt.path, symbol: prompt.symbol ?? null, hash: prompt.hash },
      ...{ owner: before?.owner ?? head.owner ?? null, reason: null, model: before?.model ?? model },
      evalSets: [...(before?.evalSets ?? []), name],
    })
  }
  return [...known.values()]
}
