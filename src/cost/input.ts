// What a projection starts from. Data only.

import type { Usage } from '../domain.ts'
import type { PrefixChange } from './prefix-change.ts'
import type { TokenizerChange } from './token-scale.ts'

/** One call. `usage` is null when the provider reported none: such a call has no cost that we know, never 0. */
export type Call = {
  readonly usage: Usage | null
  /** `provider/model` when it differs from the eval set's (an application calls several models). */
  readonly model?: string | null
}

/** One run of a case on a side: a call, or all calls that the application made for it. */
export type CaseRun = Call | readonly Call[]

/** The runs (repeats) of a case on both sides. `identical`: the same request on both, called once or not at all. */
export type CasePair = {
  readonly caseId: string
  readonly base: readonly CaseRun[]
  readonly head: readonly CaseRun[]
  readonly identical?: boolean
  /** Values of the dimensions that slices may name. */
  readonly labels?: { readonly [dimension: string]: string }
}

export type EvalSetCalls = {
  readonly name: string
  /** With the terms that it is asked on. Null when there is no base side (the head runs alone), or for an application that names no model. */
  readonly modelBase: string | null
  readonly modelHead: string | null
  readonly pairs: readonly CasePair[]
  /** Service tiers that the sides ask for, '' for the list price, where they differ (`service-tier.ts`). */
  readonly tiers?: { readonly base: string; readonly head: string }
  /** Tokens at the start of every request that all cases share; needed for `prompt_cache_hit_ratio`. */
  readonly prefixTokens?: { readonly base: number; readonly head: number }
  /** Tokens of the head behind its shared prefix that the cache served before: written for each request, and never read. */
  readonly rewrittenTokens?: number
  readonly prefixChanges?: readonly PrefixChange[]
  readonly tokenizer?: TokenizerChange
  /** Whether the counts come from `usage` or from text length. Default: measured. */
  readonly counted?: 'measured' | 'estimated'
}
