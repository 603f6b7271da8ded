// HTTP over node:http and node:https. No redirects, whole bodies only, every fault an HttpFailure.

import { Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import {
  type Environment,
  type Http,
  HttpFailure,
  type HttpOpen,
  type HttpRequest,
  type HttpResponse,
} from '../ports.ts'
import { bodyOf, headersOf, MAX_BODY_BYTES } from './http-body.ts'
import { openExchange } from './http-open.ts'
import { type AnyAgent, type Route, reasonOf, sendGuarded, type Underway } from './http-send.ts'

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
  const routeTo = async (url: URL): Promise<Route> => {
    const proxy = anyProxy && !isLoopbackHost(url.hostname) ? await proxyFor(url) : null
    if (proxy === null) return { url, agent: url.protocol === 'https:' ? secure : plain }
    if (url.protocol === 'https:') return { url, agent: await tunnelThrough(proxy, proxied) }
    return { url, proxy, agent: proxy.protocol === 'https:' ? secure : plain }
  }
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    return exchange(request, await routeTo(new URL(request.url)))
  }
  const open: HttpOpen = async (request) => {
    return openExchange(request, await routeTo(new URL(request.url)))
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
async function proxyFor(url: URL): Promise<URL | null> {
  const { getProxyForUrl } = await import('proxy-from-env')
  const proxy = getProxyForUrl(url.href)
  if (proxy === '') return null
  if (URL.canParse(proxy)) return new URL(proxy)
  throw new HttpFailure('connection', `no connection to ${url.host}: the proxy that the environment names is no URL`)
}

async function tunnelThrough({ href, host }: URL, agents: Map<string, AnyAgent>): Promise<AnyAgent> {
  const there = agents.get(href)
  if (there !== undefined) return there
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(href, { keepAlive: true })
  // Otherwise its refusal would be taken for the answer of whom we wanted to speak to.
  agent.on('proxyConnect', ({ statusCode }: { statusCode: number }, request: ClientRequest) => {
    if (statusCode !== 200) request.destroy(new Error(`the proxy ${host} refused it with status ${statusCode}`))
  })
  agents.set(href, agent)
  return agent
}

function exchange(request: HttpRequest, route: Route): Promise<HttpResponse> {
  const { url } = route
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage, { fail, over }: Underway) => {
      const complete = (body: string) => {
        over()
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body })
      }
      collect(response, request).then(complete, (error: Error) =>
        fail('truncated', `the answer of ${url.host} ended early: ${reasonOf(error)}`),
      )
    }
    sendGuarded(request, route, { answered, failed: reject })
  })
}

/** How long a stream whose last event is there may take to end, so that its connection can serve the next call. */
const LINGER_MS = 1000

async function collect(response: IncomingMessage, { isLast }: HttpRequest): Promise<string> {
  const body = await bodyOf(response)
  const isOver = /^text\/event-stream\b/i.test(response.headers['content-type'] ?? '') ? isLast : undefined
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let linger: NodeJS.Timeout | undefined
    body.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) reject(new Error(`it is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB`))
      else chunks.push(chunk)
      if (linger !== undefined || isOver?.(chunk) !== true) return
      linger = setTimeout(() => response.destroy(), LINGER_MS).unref()
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    body.on('end', () => {
      clearTimeout(linger)
      if (response.complete) resolve(Buffer.concat(chunks).toString('utf8'))
      else reject(new Error('cut off'))
    })
    body.on('error', reject)
    response.on('aborted', () => reject(new Error('cut off')))
  })
}
