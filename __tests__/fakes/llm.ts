// A local stand-in for model providers that checks every request against the providers' published types, and answers
// by script. What goes wrong is scripted too, and drawn from the text alone, so runs repeat at any concurrency.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { batchReply } from './llm-batches.ts'
import { issueToken } from './llm-clouds.ts'
import { send, serve } from './llm-exchange.ts'
import {
  configure,
  type FakeLlmOptions,
  type FakeLlmStats,
  freshState,
  type RecordedRequest,
  reset,
  type State,
} from './llm-state.ts'

export { type Answerer, type AnswerSpec, type CallContext, seededCases, tokensOf } from './llm-answers.ts'
export type { FaultKind, LlmFault } from './llm-faults.ts'
export type { FakeLlmOptions, FakeLlmStats, RecordedRequest } from './llm-state.ts'

export type FakeLlm = {
  /** Without a path: add `/v1` for OpenAI. */
  readonly url: string
  readonly requests: RecordedRequest[]
  readonly violations: string[]
  /** Addresses asked at the token services. */
  readonly tokenRequests: string[]
  readonly stats: () => FakeLlmStats
  /** Changes behaviour from the next request on. */
  readonly configure: (change: FakeLlmOptions) => void
  readonly reset: () => void
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startFakeLlm(options: FakeLlmOptions = {}): Promise<FakeLlm> {
  const state = freshState(options)
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => receive(state, request, response))
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  state.self = `http://127.0.0.1:${port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return {
    url: `http://127.0.0.1:${port}`,
    requests: state.requests,
    violations: state.violations,
    tokenRequests: state.tokenRequests,
    stats: () => ({ ...structuredClone(state.counters) }),
    configure: (change) => configure(state, { ...state.options, ...change }),
    reset: () => reset(state),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function receive(state: State, request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8')
    const view = viewOf(state, request) ?? tokenView(state, request, body)
    if (view) send(response, view.status, view.body)
    else if (state.options.batches === undefined) serve(state, request, response, body)
    else answerBatch(state, request, response, body)
  })
}

function answerBatch(state: State, request: IncomingMessage, response: ServerResponse, body: string): void {
  const asked = { method: request.method ?? '', path: request.url ?? '/', headers: request.headers, body }
  batchReply(state, asked).then(
    (reply) => (reply ? send(response, reply.status, reply.body) : serve(state, request, response, body)),
    (error: unknown) => {
      state.violations.push(`${asked.path}: ${error instanceof Error ? error.message : String(error)}`)
      send(response, 400, { error: { message: 'not read', type: 'invalid_request_error' } })
    },
  )
}

type View = { readonly status: number; readonly body: unknown }

/** `/v1/models`, and `/__stats`, `/__requests`, `/__violations`, `/__reset` for benchmarks that run the fake as a process. */
function viewOf(state: State, request: IncomingMessage): View | undefined {
  const path = request.url ?? '/'
  if (request.method === 'GET' && /^(\/openai)?\/v1\/models$/.test(path)) return models(state, request)
  if (path === '/__stats') return { status: 200, body: { ...state.counters, violations: state.violations.length } }
  if (path === '/__requests') return { status: 200, body: state.requests }
  if (path === '/__violations') return { status: 200, body: state.violations }
  if (path !== '/__reset') return undefined
  reset(state)
  return { status: 200, body: {} }
}

/** The token services of the clouds; their requests are kept among the others, by path. */
function tokenView(state: State, request: IncomingMessage, body: string): View | undefined {
  const { clouds } = state.options
  if (clouds === undefined) return undefined
  const asked = { method: request.method ?? '', url: request.url ?? '/', headers: request.headers, body }
  const issued = issueToken(clouds, state.tokens, asked)
  if (issued === undefined) return undefined
  state.tokenRequests.push(asked.url)
  if (issued.violation !== undefined) state.violations.push(`${asked.url}: ${issued.violation}`)
  return issued
}

function models(state: State, request: IncomingMessage): View {
  if (!/^Bearer \S+$/.test(request.headers.authorization ?? '')) {
    state.violations.push('GET /v1/models: no Authorization: Bearer header')
    const error = { message: 'no API key', type: 'invalid_request_error', param: null, code: null }
    return { status: 401, body: { error } }
  }
  const data = (state.options.knownModels ?? []).map((id) => ({ id, object: 'model', created: 0, owned_by: 'fake' }))
  return { status: 200, body: { object: 'list', data } }
}
