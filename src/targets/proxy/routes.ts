// Which provider and which interface a path at the proxy means. What is not in the table is not passed on: the proxy is no
// open one, and a call that nobody can count has no place in a measurement.

import { own } from '../endpoint-parts.ts'
import { PROVIDERS } from '../provider-table.ts'
import { type Endpoint, endpointUrl } from '../shape.ts'

export type Interface = 'chat' | 'responses' | 'messages' | 'generate' | 'completions' | 'embeddings' | 'free'

export type Route = {
  readonly endpoint: Endpoint
  /** `free` costs nothing and says nothing: lists of models, counts of tokens. */
  readonly api: Interface
  readonly url: string
  /** Of Gemini, which has its model in the path. */
  readonly pathModel?: string
  readonly stream?: true
}

type Known = { readonly method: 'GET' | 'POST'; readonly path: RegExp; readonly api: Interface }

const OPENAI: readonly Known[] = [
  { method: 'POST', path: /\/chat\/completions$/, api: 'chat' },
  { method: 'POST', path: /\/responses$/, api: 'responses' },
  { method: 'POST', path: /\/responses\/input_tokens$/, api: 'free' },
  { method: 'POST', path: /\/completions$/, api: 'completions' },
  { method: 'POST', path: /\/embeddings$/, api: 'embeddings' },
  { method: 'POST', path: /\/moderations$/, api: 'free' },
  { method: 'GET', path: /\/models(?:\/[\w.:@-]+)*$/, api: 'free' },
]
const ANTHROPIC: readonly Known[] = [
  { method: 'POST', path: /\/messages$/, api: 'messages' },
  { method: 'POST', path: /\/messages\/count_tokens$/, api: 'free' },
  { method: 'GET', path: /\/models(?:\/[\w.:@-]+)?$/, api: 'free' },
]
const GEMINI: readonly Known[] = [
  { method: 'POST', path: /\/models\/[\w.@-]+:(?:generateContent|streamGenerateContent)$/, api: 'generate' },
  { method: 'POST', path: /\/models\/[\w.@-]+:(?:embedContent|batchEmbedContents)$/, api: 'embeddings' },
  { method: 'POST', path: /\/models\/[\w.@-]+:countTokens$/, api: 'free' },
  { method: 'GET', path: /\/models(?:\/[\w.@-]+)?$/, api: 'free' },
]

/** Kinds of endpoints that can be passed on, with their version of the path where the base URL has none. */
const KINDS: { readonly [kind: string]: { readonly known: readonly Known[]; readonly version?: string } } = {
  openai: { known: OPENAI },
  anthropic: { known: ANTHROPIC, version: 'v1' },
  gemini: { known: GEMINI, version: 'v1beta' },
}

export const isPassedOn = (kind: string): boolean => Object.hasOwn(KINDS, kind)

/** Under which path an endpoint is offered: as the provider's own base URL ends, for SDKs add their paths to that. */
export function offeredPath(name: string, { baseUrl, kind }: Pick<Endpoint, 'baseUrl' | 'kind'>): string {
  const path = new URL(own(PROVIDERS, name)?.baseUrl ?? baseUrl).pathname.replace(/\/+$/, '')
  return path === '' && kind === 'openai' ? '/v1' : path
}

/** The first word of a path names the provider. */
export const providerAt = (path: string): string => /^\/([\w.-]+)\//.exec(path)?.[1] ?? ''

export type Asked = { readonly method: string; readonly path: string }

/**
 * Null when nothing of ours is at the path. The first word names the provider; the path that it is offered under (a gateway's may
 * be of any words) and versions that SDKs put before the rest fall away.
 */
export function routeOf({ method, path }: Asked, endpoints: ReadonlyMap<string, Endpoint>): Route | null {
  const [plain = '', query = ''] = path.split('?', 2)
  const [, name = '', rest = ''] = /^\/([\w.-]+)(\/.*)$/.exec(plain) ?? []
  const endpoint = endpoints.get(name)
  const kind = endpoint === undefined || !Object.hasOwn(KINDS, endpoint.kind) ? undefined : KINDS[endpoint.kind]
  if (endpoint === undefined || kind === undefined) return null
  const offered = offeredPath(name, endpoint)
  const asked = rest.startsWith(`${offered}/`) ? rest.slice(offered.length) : rest
  const inner = asked.replace(/^(?:\/(?:openai|api|inference|v\d[a-z0-9]*))*(?=\/)/, '')
  // From the start: a longer path that only ends in a known one is another thing.
  const known = kind.known.find((one) => one.method === method && one.path.exec(inner)?.index === 0)
  if (known === undefined) return null
  const pathModel = /\/models\/([^/:]+):/.exec(inner)?.[1]
  return {
    endpoint,
    api: known.api,
    url: `${endpointUrl(endpoint.baseUrl, inner, kind.version)}${forwardedQuery(query)}`,
    ...(pathModel === undefined ? {} : { pathModel: decodeURIComponent(pathModel) }),
    ...(inner.endsWith(':streamGenerateContent') ? { stream: true as const } : {}),
  }
}

/** A key in the query is the throw-away token, and stays here. */
function forwardedQuery(query: string): string {
  const kept = new URLSearchParams(query)
  kept.delete('key')
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}
