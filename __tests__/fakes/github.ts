// A local stand-in for GitHub's API: every request and answer is checked against GitHub's own description, real git is
// behind it, and it has the token's permissions, limits and faults of the real one.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Permissions } from './events.ts'
import { readGraphql, type Selection } from './github-graphql.ts'
import { issueOperations } from './github-issues.ts'
import { type Call, type Need, type Operations, Problem, type Reply } from './github-operation.ts'
import { repositoryOperations } from './github-repository.ts'
import {
  answerSchema,
  checkAnswer,
  checkParameters,
  checkRequestBody,
  type Matched,
  matchRoute,
} from './github-routes.ts'
import { complete } from './github-sample.ts'
import {
  DEFAULT_TOKEN,
  type FakeCheck,
  type FakeComment,
  type FakeGitHubOptions,
  type FakeIssue,
  type FakeStatus,
  freshGitHub,
  type GitHubFault,
  type GitHubState,
} from './github-state.ts'

export { DEFAULT_TOKEN, type FakeGitHubOptions, type GitHubFault } from './github-state.ts'

export type GitHubRequest = {
  readonly operation: string | undefined
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly body: unknown
  /** Null while open, and for good when the connection was dropped. */
  status: number | null
  fault: GitHubFault['kind'] | undefined
}

export type FakeGitHub = {
  readonly apiUrl: string
  readonly graphqlUrl: string
  readonly token: string
  readonly requests: GitHubRequest[]
  /** Wrong requests, and answers of the fake that break GitHub's own description. */
  readonly violations: string[]
  /** Live: comments, issues, checks as they are now; may be changed by a test between calls. */
  readonly state: Pick<
    GitHubState,
    'comments' | 'issues' | 'deleted' | 'checks' | 'statuses' | 'labels' | 'pulls' | 'writes'
  >
  /** Pending faults, first match wins; push to it at any time. */
  readonly faults: GitHubFault[]
  /** Runs before an operation is handled: to move a branch or edit a comment between two calls. */
  readonly before: (operation: string, work: () => unknown) => void
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
export type { FakeCheck, FakeComment, FakeIssue, FakeStatus }

type World = {
  readonly state: GitHubState
  readonly requests: GitHubRequest[]
  readonly violations: string[]
  readonly faults: GitHubFault[]
  /** Requests that each fault has let pass or hit. */
  readonly counts: Map<GitHubFault, number>
  readonly hooks: { readonly operation: string; readonly work: () => unknown }[]
  readonly token: string
  readonly prefix: string
  readonly created: number[]
  used: number
}
type Exchange = {
  readonly world: World
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly record: GitHubRequest
}

const OPERATIONS: Operations = {
  ...repositoryOperations,
  ...issueOperations,
  'rate-limit/get': { needs: [{}], run: () => ({ status: 200, body: {} }) },
}
const API_VERSIONS = ['2022-11-28', '2026-03-10']
const HOUR_SECONDS = 3600

export async function startFakeGitHub(options: FakeGitHubOptions): Promise<FakeGitHub> {
  const state = freshGitHub(options)
  const world: World = {
    state,
    requests: [],
    violations: [],
    faults: [...(options.faults ?? [])],
    counts: new Map(),
    hooks: [],
    token: options.token ?? DEFAULT_TOKEN,
    prefix: options.enterprise ? '/api/v3' : '',
    created: [],
    used: 0,
  }
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => receive(world, request, response))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return {
    apiUrl: `${root}${world.prefix}`,
    graphqlUrl: options.enterprise ? `${root}/api/graphql` : `${root}/graphql`,
    token: world.token,
    requests: world.requests,
    violations: world.violations,
    state,
    faults: world.faults,
    before: (operation, work) => world.hooks.push({ operation, work }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function receive(world: World, request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const raw = Buffer.concat(parts).toString('utf8')
    const record: GitHubRequest = {
      operation: undefined,
      method: request.method ?? '',
      path: request.url ?? '/',
      headers: request.headers,
      body: raw === '' ? undefined : parseJson(raw),
      status: null,
      fault: undefined,
    }
    world.requests.push(record)
    const exchange = { world, request, response, record }
    serve(exchange, raw).catch((failure: unknown) => {
      if (failure instanceof Problem) answerProblem(exchange, failure)
      else {
        // A defect of the fake, not of the request.
        violation(exchange, `the fake failed: ${failure instanceof Error ? failure.stack : String(failure)}`)
        answer(exchange, 500, { message: 'Server Error' })
      }
    })
  })
}

const NOT_JSON = Symbol('not JSON')

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown
  } catch {
    return NOT_JSON
  }
}

async function serve(exchange: Exchange, raw: string): Promise<void> {
  const { world, record } = exchange
  const url = new URL(record.path, 'http://fake')
  const isGraphql = url.pathname === (world.prefix === '' ? '/graphql' : '/api/graphql') && record.method === 'POST'
  const inner = url.pathname.startsWith(world.prefix) ? url.pathname.slice(world.prefix.length) : ''
  const matched = isGraphql ? undefined : matchRoute(record.method, inner)
  Object.assign(record, { operation: isGraphql ? 'graphql' : matched?.route.operation })
  checkHeaders(exchange, raw)
  if (!isGraphql && !matched) {
    violation(exchange, 'no such operation in this fake')
    throw new Problem(404, 'Not Found')
  }
  const operation = record.operation ?? ''
  for (const hook of world.hooks) if (hook.operation === operation) await hook.work()
  countAgainstLimits(exchange)
  const fault = drawFault(world, operation)
  if (fault) record.fault = fault.kind
  if (fault && !(fault.worked ?? (fault.kind === 'lost' || fault.kind === 'garbage' || fault.kind === 'slow'))) {
    showFault(exchange, fault)
    return
  }
  const reply = isGraphql || !matched ? runGraphql(exchange) : await runOperation(exchange, matched, url)
  if (!fault) deliver(exchange, reply)
  else if (fault.kind === 'slow') setTimeout(() => deliver(exchange, reply), fault.latencyMs ?? 100)
  else showFault(exchange, fault)
}

/** Token, user agent, versions and types of content. Throws what GitHub would answer. */
function checkHeaders(exchange: Exchange, raw: string): void {
  const { world, request, record } = exchange
  const { authorization = '', 'user-agent': agent, accept = '' } = request.headers
  if (!agent) {
    violation(exchange, 'no User-Agent header')
    throw new Problem(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
    )
  }
  const key = /^(?:token|bearer) (\S+)$/i.exec(authorization)?.[1]
  if (key === undefined) violation(exchange, 'no Authorization header')
  if (key !== world.token) throw new Problem(401, 'Bad credentials')
  if (accept !== '' && !/json|\*\/\*|raw|html|diff|patch/.test(accept)) violation(exchange, `Accept: ${accept}`)
  const version = request.headers['x-github-api-version']
  const isRest = record.operation !== 'graphql'
  if (version === undefined && isRest && world.state.options.requireApiVersion !== false) {
    violation(exchange, 'no X-GitHub-Api-Version header')
  }
  if (version !== undefined && !API_VERSIONS.includes(String(version))) {
    violation(exchange, `X-GitHub-Api-Version: ${String(version)}`)
    throw new Problem(400, `Unsupported version: ${String(version)}`)
  }
  if (raw === '') return
  if (record.body === NOT_JSON) {
    violation(exchange, 'the body is not JSON')
    throw new Problem(400, 'Problems parsing JSON')
  }
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/(vnd\.github[\w.+-]*\+)?json\b/.test(type)) violation(exchange, `Content-Type: ${type}`)
}

function countAgainstLimits(exchange: Exchange): void {
  const { world, record } = exchange
  const { requestsPerHour = 1000, contentPerMinute = 80 } = world.state.options
  if (record.operation === 'rate-limit/get') return
  world.used += 1
  if (world.used > requestsPerHour) throw new Problem(403, 'API rate limit exceeded for installation.')
  if (!OPERATIONS[record.operation ?? '']?.creates) return
  const now = performance.now()
  while ((world.created[0] ?? now) < now - 60_000) world.created.shift()
  world.created.push(now)
  if (world.created.length > contentPerMinute) {
    exchange.response.setHeader('retry-after', '60')
    throw new Problem(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.')
  }
}

function drawFault(world: World, operation: string): GitHubFault | undefined {
  return world.faults.find((fault) => {
    const { operation: wanted } = fault
    const isMeant = wanted === undefined || (typeof wanted === 'string' ? wanted === operation : wanted.test(operation))
    if (!isMeant) return false
    const count = world.counts.get(fault) ?? 0
    world.counts.set(fault, count + 1)
    const first = fault.after ?? 0
    return count >= first && count < first + (fault.times ?? 1)
  })
}

function showFault(exchange: Exchange, fault: GitHubFault): void {
  const { response, record } = exchange
  if (fault.kind === 'hang') return
  if (fault.kind === 'lost') response.destroy()
  else if (fault.kind === 'reset') response.socket?.resetAndDestroy()
  else if (fault.kind === 'garbage') {
    record.status = 200
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"id": 1, "body": "cut')
  } else if (fault.kind === 'primary') {
    exchange.world.used = Number.MAX_SAFE_INTEGER
    answerProblem(exchange, new Problem(403, 'API rate limit exceeded for installation.'))
  } else if (fault.kind === 'secondary') {
    if (fault.retryAfter !== null) response.setHeader('retry-after', String(fault.retryAfter ?? 1))
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    answerProblem(exchange, new Problem(fault.status ?? 403, message))
  } else {
    record.status = fault.status ?? 502
    response.writeHead(record.status, { 'content-type': 'text/html' }).end('<html><title>Unicorn!</title></html>')
  }
}

async function runOperation(exchange: Exchange, matched: Matched, url: URL): Promise<Reply> {
  const { world, request, record } = exchange
  const { route, path } = matched
  const operation = OPERATIONS[route.operation]
  if (!operation) throw new Error(`no handler for ${route.operation}`)
  const { owner, name } = world.state
  if (path.owner !== undefined && (path.owner !== owner || path.repo !== name)) throw new Problem(404, 'Not Found')
  const { query, problems } = checkParameters(matched, url.searchParams)
  const wrong = [...problems, ...checkRequestBody(matched, record.body)]
  if (wrong.length > 0) {
    violation(exchange, wrong.join('; '))
    throw new Problem(422, `Invalid request.\n\n${wrong.join('\n')}`)
  }
  const call: Call = {
    state: world.state,
    bare: world.state.options.bare,
    path,
    query,
    body: (record.body ?? {}) as Call['body'],
    accept: request.headers.accept ?? '',
    apiVersion: String(request.headers['x-github-api-version'] ?? '2022-11-28'),
  }
  const needs = typeof operation.needs === 'function' ? operation.needs(call) : operation.needs
  exchange.response.setHeader('x-accepted-github-permissions', acceptedHeader(needs))
  if (!isAllowed(world.state.permissions, needs)) throw new Problem(403, 'Resource not accessible by integration')
  const reply = route.operation === 'rate-limit/get' ? rateLimit(world) : await operation.run(call)
  if (record.method !== 'GET') world.state.writes.push(`${route.operation}${idOf(reply)}`)
  return finished(exchange, matched, { reply, url })
}

const RANK = { none: 0, read: 1, write: 2 } as const

function isAllowed(permissions: Permissions, needs: Need): boolean {
  return needs.some((need) =>
    Object.entries(need).every(([name, level]) => RANK[permissions[name as keyof Permissions]] >= RANK[level]),
  )
}

function acceptedHeader(needs: Need): string {
  const sets = needs.map((need) =>
    Object.entries(need)
      .map(([name, level]) => `${name}=${level}`)
      .join(','),
  )
  return sets.map((set) => (set === '' ? 'metadata=read' : set)).join('; ')
}

function idOf(reply: Reply): string {
  const id = (reply.body as { readonly id?: unknown; readonly ref?: unknown } | undefined) ?? {}
  return id.id === undefined ? '' : ` ${String(id.id)}`
}

function resetAt(): number {
  return Math.ceil(Date.now() / 1000) + HOUR_SECONDS
}

function rateLimit(world: World): Reply {
  const limit = world.state.options.requestsPerHour ?? 1000
  const core = { limit, used: world.used, remaining: Math.max(0, limit - world.used), reset: resetAt() }
  return { status: 200, body: { rate: core, resources: { core, search: core } } }
}

/** Pages, completes and checks what an operation said. */
function finished(
  exchange: Exchange,
  { route }: Matched,
  { reply, url }: { readonly reply: Reply; readonly url: URL },
): Reply {
  if (Buffer.isBuffer(reply.body) || reply.status === 204) return reply
  const schema = answerSchema(route, reply.status)
  if (!schema) throw new Error(`${route.operation} has no answer ${reply.status}`)
  const body = complete(schema, reply.list ? paged(exchange, reply, url) : reply.body)
  for (const problem of checkAnswer(route, reply.status, body)) violation(exchange, `the fake's answer: ${problem}`)
  return { status: reply.status, body }
}

/** Thirty a page, at most a hundred; the Link header only where there is another page. */
function paged(exchange: Exchange, reply: Reply, url: URL): unknown {
  const list = reply.list ?? []
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const page = Number(url.searchParams.get('page') ?? 1)
  const last = Math.max(1, Math.ceil(list.length / size))
  const link = (number: number, rel: string) => {
    const target = new URL(url.pathname + url.search, `http://${exchange.request.headers.host}`)
    target.searchParams.set('page', String(number))
    return `<${target.href}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
  ]
  if (links.length > 0) exchange.response.setHeader('link', links.join(', '))
  const shown = list.slice((page - 1) * size, page * size)
  return reply.listKey ? { total_count: list.length, [reply.listKey]: shown } : shown
}

type GraphqlBody = { readonly query?: unknown; readonly variables?: { readonly [name: string]: unknown } | null }

function runGraphql(exchange: Exchange): Reply {
  const { query, variables, ...rest } = (exchange.record.body ?? {}) as GraphqlBody
  try {
    const stray = Object.keys(rest).find((name) => name !== 'operationName')
    if (stray) throw new Error(`unknown member ${stray}`)
    if (typeof query !== 'string') throw new Error('A query attribute must be specified and must be a string.')
    const data: { [name: string]: unknown } = {}
    const errors: object[] = []
    for (const call of readGraphql(query, variables ?? {})) {
      const { value, error } = call.kind === 'viewer' ? viewer(exchange) : minimize(exchange, call)
      data[call.field.alias] = value === null ? null : pick(call.field, value)
      if (error) errors.push({ ...error, path: [call.field.alias] })
    }
    return { status: 200, body: { data, ...(errors.length > 0 ? { errors } : {}) } }
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure)
    violation(exchange, message)
    return { status: 200, body: { errors: [{ message }] } }
  }
}

type Value = { readonly [name: string]: unknown }
type GraphqlResult = { readonly value: Value | null; readonly error?: object }

function viewer({ world }: Exchange): GraphqlResult {
  return { value: { login: world.state.login, id: 'BOT_fake', __typename: 'Bot' } }
}

function minimize(
  exchange: Exchange,
  call: { readonly kind: string; readonly subjectId: string; readonly classifier: string },
): GraphqlResult {
  const { state } = exchange.world
  const comment = state.comments.find((one) => one.nodeId === call.subjectId)
  if (!comment) {
    return {
      value: null,
      error: { type: 'NOT_FOUND', message: `Could not resolve to a node with the global id of '${call.subjectId}'` },
    }
  }
  const isPull = state.issues.get(comment.issue)?.isPull ?? false
  const needs: Need = isPull ? [{ issues: 'write' }, { pull_requests: 'write' }] : [{ issues: 'write' }]
  if (!isAllowed(state.permissions, needs)) {
    return { value: null, error: { type: 'FORBIDDEN', message: 'Resource not accessible by integration' } }
  }
  comment.minimized = call.kind === 'minimize' ? call.classifier : null
  state.writes.push(`graphql/${call.kind} ${comment.id}`)
  const reason = comment.minimized?.toLowerCase() ?? null
  const shown = {
    isMinimized: comment.minimized !== null,
    minimizedReason: reason,
    viewerCanMinimize: true,
    __typename: 'IssueComment',
  }
  return { value: { minimizedComment: shown, clientMutationId: null } }
}

function pick(field: Selection, value: Value): Value {
  const pairs = field.fields.map((inner) => {
    const found = value[inner.name] ?? null
    return [inner.alias, inner.fields.length > 0 && found !== null ? pick(inner, found as Value) : found]
  })
  return Object.fromEntries(pairs)
}

function deliver(exchange: Exchange, reply: Reply): void {
  if (Buffer.isBuffer(reply.body)) {
    exchange.record.status = reply.status
    exchange.response.writeHead(reply.status, { 'content-type': 'application/vnd.github.raw' }).end(reply.body)
    return
  }
  answer(exchange, reply.status, reply.body)
}

function answerProblem(exchange: Exchange, problem: Problem): void {
  const body = {
    message: problem.message,
    ...(problem.errors ? { errors: problem.errors } : {}),
    documentation_url: 'https://docs.github.com/rest',
    status: String(problem.status),
  }
  answer(exchange, problem.status, body)
}

function answer({ world, response, record }: Exchange, status: number, body: unknown): void {
  if (response.destroyed) return
  const limit = world.state.options.requestsPerHour ?? 1000
  record.status = status
  const version = record.headers['x-github-api-version']
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-github-request-id': 'FAKE:1:2:3:4',
    'x-github-api-version-selected': typeof version === 'string' ? version : '2022-11-28',
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.max(0, limit - world.used)),
    'x-ratelimit-reset': String(resetAt()),
    'x-ratelimit-resource': 'core',
  })
  response.end(status === 204 ? undefined : JSON.stringify(body))
}

function violation({ world, record }: Exchange, what: string): void {
  world.violations.push(`${record.method} ${record.path}: ${what}`)
}
