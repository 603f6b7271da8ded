// What of a call's headers goes on: to the provider what an application says from end to end, for its gateway may ask for any of
// it, with our key, except where that key shall go; back to the application what it can use.

import { withoutSecrets } from '../model.ts'
import type { Endpoint } from '../shape.ts'

type Headers = { readonly [name: string]: string }

/**
 * What of an application's headers stays here: those of one connection (RFC 9110, 7.6.1), what the transport says itself, cookies,
 * and wherever an SDK puts its key, which is a token of ours.
 */
const KEPT_BACK: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'proxy-connection'],
  ...['host', 'content-length', 'accept-encoding', 'forwarded', 'via', 'x-real-ip'],
  ...['cookie', 'authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key'],
])
const KEPT_BACK_PREFIX = /^(?:x-forwarded-|proxy-|:)/
/** By which a gateway is told where to take the real key, or to make another call of this one: the configuration alone says that. */
const STEERING =
  /(?:^x-http-method|^x-portkey-config$|(?:custom-host|target-url|target-host|base-?url|api-base|forward-headers|upstream|proxy-url)$)/i

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
  const ofConnection = new Set((asked.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const token = tokenOf(asked, '')
  const isPassedOn = ([name, value]: readonly [string, string]) =>
    !KEPT_BACK.has(name) &&
    !KEPT_BACK_PREFIX.test(name) &&
    !STEERING.test(name) &&
    !ofConnection.has(name) &&
    (token === null || !value.includes(token))
  const kept = Object.entries(asked).filter(isPassedOn)
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
export function headersToApplication(told: Headers, { endpoint, isFinal }: Telling): Headers {
  const kept = Object.entries(told)
    .filter(([name]) => TOLD.has(name) || TOLD_PREFIX.test(name))
    .map(([name, value]) => [name, withoutSecrets(value, endpoint)] as const)
  return { ...Object.fromEntries(kept), ...(isFinal ? { 'x-should-retry': 'false' } : {}) }
}

/** Who told it, and whether we have tried it for the last time. */
type Telling = { readonly endpoint: Endpoint; readonly isFinal: boolean }

/** Wherever an SDK puts its key. */
export function tokenOf(headers: Headers, path: string): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const query = path.includes('?') ? new URLSearchParams(path.slice(path.indexOf('?'))).get('key') : null
  return bearer ?? headers['x-api-key'] ?? headers['api-key'] ?? headers['x-goog-api-key'] ?? query
}
