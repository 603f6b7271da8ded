// What a run knows of its batches: who waits for which line, and which batches are followed.

import type { JsonObject, Outcome } from '../domain.ts'
import { type Clock, type Http, HttpFailure, type HttpResponse, type Log, type Store } from '../ports.ts'
import type { BatchWire, Origin, Refused, Send } from '../targets/batch/wire.ts'
import type { Call } from '../targets/call.ts'
import { transient } from '../targets/shape.ts'
import type { Connection } from '../targets/targets.ts'
import type { WithoutKeys } from '../targets/without-keys.ts'
import type { Batch } from './batch-file.ts'

export type BatchDeps = {
  readonly call: Call
  connect(provider: string): Promise<Connection>
  readonly http: Http
  readonly clock: Clock
  readonly store: Store
  readonly withoutKeys: WithoutKeys
  readonly log: Pick<Log, 'info'>
  /** The end of the run: what is not answered then stays with the provider. */
  readonly signal: AbortSignal
}

/** A call that waits for the answer in its batch. */
export type Waiter = {
  readonly id: string
  readonly body: JsonObject
  readonly answer: (response: HttpResponse) => void
  readonly fail: (error: unknown) => void
  readonly end: (outcome: Outcome) => void
  /** The same for what no further attempt would mend. */
  readonly giveUp: (outcome: Outcome) => void
}

/** Calls that may share a batch: one provider, one model, one URL. */
export type Group = {
  readonly wire: BatchWire
  readonly provider: string
  readonly origin: Origin
  waiting: Waiter[]
  asked: number
}

export type BatchesState = {
  readonly deps: BatchDeps
  /** By line: with the provider, from an earlier run or given up by this one. */
  readonly open: Map<string, Batch>
  readonly groups: Map<string, Group>
  readonly waiters: Map<string, Waiter>
  readonly followed: Map<string, Promise<void>>
}

export function waitersOf({ waiters }: BatchesState, batch: Batch): readonly Waiter[] {
  return batch.ids.flatMap((id) => waiters.get(id) ?? [])
}

const SEND_TIMEOUT_MS = 300_000

export const sendBy =
  ({ http }: BatchDeps): Send =>
  (request) =>
    http({ ...request, timeoutMs: SEND_TIMEOUT_MS })

export type Unreachable = { readonly state: 'unreachable'; readonly why: string }

export function asFailure(error: unknown): Unreachable {
  if (error instanceof HttpFailure) return { state: 'unreachable', why: error.message }
  throw error
}

export function settleAll(waiters: readonly Waiter[], state: Refused | Unreachable): void {
  for (const waiter of waiters)
    if (state.state === 'refused') waiter.answer(state.response)
    else waiter.end(transient('connection', state.why))
}
