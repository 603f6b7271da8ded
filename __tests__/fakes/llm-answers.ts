// What the fake model says: the vocabulary of scripted answers, seeded cases with known pass rates, and token counts.

import { fraction, hash32 } from './draw.ts'

export type ApiKind = 'chat' | 'responses' | 'messages' | 'generate' | 'converse'
export type FakeMessage = { readonly role: string; readonly content: string }
export type Body = { readonly [key: string]: unknown }

/** What a script sees of a call. `call` counts the calls with this very body that were answered, from 1. */
export type CallContext = {
  readonly api: ApiKind
  readonly model: string
  readonly messages: readonly FakeMessage[]
  /** The body without model and messages. */
  readonly parameters: Body
  /** All message texts joined by a newline. */
  readonly prompt: string
  readonly call: number
  /** Requests with this text and model so far, refused ones included, from 1. */
  readonly attempt: number
  /** Uniform in [0, 1) from (seed, model, text, call, label). */
  readonly random: (label?: string) => number
}

export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal'
/** `input` is the total: cached and cache-write tokens are in it; `reasoning` is in `output`. */
export type FakeUsage = {
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}
export type AnswerSpec = {
  readonly text?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[]
  readonly finish?: Finish
  /** Overrides of the computed counts; null leaves the usage out of the answer. */
  readonly usage?: Partial<FakeUsage> | null
  readonly reasoningTokens?: number
  /** Model id that the answer claims; default: the one asked for. */
  readonly model?: string
  readonly fingerprint?: string
  readonly serviceTier?: string
  readonly latencyMs?: number
}
export type Answerer = (context: CallContext) => string | AnswerSpec

export type FullAnswer = {
  readonly text: string
  readonly toolCalls: readonly { readonly name: string; readonly arguments: unknown }[]
  readonly finish: Finish
  readonly usage: FakeUsage | null
  readonly model: string
  readonly fingerprint: string
  readonly serviceTier: string
  readonly id: string
}

/** Four characters a token: crude, but the same everywhere. */
export function tokensOf(text: string): number {
  return text === '' ? 0 : Math.ceil(text.length / 4)
}

/**
 * Answers each case right with its true pass rate, from (seed, case, model, text, call): the same call gets the same
 * answer whatever the order of requests. `caseOf` finds the case id in a prompt (default: the word after "case").
 */
export function seededCases(spec: {
  readonly passRate: (caseId: string, model: string, context: CallContext) => number
  readonly right: (caseId: string, context: CallContext) => string
  readonly wrong?: (caseId: string, context: CallContext) => string
  readonly seed?: string | number
  readonly caseOf?: (context: CallContext) => string
}): Answerer {
  const caseOf = spec.caseOf ?? ((context) => /\bcase[ :=#]+([\w.-]+)/i.exec(context.prompt)?.[1] ?? context.prompt)
  return (context) => {
    const id = caseOf(context)
    const drawn = fraction(spec.seed ?? 1, id, context.model, context.prompt, context.call, 'verdict')
    const isRight = drawn < spec.passRate(id, context.model, context)
    return isRight ? spec.right(id, context) : (spec.wrong?.(id, context) ?? 'I do not know.')
  }
}

/** Sums when asked "What is A + B?", else repeats the start of the last message. */
export const plainAnswer: Answerer = ({ messages, prompt }) => {
  const sum = /What is (-?\d+) \+ (-?\d+)\?/.exec(prompt)
  if (sum) return String(Number(sum[1]) + Number(sum[2]))
  return `You said: ${(messages.at(-1)?.content ?? '').slice(0, 80)}`
}

export type CacheRule = { readonly minimumTokens: number; readonly stepTokens: number }

/** Remembers prefixes. Automatic caching works in steps; an explicit one (Anthropic) is written, then read whole. */
export function promptCache(rule: CacheRule | false) {
  const seen = new Set<string>()
  return {
    automatic(model: string, text: string): number {
      if (!rule || tokensOf(text) < rule.minimumTokens) return 0
      const size = rule.stepTokens * 4
      let hit = 0
      for (let end = size; end <= text.length; end += size) {
        const key = `${model} ${end} ${hash32(text.slice(0, end))}`
        if (seen.has(key)) hit = end / 4
        else seen.add(key)
      }
      return hit >= rule.minimumTokens ? hit : 0
    },
    explicit(model: string, prefix: string): { readonly read: number; readonly write: number } {
      const tokens = tokensOf(prefix)
      if (!rule || tokens < rule.minimumTokens) return { read: 0, write: 0 }
      const key = `${model} = ${prefix.length} ${hash32(prefix)}`
      const known = seen.has(key)
      seen.add(key)
      return known ? { read: tokens, write: 0 } : { read: 0, write: tokens }
    },
    clear: () => seen.clear(),
  }
}
export type PromptCache = ReturnType<typeof promptCache>

/** Completes a scripted answer: counts tokens, cuts at the output limit as a provider does. */
export function completeAnswer(
  said: string | AnswerSpec,
  context: CallContext,
  facts: {
    readonly outputLimit: number | undefined
    readonly reasoningTokens: number
    readonly cached: number
    readonly cacheWrite: number
  },
): FullAnswer {
  const spec = typeof said === 'string' ? { text: said } : said
  const reasoning = spec.reasoningTokens ?? facts.reasoningTokens
  const limit = facts.outputLimit ?? Number.POSITIVE_INFINITY
  const full = spec.text ?? ''
  const room = Math.max(0, limit - Math.min(reasoning, limit))
  const isCut = tokensOf(full) > room
  const text = isCut ? full.slice(0, room * 4) : full
  const toolCalls = spec.toolCalls ?? []
  const usual: Finish = isCut ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const thought = Math.min(reasoning, limit)
  const spoken = tokensOf(text) + tokensOf(toolCalls.map((call) => JSON.stringify(call)).join(''))
  const usage = {
    input: Math.max(1, tokensOf(context.prompt)),
    cached: facts.cached,
    cacheWrite: facts.cacheWrite,
    output: spoken + thought,
    reasoning: thought,
  }
  return {
    text,
    toolCalls,
    finish: spec.finish ?? usual,
    usage: spec.usage === null ? null : { ...usage, ...spec.usage },
    model: spec.model ?? context.model,
    fingerprint: spec.fingerprint ?? `fp_${hash32(context.model).toString(16)}`,
    serviceTier: spec.serviceTier ?? 'default',
    id: hash32(`${context.model}\u0000${context.prompt}\u0000${context.call}`).toString(16).padStart(8, '0'),
  }
}
