// What the engine sees of every kind of target: one attempt of one request.

import type { Outcome, Request, Trial } from '../domain.ts'
import type { LimitLeft } from './limits-left.ts'

export type AttemptContext = {
  readonly trial: Trial
  readonly promptHash?: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Reason of an abort: far longer than other answers took. One that is arriving may go on. */
export const HUNG = 'hung'

/** `raw` is what came over the wire (empty when nothing did); `retryAfterMs` what the provider asks for, null when nothing. */
export type Attempt = {
  readonly outcome: Outcome
  readonly raw: string
  readonly retryAfterMs: number | null
  /** Another attempt is of no use: a part of the answer is with the one who asked, or all attempts were made further down. */
  readonly final?: true
  /** An earlier job paid for it, and counted it. */
  readonly paid?: true
  /** It was cancelled before it was made. */
  readonly unasked?: true
  /** The provider's limits as it told them with this answer. */
  readonly limits?: readonly LimitLeft[]
}

/** Makes one attempt. Failures are outcomes; it rejects only for defects and UserErrors. */
export type Call = (request: Request, context: AttemptContext) => Promise<Attempt>

export function attempt(outcome: Outcome, raw = ''): Attempt {
  return { outcome, raw, retryAfterMs: null }
}
