// The fake provider's memory: what it was told to do, what it has seen, what it counted.

import type { Latency } from './draw.ts'
import { type Answerer, type Body, type CacheRule, type PromptCache, promptCache } from './llm-answers.ts'
import { type BatchMemory, type FakeBatches, noBatches } from './llm-batches.ts'
import type { FakeClouds, IssuedTokens } from './llm-clouds.ts'
import { type FaultKind, type FaultRates, type LlmFault, rulesFromRates } from './llm-faults.ts'
import { noSlots, type Slots } from './llm-slots.ts'

export type FakeLlmOptions = FaultRates & {
  /** 0 (default): any free one. Always on 127.0.0.1. */
  readonly port?: number
  readonly seed?: string | number
  /** Accepted keys; default: any. A missing key is always 401. */
  readonly apiKeys?: readonly string[]
  /** Default: every model exists. */
  readonly knownModels?: readonly string[]
  readonly answer?: Answerer
  readonly latency?: Latency
  readonly reasoningTokens?: number
  /** Default: from 1,024 tokens in steps of 128, as OpenAI does. */
  readonly cache?: CacheRule | false
  readonly faults?: readonly LlmFault[]
  readonly requestsPerMinute?: number
  /** Input and bound of the output, as providers count them beforehand. */
  readonly tokensPerMinute?: number
  /** What "per minute" means here: tests have no minutes. Default 60,000. */
  readonly windowMs?: number
  /** What a refusal by these limits says of the wait; default: one second. Without it the reset headers are all there is. */
  readonly limitRetryAfter?: LlmFault['retryAfter']
  /** Limits without any header about them, as Gemini's. */
  readonly silentLimits?: boolean
  /** More are refused. */
  readonly maxConcurrent?: number
  /** More wait in line, however many: `latency` is what an answer takes once it is its turn. */
  readonly slots?: number
  /** `shapes` validates each distinct form of body once, for benchmarks. */
  readonly validate?: 'every' | 'shapes'
  /** Keep every request in `requests`; default true. */
  readonly record?: boolean
  /** What the token services know, and the keys that signatures are checked with. */
  readonly clouds?: FakeClouds
  /** Serves the batch endpoints of OpenAI, Anthropic and Gemini. */
  readonly batches?: FakeBatches
  /** Base paths served beside `/v1`, `/v1beta`, `/openai/v1` and `/openai/deployments`. */
  readonly prefixes?: readonly string[]
}

export type RecordedRequest = {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly rawBody: string
  readonly body: Body | undefined
  readonly model: string | undefined
  readonly prompt: string | undefined
  attempt: number
  readonly atMs: number
  /** Null while open, and for good when the connection was dropped without an answer. */
  status: number | null
  fault: FaultKind | undefined
}

export type FakeLlmStats = {
  readonly requests: number
  readonly answered: number
  readonly inFlight: number
  readonly peakInFlight: number
  /** Requests for a text that had been sent before. */
  readonly retries: number
  /** Requests for a text before its Retry-After had passed. */
  readonly earlyRetries: number
  /** The client went away before the answer was complete. */
  readonly abandoned: number
  readonly byStatus: { readonly [status: string]: number }
  readonly byFault: { readonly [kind: string]: number }
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number }
}

/** A request that a limit per minute counts. */
export type Admitted = { readonly atMs: number; readonly tokens: number }

export type Seen = { attempts: number; notBefore: number }
export type Counters = { -readonly [key in keyof FakeLlmStats]: FakeLlmStats[key] } & {
  byStatus: Record<string, number>
  byFault: Record<string, number>
  usage: { input: number; cached: number; output: number }
}
export type State = {
  options: FakeLlmOptions
  rules: readonly LlmFault[]
  readonly requests: RecordedRequest[]
  readonly violations: string[]
  readonly texts: Map<string, Seen>
  readonly calls: Map<string, number>
  readonly forms: Set<string>
  readonly recent: Admitted[]
  readonly tokens: IssuedTokens
  readonly tokenRequests: string[]
  readonly batches: BatchMemory
  readonly slots: Slots
  /** Its own address, once it listens. */
  self: string
  cache: PromptCache
  counters: Counters
}
const DEFAULT_CACHE = { minimumTokens: 1024, stepTokens: 128 }

function noCounts(): Counters {
  return {
    requests: 0,
    answered: 0,
    inFlight: 0,
    peakInFlight: 0,
    retries: 0,
    earlyRetries: 0,
    abandoned: 0,
    byStatus: {},
    byFault: {},
    usage: { input: 0, cached: 0, output: 0 },
  }
}

export function freshState(options: FakeLlmOptions): State {
  return {
    options,
    rules: [...(options.faults ?? []), ...rulesFromRates(options)],
    requests: [],
    violations: [],
    texts: new Map(),
    calls: new Map(),
    forms: new Set(),
    recent: [],
    tokens: new Map(),
    tokenRequests: [],
    batches: noBatches(),
    slots: noSlots(),
    self: '',
    cache: promptCache(options.cache ?? DEFAULT_CACHE),
    counters: noCounts(),
  }
}

export function configure(state: State, options: FakeLlmOptions): void {
  state.options = options
  state.rules = [...(options.faults ?? []), ...rulesFromRates(options)]
}

export function reset(state: State): void {
  state.requests.length = 0
  state.violations.length = 0
  state.recent.length = 0
  state.tokenRequests.length = 0
  state.texts.clear()
  state.calls.clear()
  state.cache = promptCache(state.options.cache ?? DEFAULT_CACHE)
  const { inFlight } = state.counters
  state.counters = { ...noCounts(), inFlight, peakInFlight: inFlight }
}
