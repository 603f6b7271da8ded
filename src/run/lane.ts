// Everything that one provider has waiting, running and learnt.

import type { TrialOutcome } from '../domain.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import type { RunLimits } from './limits.ts'
import { createPace, type Pace } from './pace.ts'
import { createPatience, type Patience } from './patience.ts'
import { createQueue, type Queue } from './queue.ts'
import { placeOf, type Work } from './work.ts'

/** A call with its history. It is settled exactly once. */
export type Job = {
  readonly work: Work
  readonly key: string
  faults: number
  refusals: number
  /** When its first attempt started; null before. */
  first: { readonly ms: number; readonly iso: string } | null
  settled: boolean
  readonly resolve: (outcome: TrialOutcome) => void
  readonly reject: (error: unknown) => void
}

/** An attempt in flight. `hang` gives it up as a timeout, `cancel` for the sake of the whole run. */
export type Flight = {
  readonly job: Job
  readonly startedMs: number
  readonly timeoutMs: number
  readonly controller: AbortController
  hung: boolean
  watched: boolean
}

export type Lane = {
  readonly queue: Queue<Job>
  /** Waiting for their not-before time, outside the queue. */
  readonly delayed: Set<Job>
  readonly flights: Set<Flight>
  readonly limiter: Limiter
  readonly pace: Pace
  /** Somebody waits for the end of a hold. */
  held: boolean
  readonly breaker: Breaker
  /** One model may be overloaded, or hang, while the provider answers for others. */
  readonly breakerOf: (model: string | null) => Breaker
  /** Models that have answered in this run (`doubt.ts`). */
  readonly answered: Set<string>
  /** By model: their speeds differ. */
  readonly patience: (model: string | null) => Patience
  /** Ends the sleeps of delayed jobs. */
  readonly over: AbortController
}

export function createLane(concurrency: number, limits: RunLimits, isShared = true): Lane {
  const patiences = new Map<string | null, Patience>()
  const patience = (model: string | null) => {
    const there = patiences.get(model) ?? createPatience(limits)
    patiences.set(model, there)
    return there
  }
  const breakers = new Map<string | null, Breaker>()
  const breakerOf = (model: string | null) => {
    const there = breakers.get(model) ?? createBreaker(limits, isShared)
    breakers.set(model, there)
    return there
  }
  return {
    queue: createQueue(({ work }) => placeOf(work)),
    delayed: new Set(),
    flights: new Set(),
    limiter: createLimiter(concurrency),
    pace: createPace(limits.holdMs),
    held: false,
    breaker: createBreaker(limits, isShared),
    breakerOf,
    answered: new Set(),
    patience,
    over: new AbortController(),
  }
}

/** Every job that has no attempt in flight, taken out of the lane. */
export function takeWaiting(lane: Lane): readonly Job[] {
  const waiting = [...lane.queue.drain(), ...lane.delayed]
  lane.delayed.clear()
  return waiting
}

export function attemptsOf(job: Job): number {
  return job.faults + job.refusals
}
