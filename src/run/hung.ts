// Giving up attempts that hang, long before their timeout.

import { HUNG } from '../targets/call.ts'
import type { Flight, Job, Lane } from './lane.ts'
import { fail, type State } from './state.ts'

/** An application that is slow may be starting up: it has its whole timeout. */
export function isImpatient(job: Job): boolean {
  return job.work.request.kind === 'model'
}

/** How long an attempt that starts now may take. */
export function allowedMs(state: State, lane: Lane, job: Job): number {
  const { request, timeoutMs = state.limits.timeoutMs } = job.work
  return isImpatient(job) ? lane.patience(request.model).limitMs(job.faults, timeoutMs) : timeoutMs
}

/** Attempts that started before there was anything to compare with are watched from the moment there is. */
export function watchHung(state: State, lane: Lane): void {
  for (const flight of lane.flights) {
    if (flight.watched || !isImpatient(flight.job)) continue
    const limit = allowedMs(state, lane, flight.job)
    if (limit >= flight.timeoutMs) continue
    flight.watched = true
    watch(state, lane, flight).catch((error: unknown) => fail(state, error))
  }
}

async function watch(state: State, lane: Lane, flight: Flight): Promise<void> {
  const { clock } = state.deps
  // Ends with its flight: a timer that is left behind would keep the finished program from exiting.
  const over = AbortSignal.any([lane.over.signal, flight.controller.signal])
  for (;;) {
    const leftMs = flight.startedMs + allowedMs(state, lane, flight.job) - clock.now()
    if (!lane.flights.has(flight)) return
    if (leftMs <= 0) break
    await clock.sleep(leftMs, over).catch(() => undefined)
    if (over.aborted) return
  }
  flight.hung = true
  flight.controller.abort(HUNG)
}
