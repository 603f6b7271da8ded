// One process of an application at the proxy. It answers one case at a time, so that its token says whose a call is; what it
// calls at the same time within a case is all that case's.

import type { ModelCall, Trial } from '../../domain.ts'
import type { Clock } from '../../ports.ts'
import type { Relayed } from './relay.ts'

/** A call as the case sees it. `made` is null while it is open. */
export type SeenCall = {
  readonly relayed: Pick<Relayed, 'attemptMs' | 'committed'>
  readonly arrivedMs: number
  readonly hash: string
  endedMs: number | null
  made: ModelCall | null
}

export type OpenCase = {
  readonly trial: Trial
  readonly calls: SeenCall[]
  readonly over: AbortController
  /** False once the application has answered: what it still asks is nobody's. */
  open: boolean
  /** Called whenever a call has ended. */
  changed: () => void
}

export type Session = { readonly token: string; current: OpenCase | null }

export function openCase(session: Session, trial: Trial): OpenCase {
  const opened: OpenCase = { trial, calls: [], over: new AbortController(), open: true, changed: () => undefined }
  session.current = opened
  return opened
}

/**
 * Time in which the application waited for nothing of its own: calls that stand in a queue, wait for a limit, have no answer yet,
 * or failed and were made again. Of a call that was answered, the attempt that answered is not lost. Overlapping times count once.
 */
export function lostMs({ calls }: OpenCase, nowMs: number): number {
  const spans = calls
    .map((call) => ({ from: call.arrivedMs, to: lostUntil(call, nowMs) }))
    .sort((a, b) => a.from - b.from)
  let until = Number.NEGATIVE_INFINITY
  let sum = 0
  for (const { from, to } of spans) {
    sum += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return sum
}

function lostUntil({ endedMs, relayed }: SeenCall, nowMs: number): number {
  if (endedMs === null && !relayed.committed) return nowMs
  return relayed.attemptMs ?? endedMs ?? nowMs
}

/** Waits for the calls that are open when the application answers, at most so long; then they are given up, and count as that. */
export async function closeCase(
  of: OpenCase,
  { clock, graceMs }: { clock: Clock; graceMs: number },
): Promise<readonly ModelCall[]> {
  of.open = false
  const ended = () => of.calls.every((call) => call.endedMs !== null)
  const allEnded = new Promise<void>((resolve) => {
    of.changed = () => ended() && resolve()
    of.changed()
  })
  if (!ended() && graceMs > 0) {
    const over = new AbortController()
    await Promise.race([allEnded, clock.sleep(graceMs, over.signal).catch(() => undefined)])
    over.abort()
  }
  of.over.abort()
  await allEnded
  return of.calls.flatMap((call) => call.made ?? [])
}
