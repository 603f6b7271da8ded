// How many calls a provider takes at once, learnt from its refusals (facts: performance, section 4, rate-limit controller) and from
// how long those wait that it does not refuse.

import { createBacklog } from './backlog.ts'
import type { Sent } from './queued.ts'

/** `timeout` and `refused`: fewer at once would do better. `failed`: that has nothing to do with it. */
export type Ending = 'answered' | 'refused' | 'timeout' | 'failed'

/** To be handed back when the call ends: what started before a cut says nothing about it. */
export type Started = { readonly epoch: number; readonly sent: Sent }

export type Limiter = {
  current(): number
  started(nowMs: number, timeoutMs: number): Started
  ended(started: Started, ending: Ending, nowMs: number): void
}

/** A window whose refusals are above this share is a limit; below, they are noise that waiting takes care of. */
const CUT_ABOVE = 0.5
const GROW_BELOW = 0.2

/** Starts at `max`. Cuts by the share refused, never below half per step and never below 1; grows by one per good window. */
export function createLimiter(max: number): Limiter {
  const ceiling = Math.max(1, Math.floor(max))
  const backlog = createBacklog(ceiling)
  let current = ceiling
  let epoch = 0
  let seen = 0
  let refusals = 0
  const note = (refused: boolean) => {
    seen += 1
    if (refused) refusals += 1
    if (seen < current) return
    const share = refusals / seen
    if (share > CUT_ABOVE && current > 1) {
      current = Math.max(1, Math.ceil(current * Math.max(0.5, 1 - share)))
      epoch += 1
    } else if (share < GROW_BELOW) current = Math.min(ceiling, current + 1)
    seen = 0
    refusals = 0
  }
  return {
    current: () => Math.min(current, backlog.level()),
    started: (nowMs, timeoutMs) => ({ epoch, sent: backlog.started(nowMs, timeoutMs) }),
    ended: (started, ending, nowMs) => {
      if (started.epoch === epoch) note(ending === 'refused' || ending === 'timeout')
      backlog.ended(started.sent, ending === 'answered' || ending === 'timeout' ? ending : 'other', nowMs)
    },
  }
}
