// HTTP over node:http and node:https. No redirects, no compression, whole bodies only, every fault an HttpFailure.

import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as SecureAgent } from 'node:https'
import type { Environment, Http, HttpOpen, HttpRequest, HttpResponse } from '../ports.ts'
import { HttpFailure } from '../ports.ts'
import { openExchange } from './http-open.ts'

export const MAX_BODY_BYTES = 32 * 1024 * 1024

export type AnyAgent = Agent | SecureAgent

/** Keeps connections open until `close`. A proxy is used when the environment names one for the URL; loopback never has one. */
export function createHttp({
  environment,
}: {
  readonly environment: Environment
}): Http & { open: HttpOpen; close(): void } {
  const plain = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const secure = new SecureAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const proxied = new Map<string, AnyAgent>()
  const anyProxy = proxyIsNamed(environment)
  const agentFor = async (url: URL): Promise<AnyAgent> => {
    const proxy = anyProxy && !isLoopbackHost(url.hostname) ? await proxyAgent(url, proxied) : null
    return proxy ?? (url.protocol === 'https:' ? secure : plain)
  }
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    const url = new URL(request.url)
    return exchange(request, url, await agentFor(url))
  }
  const open: HttpOpen = async (request) => {
    const url = new URL(request.url)
    return openExchange(request, url, await agentFor(url))
  }
  const close = () => {
    for (const agent of [plain, secure, ...proxied.values()]) agent.destroy()
  }
  return Object.assign(http, { open, close })
}

function proxyIsNamed(environment: Environment): boolean {
  const names = ['http_proxy', 'https_proxy', 'all_proxy']
  return names.some((name) => environment(name) || environment(name.toUpperCase()))
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

/** Loaded on demand: most runs have no proxy. Null when NO_PROXY covers the URL. */
async function proxyAgent(url: URL, agents: Map<string, AnyAgent>): Promise<AnyAgent | null> {
  const { getProxyForUrl } = await import('proxy-from-env')
  const proxy = getProxyForUrl(url.href)
  if (proxy === '') return null
  const there = agents.get(proxy)
  if (there !== undefined) return there
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true })
  agents.set(proxy, agent)
  return agent
}

/** Messages name the host only: paths and queries may carry secrets. */
function exchange(request: HttpRequest, url: URL, agent: AnyAgent): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { host } = url
    const { signal } = request
    if (signal?.aborted) return reject(new HttpFailure('cancelled', `the call to ${host} was cancelled`))
    const sent = trySend(request, url, agent)
    if (sent instanceof HttpFailure) return reject(sent)
    let finished = false
    const finish = (end: () => void) => {
      if (finished) return
      finished = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      end()
    }
    const fail = (kind: HttpFailure['kind'], message: string) => {
      finish(() => reject(new HttpFailure(kind, message)))
      sent.destroy()
    }
    const cancel = () => fail('cancelled', `the call to ${host} was cancelled`)
    const late = () => fail('timeout', `${host} did not answer within ${request.timeoutMs / 1000} s`)
    const timer = setTimeout(late, request.timeoutMs)
    signal?.addEventListener('abort', cancel, { once: true })
    sent.on('error', (error) => fail('connection', `no connection to ${host}: ${reasonOf(error)}`))
    sent.on('response', (response) => {
      collect(response).then(
        (body) => finish(() => resolve({ status: response.statusCode ?? 0, headers: flatHeaders(response), body })),
        (error: Error) => fail('truncated', `the answer of ${host} ended early: ${reasonOf(error)}`),
      )
    })
  })
}

/** Node refuses headers that cannot be sent; its message names the header and not the value. */
export function trySend(request: HttpRequest, url: URL, agent: AnyAgent): ClientRequest | HttpFailure {
  try {
    return send(request, url, agent)
  } catch (error) {
    return new HttpFailure(
      'connection',
      `nothing was sent to ${url.host}: ${error instanceof Error ? error.message : 'refused'}`,
    )
  }
}

function send(request: HttpRequest, url: URL, agent: AnyAgent): ClientRequest {
  const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8')
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) }
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', ...request.headers, ...length }
  const open = url.protocol === 'https:' ? requestHttps : requestHttp
  const sent = open(url, { method: request.method, headers, agent })
  sent.end(body)
  return sent
}

function collect(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) reject(new Error(`it is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB`))
      else chunks.push(chunk)
    })
    response.on('end', () =>
      response.complete ? resolve(Buffer.concat(chunks).toString('utf8')) : reject(new Error('cut off')),
    )
    response.on('error', reject)
    response.on('aborted', () => reject(new Error('cut off')))
  })
}

export function flatHeaders(response: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

/** Node's codes (ECONNRESET, ENOTFOUND, ...) say it shorter than its messages; happy-eyeballs errors hide them in a list. */
export function reasonOf(
  error: Error & { readonly code?: string; readonly errors?: readonly { readonly code?: string }[] },
): string {
  return error.code ?? error.errors?.[0]?.code ?? (error.message || 'closed')
}
