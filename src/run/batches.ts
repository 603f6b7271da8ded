// Calls gathered into batches of the providers: half the price for answers within a day. What is handed over outlives the run.

import type { JsonObject, Outcome, Request } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import type { Origin } from '../targets/batch/wire.ts'
import { wireOf } from '../targets/batch/wires.ts'
import { type Attempt, type AttemptContext, attempt, type Call } from '../targets/call.ts'
import { named, shapeFor } from '../targets/model.ts'
import { transient } from '../targets/shape.ts'
import type { Connection } from '../targets/targets.ts'
import { responseWithoutKeys } from '../targets/without-keys.ts'
import { readKnown } from './batch-file.ts'
import { follow } from './batch-follow.ts'
import { type BatchDeps, type BatchesState, type Group, takeKnown, type Waiter } from './batch-state.ts'
import { submitWhenQuiet } from './batch-submit.ts'
import { workKey } from './work.ts'

export type Batches = {
  readonly call: Call
  /** Eval sets of which calls stayed with a provider: the run of these is not at its end. */
  readonly awaited: ReadonlySet<string>
  /** Calls that a process handed over when it was killed, before it heard of them. */
  readonly lost: number
}

/** Wraps the calls of a run: those of a provider with a batch endpoint go through it, the others as they are. */
export async function openBatches(deps: BatchDeps): Promise<Batches> {
  const known = await readKnown(deps.store, deps.clock.now())
  const awaited = new Set<string>()
  const state: BatchesState = { deps, known, groups: new Map(), waiters: new Map(), followed: new Map(), awaited }
  return { call: callBy(state), awaited, lost: known.lost }
}

function callBy(state: BatchesState): Call {
  const { deps } = state
  return async (request, context) => {
    const wire = request.kind === 'model' ? wireOf(request.provider) : null
    if (wire === null) return deps.call(request, context)
    const ready = readyOf(request, await deps.connect(request.provider))
    const name = JSON.stringify([request.provider, request.model, ready.origin.url])
    const there = state.groups.get(name)
    const group = there ?? { wire, provider: request.provider, origin: ready.origin, waiting: [], asked: 0 }
    state.groups.set(name, group)
    return wait(state, group, { ready, context })
  }
}

type Asked = { readonly ready: Ready; readonly context: AttemptContext }

/** Until its batch is over: one that has the same question already, or the next of its group. */
function wait(state: BatchesState, group: Group, { ready, context }: Asked): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    // The question of a trial, whatever the run: the same asked again belongs to the batch that has it already.
    const id = workKey({ trial: context.trial, request: ready.request })
    const leave =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        state.waiters.delete(id)
        context.signal.removeEventListener('abort', cancel)
        settle(value)
      }
    const end = leave((outcome: Outcome) => resolve({ ...attempt(outcome), ...paidFor(waiter) }))
    const giveUp = leave((outcome: Outcome) => resolve({ ...attempt(outcome), final: true }))
    const cancel = () => {
      group.waiting = group.waiting.filter((one) => one.id !== id)
      state.awaited.add(waiter.evalSet)
      end(transient('cancelled', 'the run ended before its batch; the next one collects it'))
    }
    const answer = leave((response: HttpResponse) => {
      const said = responseWithoutKeys(response, state.deps.withoutKeys)
      resolve({ ...attempt(ready.decode(said), said.body), ...paidFor(waiter) })
    })
    const waiter: Waiter = {
      ...{ id, evalSet: context.trial.evalSet, body: ready.body, batch: null },
      ...{ answer, end, giveUp, fail: leave(reject), goOn: () => place(state, group, waiter) },
    }
    state.waiters.set(id, waiter)
    context.signal.addEventListener('abort', cancel, { once: true })
    place(state, group, waiter)
  })
}

/** In a batch of an earlier job that has the question, else in the next of its group. */
function place(state: BatchesState, group: Group, waiter: Waiter): void {
  waiter.batch = takeKnown(state, waiter)
  if (waiter.batch !== null) {
    follow(state, group, waiter.batch, true)
    return
  }
  group.waiting.push(waiter)
  group.asked += 1
  submitWhenQuiet(state, group).catch(waiter.fail)
}

/** The job that collected it first has counted what it cost. */
const paidFor = ({ batch }: Waiter) => (batch?.isCollected ? ({ paid: true } as const) : {})

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
