// The recording proxy between an application and its providers (docs/decisions/0010-recording-proxy.md). It passes a call on as
// work of the engine, so that limits, the cap, prices, retries and the record are those of our own calls.

import type { JsonObject, ModelCall, Request, SideLabel, Trial, TrialOutcome } from '../../domain.ts'
import type { Clock, HttpOpen, Loopback, LoopbackReply, LoopbackRequest } from '../../ports.ts'
import type { Work } from '../../run/work.ts'
import { isObject, parseJson } from '../outside.ts'
import type { Endpoint } from '../shape.ts'
import { proxyVariables } from './environment.ts'
import { headersToApplication, headersToProvider, tokenOf } from './headers.ts'
import { type Passing, passOn, type ReadRequest, refuseForCase, refuseUnpriced } from './pass-on.ts'
import { readRequest } from './read-request.ts'
import {
  NO_CASE,
  noJson,
  notDecoded,
  type Refusal,
  refuse,
  tooLarge,
  tooManyCalls,
  UNKNOWN_TOKEN,
  unknownPath,
} from './refusal.ts'
import { providerAt, type Route, routeOf } from './routes.ts'
import { closeCase, lostMs, type OpenCase, openCase, type Session } from './session.ts'
import { wholeBody } from './whole-body.ts'

/** An application in a circle is stopped by this, where no cap is set. */
export const MAX_CALLS_PER_CASE = 1000

export type ProxyWorld = {
  readonly loopback: Loopback
  readonly open: HttpOpen
  readonly clock: Clock
  readonly endpoints: ReadonlyMap<string, Endpoint>
  submit(work: Work): Promise<TrialOutcome>
  /** Whether a call of this model can be made under the run's cap. */
  isPriced(request: Request, side: SideLabel): boolean
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
  /** Whether it has made a call. */
  hasCalled(): boolean
  /** Ends the case; calls that are still open have so long to end. */
  end(graceMs: number): Promise<readonly ModelCall[]>
}

export type RecordingProxy = {
  session(): Promise<ProxySession>
  /** Calls that were turned away and are nobody's: without a token of ours, without a case, to no provider of this run. */
  refused(): number
  /** Calls that were turned away since their case had made as many as one may. */
  excess(): number
  close(): void
}

type State = { readonly world: ProxyWorld; readonly sessions: Map<string, Session>; refused: number; excess: number }

/** Listens from the first session on. */
export function createProxy(world: ProxyWorld): RecordingProxy {
  const state: State = { world, sessions: new Map(), refused: 0, excess: 0 }
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
  return { session, refused: () => state.refused, excess: () => state.excess, close }
}

function begin(session: Session, trial: Trial, clock: Clock): ProxyCase {
  const opened = openCase(session, trial)
  return {
    lostMs: () => lostMs(opened, clock.now()),
    hasCalled: () => opened.calls.length > 0,
    end: async (graceMs) => {
      const calls = await closeCase(opened, { clock, graceMs })
      if (session.current === opened) session.current = null
      return calls
    },
  }
}

async function handle(state: State, asking: LoopbackRequest, reply: LoopbackReply): Promise<void> {
  const admitted = admit(state, asking)
  if ('refusal' in admitted) {
    const { refusal, loses, isStray } = admitted
    if (isStray) state.refused += 1
    else if (loses === null) state.excess += 1
    return loses === null
      ? refuse(reply, refusal)
      : refuseForCase(state.world, { request: asking, reply, refusal, current: loses })
  }
  const { request, route, body, current } = admitted
  if (route.api === 'free') return passFree(state, route, { request, reply, current })
  const passing = { request, reply, route, current, asked: readRequest(body, route) }
  return state.world.isPriced(passing.asked, current.trial.side)
    ? passOn(state.world, passing)
    : refuseUnpriced(state.world, passing)
}

type Admitted = {
  readonly request: ReadRequest
  readonly route: Route
  readonly body: JsonObject
  readonly current: OpenCase
}

type TurnedAway = {
  readonly refusal: Refusal
  /** The case that made it, and that is not measured without it. */
  readonly loses: OpenCase | null
  /** Of no case, or to no provider of this run. */
  readonly isStray: boolean
}

function admit(state: State, request: LoopbackRequest): Admitted | TurnedAway {
  const { endpoints } = state.world
  const session = state.sessions.get(tokenOf(request.headers, request.path) ?? '')
  if (session === undefined) return { refusal: UNKNOWN_TOKEN, loses: null, isStray: true }
  const route = routeOf(request, endpoints)
  const { current } = session
  if (current === null || !current.open)
    return { refusal: route === null ? unknownPath(request) : NO_CASE, loses: null, isStray: true }
  if (current.calls.length >= MAX_CALLS_PER_CASE)
    return { refusal: tooManyCalls(MAX_CALLS_PER_CASE), loses: null, isStray: false }
  if (route === null)
    return { refusal: unknownPath(request), loses: current, isStray: !endpoints.has(providerAt(request.path)) }
  const { body: read } = request
  if (read === 'not-decoded') return { refusal: notDecoded(request), loses: current, isStray: false }
  if (read === 'too-large') return { refusal: tooLarge(request), loses: current, isStray: false }
  const body = request.method === 'POST' ? parseJson(read.text) : {}
  if (!isObject(body)) return { refusal: noJson(request), loses: current, isStray: false }
  return { request: { ...request, body: read }, route, body, current }
}

const FREE_MS = 30_000

/** Lists of models, counts of tokens: passed on once, without price and record. */
async function passFree(
  { world }: State,
  { url, endpoint }: Route,
  { request, reply, current }: Pick<Passing, 'request' | 'reply' | 'current'>,
): Promise<void> {
  try {
    const answered = await world.open({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url,
      headers: headersToProvider(request.headers, endpoint),
      ...(request.method === 'GET' ? {} : { body: request.body.bytes }),
      timeoutMs: FREE_MS,
      signal: AbortSignal.any([current.over.signal, reply.gone]),
    })
    const body = await wholeBody(answered, endpoint)
    if (body === null) throw new Error('it is larger than 32 MB')
    reply.start(answered.status, headersToApplication(answered.headers, { endpoint, isFinal: false }))
    await reply.write(body)
    reply.end()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    await refuse(reply, { status: 502, code: 'connection', message: `no answer: ${error.message}` }).catch(() =>
      reply.cut(),
    )
  }
}
