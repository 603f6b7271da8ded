// What can go wrong at a provider, by rule. Whether a rule hits is drawn from (seed, kind, text, attempt), so the same
// run meets the same faults at any concurrency.

import { fraction } from './draw.ts'

export type FaultKind =
  | 'rate-limit'
  | 'quota'
  | 'server-error'
  | 'overloaded'
  | 'invalid-key'
  | 'forbidden'
  | 'unknown-model'
  | 'content-filter'
  | 'content-filter-answer'
  | 'unsupported-parameter'
  | 'context-too-long'
  | 'error-in-200'
  | 'empty'
  | 'no-usage'
  | 'broken-json'
  | 'html'
  | 'truncated'
  | 'stall'
  | 'drip'
  | 'reset'
  | 'hang'

export type FaultContext = { readonly model: string; readonly prompt: string; readonly attempt: number }
export type LlmFault = {
  readonly kind: FaultKind
  /** Share of the attempts that it hits; default 1. */
  readonly share?: number
  /** Only the first so many attempts for a text; default: every one. */
  readonly firstAttempts?: number
  readonly when?: (context: FaultContext) => boolean
  /** `rate-limit` and `overloaded`: seconds, a date form, milliseconds, or no header at all. */
  readonly retryAfter?: number | { readonly dateInSeconds: number } | { readonly ms: number } | 'none'
  /** `server-error`: default 500. */
  readonly status?: number
  /** `unsupported-parameter`: its name; default `temperature`. */
  readonly parameter?: string
}

export type FaultRates = {
  readonly rate429?: number
  readonly retryAfterSeconds?: number
  readonly rate500?: number
  readonly rateReset?: number
  readonly rateHang?: number
  readonly rateTruncated?: number
  readonly rateBrokenJson?: number
  /** Every request is answered 503. */
  readonly down?: boolean
}

/** The first rule that hits, or undefined. */
export function drawFault(
  rules: readonly LlmFault[],
  seed: string | number,
  context: FaultContext,
): LlmFault | undefined {
  return rules.find((rule) => {
    if (rule.firstAttempts !== undefined && context.attempt > rule.firstAttempts) return false
    if (rule.when && !rule.when(context)) return false
    const share = rule.share ?? 1
    return share >= 1 || fraction(seed, rule.kind, context.prompt, context.attempt, 'fault') < share
  })
}

export function rulesFromRates(rates: FaultRates): readonly LlmFault[] {
  const retryAfter = rates.retryAfterSeconds ?? 1
  const rules: readonly (LlmFault & { readonly share: number })[] = [
    { kind: 'server-error', status: 503, share: rates.down ? 1 : 0 },
    { kind: 'rate-limit', share: rates.rate429 ?? 0, retryAfter },
    { kind: 'server-error', share: rates.rate500 ?? 0 },
    { kind: 'reset', share: rates.rateReset ?? 0 },
    { kind: 'hang', share: rates.rateHang ?? 0 },
    { kind: 'truncated', share: rates.rateTruncated ?? 0 },
    { kind: 'broken-json', share: rates.rateBrokenJson ?? 0 },
  ]
  return rules.filter((rule) => rule.share > 0)
}

/** Headers and seconds of a rule's Retry-After; `now` in epoch milliseconds. */
export function retryAfterOf(rule: LlmFault, now: number): { headers: Record<string, string>; waitMs: number } {
  const after = rule.retryAfter ?? 1
  if (after === 'none') return { headers: {}, waitMs: 0 }
  if (typeof after === 'number') return { headers: { 'retry-after': String(after) }, waitMs: after * 1000 }
  if ('ms' in after) return { headers: { 'retry-after-ms': String(after.ms) }, waitMs: after.ms }
  // HTTP dates have whole seconds: round up, or the date would be early.
  const date = new Date(Math.ceil(now / 1000 + after.dateInSeconds) * 1000)
  return { headers: { 'retry-after': date.toUTCString() }, waitMs: date.getTime() - now }
}
