// What the registry knows of the prompt of an eval set.

import type { EvalSet } from '../domain.ts'
import type { RegisteredPrompt } from './registry.ts'

export function registered(set: EvalSet): readonly RegisteredPrompt[] {
  const { target } = set
  if (target.kind !== 'prompt') return []
  const { path, symbol, hash } = target.prompt
  return [
    {
      ...{ prompt: path, symbol: symbol ?? null, hash, owner: set.owner ?? null, reason: null, model: target.model },
      evalSets: [set.name],
    },
  ]
}
