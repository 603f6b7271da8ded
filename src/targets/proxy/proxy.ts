// The recording proxy between an application and its providers (docs/decisions/0007-recording-proxy.md). It passes a call on as
// work of the engine, so that limits, the cap, prices, retries and the record are those of our own calls.

import type { Json, JsonObject, ModelCall, Outcome, Request, Trial, TrialOutcome } from '../../domain.ts'
import type { Clock, HttpOpen, Loopback, LoopbackReply, LoopbackRequest } from '../../ports.ts'
import type { Work } from '../../run/work.ts'
import { isObject, parseJson } from '../outside.ts'
import type { Endpoint } from '../shape.ts'
import { proxyVariables } from './environment.ts'
import { headersToApplication, headersToProvider, tokenOf } from './headers.ts'
import { promptText, readRequest } from './read-request.ts'
import {
  NO_CASE,
  NO_JSON,
  type Refusal,
  refusalOf,
  refuse,
  tooManyCalls,
  UNKNOWN_TOKEN,
  unknownPath,
  unpriced,
} from './refusal.ts'
import { type Relayed, relayOnce, withoutKey } from './relay.ts'
import { type Route, routeOf } from './routes.ts'
import { closeCase, lostMs, type OpenCase, openCase, type SeenCall, type Session } from './session.ts'

/** An application in a circle is stopped by this, where no cap is set. */
export const MAX_CALLS_PER_CASE = 1000
/** Longest prompt that the report can show. */
const SHOWN_CHARACTERS = 20_000

export type ProxyWorld = {
  readonly loopback: Loopback
  readonly open: HttpOpen
  readonly clock: Clock
  readonly endpoints: ReadonlyMap<string, Endpoint>
  submit(work: Work): Promise<TrialOutcome>
  /** Whether a call of this model can be made under the run's cap. */
  isPriced(request: Request): boolean
  /** Keeps what went over the wire, in the state directory. */
  keep(line: JsonObject): void
}

/** One process. `variables` are set in it over everything else. */
export type ProxySession = {
  readonly token: string
  readonly variables: { readonly [name: string]: string }
  begin(trial: Trial): ProxyCase
  close(): void
}

export type ProxyCase = {
  /** Milliseconds so far that are not the application's own: limits, queues, attempts that failed. */
  lostMs(): number
  /** Ends the case; calls that are still open have so long to end. */
  end(graceMs: number): Promise<readonly ModelCall[]>
}

export type RecordingProxy = {
  session(): Promise<ProxySession>
  /** Calls that were turned away: without a token of ours, without a case, to nobody we know. */
  refused(): number
  close(): void
}

type State = { readonly world: ProxyWorld; readonly sessions: Map<string, Session>; refused: number }

/** Listens from the first session on. */
export function createProxy(world: ProxyWorld): RecordingProxy {
  const state: State = { world, sessions: new Map(), refused: 0 }
  let server: ReturnType<Loopback['listen']> | null = null
  const session = async (): Promise<ProxySession> => {
    server ??= world.loopback.listen((request, reply) => handle(state, request, reply))
    const { url } = await server
    const opened: Session = { token: world.loopback.token(), current: null }
    state.sessions.set(opened.token, opened)
    return {
      token: opened.token,
      variables: proxyVariables(world.endpoints, url, opened.token),
      begin: (trial) => begin(opened, trial, world.clock),
      close: () => {
        state.sessions.delete(opened.token)
        opened.current?.over.abort()
      },
    }
  }
  const close = () => {
    for (const one of state.sessions.values()) one.current?.over.abort()
    state.sessions.clear()
    server?.then(
      (listening) => listening.close(),
      () => undefined,
    )
  }
  return { session, refused: () => state.refused, close }
}

function begin(session: Session, trial: Trial, clock: Clock): ProxyCase {
  const opened = openCase(session, trial)
  return {
    lostMs: () => lostMs(opened, clock.now()),
    end: async (graceMs) => {
      const calls = await closeCase(opened, { clock, graceMs })
      if (session.current === opened) session.current = null
      return calls
    },
  }
}

async function handle(state: State, request: LoopbackRequest, reply: LoopbackReply): Promise<void> {
  const admitted = admit(state, request)
  if ('refusal' in admitted) {
    state.refused += 1
    return refuse(reply, admitted.refusal)
  }
  const { route, body, current } = admitted
  if (route.api === 'free') return passFree(state, route, { request, reply, current })
  const asked = readRequest(body, route)
  if (!state.world.isPriced(asked)) {
    // The case is not measured, whatever the application makes of the refusal.
    noteRefused(state, { asked, route, reply, request, current })
    return refuse(reply, unpriced(`${asked.provider}/${asked.model ?? '?'}`))
  }
  return passOn(state, { request, reply, route, body, asked, current })
}

type Admitted = { readonly route: Route; readonly body: JsonObject; readonly current: OpenCase }

function admit(state: State, request: LoopbackRequest): Admitted | { readonly refusal: Refusal } {
  const session = state.sessions.get(tokenOf(request.headers, request.path) ?? '')
  if (session === undefined) return { refusal: UNKNOWN_TOKEN }
  const route = routeOf(request, state.world.endpoints)
  if (route === null) return { refusal: unknownPath(request.method, request.path) }
  const { current } = session
  if (current === null || !current.open) return { refusal: NO_CASE }
  if (current.calls.length >= MAX_CALLS_PER_CASE) return { refusal: tooManyCalls(MAX_CALLS_PER_CASE) }
  const body = request.method === 'POST' ? parseJson(request.body) : {}
  return isObject(body) ? { route, body, current } : { refusal: NO_JSON }
}

type Passing = {
  readonly request: LoopbackRequest
  readonly reply: LoopbackReply
  readonly route: Route
  readonly body: JsonObject
  readonly asked: Request
  readonly current: OpenCase
}

function relayedOf({ request, reply, route, current }: Omit<Passing, 'body' | 'asked'>): Relayed {
  const method = request.method === 'GET' ? 'GET' : 'POST'
  return {
    ...{ route, reply, over: current.over.signal },
    asked: { headers: request.headers, body: request.body, method },
    ...{ attemptMs: null, last: null, committed: false, firstTokenMs: null, estimated: false },
  }
}

function noteCall(state: State, current: OpenCase, relayed: Relayed, hash: string): SeenCall {
  const call: SeenCall = { relayed, hash, arrivedMs: state.world.clock.now(), endedMs: null, made: null }
  current.calls.push(call)
  return call
}

async function passOn(state: State, passing: Passing): Promise<void> {
  const { asked, current, reply } = passing
  const relayed = relayedOf(passing)
  const call = noteCall(state, current, relayed, asked.hash)
  const { world } = state
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
  const outcome = await settled(world.submit(work), work)
  call.endedMs = world.clock.now()
  call.made = modelCall(asked, { outcome, relayed, trial: current.trial })
  world.keep(kept(passing, { outcome, relayed, call }))
  current.changed()
  await answer(relayed, outcome)
}

/** The engine may hold on to a call that nobody waits for; the case does not. */
async function settled(done: Promise<TrialOutcome>, { passedOn }: Work): Promise<Outcome> {
  const signal = passedOn?.signal
  const failure = {
    kind: 'transient',
    cause: 'cancelled',
    message: 'the application no longer waits for this call',
  } as const
  const cancelled: Outcome = { state: 'failed', failure }
  const gone = new Promise<Outcome>((resolve) => {
    if (signal?.aborted) resolve(cancelled)
    else signal?.addEventListener('abort', () => resolve(cancelled), { once: true })
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
  reply.start(last.status, headersToApplication(last.headers, isFinal))
  await reply.write(withoutKey(last.body, route.endpoint.key?.value))
  reply.end()
}

type Ended = { readonly outcome: Outcome; readonly relayed: Relayed }

function modelCall(asked: Request, { outcome, relayed, trial }: Ended & { readonly trial: Trial }): ModelCall {
  const isFirst = trial.step === 'pass' && trial.index === 0
  const { firstTokenMs } = relayed
  const common = {
    provider: asked.provider,
    model: asked.model ?? '',
    hash: asked.hash,
    kind: relayed.route.api === 'embeddings' ? ('embedding' as const) : ('generation' as const),
    ...(firstTokenMs === null ? {} : { firstTokenMs }),
    ...(isFirst ? { prompt: promptText(asked).slice(0, SHOWN_CHARACTERS) } : {}),
  }
  if (outcome.state === 'failed') {
    const abandoned = relayed.reply.gone.aborted && !relayed.over.aborted && !relayed.committed
    const left = abandoned ? { abandoned: true as const } : {}
    return { ...common, ...left, counted: 'unknown', latencyMs: null, failure: outcome.failure }
  }
  const { usage, model, latencyMs } = outcome.answer
  const counted = usage === undefined ? 'unknown' : relayed.estimated ? 'estimated' : 'measured'
  return {
    ...common,
    counted,
    latencyMs,
    ...(usage === undefined ? {} : { usage }),
    ...(model === undefined ? {} : { answered: model }),
  }
}

/** Everything that went over the wire but the keys, for the state directory. */
function kept(
  { current, request, asked, route }: Passing,
  { outcome, relayed, call }: Ended & { readonly call: SeenCall },
): JsonObject {
  const failure: Json = outcome.state === 'failed' ? { ...outcome.failure } : null
  return {
    trial: { ...current.trial },
    provider: asked.provider,
    api: route.api,
    path: request.path.split('?')[0] ?? '',
    hash: asked.hash,
    request: parseJson(request.body) ?? null,
    answer: outcome.state === 'answered' ? outcome.answer.text : null,
    failure,
    firstTokenMs: relayed.firstTokenMs,
    latencyMs: call.made?.latencyMs ?? null,
    counted: call.made?.counted ?? 'unknown',
    arrivedAt: new Date(call.arrivedMs).toISOString(),
  }
}

function noteRefused(state: State, { asked, ...rest }: Omit<Passing, 'body'>): void {
  const { current } = rest
  const relayed = relayedOf(rest)
  const call = noteCall(state, current, relayed, asked.hash)
  const { message } = unpriced(`${asked.provider}/${asked.model ?? '?'}`)
  const outcome: Outcome = { state: 'failed', failure: { kind: 'transient', cause: 'budget', message } }
  call.endedMs = call.arrivedMs
  call.made = modelCall(asked, { outcome, relayed, trial: current.trial })
}

const FREE_MS = 30_000

/** Lists of models, counts of tokens: passed on once, without price and record. */
async function passFree(
  { world }: State,
  { url, endpoint }: Route,
  {
    request,
    reply,
    current,
  }: { readonly request: LoopbackRequest; readonly reply: LoopbackReply; readonly current: OpenCase },
): Promise<void> {
  try {
    const answered = await world.open({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url,
      headers: headersToProvider(request.headers, endpoint),
      ...(request.method === 'GET' ? {} : { body: request.body }),
      timeoutMs: FREE_MS,
      signal: AbortSignal.any([current.over.signal, reply.gone]),
    })
    reply.start(answered.status, headersToApplication(answered.headers, false))
    for await (const chunk of answered.chunks) await reply.write(chunk)
    reply.end()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    await refuse(reply, { status: 502, code: 'connection', message: `no answer: ${error.message}` }).catch(() =>
      reply.cut(),
    )
  }
}
