// What of a call's headers goes on: the key is ours, the rest is what a provider reads. Everything else stays here.

import type { Endpoint } from '../shape.ts'

type Headers = { readonly [name: string]: string }

const ASKED: ReadonlySet<string> = new Set([
  ...['content-type', 'accept', 'user-agent', 'idempotency-key', 'http-referer', 'x-title', 'x-goog-api-client'],
])
const ASKED_PREFIX = /^(?:anthropic-|openai-|x-stainless-)/

const TOLD: ReadonlySet<string> = new Set([
  'content-type',
  'request-id',
  'x-request-id',
  'retry-after',
  'retry-after-ms',
])
const TOLD_PREFIX = /^(?:anthropic-|openai-|x-ratelimit-)/

/** To the provider: with the real key, which nobody but us has. Headers of the configuration win. */
export function headersToProvider(asked: Headers, endpoint: Endpoint): Headers {
  const kept = Object.entries(asked).filter(([name]) => ASKED.has(name) || ASKED_PREFIX.test(name))
  return { ...Object.fromEntries(kept), ...keyHeader(endpoint, asked), ...endpoint.headers }
}

/** Anthropic's libraries have changed from a header of their own to a bearer: the key goes where the token was. */
function keyHeader({ kind, key }: Endpoint, asked: Headers): Headers {
  if (key === null) return {}
  const isBearer = asked['x-api-key'] === undefined && /^Bearer /i.test(asked.authorization ?? '')
  if (kind === 'anthropic' && !isBearer) return { 'x-api-key': key.value }
  if (kind === 'gemini') return { 'x-goog-api-key': key.value }
  return { authorization: `Bearer ${key.value}` }
}

/** To the application. `x-should-retry` is what OpenAI's and Anthropic's libraries obey: we have tried long enough. */
export function headersToApplication(told: Headers, isFinal: boolean): Headers {
  const kept = Object.entries(told).filter(([name]) => TOLD.has(name) || TOLD_PREFIX.test(name))
  return { ...Object.fromEntries(kept), ...(isFinal ? { 'x-should-retry': 'false' } : {}) }
}

/** Wherever an SDK puts its key. */
export function tokenOf(headers: Headers, path: string): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const query = path.includes('?') ? new URLSearchParams(path.slice(path.indexOf('?'))).get('key') : null
  return bearer ?? headers['x-api-key'] ?? headers['api-key'] ?? headers['x-goog-api-key'] ?? query
}
