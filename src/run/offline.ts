// Targets that call nothing: answers out of a file, or none. No limits, no budget, and no record, since the file may change.

import type { Request, TrialOutcome } from '../domain.ts'
import { callRecord } from './call-record.ts'
import type { State } from './state.ts'
import type { Work } from './work.ts'

export function isOffline({ kind }: Request): boolean {
  return kind === 'replay' || kind === 'echo'
}

/** Counts as stored and as no attempt. */
export async function answerOffline(state: State, work: Work): Promise<TrialOutcome> {
  const { trial, request, promptHash } = work
  const startedAt = new Date(state.deps.clock.now()).toISOString()
  const context = { trial, timeoutMs: state.limits.timeoutMs, signal: new AbortController().signal }
  const { outcome, raw } = await state.deps.call(
    request,
    promptHash === undefined ? context : { ...context, promptHash },
  )
  if (outcome.state === 'answered') state.counts.stored += 1
  else state.counts.failed += 1
  const facts = { attempt: 0, startedAt, endedAt: startedAt, retried: false, costPico: 0n, raw }
  state.deps.onCall?.(callRecord(work, outcome, facts))
  return { trial, request, outcome, attempts: 0, stored: true, startedAt }
}
