// One request on its way, under its deadline and its signal: what fails before its answer is over is an HttpFailure, once.

import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, type Agent as SecureAgent } from 'node:https'
import { HttpFailure, type OpenRequest } from '../ports.ts'

export type AnyAgent = Agent | SecureAgent

/** `proxy`: it is asked for the whole URL, as is usual where nothing is encrypted; for the rest an agent has a tunnel. */
export type Route = { readonly url: URL; readonly agent: AnyAgent; readonly proxy?: URL }

/** `fail` gives the request up, `over` is said when its answer is complete: nothing fails after either. */
export type Underway = { fail(kind: HttpFailure['kind'], message: string): void; over(): void }

export type Listener = {
  answered(response: IncomingMessage, underway: Underway): void
  failed(failure: HttpFailure): void
}

/** Messages name the host only: paths and queries may carry secrets. */
export function sendGuarded(request: OpenRequest, to: Route, listener: Listener): void {
  const { host } = to.url
  const { signal, timeoutMs } = request
  const cancelled = `the call to ${host} was cancelled`
  const sent = signal?.aborted ? new HttpFailure('cancelled', cancelled) : trySend(request, to)
  if (sent instanceof HttpFailure) {
    listener.failed(sent)
    return
  }
  let isOver = false
  const over = () => {
    isOver = true
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
  const fail: Underway['fail'] = (kind, message) => {
    if (isOver) return
    over()
    listener.failed(new HttpFailure(kind, message))
    sent.destroy()
  }
  const cancel = () => fail('cancelled', cancelled)
  const timer = setTimeout(() => fail('timeout', `${host} did not answer within ${timeoutMs / 1000} s`), timeoutMs)
  signal?.addEventListener('abort', cancel, { once: true })
  sent.on('error', (error) => {
    if (sent.writableFinished) fail('reset', `${host} broke the connection before it answered: ${reasonOf(error)}`)
    else fail('connection', `no connection to ${host}: ${reasonOf(error)}`)
  })
  sent.on('response', (response) => listener.answered(response, { fail, over }))
}

/** Node refuses headers that cannot be sent; its message names the header and not the value. */
function trySend(request: OpenRequest, to: Route): ClientRequest | HttpFailure {
  try {
    return send(request, to)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'refused'
    return new HttpFailure('connection', `nothing was sent to ${to.url.host}: ${why}`)
  }
}

function send(request: OpenRequest, { url, agent, proxy }: Route): ClientRequest {
  const body = typeof request.body === 'string' ? Buffer.from(request.body, 'utf8') : request.body
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) }
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', ...request.headers, ...length }
  const { method } = request
  const sent =
    proxy === undefined
      ? opener(url)(url, { method, headers, agent })
      : opener(proxy)(proxy, {
          method,
          agent,
          path: url.href,
          headers: { ...headers, host: url.host, ...accessTo(proxy) },
        })
  sent.end(body)
  return sent
}

const opener = ({ protocol }: URL) => (protocol === 'https:' ? requestHttps : requestHttp)

function accessTo({ username, password }: URL): { readonly [name: string]: string } {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Node's codes (ECONNRESET, ENOTFOUND, ...) say it shorter than its messages; happy-eyeballs errors hide them in a list. */
export function reasonOf(
  error: Error & { readonly code?: string; readonly errors?: readonly { readonly code?: string }[] },
): string {
  return error.code ?? error.errors?.[0]?.code ?? (error.message || 'closed')
}
