// One attempt after the other: when it starts, what it teaches, what follows.

import type { Failure, Outcome, SideLabel } from '../domain.ts'
import { type Attempt, attempt } from '../targets/call.ts'
import { failed, transient } from '../targets/shape.ts'
import { attemptWithoutKeys } from '../targets/without-keys.ts'
import type { Breaker } from './breaker.ts'
import type { Reservation } from './budget.ts'
import { callRecord } from './call-record.ts'
import { doubted, modelOf } from './doubt.ts'
import { allowedMs, isImpatient, watchHung } from './hung.ts'
import { attemptsOf, type Flight, type Job, type Lane } from './lane.ts'
import type { Ending } from './limiter.ts'
import type { RunLimits } from './limits.ts'
import { type Next, nextStep, type Treatment, treatmentOf } from './retry.ts'
import { fail, reject, type State, settle, settleWaiting, whyEnded } from './state.ts'
import type { Work } from './work.ts'

/** Starts what may start. */
export function pump(state: State, lane: Lane): void {
  while (lane.flights.size < lane.limiter.current()) {
    const job = lane.queue.peek()
    if (job === undefined) return
    if (isHeld(state, lane, job)) return
    if (state.fatal !== null || state.deps.signal?.aborted || lane.breaker.open() !== null) {
      settleWaiting(state, lane)
      return
    }
    const down = lane.breakerOf(job.work.request.model).open()
    if (down !== null) {
      lane.queue.shift()
      settle(state, job, failed(down))
      continue
    }
    if (job.work.passedOn?.signal.aborted) {
      lane.queue.shift()
      settle(state, job, transient('cancelled', 'nobody waits for this call any more'))
      continue
    }
    const reservation = state.budget.reserve(job.work.request, job.work.trial.side)
    if (reservation === 'wait') return
    lane.queue.shift(weightOf(reservation, job.work))
    if (reservation === 'no') settle(state, job, transient('budget', 'the spend cap of this run is reached'))
    else
      fly(state, lane, { job, reservation }).catch((error: unknown) => {
        fail(state, error)
        reject(job, error)
      })
  }
}

/** What an eval set is charged of its fair share. */
function weightOf(reservation: Reservation | 'no', { evenly }: Work): number {
  return evenly || reservation === 'no' || reservation.worstPico === null ? 1 : Number(reservation.worstPico)
}

/** Whether the provider wants to be left alone; then the lane goes on by itself when that is over. */
function isHeld(state: State, lane: Lane, job: Job): boolean {
  const nowMs = state.deps.clock.now()
  const until = lane.over.signal.aborted ? null : lane.pace.heldUntil(nowMs, job.refusals === 0)
  if (until === null) return false
  if (lane.held) return true
  lane.held = true
  const goOn = () => {
    lane.held = false
    pump(state, lane)
  }
  state.deps.clock.sleep(until - nowMs, lane.over.signal).then(goOn, () => undefined)
  return true
}

type Boarding = { readonly job: Job; readonly reservation: Reservation }

/** One attempt, recorded before and after. */
async function fly(state: State, lane: Lane, { job, reservation }: Boarding): Promise<void> {
  const { work, key } = job
  const startedMs = state.deps.clock.now()
  const startedAt = new Date(startedMs).toISOString()
  job.first ??= { ms: startedMs, iso: startedAt }
  const flight = board(state, lane, { job, startedMs })
  const started = lane.limiter.started(startedMs, work.timeoutMs ?? state.limits.timeoutMs)
  lane.pace.started()
  if (!work.passedOn && !work.batched) await state.record.intend(key, startedAt)
  const made = doubted(state, lane, { work, made: await callOnce(state, flight) })
  lane.flights.delete(flight)
  flight.controller.abort()
  const nowMs = state.deps.clock.now()
  const { budget } = state
  const costPico = made.paid
    ? budget.giveBack(reservation, work.request, made.outcome)
    : budget.settle(reservation, work.request, made.outcome)
  lane.limiter.ended(started, endingOf(work, made.outcome), nowMs)
  lane.pace.told(made.limits ?? [], nowMs)
  if (made.outcome.state === 'answered') {
    lane.pace.answered()
    lane.answered.add(modelOf(work))
  }
  const next = learn(state, lane, { job, made, nowMs })
  const stored = { outcome: made.outcome, attempts: attemptsOf(job), startedAt: job.first.iso }
  const final = made.outcome.state === 'answered' || made.outcome.failure.kind === 'behavioural'
  const lost = made.unasked !== true && isLost(state, work, made.outcome)
  if (lost && !work.passedOn) await state.record.lose(key)
  else if (!work.passedOn) await state.record.end(key, { work, stored, raw: made.raw, final })
  const endedAt = new Date(nowMs).toISOString()
  const facts = {
    attempt: attemptsOf(job),
    startedAt,
    endedAt,
    retried: next.step === 'again',
    costPico,
    raw: made.raw,
    ...(lost ? ({ lost } as const) : {}),
  }
  if (!made.unasked) state.deps.onCall?.(callRecord(work, made.outcome, facts))
  if (next.step === 'again') postpone(state, lane, { job, atMs: next.atMs, outcome: made.outcome })
  else settle(state, job, made.outcome)
  for (const other of state.lanes.values()) pump(state, other)
}

/** Cut off by the end of the run: asked and perhaps paid for, and the next run asks again. A batch is collected by it. */
function isLost({ deps }: State, { batched }: Work, outcome: Outcome): boolean {
  const isOver = deps.signal?.aborted === true && batched === undefined
  return isOver && outcome.state === 'failed' && outcome.failure.cause === 'cancelled'
}

/** Puts the attempt into the air, with as much patience as the answers so far suggest. */
function board(state: State, lane: Lane, { job, startedMs }: { job: Job; startedMs: number }): Flight {
  const timeoutMs = allowedMs(state, lane, job)
  const flight = { job, startedMs, timeoutMs, controller: new AbortController(), hung: false, watched: false }
  lane.flights.add(flight)
  return flight
}

async function callOnce(state: State, flight: Flight): Promise<Attempt> {
  const { job, controller, timeoutMs } = flight
  const { trial, request, promptHash, passedOn } = job.work
  const context = { trial, timeoutMs, signal: controller.signal, ...(promptHash === undefined ? {} : { promptHash }) }
  const made = attemptWithoutKeys(await (passedOn?.call ?? state.deps.call)(request, context), state.deps.withoutKeys)
  if (made.outcome.state === 'answered') return made
  if (made.outcome.failure.cause !== 'cancelled') return withWait(made, made.outcome.failure, state.limits)
  if (made.unasked) return made
  if (isLost(state, job.work, made.outcome))
    return {
      ...made,
      outcome: transient('cancelled', `${whyEnded(state.deps.signal)} before ${request.provider} answered`),
    }
  if (!flight.hung) return made
  return attempt(transient('timeout', `${request.provider} was silent for far longer than its other answers took`))
}

/** A wait that no call is allowed is what whoever runs it again has to know. */
function withWait(made: Attempt, failure: Failure, { callDeadlineMs }: RunLimits): Attempt {
  const { retryAfterMs } = made
  if (retryAfterMs === null || retryAfterMs <= callDeadlineMs) return made
  const message = `${failure.message.replace(/\.$/, '')} (it asks to wait ${Math.ceil(retryAfterMs / 60_000)} minutes)`
  return { ...made, outcome: failed({ ...failure, message }) }
}

type Learnt = { readonly job: Job; readonly made: Attempt; readonly nowMs: number }

/**
 * Refused for load, overloaded, or too slow: fewer calls at once would do better. The processes of an application are as many as
 * it is given: one that hangs must not make the others wait for it.
 */
function endingOf({ request }: Work, outcome: Outcome): Ending {
  if (outcome.state === 'answered') return 'answered'
  if (request.kind === 'command') return 'failed'
  const { cause, status } = outcome.failure
  if (cause === 'timeout') return 'timeout'
  return treatmentOf(outcome) === 'wait' || status === 503 || status === 529 ? 'refused' : 'failed'
}

/** What an attempt tells about its job and about the provider. */
function learn(state: State, lane: Lane, { job, made, nowMs }: Learnt): Next {
  const { outcome, retryAfterMs } = made
  const wasAnswered = lane.answered.size > 0
  const treatment = treatmentOf(outcome, { wasAnswered, isAgain: job.faults > 0 })
  const refused = treatment === 'wait'
  if (refused) job.refusals += 1
  else job.faults += 1
  if (attemptsOf(job) > 1) state.counts.retried += 1
  // As long as others are answered, being refused is a matter of time.
  const firstMs = Math.max(job.first?.ms ?? nowMs, refused ? lane.breaker.aliveMs() : 0)
  const { key, faults, refusals } = job
  const isAlive = wasAnswered && lane.breaker.aliveMs() >= (job.first?.ms ?? nowMs)
  const tried = { key, faults, refusals, firstMs, nowMs, retryAfterMs, wasAnswered, isAlive }
  const usual = nextStep(outcome, tried, limitsFor(state, job))
  const next: Next = usual.step === 'again' && made.final ? { step: 'exhausted' } : usual
  if (refused && next.step === 'again' && lane.limiter.current() === 1 && lane.queue.peek() !== undefined)
    lane.pace.refused(next.atMs)
  const model = lane.breakerOf(job.work.request.model)
  if (next.step === 'stop' && outcome.state === 'failed') lane.breaker.stop(outcome.failure)
  for (const breaker of [lane.breaker, model])
    noteBreaker(breaker, next, { outcome, treatment, nowMs, side: job.work.trial.side })
  if (outcome.state === 'answered' && outcome.answer.latencyMs !== null && isImpatient(job)) {
    lane.patience(job.work.request.model).note(outcome.answer.latencyMs)
    watchHung(state, lane)
  }
  if (lane.breaker.open() !== null || state.deps.signal?.aborted || state.fatal !== null) {
    settleWaiting(state, lane)
    return next.step === 'again' ? { step: 'exhausted' } : next
  }
  return next.step === 'again' && model.open() !== null ? { step: 'exhausted' } : next
}

function limitsFor({ limits }: State, job: Job): RunLimits {
  return job.work.request.kind === 'command' ? { ...limits, maxAttempts: limits.commandAttempts } : limits
}

type Ended = {
  readonly outcome: Outcome
  readonly treatment: Treatment
  readonly nowMs: number
  readonly side: SideLabel
}

function noteBreaker(breaker: Breaker, next: Next, { outcome, treatment, nowMs, side }: Ended): void {
  if (outcome.state === 'answered' || outcome.failure.kind === 'behavioural') {
    breaker.alive(nowMs, side)
    return
  }
  const { failure } = outcome
  if (treatment === 'wait') breaker.refused(nowMs)
  if (next.step === 'exhausted') breaker.exhausted(failure, nowMs, side)
  if (treatment === 'again') breaker.fault(failure, nowMs, side)
}

type Postponed = { readonly job: Job; readonly atMs: number; readonly outcome: Outcome }

/** The slot is free meanwhile. Whoever ends the wait early has taken the job out of `delayed` and settles it. */
function postpone(state: State, lane: Lane, { job, atMs, outcome }: Postponed): void {
  if (lane.over.signal.aborted) {
    settle(state, job, outcome)
    return
  }
  lane.delayed.add(job)
  const back = () => {
    if (!lane.delayed.delete(job)) return
    lane.queue.pushFirst(job)
    pump(state, lane)
  }
  const { passedOn } = job.work
  const over = passedOn === undefined ? lane.over.signal : AbortSignal.any([lane.over.signal, passedOn.signal])
  const left = () => {
    if (passedOn?.signal.aborted) back()
  }
  state.deps.clock.sleep(Math.max(0, atMs - state.deps.clock.now()), over).then(back, left)
}
