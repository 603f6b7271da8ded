// When a provider is given up for the rest of a run.

import type { Failure, SideLabel } from '../domain.ts'
import type { RunLimits } from './limits.ts'

export type Breaker = {
  /** Why no more calls are made; null while they are. */
  open(): Failure | null
  /** It answered, if only to refuse a request for what it asks. */
  alive(nowMs: number, side: SideLabel): void
  /** An attempt failed for no reason of its own. Of one side alone: as for `exhausted`. */
  fault(failure: Failure, nowMs: number, side: SideLabel): void
  /** A call ended without an answer. Of one side alone, while the other was answered, they may be that side's own. */
  exhausted(failure: Failure, nowMs: number, side: SideLabel): void
  /** It refused for load: nothing is wrong with it, but nothing came of it either. */
  refused(nowMs: number): void
  /** When it last answered; 0 before it ever did. */
  aliveMs(): number
  /** Wrong key, empty account: nothing can succeed. */
  stop(failure: Failure): void
}

/** @param isShared it is a provider that others use, too, and no application of one side: what it is given up for is an outage */
export function createBreaker(limits: RunLimits, isShared = true): Breaker {
  let open: Failure | null = null
  let calls = 0
  const [asked, unanswered] = [new Set<SideLabel>(), new Set<SideLabel>()]
  let faults = 0
  let quietSince: number | null = null
  let aliveMs = 0
  const giveUp = (failure: Failure, why: string) => {
    const outage = isShared ? ({ isOutage: true } as const) : {}
    open ??= { ...failure, ...outage, message: `given up, ${why}: ${failure.message}` }
  }
  return {
    open: () => open,
    alive: (nowMs, side) => {
      asked.add(side)
      unanswered.clear()
      calls = 0
      faults = 0
      quietSince = nowMs
      aliveMs = nowMs
    },
    fault: (failure, nowMs, side) => {
      asked.add(side)
      unanswered.add(side)
      faults += 1
      quietSince ??= nowMs
      const quiet = nowMs - quietSince > limits.breakerSilenceMs && unanswered.size === asked.size
      if (quiet && faults >= limits.breakerCalls) giveUp(failure, `no answer for ${limits.breakerSilenceMs / 1000} s`)
    },
    refused: (nowMs) => {
      quietSince ??= nowMs
    },
    aliveMs: () => aliveMs,
    exhausted: (failure, nowMs, side) => {
      asked.add(side)
      unanswered.add(side)
      calls += 1
      const quietMs = nowMs - (quietSince ?? nowMs)
      if (unanswered.size < asked.size && failure.cause !== 'rate-limit') return
      if (quietMs > limits.breakerSilenceMs) giveUp(failure, `no answer for ${Math.round(quietMs / 1000)} s`)
      if (calls >= limits.breakerCalls) giveUp(failure, `${calls} calls in a row had no answer`)
    },
    stop: (failure) => {
      open ??= failure
    },
  }
}
