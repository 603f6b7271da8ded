// What an untrusted head may decide: prompts, cases, model names on the allow-list, stricter limits. Everything else
// (code, endpoints, keys, scorers that run code or ask a judge, looser gates) comes from the base.

import type { Config } from './config/config.ts'
import { nameMatcher } from './config/globs.ts'
import { withScorers } from './config/shelved-cases.ts'
import type { EvalSet, ScorerSpec } from './domain.ts'
import { isJudge } from './scorers/kinds.ts'

export type Restricted = { readonly evalSet: EvalSet } | { readonly refused: string }

/** The head's set as far as it may count. Without a base only a prompt target with plain scorers can run. */
export function restrictUntrusted(head: EvalSet, base: EvalSet | null, config: Config): Restricted {
  if (head.target.kind !== 'prompt') {
    if (base === null) return { refused: 'its target runs code or calls an address that the head names' }
    return base.target.kind === head.target.kind
      ? { refused: 'its target executes the head, which is not trusted' }
      : { refused: 'the head changes the kind of its target' }
  }
  if (base !== null && base.target.kind !== 'prompt') return { refused: 'the head changes the kind of its target' }
  const allowed = allowedModels(base, config)
  if (!allowed(head.target.model))
    return { refused: `the model ${head.target.model} is not on the allow-list of the base (policy.models.allow)` }
  const { api: _api, replay: _replay, ...target } = head.target
  const of = base?.target.kind === 'prompt' ? base.target : null
  return {
    evalSet: {
      ...head,
      target: { ...target, ...(of?.api ? { api: of.api } : {}), ...(of?.replay ? { replay: of.replay } : {}) },
      scorers: base?.scorers ?? head.scorers.filter(isData),
      cases: head.cases.map((kase) => withScorers(kase, kase.scorers.filter(isData))),
      ...(base === null ? {} : { passes: base.passes, compare: base.compare, slices: base.slices, mode: base.mode }),
      waivers: base?.waivers ?? [],
      quarantine: base?.quarantine ?? [],
    },
  }
}

const isData = (scorer: ScorerSpec) => scorer.type !== 'javascript' && !isJudge(scorer)

function allowedModels(base: EvalSet | null, config: Config): (model: string) => boolean {
  const listed = config.policy.models.allow
  const inUse = base?.target.model
  if (listed === undefined) return (model) => model === inUse || (base === null && !config.found)
  // As the policy reads its list: `openrouter/openai/gpt-4.1` is one of `openrouter/*`.
  const match = nameMatcher(listed)
  return (model) => model === inUse || match(model)
}
