// What the rendered requests of an eval set say about its cost, beside their tokens: the shared prefix, and the vocabulary.

import { type WirePair, wiresOf } from '../plan/wire.ts'
import type { SetPlan } from '../plan.ts'
import type { EvalSetCalls } from './input.ts'
import { PREFIX_CASES, prefixesOf } from './prefix.ts'
import { prefixFacts } from './prefix-change.ts'
import { type InputOf, scaleOf, type TokenScale, tokenizerChange } from './token-scale.ts'

export type WireFacts = Pick<EvalSetCalls, 'prefixTokens' | 'rewrittenTokens' | 'prefixChanges' | 'tokenizer'>

export type Sampled = { readonly pairs: readonly WirePair[]; readonly scale: TokenScale }

const modelsOf = (plan: SetPlan) => ({
  base: plan.base === null ? null : (plan.base.target.model ?? null),
  head: plan.head.target.model ?? null,
})

/** A sample of the requests, with the factor from estimated tokens to the provider's. */
export function sampleWires(plan: SetPlan, inputOf: InputOf): Sampled {
  const hasRun = (caseId: string) => inputOf(caseId, 'head') !== null || inputOf(caseId, 'base') !== null
  const pairs = wiresOf(plan, PREFIX_CASES, hasRun)
  return { pairs, scale: scaleOf(pairs, inputOf, modelsOf(plan)) }
}

/** @param counts whether the provider has counted: estimated tokens say nothing of a vocabulary */
export function wireFacts(plan: SetPlan, inputOf: InputOf, counts: 'measured' | 'assumed' = 'measured'): WireFacts {
  const { target } = plan.head
  if (target.kind !== 'prompt') return {}
  const { pairs, scale } = sampleWires(plan, inputOf)
  const models = modelsOf(plan)
  const tokenizer = tokenizerChange(pairs, counts === 'measured' ? inputOf : () => null, models)
  const prefixes = prefixesOf(pairs)
  const prefix = prefixes === null ? null : prefixFacts({ prefixes, scale, models, prompt: target.prompt })
  const shorter = prefix?.changes.find((change) => change.kind === 'shorter')
  return {
    ...(tokenizer === null ? {} : { tokenizer }),
    ...(prefix === null ? {} : { prefixTokens: prefix.tokens, prefixChanges: prefix.changes }),
    ...(shorter === undefined ? {} : { rewrittenTokens: shorter.lost }),
  }
}
