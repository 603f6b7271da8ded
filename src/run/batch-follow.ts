// Asking after a batch until it is over, and giving each call that waits its answer.

import type { HttpResponse } from '../ports.ts'
import type { BatchState, Refused } from '../targets/batch/wire.ts'
import { transient } from '../targets/shape.ts'
import { type Known, noteCollected } from './batch-file.ts'
import {
  asFailure,
  type BatchesState,
  type Group,
  putBack,
  sendBy,
  settleAll,
  type Unreachable,
  waitersOf,
} from './batch-state.ts'

const FIRST_POLL_MS = 5_000
/** Of one that an earlier job handed over: it may be over, and its calls come one after the other. */
const KNOWN_POLL_MS = 500
const MOST_POLL_MS = 60_000
/** A provider that says nothing of a batch for so long is down; the batch stays with it for a later run. */
const MOST_SILENCE_MS = 600_000

/** Once, however many of its calls ask for it. */
export function follow(state: BatchesState, group: Group, batch: Known, isKnown: boolean): void {
  if (state.followed.has(batch.id)) return
  const firstMs = isKnown ? KNOWN_POLL_MS : FIRST_POLL_MS
  const done = collect(state, group, { batch, firstMs }).catch((error: unknown) => {
    for (const waiter of waitersOf(state, batch)) waiter.fail(error)
  })
  state.followed.set(batch.id, done)
}

type Following = { readonly batch: Known; readonly firstMs: number }

/** Until it is over, or nobody waits for it any more. */
async function collect(state: BatchesState, group: Group, { batch, firstMs }: Following): Promise<void> {
  const { clock, signal } = state.deps
  let heardMs = clock.now()
  for (let waitMs = firstMs; ; waitMs = Math.max(FIRST_POLL_MS, Math.min(MOST_POLL_MS, waitMs * 1.5))) {
    await clock.sleep(waitMs, signal).catch(() => undefined)
    if (waitersOf(state, batch).length === 0) {
      state.followed.delete(batch.id)
      return
    }
    const found = await group.wire.poll(batch, group.origin, sendBy(state.deps)).catch(asFailure)
    if (found.state === 'running') {
      heardMs = clock.now()
      continue
    }
    const isSilent = found.state === 'unreachable' || isPassing(found)
    if (isSilent && clock.now() - heardMs < MOST_SILENCE_MS) continue
    if (isOver(found)) await close(state, batch, found)
    else leave(state, batch, found)
    return
  }
}

function leave(state: BatchesState, batch: Known, found: Refused | Unreachable): void {
  state.followed.delete(batch.id)
  const waiters = waitersOf(state, batch)
  for (const waiter of waiters) putBack(state, batch, waiter)
  settleAll(waiters, found)
}

async function close(state: BatchesState, batch: Known, found: Over): Promise<void> {
  if (!batch.isCollected) await noteCollected(state.deps.store, batch)
  state.followed.delete(batch.id)
  const why = found.state === 'gone' ? found.why : 'the provider knows it no more'
  for (const waiter of waitersOf(state, batch)) {
    const response = found.state === 'ended' ? found.responses.get(waiter.id) : undefined
    // What an earlier job has seen fail, it has asked again, or would have.
    if (batch.isCollected && (response === undefined || isFault(response))) waiter.goOn()
    else if (response) waiter.answer(response)
    else waiter.end(transient('server', `the batch came to nothing: ${why}`))
  }
}

/** No doing of the request. */
const isFault = ({ status }: HttpResponse) => status >= 500 || status === 408 || status === 429

type Over = Exclude<BatchState, { state: 'running' }> | Refused

/** Nothing more will come of it. A key that is refused says nothing of the batch, which a later run may still collect. */
function isOver(found: Over | Unreachable): found is Over {
  return found.state !== 'unreachable' && (found.state !== 'refused' || found.response.status === 404)
}

/** A state that the next question may find otherwise. */
function isPassing(found: BatchState | Refused): boolean {
  return found.state === 'refused' && (found.response.status === 429 || found.response.status >= 500)
}
