// One request from its arrival to its answer, its fault or its silence.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { fraction, latencyOf } from './draw.ts'
import { type CallContext, completeAnswer, type FullAnswer, plainAnswer, tokensOf } from './llm-answers.ts'
import { drawFault, type FaultKind, type LlmFault, retryAfterOf } from './llm-faults.ts'
import { examine, type Read, type Refusal } from './llm-request.ts'
import type { ErrorKind, Shape } from './llm-shape.ts'
import { routeOf } from './llm-shapes.ts'
import { queueUp } from './llm-slots.ts'
import type { RecordedRequest, Seen, State } from './llm-state.ts'

type Exchange = {
  readonly state: State
  readonly response: ServerResponse
  readonly record: RecordedRequest
}

/** Takes a request with its whole body; answers in its own time. */
export function serve(state: State, request: IncomingMessage, response: ServerResponse, rawBody: string): void {
  const record = recordOf(request, rawBody)
  const exchange = { state, response, record }
  countOpen(exchange)
  const [path = '/', query = ''] = record.path.split('?')
  const route = routeOf(path, state.options.prefixes ?? [])
  if (!route || record.method !== 'POST') {
    violation(exchange, 'no such endpoint')
    keep(exchange)
    const message = `Invalid URL (${record.method} ${path})`
    finish(exchange, 404, { error: { message, type: 'invalid_request_error' } })
    return
  }
  if (/(^|&)key=/.test(query)) violation(exchange, 'API key in the URL')
  const received = { method: record.method, url: record.path, headers: request.headers, rawBody, route }
  const examined = examine({ ...received, tokens: state.tokens }, state.options, state.forms)
  for (const what of examined.violations) violation(exchange, what)
  Object.assign(record, { body: examined.body, model: examined.read?.model, prompt: examined.read?.prompt })
  keep(exchange)
  if (examined.refusal || !examined.read) refuse(exchange, route.shape, examined.refusal ?? { kind: 'invalid' })
  else work(exchange, route.shape, examined.read)
}

function recordOf(request: IncomingMessage, rawBody: string): RecordedRequest {
  return {
    method: request.method ?? '',
    path: request.url ?? '/',
    headers: request.headers,
    rawBody,
    body: undefined,
    model: undefined,
    prompt: undefined,
    attempt: 0,
    atMs: performance.now(),
    status: null,
    fault: undefined,
  }
}

function countOpen(exchange: Exchange): void {
  const { state, response, record } = exchange
  const { counters } = state
  counters.requests += 1
  counters.inFlight += 1
  counters.peakInFlight = Math.max(counters.peakInFlight, counters.inFlight)
  response.on('close', () => {
    state.counters.inFlight -= 1
    if (!response.writableFinished && record.fault === undefined) state.counters.abandoned += 1
  })
}

function refuse(exchange: Exchange, shape: Shape, refusal: Refusal): void {
  const { status, body, headers } = shape.error({ model: '', tokens: 0, ...refusal })
  finish(exchange, status, body, headers)
}

/** A request without fault of its own: limits, then the drawn fault, then the answer. */
function work(exchange: Exchange, shape: Shape, read: Read): void {
  const { state, record } = exchange
  const { model, prompt } = read
  const seen = countAttempt(state, model, prompt)
  record.attempt = seen.attempts
  const drawn = isOverLimit(state, tokensOf(prompt) + (read.outputLimit ?? 0))
    ? ({
        kind: 'rate-limit',
        retryAfter: state.options.limitRetryAfter ?? state.options.retryAfterSeconds ?? 1,
      } as const)
    : drawFault(state.rules, state.options.seed ?? 1, { model, prompt, attempt: seen.attempts })
  if (!drawn || SPOILED.has(drawn.kind)) {
    speak(exchange, shape, { read, context: contextOf(exchange, shape, read), rule: drawn })
    return
  }
  const waitMs = AT_ONCE.has(drawn.kind) ? 0 : latencyOf(state.options.latency ?? 0, model, prompt, seen.attempts)
  after(waitMs, () => fail(exchange, shape, { rule: drawn, read, seen }))
}

/** Faults that a gateway reports at once, without the model having worked. */
const AT_ONCE: ReadonlySet<FaultKind> = new Set([
  'rate-limit',
  'quota',
  'invalid-key',
  'forbidden',
  'unknown-model',
  'unsupported-parameter',
  'context-too-long',
])
/** Faults that spoil an answer which the model did make. */
const SPOILED: ReadonlySet<FaultKind> = new Set([
  'content-filter-answer',
  'empty',
  'no-usage',
  'broken-json',
  'truncated',
  'stall',
  'drip',
])
const UNUSABLE: ReadonlySet<FaultKind> = new Set(['empty', 'broken-json', 'truncated', 'stall', 'drip'])

function contextOf(exchange: Exchange, shape: Shape, read: Read): CallContext {
  const { state, record } = exchange
  const parameters = Object.fromEntries(
    Object.entries(record.body ?? {}).filter(([name]) => !shape.notParameters.includes(name)),
  )
  const key = bodyKey(exchange)
  return {
    api: shape.api,
    model: read.model,
    messages: read.messages,
    parameters,
    prompt: read.prompt,
    attempt: record.attempt,
    // Counted when it is asked for, so that only answered calls count.
    get call() {
      return (state.calls.get(key) ?? 0) + 1
    },
    random: (label = '') =>
      fraction(state.options.seed ?? 1, read.model, read.prompt, state.calls.get(key) ?? 0, label),
  }
}

type Speech = { readonly read: Read; readonly context: CallContext; readonly rule: LlmFault | undefined }

function speak(exchange: Exchange, shape: Shape, { read, context, rule }: Speech): void {
  const { state } = exchange
  const { options, cache } = state
  const said = (options.answer ?? plainAnswer)(context)
  const explicit = read.cachePrefix === null ? null : cache.explicit(read.model, read.cachePrefix)
  const whole = completeAnswer(said, context, {
    outputLimit: read.outputLimit,
    reasoningTokens: options.reasoningTokens ?? 0,
    cached: explicit ? explicit.read : cache.automatic(read.model, context.prompt),
    cacheWrite: explicit?.write ?? 0,
  })
  // An answer that will arrive spoilt does not count: the retry gets it again, so faults change no score.
  if (!rule || !UNUSABLE.has(rule.kind)) state.calls.set(bodyKey(exchange), context.call)
  const own = typeof said === 'string' ? undefined : said.latencyMs
  const waitMs = own ?? latencyOf(options.latency ?? 0, read.model, context.prompt, context.attempt)
  const done = () => answer(exchange, shape, { whole: spoiled(whole, rule?.kind), rule })
  if (options.slots === undefined) after(waitMs, done)
  else queueUp(state.slots, options.slots, { response: exchange.response, workMs: waitMs, done })
}

function bodyKey({ record }: Exchange): string {
  return `${record.path} ${record.rawBody}`
}

function spoiled(answer: FullAnswer, kind: FaultKind | undefined): FullAnswer {
  const nothing = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  if (kind === 'empty') return { ...answer, text: '', toolCalls: [], usage: nothing }
  if (kind === 'content-filter-answer') return { ...answer, text: '', toolCalls: [], finish: 'content_filter' }
  if (kind === 'no-usage') return { ...answer, usage: null }
  return answer
}

function answer(
  exchange: Exchange,
  shape: Shape,
  { whole, rule }: { readonly whole: FullAnswer; readonly rule: LlmFault | undefined },
): void {
  const { state, response, record } = exchange
  if (response.destroyed) return
  if (rule) note(exchange, rule.kind)
  const body = record.body ?? {}
  const isStream = body.stream === true && shape.stream !== undefined
  const type = isStream ? 'text/event-stream' : 'application/json'
  const events = isStream && shape.stream ? shape.stream(whole, body) : [JSON.stringify(shape.answer(whole, body))]
  const text = events.join('')
  record.status = 200
  state.counters.byStatus['200'] = (state.counters.byStatus['200'] ?? 0) + 1
  const spoilt = rule?.kind
  const headers = { 'content-type': type, 'x-request-id': `req_${whole.id}`, ...limitHeaders(state, shape) }
  const half = text.slice(0, Math.floor(text.length / 2))
  if (spoilt === 'truncated' || spoilt === 'stall') {
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) })
    response.write(half, () => (spoilt === 'truncated' ? response.destroy() : undefined))
    return
  }
  if (spoilt === 'drip') {
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) })
    drip(response, Buffer.from(text))
    return
  }
  const sent = spoilt === 'broken-json' ? half : text
  count(state, whole)
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(sent) })
  response.end(sent)
}

/** A byte now and then: never silent, and never done in time. */
function drip(response: ServerResponse, bytes: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (sent < bytes.byteLength - 1) response.write(bytes.subarray(sent, ++sent))
  }, 100)
  response.on('close', () => clearInterval(timer))
}

function count(state: State, whole: FullAnswer): void {
  const { counters } = state
  counters.answered += 1
  counters.usage.input += whole.usage?.input ?? 0
  counters.usage.cached += whole.usage?.cached ?? 0
  counters.usage.output += whole.usage?.output ?? 0
}

function fail(
  exchange: Exchange,
  shape: Shape,
  { rule, read, seen }: { readonly rule: LlmFault; readonly read: Read; readonly seen: Seen },
): void {
  const { response } = exchange
  if (response.destroyed) return
  note(exchange, rule.kind)
  if (rule.kind === 'hang') return
  if (rule.kind === 'reset') response.socket?.resetAndDestroy()
  else if (rule.kind === 'html') finish(exchange, 502, '<html><body>502 Bad Gateway</body></html>')
  else failInWords(exchange, shape, { rule, read, seen })
}

function failInWords(
  exchange: Exchange,
  shape: Shape,
  { rule, read, seen }: { readonly rule: LlmFault; readonly read: Read; readonly seen: Seen },
): void {
  const kind = ERRORS[rule.kind] ?? 'server-error'
  const mayWait = kind === 'rate-limit' || rule.retryAfter !== undefined
  const wait = mayWait ? retryAfterOf(rule, Date.now()) : { headers: {}, waitMs: 0 }
  if (wait.waitMs > 0) seen.notBefore = performance.now() + wait.waitMs
  const said = shape.error({
    kind,
    model: read.model,
    tokens: tokensOf(read.prompt),
    parameter: rule.parameter ?? 'temperature',
    waitMs: wait.waitMs,
    ...(rule.status === undefined ? {} : { status: rule.status }),
  })
  const status = rule.kind === 'error-in-200' ? 200 : said.status
  finish(exchange, status, said.body, { ...said.headers, ...wait.headers, ...limitHeaders(exchange.state, shape) })
}

const ERRORS: { readonly [kind in FaultKind]?: ErrorKind } = {
  'rate-limit': 'rate-limit',
  quota: 'quota',
  overloaded: 'overloaded',
  'invalid-key': 'wrong-key',
  forbidden: 'forbidden',
  'unknown-model': 'unknown-model',
  'content-filter': 'content-filter',
  'unsupported-parameter': 'unsupported-parameter',
  'context-too-long': 'context-too-long',
}

function countAttempt(state: State, model: string, prompt: string): Seen {
  const key = `${model}\u0000${prompt}`
  const seen = state.texts.get(key) ?? { attempts: 0, notBefore: 0 }
  seen.attempts += 1
  if (seen.attempts > 1) state.counters.retries += 1
  // Three milliseconds of grace: clocks and timers of the client round, each to a whole one.
  if (performance.now() + 3 < seen.notBefore) state.counters.earlyRetries += 1
  state.texts.set(key, seen)
  return seen
}

function isOverLimit(state: State, tokens: number): boolean {
  const { maxConcurrent, requestsPerMinute, tokensPerMinute } = state.options
  if (maxConcurrent !== undefined && state.counters.inFlight > maxConcurrent) return true
  if (requestsPerMinute === undefined && tokensPerMinute === undefined) return false
  const { requests, used } = windowOf(state)
  if (requestsPerMinute !== undefined && requests >= requestsPerMinute) return true
  if (tokensPerMinute !== undefined && used + tokens > tokensPerMinute) return true
  state.recent.push({ atMs: performance.now(), tokens })
  return false
}

/** What the window holds now, and when its oldest request leaves it. */
function windowOf(state: State): { readonly requests: number; readonly used: number; readonly resetMs: number } {
  const { recent, options } = state
  const now = performance.now()
  const windowMs = options.windowMs ?? 60_000
  while (recent.length > 0 && (recent[0]?.atMs ?? 0) < now - windowMs) recent.shift()
  const used = recent.reduce((sum, one) => sum + one.tokens, 0)
  return { requests: recent.length, used, resetMs: Math.max(0, (recent[0]?.atMs ?? now) + windowMs - now) }
}

function limitHeaders(state: State, shape: Shape): Record<string, string> {
  const { requestsPerMinute, tokensPerMinute, silentLimits } = state.options
  if (silentLimits || shape.api === 'generate' || shape.api === 'converse') return {}
  const { requests, used, resetMs } = windowOf(state)
  const of = (kind: 'requests' | 'tokens', limit: number | undefined, taken: number): Record<string, string> => {
    if (limit === undefined) return {}
    const [all, left] = [String(limit), String(Math.max(0, limit - taken))]
    if (shape.api === 'messages') {
      return {
        [`anthropic-ratelimit-${kind}-limit`]: all,
        [`anthropic-ratelimit-${kind}-remaining`]: left,
        [`anthropic-ratelimit-${kind}-reset`]: new Date(Date.now() + resetMs).toISOString(),
      }
    }
    return {
      [`x-ratelimit-limit-${kind}`]: all,
      [`x-ratelimit-remaining-${kind}`]: left,
      [`x-ratelimit-reset-${kind}`]: `${(resetMs / 1000).toFixed(3)}s`,
    }
  }
  return { ...of('requests', requestsPerMinute, requests), ...of('tokens', tokensPerMinute, used) }
}

function violation(exchange: Exchange, what: string): void {
  const { method, path } = exchange.record
  exchange.state.violations.push(`${method} ${path.replace(/key=[^&]+/, 'key=…')}: ${what}`)
}

function keep(exchange: Exchange): void {
  if (exchange.state.options.record !== false) exchange.state.requests.push(exchange.record)
}

function note(exchange: Exchange, kind: FaultKind): void {
  exchange.record.fault = kind
  const { byFault } = exchange.state.counters
  byFault[kind] = (byFault[kind] ?? 0) + 1
}

function finish(exchange: Exchange, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const { byStatus } = exchange.state.counters
  exchange.record.status = status
  byStatus[status] = (byStatus[status] ?? 0) + 1
  send(exchange.response, status, body, headers)
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === 'string'
  const text = isText ? body : JSON.stringify(body)
  const type = isText ? 'text/html' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

function after(waitMs: number, work: () => void): void {
  if (waitMs > 0) setTimeout(work, waitMs)
  else work()
}
