// How long an answer took. Limits and faults of providers are no part of it; the start of a process is one only where each case has
// its own.

import type { Answer } from '../domain.ts'

/** A time, and how much of the time before it the application spent waiting for others. */
export type Moment = { readonly ms: number; readonly lostMs: number }

export type AnswerTime = Pick<Answer, 'latencyMs' | 'latencyAtMostMs'>

/** `begun` is null where nobody knows when the work on the answer began: then only the most that it can be is known. */
export function answerTime(asked: Moment, begun: Moment | null, answered: Moment): AnswerTime {
  const since = (from: Moment) => Math.max(0, answered.ms - from.ms - (answered.lostMs - from.lostMs))
  return begun === null ? { latencyMs: null, latencyAtMostMs: since(asked) } : { latencyMs: since(begun) }
}
