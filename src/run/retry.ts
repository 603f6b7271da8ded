// What follows an attempt. Pure: the jitter comes from the call's own key.

import type { ErrorCause, Outcome } from '../domain.ts'
import { given } from '../targets/outside.ts'
import { sha256 } from '../targets/request.ts'
import type { RunLimits } from './limits.ts'

/** `wait`: asked too fast. `again`: a fault of the world. `stop`: no call to this provider can succeed. `end`: this is the outcome. */
export type Treatment = 'wait' | 'again' | 'stop' | 'end'

const TREATMENT: { readonly [cause in ErrorCause]: Treatment } = {
  'rate-limit': 'wait',
  quota: 'stop',
  timeout: 'again',
  connection: 'again',
  server: 'again',
  authentication: 'stop',
  'malformed-answer': 'again',
  'empty-answer': 'again',
  budget: 'end',
  unpriced: 'end',
  'not-passed-on': 'end',
  cancelled: 'end',
  'no-answer-recorded': 'end',
  echo: 'end',
  'unknown-model': 'end',
  'refused-request': 'end',
  'context-too-long': 'end',
  'content-filter': 'end',
  'application-crash': 'end',
  'application-garbage': 'end',
  'application-error': 'end',
  template: 'end',
}

export type Tried = {
  readonly key: string
  /** Attempts that ended in a fault, this one included; refusals for load are counted apart. */
  readonly faults: number
  readonly refusals: number
  readonly firstMs: number
  readonly nowMs: number
  readonly retryAfterMs: number | null
  /** Calls of this run with the same key. */
  readonly wasAnswered?: boolean
  /** Others were answered since this call began. */
  readonly isAlive?: boolean
}

export type Next =
  | { readonly step: 'end' }
  /** Calls to this provider have no chance any more. */
  | { readonly step: 'stop' }
  /** All attempts or all time used up: the outcome stands. */
  | { readonly step: 'exhausted' }
  | { readonly step: 'again'; readonly atMs: number }

/** What is known of a key: calls of this run were answered with it; this call was refused before. */
export type KeyFacts = { readonly wasAnswered?: boolean; readonly isAgain?: boolean }

/** A key that is answered is not wrong: what one call is refused may pass. A 403 may be about that call alone, as a 401 is not. */
export function treatmentOf(outcome: Outcome, { wasAnswered = false, isAgain = false }: KeyFacts = {}): Treatment {
  if (outcome.state === 'answered' || outcome.failure.kind === 'behavioural') return 'end'
  const { cause, status } = outcome.failure
  const mayPass = wasAnswered || (status === 403 && !isAgain)
  return cause === 'authentication' && mayPass ? 'again' : TREATMENT[cause]
}

export function nextStep(outcome: Outcome, tried: Tried, limits: RunLimits): Next {
  const treatment = treatmentOf(outcome, { ...given({ wasAnswered: tried.wasAnswered }), isAgain: tried.faults > 1 })
  if (treatment === 'end' || treatment === 'stop') return { step: treatment }
  if (treatment === 'again' && tried.faults >= limits.maxAttempts) return { step: 'exhausted' }
  const isFar = isMeantForOne(tried, limits)
  if (isFar && tried.faults + tried.refusals >= limits.maxAttempts) return { step: 'exhausted' }
  const atMs = tried.nowMs + waitMs(treatment, isFar ? { ...tried, retryAfterMs: null } : tried, limits)
  return atMs > tried.firstMs + limits.callDeadlineMs ? { step: 'exhausted' } : { step: 'again', atMs }
}

/**
 * A wait that no call is allowed, while others are answered, is none of the account: to obey it would lose the case. The first time
 * nobody knows yet: refusals come back faster than answers.
 */
function isMeantForOne({ retryAfterMs, faults, refusals, isAlive }: Tried, limits: RunLimits): boolean {
  if (retryAfterMs === null || retryAfterMs <= limits.callDeadlineMs) return false
  return isAlive === true || faults + refusals === 1
}

/** Never earlier than the provider says; without its word exponential, between half and all of the step. */
function waitMs(treatment: 'wait' | 'again', tried: Tried, limits: RunLimits): number {
  const count = treatment === 'wait' ? tried.refusals : tried.faults
  const step = Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** Math.max(0, count - 1))
  const luck = fraction(`${tried.key} ${tried.faults} ${tried.refusals}`)
  const ours = step * (0.5 + 0.5 * luck)
  if (tried.retryAfterMs === null) return ours
  const theirs = tried.retryAfterMs + luck * Math.min(250, tried.retryAfterMs / 10)
  return Math.max(treatment === 'wait' ? ours / trust(tried) : ours, theirs)
}

/** Waits that a provider names and that are as short as this (0, mostly) ask for a call at once. */
const AT_ONCE_MS = 10

/** How far its word is taken over our own wait: "at once" that is refused again and again was not meant. */
function trust({ refusals, retryAfterMs }: Tried): number {
  return (retryAfterMs ?? 0) > AT_ONCE_MS ? 16 : Math.max(2, 16 / 2 ** Math.max(0, refusals - 1))
}

/** In [0, 1), the same for the same text. */
function fraction(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 8), 16) / 2 ** 32
}
