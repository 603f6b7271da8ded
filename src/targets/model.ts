// One attempt at a model: encode, send, decode, with its latency and what the provider says about waiting.

import type { ErrorCause, Failure, Outcome, Request } from '../domain.ts'
import { type Clock, type Http, HttpFailure, type HttpRequest, type HttpResponse } from '../ports.ts'
import { type Finder, foundIn, type Span, withMarks } from '../report/found.ts'
import { unescaped } from '../report/unescaped.ts'
import { type Attempt, type AttemptContext, attempt } from './call.ts'
import type { CloudAccess } from './cloud/access.ts'
import { limitsLeft } from './limits-left.ts'
import { retryAfterMs } from './retry-after.ts'
import { type Endpoint, failed, secretsOf, transient } from './shape.ts'
import { modelEndpoint, SHAPES } from './shapes.ts'
import { responseWithoutKeys, type WithoutKeys } from './without-keys.ts'

export type Transport = { readonly http: Http; readonly clock: Clock; readonly withoutKeys: WithoutKeys }

export type ModelTransport = Transport & {
  readonly context: AttemptContext
  /** Of an endpoint in a cloud. */
  readonly cloud?: CloudAccess
  /** Secrets that came up since the start, beside the endpoint's own. */
  readonly secrets?: readonly string[]
}

/** The endpoint decides about the shape; the request only whether it is Chat or Responses. The wait for a token is no latency. */
export async function callModel(request: Request, endpoint: Endpoint, how: ModelTransport): Promise<Attempt> {
  const { cloud, context } = how
  const shape = cloud?.shapeOf(request) ?? shapeFor(request, endpoint)
  const { url, headers, body } = shape.encode(request, endpoint)
  const method = 'POST' as const
  const unsigned = {
    method,
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(await endOf(request)),
  }
  const proof = cloud === undefined ? { headers: {} } : await cloud.prove(unsigned, context.signal)
  const naming = (outcome: Outcome) => named(outcome, endpoint, how.secrets ?? [])
  if ('failure' in proof) return attempt(naming(failed(proof.failure)))
  const sent = { ...unsigned, headers: { ...unsigned.headers, ...proof.headers } }
  const read = async (response: HttpResponse) => naming(shape.decode(await unstreamed(response, request)))
  const made = await exchange(sent, read, how)
  return { ...made, raw: withoutSecrets(made.raw, endpoint, how.secrets ?? []) }
}

/** An event stream, which only a request with `stream: true` gets, as one answer. */
async function unstreamed(response: HttpResponse, { endpoint }: Request): Promise<HttpResponse> {
  const isStream = response.status < 300 && /^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')
  if (!isStream || endpoint === 'converse' || endpoint === 'application') return response
  const { atOnce } = await import('./streamed.ts')
  return atOnce(response, endpoint)
}

/** Whoever asks for a stream has its answer with the last event, however long the connection stays open. */
async function endOf({ parameters, endpoint }: Request): Promise<Pick<HttpRequest, 'isLast'>> {
  if (parameters.stream !== true || endpoint === 'converse' || endpoint === 'application') return {}
  const { streamEnd } = await import('./streamed.ts')
  return { isLast: streamEnd() }
}

/** The endpoint's kind decides; at OpenAI the request says which of its two interfaces. */
export function shapeFor(request: Request, endpoint: Endpoint) {
  return SHAPES[modelEndpoint(endpoint.kind, request.endpoint === 'responses' ? 'responses' : 'chat')]
}

type Sent = Pick<HttpRequest, 'url' | 'headers' | 'body' | 'isLast'> & { readonly method: 'GET' | 'POST' }

/** Sends, decodes, and turns every fault of the line into an outcome. Shared with the http target. */
export async function exchange(
  sent: Sent,
  decode: (response: HttpResponse) => Outcome | Promise<Outcome>,
  how: Transport & { readonly context: AttemptContext },
): Promise<Attempt> {
  const started = how.clock.now()
  const { timeoutMs, signal } = how.context
  try {
    const response = responseWithoutKeys(await how.http({ ...sent, timeoutMs, signal }), how.withoutKeys)
    const now = how.clock.now()
    const outcome = timed(await decode(response), Math.max(0, now - started))
    const limits = limitsLeft(response, now)
    return { outcome, raw: response.body, retryAfterMs: retryAfterMs(response, now), limits }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return attempt(ofTheLine(error))
  }
}

/** What a fault of the line is to a run. */
export function ofTheLine({ kind, message }: HttpFailure): Outcome {
  return transient(CAUSE[kind], message, kind === 'reset' ? { wasSent: true } : {})
}

const CAUSE: { readonly [kind in HttpFailure['kind']]: ErrorCause } = {
  timeout: 'timeout',
  connection: 'connection',
  reset: 'connection',
  truncated: 'malformed-answer',
  cancelled: 'cancelled',
}

function timed(outcome: Outcome, latencyMs: number): Outcome {
  return outcome.state === 'answered' ? { state: 'answered', answer: { ...outcome.answer, latencyMs } } : outcome
}

/** Failures say the provider's name, and never a key or token, even where the provider repeats it. */
export function named(outcome: Outcome, endpoint: Endpoint, secrets: readonly string[]): Outcome {
  if (outcome.state === 'answered') return outcome
  const said = outcome.failure.message.replace(/^the provider\b/, endpoint.provider)
  const failure: Failure = { ...outcome.failure, message: withoutSecrets(said, endpoint, secrets) }
  return { state: 'failed', failure }
}

/** Providers repeat keys in what they say of them. The endpoint's own are taken out however short they are. */
export function withoutSecrets(text: string, endpoint: Endpoint, secrets: readonly string[] = []): string {
  return starred(text, [...secretsOf(endpoint), ...secrets])
}

/** A text with `***` in the place of each secret, as it is, as JSON cannot but write it, and in whatever escapes. */
export function starred(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text
  const find = placesOf(secrets)
  return withMarks(text, [...find(text), ...unescaped(text).flatMap((view) => foundIn(view, find))])
}

function placesOf(secrets: readonly string[]): Finder {
  const forms = new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))
  return (text) => {
    const found: Span[] = []
    for (const form of forms) {
      if (form === '') continue
      for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + form.length))
        found.push({ start, end: start + form.length, mark: '***' })
    }
    return found
  }
}
