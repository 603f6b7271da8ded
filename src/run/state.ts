// What a run knows of itself, and the ways in which a call ends.

import type { Outcome, Trial, TrialOutcome } from '../domain.ts'
import type { Clock, Store } from '../ports.ts'
import type { Call } from '../targets/call.ts'
import { transient } from '../targets/shape.ts'
import type { WithoutKeys } from '../targets/without-keys.ts'
import type { Budget, BudgetSettings } from './budget.ts'
import type { CallRecord } from './call-record.ts'
import { attemptsOf, createLane, type Job, type Lane, takeWaiting } from './lane.ts'
import type { RunLimits } from './limits.ts'
import type { AnswerRecord } from './record.ts'
import { laneOf, type Work } from './work.ts'

export type RunDeps = {
  readonly call: Call
  readonly clock: Clock
  readonly store: Store
  /** Nothing of a call is used, written or shown before this. */
  readonly withoutKeys: WithoutKeys
  readonly budget: BudgetSettings
  readonly limits?: Partial<RunLimits>
  /** Concurrency of a lane where it is not the default: `max_concurrency` of a provider, `workers` of an application. */
  readonly concurrencyOf?: (work: Work) => number | undefined
  /** What shares one limit where it is not the provider: an account that several entries of `providers:` use. */
  readonly accountOf?: (work: Work) => string | undefined
  /** Whether a recorded answer may stand for a call. Default: yes. */
  readonly useStored?: (work: Work) => boolean
  readonly onCall?: (call: CallRecord) => void
  /** Of runs that other jobs made. */
  readonly wasAnswered?: (trial: Trial) => boolean
  /** Whether a refusal of what was answered before is an outage (`doubt.ts`). Default: yes. */
  readonly doubtsRefusals?: boolean
  readonly signal?: AbortSignal
}

export type State = {
  readonly deps: RunDeps
  readonly limits: RunLimits
  readonly record: AnswerRecord
  readonly budget: Budget
  readonly lanes: Map<string, Lane>
  readonly sharing: Map<string, Promise<TrialOutcome>>
  readonly counts: { stored: number; retried: number; failed: number; interrupted: number }
  /** A defect or a full disk: nothing is done any more. */
  fatal: { readonly error: unknown } | null
}

export function laneFor(state: State, work: Work): Lane {
  const name = state.deps.accountOf?.(work) ?? laneOf(work)
  const there = state.lanes.get(name)
  if (there !== undefined) return there
  const atOnce = state.deps.concurrencyOf?.(work) ?? state.limits.concurrency
  const lane = createLane(atOnce, state.limits, work.request.kind === 'model')
  state.lanes.set(name, lane)
  return lane
}

export function settle(state: State, job: Job, outcome: Outcome): void {
  if (job.settled) return
  job.settled = true
  const { trial, request } = job.work
  if (job.work.passedOn === undefined && isFailed(job, outcome)) state.counts.failed += 1
  const startedAt = job.first?.iso ?? new Date(state.deps.clock.now()).toISOString()
  job.resolve({ trial, request, outcome, attempts: attemptsOf(job), stored: false, startedAt })
}

/** Wanted when the run was over already. */
export function unbegun({ deps }: State, { trial, request }: Work): TrialOutcome {
  const outcome = transient('cancelled', whyEnded(deps.signal))
  return { trial, request, outcome, attempts: 0, stored: false, startedAt: new Date(deps.clock.now()).toISOString() }
}

/** Without an answer for no reason of its own. What was cut off is lost, and what was never made is neither. */
function isFailed({ faults, refusals }: Job, outcome: Outcome): boolean {
  if (outcome.state === 'answered' || outcome.failure.kind === 'behavioural') return false
  const { cause } = outcome.failure
  return cause !== 'cancelled' && (cause !== 'budget' || faults + refusals > 0)
}

/** Ends what has no attempt in flight: with the provider's failure, the run's defect, or as cancelled. */
export function settleWaiting(state: State, lane: Lane): void {
  const failure = lane.breaker.open()
  lane.over.abort()
  for (const job of takeWaiting(lane)) {
    if (state.fatal !== null) reject(job, state.fatal.error)
    else if (failure !== null && !state.deps.signal?.aborted) settle(state, job, { state: 'failed', failure })
    else settle(state, job, transient('cancelled', whyEnded(state.deps.signal)))
  }
}

/** A run that ends itself says why. */
export function whyEnded(signal: AbortSignal | undefined): string {
  return typeof signal?.reason === 'string' ? signal.reason : 'the run was interrupted'
}

export function reject(job: Job, error: unknown): void {
  if (job.settled) return
  job.settled = true
  job.reject(error)
}

/** A defect or a full disk ends everything at once: an answer that cannot be recorded must not be used. */
export function fail(state: State, error: unknown): void {
  state.fatal ??= { error }
  for (const lane of state.lanes.values()) {
    settleWaiting(state, lane)
    for (const flight of lane.flights) {
      flight.controller.abort()
      reject(flight.job, state.fatal.error)
    }
    lane.flights.clear()
  }
}
