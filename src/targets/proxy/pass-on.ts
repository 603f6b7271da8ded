// A call of an application on its way through the engine and back.

import { contentHash } from '../../config/canonical.ts'
import type { Failure, Outcome, Request, TrialOutcome } from '../../domain.ts'
import type { LoopbackBody, LoopbackReply, LoopbackRequest } from '../../ports.ts'
import type { Work } from '../../run/work.ts'
import { headersToApplication } from './headers.ts'
import type { ProxyWorld } from './proxy.ts'
import { NO_JSON, type Refusal, refusalOf, refuse, unpriced } from './refusal.ts'
import { type Relayed, relayOnce } from './relay.ts'
import type { Route } from './routes.ts'
import { keptCall, modelCall } from './seen-call.ts'
import type { OpenCase, SeenCall } from './session.ts'

export type ReadRequest = LoopbackRequest & { readonly body: Exclude<LoopbackBody, string> }

export type Passing = {
  readonly request: ReadRequest
  readonly reply: LoopbackReply
  readonly route: Route
  readonly asked: Request
  readonly current: OpenCase
}

function relayedOf({ request, reply, route, current }: Omit<Passing, 'asked'>): Relayed {
  const method = request.method === 'GET' ? 'GET' : 'POST'
  return {
    ...{ route, reply, over: current.over.signal },
    asked: { headers: request.headers, body: request.body, method },
    ...{ attemptMs: null, last: null, committed: false, underway: false, ended: null },
    ...{ firstTokenMs: null, estimated: false },
  }
}

function noteCall(world: ProxyWorld, current: OpenCase, relayed: SeenCall['relayed'], hash: string): SeenCall {
  const call: SeenCall = { relayed, hash, arrivedMs: world.clock.now(), endedMs: null, made: null }
  current.calls.push(call)
  return call
}

export async function passOn(world: ProxyWorld, passing: Passing): Promise<void> {
  const { asked, current, reply } = passing
  const relayed = relayedOf(passing)
  const call = noteCall(world, current, relayed, asked.hash)
  const work: Work = {
    trial: current.trial,
    request: asked,
    purpose: 'model',
    scope: String(current.calls.length),
    passedOn: {
      call: (request, context) => relayOnce(relayed, request, { context, world }),
      signal: AbortSignal.any([current.over.signal, reply.gone]),
    },
  }
  const outcome = await settled(world.submit(work), work, relayed)
  call.endedMs = world.clock.now()
  const { trial } = current
  call.made = modelCall(asked, { outcome, relayed, trial })
  current.changed()
  world.keep(keptCall(asked, { outcome, relayed, call, trial }))
  await answer(relayed, outcome)
}

/**
 * The engine may hold on to a call that nobody waits for; the case does not. Libraries close the connection of a stream as soon as
 * they have read its end, often before the provider does: that one was answered.
 */
async function settled(done: Promise<TrialOutcome>, { passedOn }: Work, relayed: Relayed): Promise<Outcome> {
  const signal = passedOn?.signal
  const failure = {
    kind: 'transient',
    cause: 'cancelled',
    message: 'the application no longer waits for this call',
  } as const
  const cancelled: Outcome = { state: 'failed', failure }
  const gone = new Promise<Outcome>((resolve) => {
    const leave = () => resolve(relayed.ended?.() ?? cancelled)
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
  })
  const made = done.then(
    ({ outcome }): Outcome => outcome,
    (error: unknown): Outcome => {
      // The run itself has ended by this: whoever waits for it there reports it.
      const message = error instanceof Error ? error.message : String(error)
      return { state: 'failed', failure: { kind: 'transient', cause: 'cancelled', message } }
    },
  )
  return Promise.race([made, gone])
}

/** What the application gets that has nothing yet: the provider's own words where there are any. */
async function answer({ committed, last, reply, route }: Relayed, outcome: Outcome): Promise<void> {
  if (committed) {
    if (outcome.state === 'failed') reply.cut()
    else reply.end()
    return
  }
  const isOver =
    outcome.state === 'failed' && (outcome.failure.cause === 'budget' || outcome.failure.cause === 'cancelled')
  if (last === null || isOver) {
    if (outcome.state === 'failed') return refuse(reply, refusalOf(outcome.failure))
    return reply.cut()
  }
  const isFinal = outcome.state === 'failed' && outcome.failure.kind === 'transient'
  reply.start(last.status, headersToApplication(last.headers, { endpoint: route.endpoint, isFinal }))
  await reply.write(last.body)
  reply.end()
}

/** Under a cap, a call of a model without a price is not made, and the case is not measured, whatever comes of the refusal. */
export async function refuseUnpriced(world: ProxyWorld, { asked, ...rest }: Passing): Promise<void> {
  const { current, reply } = rest
  const relayed = relayedOf(rest)
  const call = noteCall(world, current, relayed, asked.hash)
  const refusal = unpriced(`${asked.provider}/${asked.model ?? '?'}`)
  const outcome: Outcome = {
    state: 'failed',
    failure: { kind: 'transient', cause: 'unpriced', message: refusal.message },
  }
  call.endedMs = call.arrivedMs
  call.made = modelCall(asked, { outcome, relayed, trial: current.trial })
  return refuse(reply, refusal)
}

function failureOf({ code, status, message }: Refusal): Failure {
  return code === NO_JSON
    ? { kind: 'behavioural', cause: 'refused-request', message, status }
    : { kind: 'transient', cause: 'not-passed-on', message }
}

export type NotPassed = {
  readonly request: LoopbackRequest
  readonly reply: LoopbackReply
  readonly current: OpenCase
  readonly refusal: Refusal
}

/**
 * Past the proxy it might have been answered: the case that makes such a call is not measured, whatever comes of the refusal. A body
 * that is no JSON is refused by every provider, too: that is the side's own doing.
 */
export async function refuseForCase(world: ProxyWorld, { request, reply, current, refusal }: NotPassed): Promise<void> {
  const [path = ''] = request.path.split('?')
  const hash = contentHash(['not passed on', request.method, path])
  const call = noteCall(world, current, { attemptMs: null, committed: false }, hash)
  call.endedMs = call.arrivedMs
  call.made = {
    ...{ provider: path.split('/')[1] ?? '', model: '', hash, kind: 'generation', counted: 'unknown', latencyMs: null },
    failure: failureOf(refusal),
  }
  return refuse(reply, refusal)
}
