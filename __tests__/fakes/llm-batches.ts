// The batch endpoints of the fake provider. Each request of a batch is asked at the fake itself, so that it is checked and
// answered as a single one would be; what the batch endpoints demand of their own is checked here.

import type { IncomingHttpHeaders } from 'node:http'
import type { State } from './llm-state.ts'

export type FakeBatches = {
  /** How many times a batch is asked about before it has ended; default 1. */
  readonly polls?: number
  /** Lines of each batch that expire unanswered, from its end. */
  readonly expire?: number
  /** Batches that fail as a whole, by the number of their order from 1. */
  readonly fail?: readonly number[]
  /** Each batch has the id of the first. */
  readonly sameId?: boolean
  /** Refuses orders with this status. */
  readonly refuse?: number
  /** Takes the first orders, and says nothing of it but this status. */
  readonly unheard?: { readonly orders: number; readonly status: number }
  /** Says which batches there are (OpenAI). */
  readonly lists?: true
  /** Refuses questions about batches with this status. */
  readonly refusePolls?: number
}

type Line = { readonly id: string; readonly url: string; readonly body: unknown }
type Told = { readonly id: string; readonly status: number; readonly body: unknown }
export type Batch = {
  readonly kind: 'openai' | 'anthropic' | 'gemini'
  readonly lines: readonly Line[]
  readonly headers: IncomingHttpHeaders
  readonly number: number
  readonly file?: string
  asked: number
  told: readonly Told[] | null
}
export type BatchMemory = { readonly files: Map<string, string>; readonly batches: Map<string, Batch>; count: number }
export const noBatches = (): BatchMemory => ({ files: new Map(), batches: new Map(), count: 0 })

type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
type Reply = { readonly status: number; readonly body: unknown }

const STATUS_WORD: { readonly [status: number]: number } = { 400: 3, 401: 16, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14 }

/** Undefined when the path is none of a batch endpoint. */
export async function batchReply(state: State, asked: Asked): Promise<Reply | undefined> {
  const rules = state.options.batches
  if (rules === undefined) return undefined
  const { method, path } = asked
  if (method === 'POST' && path === '/v1/files') return takeFile(state, asked)
  const order = method === 'POST' ? orderOf(state, asked) : undefined
  if (order !== undefined) {
    if ('status' in order) return order
    if (rules.refuse !== undefined)
      return { status: rules.refuse, body: { error: { type: 'server_error', message: 'no' } } }
    return place(state, asked, order)
  }
  if (method === 'GET' && /^\/v1\/batches\?/.test(path) && rules.lists) {
    const data = [...state.batches.batches].map(([id, { file }]) => ({ id, input_file_id: file }))
    return { status: 200, body: { object: 'list', data } }
  }
  const openai = /^\/v1\/batches\/([^/]+)$/.exec(path)?.[1]
  const anthropic = /^\/v1\/messages\/batches\/([^/]+?)(\/results)?$/.exec(path)
  const gemini = /^\/v1beta\/(batches\/[^/]+)$/.exec(path)?.[1]
  const file = /^\/v1\/files\/([^/]+)\/content$/.exec(path)?.[1]
  if (method === 'GET' && file !== undefined) return fileReply(state, file)
  const id = openai ?? anthropic?.[1] ?? gemini
  const batch = method === 'GET' && id !== undefined ? state.batches.batches.get(id) : undefined
  if (batch === undefined || id === undefined) return undefined
  if (!sameKey(batch.headers, asked.headers))
    state.violations.push(`${path}: asked with another key than it was made with`)
  return statusOf(state, { id, batch, results: anthropic?.[2] !== undefined })
}

function takeFile(state: State, { headers, body }: Asked): Reply {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1]
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1)
  const field = (name: string) => {
    const part = parts.find((one) => one.toLowerCase().includes(`form-data; name="${name}"`))
    return part?.slice(part.indexOf('\r\n\r\n') + 4, -2)
  }
  const [purpose, content] = [field('purpose'), field('file')]
  if (purpose !== 'batch' || content === undefined || !body.endsWith(`--${boundary}--\r\n`)) {
    state.violations.push('/v1/files: not a form with the purpose batch and a file')
    return { status: 400, body: { error: { message: 'bad form', type: 'invalid_request_error', code: null } } }
  }
  const id = `file-${state.batches.files.size + 1}`
  state.batches.files.set(id, content)
  return { status: 200, body: { id, object: 'file', purpose: 'batch', bytes: content.length } }
}

function fileReply(state: State, id: string): Reply | undefined {
  const content = state.batches.files.get(id)
  return content === undefined ? undefined : { status: 200, body: content }
}

type Order = Pick<Batch, 'kind' | 'lines' | 'file'>

function orderOf(state: State, { path, body }: Asked): Order | Reply | undefined {
  const gemini = /^\/v1beta(\/models\/[^/]+):batchGenerateContent$/.exec(path)?.[1]
  if (path !== '/v1/batches' && path !== '/v1/messages/batches' && gemini === undefined) return undefined
  const order = JSON.parse(body)
  const wrong = (what: string): Reply => {
    state.violations.push(`${path}: ${what}`)
    return { status: 400, body: { error: { message: what, type: 'invalid_request_error', code: null } } }
  }
  if (path === '/v1/batches') {
    if (Object.keys(order).sort().join() !== 'completion_window,endpoint,input_file_id') return wrong('other keys')
    if (order.completion_window !== '24h') return wrong('not within 24h')
    const rows = (state.batches.files.get(order.input_file_id) ?? '').split('\n').map((row) => JSON.parse(row))
    if (rows.some((row) => row.method !== 'POST' || row.url !== order.endpoint))
      return wrong('a line for another endpoint')
    if (new Set(rows.map((row) => row.body.model)).size > 1) return wrong('several models')
    const lines = rows.map((row) => ({ id: row.custom_id, url: row.url, body: row.body }))
    const all = unique(lines, 'openai')
    return all === undefined ? wrong('an id twice') : { ...all, file: order.input_file_id }
  }
  if (path === '/v1/messages/batches') {
    const lines = (order.requests as readonly { custom_id: string; params: unknown }[]).map((one) => ({
      ...{ id: one.custom_id, url: '/v1/messages', body: one.params },
    }))
    if (lines.some((line) => !/^[a-zA-Z0-9_-]{1,64}$/.test(line.id))) return wrong('an id that is not allowed')
    return unique(lines, 'anthropic') ?? wrong('an id twice')
  }
  const { displayName, inputConfig } = order.batch
  if (typeof displayName !== 'string') return wrong('no displayName')
  const requests: readonly { request: unknown; metadata: { key: string } }[] = inputConfig.requests.requests
  const url = `/v1beta${gemini}:generateContent`
  return { kind: 'gemini', lines: requests.map((one) => ({ id: one.metadata.key, url, body: one.request })) }
}

function unique(lines: readonly Line[], kind: Batch['kind']): Order | undefined {
  return new Set(lines.map((line) => line.id)).size === lines.length ? { kind, lines } : undefined
}

function place(state: State, { headers }: Asked, { kind, lines, file }: Order): Reply {
  const number = ++state.batches.count
  const named = state.options.batches?.sameId ? 1 : number
  const id = { openai: `batch_${named}`, anthropic: `msgbatch_${named}`, gemini: `batches/b${named}` }[kind]
  const batch: Batch = { kind, lines, headers, number, asked: 0, told: null, ...(file && { file }) }
  state.batches.batches.set(id, batch)
  const { orders = 0, status = 0 } = state.options.batches?.unheard ?? {}
  if (number <= orders) return { status, body: { error: { message: 'overloaded' } } }
  if (kind === 'openai') return { status: 200, body: { id, object: 'batch', status: 'validating' } }
  if (kind === 'anthropic')
    return { status: 200, body: { id, type: 'message_batch', processing_status: 'in_progress' } }
  return { status: 200, body: { name: id, metadata: { state: 'BATCH_STATE_PENDING' } } }
}

type About = { readonly id: string; readonly batch: Batch; readonly results: boolean }

async function statusOf(state: State, { id, batch, results }: About): Promise<Reply> {
  const { polls = 1, expire = 0, fail = [], refusePolls } = state.options.batches ?? {}
  if (refusePolls !== undefined)
    return { status: refusePolls, body: { error: { type: 'authentication_error', message: 'no' } } }
  if (!results) batch.asked += 1
  const ended = batch.asked > polls
  const failed = fail.includes(batch.number)
  if (ended && !failed) batch.told ??= await answers(state, batch, expire)
  const told = batch.told ?? []
  if (batch.kind === 'openai') {
    if (failed)
      return { status: 200, body: { id, status: 'failed', errors: { data: [{ message: 'enqueued token limit' }] } } }
    if (!ended) return { status: 200, body: { id, status: 'in_progress' } }
    return { status: 200, body: { id, ...openaiFiles(state, batch, told) } }
  }
  if (batch.kind === 'anthropic') {
    if (results) return { status: 200, body: anthropicResults(batch, told) }
    // A foreign host: whoever follows it sends the key there.
    const body = {
      id,
      processing_status: ended ? 'ended' : 'in_progress',
      results_url: 'https://elsewhere.invalid/results',
    }
    return { status: 200, body }
  }
  if (failed) return { status: 200, body: { name: id, done: true, error: { code: 13, message: 'failed' } } }
  if (!ended) return { status: 200, body: { name: id, metadata: { state: 'BATCH_STATE_RUNNING' } } }
  const inlinedResponses = batch.lines.map((line) => {
    const one = told.find(({ id: told_id }) => told_id === line.id)
    if (one === undefined) return { error: { code: 4, message: 'expired' } }
    return one.status === 200
      ? { response: one.body }
      : { error: { code: STATUS_WORD[one.status] ?? 13, message: JSON.stringify(one.body) } }
  })
  return { status: 200, body: { name: id, done: true, response: { inlinedResponses: { inlinedResponses } } } }
}

function openaiFiles(state: State, batch: Batch, told: readonly Told[]) {
  const row = (one: Told) => ({
    id: `r_${one.id.slice(0, 8)}`,
    custom_id: one.id,
    response: { status_code: one.status, request_id: `req_${one.id.slice(0, 8)}`, body: one.body },
    error: null,
  })
  const expired = batch.lines.filter((line) => !told.some((one) => one.id === line.id))
  const error = (line: Line) => ({
    id: 'x',
    custom_id: line.id,
    response: null,
    error: { code: 'batch_expired', message: 'expired' },
  })
  const file = (name: string, rows: readonly unknown[]) => {
    if (rows.length === 0) return undefined
    state.batches.files.set(name, `${rows.map((one) => JSON.stringify(one)).join('\n')}\n`)
    return name
  }
  // In an order of its own: nothing says that answers come as they were asked.
  const good = told.filter((one) => one.status === 200).toReversed()
  const bad = told.filter((one) => one.status !== 200)
  return {
    status: expired.length > 0 ? 'expired' : 'completed',
    output_file_id: file(`out-${batch.number}`, good.map(row)),
    error_file_id: file(`err-${batch.number}`, [...bad.map(row), ...expired.map(error)]),
  }
}

function anthropicResults(batch: Batch, told: readonly Told[]): string {
  const rows = batch.lines.toReversed().map((line) => {
    const one = told.find(({ id }) => id === line.id)
    if (one === undefined) return { custom_id: line.id, result: { type: 'expired' } }
    const result = one.status === 200 ? { type: 'succeeded', message: one.body } : { type: 'errored', error: one.body }
    return { custom_id: line.id, result }
  })
  return rows.map((row) => JSON.stringify(row)).join('\n')
}

async function answers(state: State, batch: Batch, expire: number): Promise<readonly Told[]> {
  const kept = batch.lines.slice(0, batch.lines.length - expire)
  const headers = Object.fromEntries(
    Object.entries(batch.headers).filter(([name]) =>
      /^(authorization|x-api-key|anthropic-version|x-goog-api-key)$/.test(name),
    ),
  ) as Record<string, string>
  return Promise.all(
    kept.map(async (line) => {
      const response = await fetch(`${state.self}${line.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(line.body),
      })
      return { id: line.id, status: response.status, body: await response.json() }
    }),
  )
}

function sameKey(a: IncomingHttpHeaders, b: IncomingHttpHeaders): boolean {
  return ['authorization', 'x-api-key', 'x-goog-api-key'].every((name) => a[name] === b[name])
}
