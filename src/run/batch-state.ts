// What a run knows of its batches: who waits for which line, and which batches are followed.

import type { JsonObject, Outcome } from '../domain.ts'
import { type Clock, type Http, HttpFailure, type HttpResponse, type Log, type Store } from '../ports.ts'
import type { BatchWire, Origin, Refused, Send } from '../targets/batch/wire.ts'
import type { Call } from '../targets/call.ts'
import { transient } from '../targets/shape.ts'
import type { Connection } from '../targets/targets.ts'
import type { WithoutKeys } from '../targets/without-keys.ts'
import { type Batch, type BatchesKnown, type Origin as JobOrigin, type Known, latest } from './batch-file.ts'

/** The scheduled run that this job belongs to: what an earlier job collected for it serves this one, too, until it is concluded. */
export type BatchRun = JobOrigin & {
  /** When the last job began whose measurement of a set is written down; by the name that trials have. Null = none. */
  concludedAt(evalSet: string): string | null
}

export type BatchDeps = {
  /** Null where every job is a run of its own: then an answer that was collected is used up. */
  readonly run: BatchRun | null
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
  readonly evalSet: string
  readonly body: JsonObject
  /** The one it waits for; null until it is handed over. */
  batch: Known | null
  readonly answer: (response: HttpResponse) => void
  readonly fail: (error: unknown) => void
  readonly end: (outcome: Outcome) => void
  /** The same for what no further attempt would mend. */
  readonly giveUp: (outcome: Outcome) => void
  /** Its batch has no answer to it: the next one that has the question, or a new one. */
  readonly goOn: () => void
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
  readonly known: BatchesKnown
  readonly groups: Map<string, Group>
  readonly waiters: Map<string, Waiter>
  readonly followed: Map<string, Promise<void>>
  /** Eval sets of which calls stayed with a provider. */
  readonly awaited: Set<string>
}

/** The same question may be in several batches: a call waits for one of them. */
export function waitersOf({ waiters }: BatchesState, batch: Batch): readonly Waiter[] {
  return batch.ids.flatMap((id) => {
    const waiter = waiters.get(id)
    return waiter?.batch?.id === batch.id ? [waiter] : []
  })
}

/** The oldest batch with the question that nobody in this job has had the answer of. Each is taken once: an answer is one draw. */
export function takeKnown(state: BatchesState, { id, evalSet }: Pick<Waiter, 'id' | 'evalSet'>): Known | null {
  const left = state.known.byLine.get(id) ?? []
  for (let one = left.shift(); one !== undefined; one = left.shift())
    if (!one.isCollected || isOfThisRun(state, one, evalSet)) return one
  return null
}

/** Whether what was collected belongs to the run that goes on: of the same configuration, and begun after the last that is written down. */
function isOfThisRun({ deps: { run }, known }: BatchesState, { origin }: Known, evalSet: string): boolean {
  if (run === null || origin === null || origin.config !== run.config) return false
  const written = run.concludedAt(evalSet)
  const over = known.overAt(run.config, evalSet)
  const concluded = written === null ? over : latest(written, over)
  return concluded === null || origin.at > concluded
}

/** It stays with the provider: whoever asks again, in this job or a later one, finds it there. */
export function putBack({ known: { byLine }, awaited }: BatchesState, batch: Known, waiter: Waiter): void {
  awaited.add(waiter.evalSet)
  byLine.set(waiter.id, [batch, ...(byLine.get(waiter.id) ?? [])])
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
