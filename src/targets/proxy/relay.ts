// One attempt at a call that an application makes: sent with the real key, measured, and passed back chunk by chunk once it
// streams. Until the first chunk has gone out, a fault is ours to repair; after it, the application sees what came.

import type { Failure, Json, Outcome, Request } from '../../domain.ts'
import {
  type Clock,
  HttpFailure,
  type HttpOpen,
  type HttpResponse,
  type LoopbackReply,
  type OpenResponse,
} from '../../ports.ts'
import { faultIn, isFault } from '../answered.ts'
import { type Attempt, type AttemptContext, attempt, HUNG } from '../call.ts'
import { ofTheLine, withoutSecrets } from '../model.ts'
import { parseJson } from '../outside.ts'
import { retryAfterMs } from '../retry-after.ts'
import { failed, secretsOf, transient } from '../shape.ts'
import { type Assembler, createAssembler, isToken } from './assemble.ts'
import { decodeFor, withCounts } from './decode.ts'
import { headersToApplication, headersToProvider } from './headers.ts'
import { createMask } from './mask.ts'
import type { ReadRequest } from './pass-on.ts'
import type { Route } from './routes.ts'
import { createEventReader } from './sse.ts'
import { MAX_ANSWER_BYTES, wholeBody } from './whole-body.ts'

/** How much of a stream is held back to see whether it begins with an error. */
const MAX_HELD_BYTES = 64 * 1024

export type RelayWorld = { readonly open: HttpOpen; readonly clock: Clock }

/** A call on its way. Written by its attempts, read when all is over. */
export type Relayed = {
  readonly route: Route
  readonly asked: {
    readonly headers: { readonly [name: string]: string }
    readonly body: ReadRequest['body']
    readonly method: 'GET' | 'POST'
  }
  readonly reply: LoopbackReply
  /** The case is over: nobody looks at the answer any more. */
  readonly over: AbortSignal
  /** Start of the latest attempt. */
  attemptMs: number | null
  /** The latest whole answer, whatever it says, but for keys. */
  last: HttpResponse | null
  /** The application has a part of the answer. */
  committed: boolean
  /** The provider has the question, and has not come to an end with it: what that costs, its counts would have said. */
  underway: boolean
  /** What the answer was, once the application has a stream up to its end: it may go then, and many libraries do. */
  ended: (() => Outcome) | null
  firstTokenMs: number | null
  estimated: boolean
}

export async function relayOnce(
  relayed: Relayed,
  request: Request,
  { context, world }: { readonly context: AttemptContext; readonly world: RelayWorld },
): Promise<Attempt> {
  const startedMs = world.clock.now()
  relayed.attemptMs = startedMs
  relayed.last = null
  relayed.firstTokenMs = null
  relayed.underway = true
  const stop = new AbortController()
  const impatient = () => {
    if (!(relayed.committed && context.signal.reason === HUNG)) stop.abort()
  }
  context.signal.addEventListener('abort', impatient, { once: true })
  if (context.signal.aborted) stop.abort()
  try {
    const { route, asked } = relayed
    const open = await world.open({
      method: asked.method,
      url: route.url,
      headers: headersToProvider(asked.headers, route.endpoint),
      ...(asked.method === 'POST' ? { body: asked.body.bytes } : {}),
      timeoutMs: context.timeoutMs,
      signal: AbortSignal.any([stop.signal, relayed.reply.gone, relayed.over]),
    })
    const made = await take(relayed, request, { open, startedMs, clock: world.clock })
    relayed.underway = false
    return made
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    // Of one that we let go of nobody knows how far it came.
    relayed.underway = error.kind === 'cancelled'
    return broken(relayed, error)
  } finally {
    context.signal.removeEventListener('abort', impatient)
  }
}

function broken(relayed: Relayed, error: HttpFailure): Attempt {
  const made = attempt(ofTheLine(error))
  return relayed.committed ? { ...made, final: true } : made
}

type Taking = { readonly open: OpenResponse; readonly startedMs: number; readonly clock: Clock }

async function take(relayed: Relayed, request: Request, taking: Taking): Promise<Attempt> {
  const { status, headers } = taking.open
  const streams = status >= 200 && status < 300 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '')
  return streams ? takeStream(relayed, request, taking) : takeWhole(relayed, request, taking)
}

async function takeWhole(relayed: Relayed, request: Request, { open, startedMs, clock }: Taking): Promise<Attempt> {
  const { route } = relayed
  const body = await wholeBody(open, route.endpoint)
  if (body === null) return attempt(transient('malformed-answer', 'the answer is larger than 32 MB'))
  const response = { status: open.status, headers: open.headers, body }
  relayed.last = response
  const now = clock.now()
  const read = route.stream === true ? { ...response, body: joinedList(body) } : response
  const outcome = finish(relayed, request, { outcome: decodeFor(route, read), latencyMs: now - startedMs })
  return { outcome, raw: body, retryAfterMs: retryAfterMs(response, now) }
}

async function takeStream(relayed: Relayed, request: Request, { open, startedMs, clock }: Taking): Promise<Attempt> {
  const mask = createMask(secretsOf(relayed.route.endpoint))
  const reader = createEventReader()
  const whole = createAssembler(relayed.route.api)
  const held: Uint8Array[] = []
  const raw: Uint8Array[] = []
  let fault: Json | undefined
  let size = 0
  const note = (events: readonly Json[]) => {
    fault ??= events.find(isFault)
    if (events.some((event) => isToken(relayed.route.api, event)))
      relayed.firstTokenMs ??= Math.max(0, clock.now() - startedMs)
    for (const event of events) whole.take(event)
  }
  const accept = (chunk: Uint8Array): readonly Json[] => {
    raw.push(chunk)
    if (chunk.byteLength > 0) held.push(chunk)
    const events = reader.read(chunk)
    note(events)
    return events
  }
  const pass = async () => {
    if (!relayed.committed) commit(relayed, open)
    for (const one of held.splice(0)) await relayed.reply.write(one)
  }
  const made = (latencyMs: number): Outcome => {
    const outcome = fault === undefined ? read(relayed, open, whole) : faulty(relayed, open, fault)
    return finish(relayed, request, { outcome, latencyMs })
  }
  const noteEnd = () => {
    const isOver = fault !== undefined || reader.isDone() || whole.isOver()
    if (!isOver || !relayed.committed || relayed.ended !== null || relayed.reply.gone.aborted) return
    const latencyMs = clock.now() - startedMs
    relayed.ended = () => made(latencyMs)
  }
  try {
    for await (const chunk of open.chunks) {
      size += chunk.byteLength
      if (size > MAX_ANSWER_BYTES) throw new HttpFailure('truncated', 'the stream is longer than 32 MB')
      const events = accept(mask.take(chunk))
      if (fault !== undefined && !relayed.committed) break
      if (relayed.committed || events.length > 0 || size >= MAX_HELD_BYTES) await pass()
      noteEnd()
    }
  } catch (error) {
    // Whoever has all of it may close the connection before the provider does, and the provider may break it.
    if (!(error instanceof HttpFailure) || relayed.ended === null) throw error
  }
  accept(mask.end())
  note(reader.end())
  const text = Buffer.concat(raw).toString('utf8')
  // Nobody has anything of it yet: it is what its status would have said.
  if (fault !== undefined && !relayed.committed) return attempt(faulty(relayed, open, fault), text)
  await pass()
  const outcome = relayed.ended?.() ?? made(clock.now() - startedMs)
  return { outcome, raw: text, retryAfterMs: null, final: true }
}

function commit(relayed: Relayed, { status, headers }: OpenResponse): void {
  relayed.committed = true
  relayed.reply.start(status, headersToApplication(headers, { endpoint: relayed.route.endpoint, isFinal: false }))
}

/** An error among the events, in the words and with the cause that it has by itself. */
function faulty(relayed: Relayed, { status, headers }: OpenResponse, fault: Json): Outcome {
  const said = faultIn({ status, headers, body: '' }, fault)
  if (said?.state !== 'failed') return transient('malformed-answer', 'there is an error in the stream')
  return failed(named(said.failure, relayed))
}

function read(relayed: Relayed, { headers }: OpenResponse, whole: Assembler): Outcome {
  const body = whole.whole()
  if (body === null) return transient('malformed-answer', 'the stream ended before the answer did')
  return decodeFor(relayed.route, { status: 200, headers, body: JSON.stringify(body) })
}

type Finished = { readonly outcome: Outcome; readonly latencyMs: number }

/** Named, timed and counted. Nothing that is shown has the key in it, even where the provider repeats it. */
function finish(relayed: Relayed, request: Request, { outcome, latencyMs }: Finished): Outcome {
  const { endpoint, api } = relayed.route
  if (outcome.state === 'failed') return { state: 'failed', failure: named(outcome.failure, relayed) }
  const counted = api === 'embeddings' || api === 'free' ? { outcome, estimated: false } : withCounts(outcome, request)
  relayed.estimated = counted.estimated
  if (counted.outcome.state === 'failed') throw new Error(`an answer of ${endpoint.provider} became a failure`)
  const { answer } = counted.outcome
  const timings = relayed.firstTokenMs === null ? {} : { timings: { first_token: relayed.firstTokenMs } }
  return { state: 'answered', answer: { ...answer, latencyMs: Math.max(0, latencyMs), ...timings } }
}

function named(failure: Failure, { route: { endpoint } }: Relayed): Failure {
  return {
    ...failure,
    message: withoutSecrets(failure.message.replace(/^the provider\b/, endpoint.provider), endpoint),
  }
}

/** Gemini's streams without `alt=sse` are a list of what the events would have been. */
export function joinedList(body: string): string {
  const parsed = parseJson(body)
  if (!Array.isArray(parsed)) return body
  const whole = createAssembler('generate')
  for (const event of parsed) whole.take(event)
  return JSON.stringify(whole.whole() ?? {})
}
