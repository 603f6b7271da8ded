// Calls gathered into batches of the providers: half the price for answers within a day. What is handed over stands in the state
// directory, so that a later run with the same questions collects the answers instead of asking again.

import type { JsonObject, Outcome, Request, Trial } from '../domain.ts'
import { UserError } from '../errors.ts'
import { type Clock, type Http, HttpFailure, type HttpResponse, type Log, type Store } from '../ports.ts'
import type { BatchState, BatchWire, Origin, Refused, Send } from '../targets/batch/wire.ts'
import { wireOf } from '../targets/batch/wires.ts'
import { type Attempt, type AttemptContext, attempt, type Call } from '../targets/call.ts'
import { named, shapeFor } from '../targets/model.ts'
import { at, listAt, parseJson, textAt } from '../targets/outside.ts'
import { transient } from '../targets/shape.ts'
import type { Connection } from '../targets/targets.ts'
import { workKey } from './work.ts'

export const BATCHES_FILE = 'batches.jsonl'

/** A batch is handed over when no call has come for this long. */
const QUIET_MS = 500
const FIRST_POLL_MS = 5_000
const MOST_POLL_MS = 60_000
const SEND_TIMEOUT_MS = 300_000
/** A provider that says nothing of a batch for so long is down; the batch stays with it for a later run. */
const MOST_SILENCE_MS = 600_000
/** Providers forget batches after weeks; what is older was given up. */
const MOST_AGE_MS = 3 * 24 * 60 * 60 * 1000

export type BatchDeps = {
  readonly call: Call
  connect(provider: string): Promise<Connection>
  readonly http: Http
  readonly clock: Clock
  readonly store: Store
  readonly log: Pick<Log, 'info'>
  /** The end of the run: what is not answered then stays with the provider. */
  readonly signal: AbortSignal
}

/** A call that waits for the answer in its batch. */
type Waiter = {
  readonly id: string
  readonly body: JsonObject
  readonly answer: (response: HttpResponse) => void
  readonly fail: (error: unknown) => void
  readonly decode: (response: HttpResponse) => Outcome
  readonly end: (outcome: Outcome) => void
}

/** Calls that may share a batch: one provider, one model, one URL. */
type Group = {
  readonly wire: BatchWire
  readonly provider: string
  readonly origin: Origin
  waiting: Waiter[]
  asked: number
}
type Batch = { readonly id: string; readonly ids: readonly string[] }

/** Wraps the calls of a run: those of a provider with a batch endpoint go through it, the others as they are. */
export async function openBatches(deps: BatchDeps): Promise<Call> {
  const { store, clock, signal } = deps
  const open = openIn(await store.readLines(BATCHES_FILE), clock.now())
  const groups = new Map<string, Group>()
  const waiters = new Map<string, Waiter>()
  const followed = new Map<string, Promise<void>>()

  const submit = async (group: Group): Promise<void> => {
    const asked = group.asked
    await clock.sleep(QUIET_MS)
    if (group.asked !== asked) return
    for (const part of partsOf(group))
      await handOver(group, part).catch((error: unknown) => {
        for (const one of part) one.fail(error)
      })
  }

  const handOver = async (group: Group, part: readonly Waiter[]): Promise<void> => {
    const done = await group.wire.submit(part, group.origin, sendBy(deps)).catch(asFailure)
    if (done.state === 'refused' && isWithout(done.response)) throw withoutBatches(group.provider)
    if (done.state !== 'submitted') return settleAll(part, done)
    const batch = { id: done.id, ids: part.map(({ id }) => id) }
    store.append(
      BATCHES_FILE,
      JSON.stringify({ batch: batch.id, at: new Date(clock.now()).toISOString(), ids: batch.ids }),
    )
    await store.flush()
    deps.log.info(`Batch ${batch.id}: ${part.length} calls handed to ${group.provider}.`)
    follow(group, batch)
  }

  const follow = (group: Group, batch: Batch): void => {
    if (followed.has(batch.id)) return
    const done = collect(group, batch).catch((error: unknown) => failAll(batch, error))
    followed.set(batch.id, done)
  }

  const collect = async (group: Group, batch: Batch): Promise<void> => {
    let heardMs = clock.now()
    for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(MOST_POLL_MS, waitMs * 1.5)) {
      await clock.sleep(waitMs, signal).catch(() => undefined)
      if (!batch.ids.some((id) => waiters.has(id))) {
        followed.delete(batch.id)
        return
      }
      const state = await group.wire.poll(batch, group.origin, sendBy(deps)).catch(asFailure)
      if (state.state === 'running') heardMs = clock.now()
      if (state.state === 'running') continue
      const isSilent = state.state === 'unreachable' || isPassing(state)
      if (isSilent && clock.now() - heardMs < MOST_SILENCE_MS) continue
      if (!isOver(state)) {
        followed.delete(batch.id)
        for (const id of batch.ids) open.set(id, batch)
        return settleAll(waitingFor(batch), state)
      }
      store.append(BATCHES_FILE, JSON.stringify({ collected: batch.id }))
      await store.flush()
      for (const id of batch.ids) open.delete(id)
      return give(batch, state)
    }
  }

  const waitingFor = (batch: Batch): readonly Waiter[] => batch.ids.flatMap((id) => waiters.get(id) ?? [])

  const give = (batch: Batch, state: Over): void => {
    const why = state.state === 'gone' ? state.why : 'the provider knows it no more'
    for (const waiter of waitingFor(batch)) {
      const response = state.state === 'ended' ? state.responses.get(waiter.id) : undefined
      if (response) waiter.answer(response)
      else waiter.end(transient('server', `the batch came to nothing: ${why}`))
    }
  }

  const settleAll = (part: readonly Waiter[], state: Refused | Unreachable): void => {
    for (const waiter of part)
      if (state.state === 'refused') waiter.answer(state.response)
      else waiter.end(transient('connection', state.why))
  }
  const failAll = (batch: Batch, error: unknown): void => {
    for (const waiter of waitingFor(batch)) waiter.fail(error)
  }

  const wait = (group: Group, ready: Ready, context: AttemptContext): Promise<Attempt> =>
    new Promise((resolve, reject) => {
      const id = keyOf(ready.request, context.trial)
      const leave =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          waiters.delete(id)
          context.signal.removeEventListener('abort', cancel)
          settle(value)
        }
      const end = leave((outcome: Outcome) => resolve(attempt(outcome)))
      const cancel = () => {
        group.waiting = group.waiting.filter((one) => one.id !== id)
        end(transient('cancelled', 'the run ended before its batch; the next one collects it'))
      }
      const answer = leave((response: HttpResponse) => resolve(attempt(ready.decode(response), response.body)))
      const waiter = { id, body: ready.body, decode: ready.decode, answer, end, fail: leave(reject) }
      waiters.set(id, waiter)
      context.signal.addEventListener('abort', cancel, { once: true })
      const there = open.get(id)
      if (there !== undefined) return follow(group, there)
      group.waiting.push(waiter)
      group.asked += 1
      submit(group).catch(reject)
    })

  return async (request, context) => {
    const wire = request.kind === 'model' ? wireOf(request.provider) : null
    if (wire === null) return deps.call(request, context)
    const connection = await deps.connect(request.provider)
    const ready = readyOf(request, connection)
    const name = JSON.stringify([request.provider, request.model, ready.origin.url])
    const group = groups.get(name) ?? { wire, provider: request.provider, origin: ready.origin, waiting: [], asked: 0 }
    groups.set(name, group)
    return wait(group, ready, context)
  }
}

type Ready = {
  readonly request: Request
  readonly origin: Origin
  readonly body: JsonObject
  readonly decode: (response: HttpResponse) => Outcome
}

function readyOf(request: Request, { endpoint, secrets }: Connection): Ready {
  const shape = shapeFor(request, endpoint)
  const { url, headers, body } = shape.encode(request, endpoint)
  return {
    request,
    origin: { url, headers },
    body,
    decode: (response) => named(shape.decode(response), endpoint, secrets),
  }
}

/** The question of a trial, whatever the run: the same asked again belongs to the batch that has it already. */
const keyOf = (request: Request, trial: Trial) => workKey({ trial, request })

/** As many as the provider takes at once; what waits is taken out of the group. */
function partsOf(group: Group): readonly (readonly Waiter[])[] {
  const { requests, bytes } = group.wire.most
  const parts: Waiter[][] = []
  let room = 0
  for (const waiter of group.waiting.splice(0)) {
    const size = Buffer.byteLength(JSON.stringify(waiter.body), 'utf8') + 300
    const last = parts.at(-1)
    if (last === undefined || last.length >= requests || room < size) {
      parts.push([waiter])
      room = bytes - size
    } else {
      last.push(waiter)
      room -= size
    }
  }
  return parts
}

/** Of each line that is handed over and not collected: its batch. */
function openIn(rows: readonly string[], nowMs: number): Map<string, Batch> {
  const batches = new Map<string, Batch>()
  for (const row of rows) {
    const line = parseJson(row)
    const [id, collected, when] = [textAt(line, 'batch'), textAt(line, 'collected'), textAt(line, 'at')]
    if (collected !== undefined) batches.delete(collected)
    if (id === undefined || when === undefined || nowMs - Date.parse(when) > MOST_AGE_MS) continue
    batches.set(id, { id, ids: listAt(line, 'ids').map(String) })
  }
  return new Map([...batches.values()].flatMap((batch) => batch.ids.map((line) => [line, batch] as const)))
}

const sendBy =
  ({ http }: BatchDeps): Send =>
  (request) =>
    http({ ...request, timeoutMs: SEND_TIMEOUT_MS })

type Unreachable = { readonly state: 'unreachable'; readonly why: string }

function asFailure(error: unknown): Unreachable {
  if (error instanceof HttpFailure) return { state: 'unreachable', why: error.message }
  throw error
}

type Over = Exclude<BatchState, { state: 'running' }> | Refused

/** Nothing more will come of it. A key that is refused says nothing of the batch, which a later run may still collect. */
function isOver(state: Over | Unreachable): state is Over {
  return state.state !== 'unreachable' && (state.state !== 'refused' || state.response.status === 404)
}

/** A state that the next question may find otherwise. */
function isPassing(state: BatchState | Refused): boolean {
  return state.state === 'refused' && (state.response.status === 429 || state.response.status >= 500)
}

/** An address without batches; a model that does not exist is said in the provider's own error. */
function isWithout({ status, body }: HttpResponse): boolean {
  return status === 405 || status === 501 || (status === 404 && at(parseJson(body), 'error', 'code') === undefined)
}

function withoutBatches(provider: string): UserError {
  return new UserError({
    what: `the address of ${provider} has no batch endpoint.`,
    remedy: 'Remove `spend.batch`, or the base URL of a gateway that does not pass batches on.',
  })
}
