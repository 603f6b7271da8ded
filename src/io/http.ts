// HTTP over node:http and node:https. No redirects, whole bodies only, every fault an HttpFailure.

import { Agent, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import type { Environment, Http, HttpOpen, HttpRequest, HttpResponse } from '../ports.ts'
import { bodyOf, headersOf, MAX_BODY_BYTES } from './http-body.ts'
import { openExchange } from './http-open.ts'
import { type AnyAgent, reasonOf, sendGuarded, type Underway } from './http-send.ts'

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

function exchange(request: HttpRequest, url: URL, agent: AnyAgent): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage, { fail, over }: Underway) => {
      const complete = (body: string) => {
        over()
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body })
      }
      collect(response).then(complete, (error: Error) =>
        fail('truncated', `the answer of ${url.host} ended early: ${reasonOf(error)}`),
      )
    }
    sendGuarded(request, { url, agent }, { answered, failed: reject })
  })
}

async function collect(response: IncomingMessage): Promise<string> {
  const body = await bodyOf(response)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) reject(new Error(`it is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB`))
      else chunks.push(chunk)
    })
    body.on('end', () =>
      response.complete ? resolve(Buffer.concat(chunks).toString('utf8')) : reject(new Error('cut off')),
    )
    body.on('error', reject)
    response.on('aborted', () => reject(new Error('cut off')))
  })
}
