// What is known of an eval set where savings are looked for, and what a saving is. Data only.

import type { Usage } from '../../domain.ts'
import type { Wire } from '../../plan/wire.ts'
import type { Price } from '../../prices/table.ts'

export type LeverKind = 'prefix-order' | 'repeated-context' | 'long-answers' | 'batch' | 'flex' | 'cheaper-candidate'

/** A measured call of the head with the price of its model on the day. */
export type PricedCall = { readonly usage: Usage; readonly price: Price }

export type LeverCase = {
  readonly caseId: string
  /** Runs with token counts; the calls of each. */
  readonly runs: readonly (readonly PricedCall[])[]
  /** Tokens of the whole expected answer, where a scorer compares all of the answer with it; null otherwise. */
  readonly expectedTokens: number | null
}

export type Shared = {
  /** Tokens that all requests begin with. */
  readonly tokens: number
  /** Tokens of the template's own text behind the place where they part. */
  readonly behind: number
  /** Tokens that the cache served before the change: written for each request, and never read. */
  readonly rewritten: number
  /** The variable at which they part; null when they do not, or when it is none. */
  readonly parting: string | null
}

export type LeverSet = {
  readonly name: string
  readonly model: string | null
  /** All of them, or some that are spread evenly over a large set. */
  readonly cases: readonly LeverCase[]
  /** How many cases the set has. */
  readonly count: number
  /** Some of the head's requests, as their provider reads them. Empty for applications. */
  readonly wires: readonly { readonly caseId: string; readonly wire: Wire }[]
  /** Tokens that the provider counts for each that is estimated from text. */
  readonly scale: number
  readonly shared: Shared | null
  /** Tokens below which the model's provider caches nothing. */
  readonly cacheMinimum: number
  /** `gates.tokens.max_output`. */
  readonly maxOutput: number | null
}

/** How the route of a set is used, as far as it bears on what a change of the request saves. */
export type Traffic = {
  readonly route: string | null
  /** Cost of the route in a month on the head, in pico-dollars; null where it has no traffic or no known cost. */
  readonly monthPico: number | null
  /** The set's share of that cost. */
  readonly share: number
  /** Chance that a request finds the shared prefix in the cache, and where that is from. */
  readonly hit: { readonly ratio: number; readonly how: string }
  /** Whether the route says that its prompt cache is in use, so that its month counts with it. */
  readonly isCached: boolean
  readonly batchShare: number
  /** The route says that nobody waits for an answer. */
  readonly isInteractive: boolean
}

/** Costs of a run under two ways of asking, in pico-dollars. */
export type Pair = { readonly now: number; readonly after: number; readonly billed: number }

/** A saving before it is known whether it is worth a word. */
export type Idea = {
  readonly kind: LeverKind
  readonly message: string
  readonly evidence: readonly string[]
  /** One for each case: means over its runs. */
  readonly pairs: readonly Pair[]
}
