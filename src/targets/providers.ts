// Which provider is where, and which key may go there. A key is bound to an origin: scheme, host and port.

import type { ProviderConfig } from '../config/config.ts'
import { type Problem, UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Environment } from '../ports.ts'
import { given } from './outside.ts'
import type { Endpoint, EndpointKind } from './shape.ts'

export type BuiltIn = {
  readonly kind: EndpointKind
  readonly baseUrl: string
  /** Names of the environment, the first that is set counts. Empty: no key. */
  readonly keys: readonly string[]
  readonly bases: readonly string[]
  /** Serves under /v1 when the base URL names no path (local servers are written as host and port). */
  readonly local?: true
}

export const PROVIDERS: { readonly [prefix: string]: BuiltIn } = {
  openai: openaiLike('OPENAI', 'https://api.openai.com/v1'),
  anthropic: {
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keys: ['ANTHROPIC_API_KEY'],
    bases: ['ANTHROPIC_BASE_URL'],
  },
  gemini: {
    kind: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    bases: ['GEMINI_BASE_URL', 'GOOGLE_GEMINI_BASE_URL'],
  },
  mistral: openaiLike('MISTRAL', 'https://api.mistral.ai/v1'),
  groq: openaiLike('GROQ', 'https://api.groq.com/openai/v1'),
  openrouter: openaiLike('OPENROUTER', 'https://openrouter.ai/api/v1'),
  xai: openaiLike('XAI', 'https://api.x.ai/v1'),
  deepseek: openaiLike('DEEPSEEK', 'https://api.deepseek.com/v1'),
  together: openaiLike('TOGETHER', 'https://api.together.xyz/v1'),
  fireworks: openaiLike('FIREWORKS', 'https://api.fireworks.ai/inference/v1'),
  cerebras: openaiLike('CEREBRAS', 'https://api.cerebras.ai/v1'),
  ollama: { ...openaiLike('OLLAMA', 'http://127.0.0.1:11434/v1'), local: true },
  vllm: { ...openaiLike('VLLM', 'http://127.0.0.1:8000/v1'), local: true },
}

function openaiLike(name: string, baseUrl: string): BuiltIn {
  return { kind: 'openai', baseUrl, keys: [`${name}_API_KEY`], bases: [`${name}_BASE_URL`] }
}

/** Known, and not to be had yet. */
const NOT_YET: ReadonlySet<string> = new Set(['azure', 'bedrock', 'vertex'])

export type EndpointSources = {
  readonly environment: Environment
  /** The `providers:` of the config that counts for this run. */
  readonly configProviders: { readonly [name: string]: ProviderConfig }
}

/** Where calls of `provider` go. Throws a UserError for an unknown provider, a bad URL, a missing or a misdirected key. */
export function endpointFor(provider: string, sources: EndpointSources): Endpoint {
  const found = resolve(provider, sources)
  if ('problem' in found) throw new UserError(found.problem)
  return found.endpoint
}

/** Throws one UserError that names every provider without a usable endpoint or key. To be called before any call is made. */
export function checkKeys(providers: Iterable<string>, sources: EndpointSources): void {
  const found = [...new Set(providers)].sort().map((provider) => resolve(provider, sources))
  const [first, ...rest] = found.flatMap((one) => ('problem' in one ? [one.problem] : []))
  if (first !== undefined) throw new UserError(first, ...rest)
}

type Resolved = { readonly endpoint: Endpoint } | { readonly problem: Problem }

function resolve(provider: string, sources: EndpointSources): Resolved {
  const config = own(sources.configProviders, provider)
  if (config !== undefined) return fromConfig(provider, config, sources)
  const builtIn = own(PROVIDERS, provider)
  if (builtIn !== undefined) return fromTable(provider, builtIn, sources.environment)
  return NOT_YET.has(provider) ? notYet(provider) : unknownProvider(provider, sources)
}

function fromTable(provider: string, entry: BuiltIn, environment: Environment): Resolved {
  const set = entry.bases.map((name) => ({ name, url: environment(name)?.trim() })).find(({ url }) => url)
  const base = readBase(set?.url ?? entry.baseUrl, entry.local === true)
  if (base === null) return badUrl(set?.name ?? provider)
  const key = firstKey(entry.keys, environment)
  if (key === null && entry.local !== true) return missingKey(provider, entry.keys)
  if (key !== null && !fitsHeader(key.value)) return brokenKey(key.name)
  return { endpoint: { provider, kind: entry.kind, baseUrl: base, headers: {}, key } }
}

function fromConfig(provider: string, entry: ProviderConfig, sources: EndpointSources): Resolved {
  const { environment } = sources
  if (NOT_YET.has(entry.kind)) return notYet(entry.kind, entry)
  const like = own(PROVIDERS, entry.kind)
  if (like === undefined) return unknownProvider(entry.kind, sources, entry)
  const base = readBase(entry.baseUrl ?? like.baseUrl, like.local === true)
  if (base === null) return badUrl(`providers.${provider}.base_url`, entry)
  const name = entry.apiKeyEnv
  const bound = name === undefined ? null : misdirected(name, base, sources)
  if (bound !== null) return { problem: { ...bound, place: entry.place } }
  const key = name === undefined ? null : firstKey([name], environment)
  if (name !== undefined && key === null) return missingKey(provider, [name], entry)
  if (key !== null && !fitsHeader(key.value)) return brokenKey(key.name, entry)
  const { maxConcurrency } = entry
  return {
    endpoint: { provider, kind: like.kind, baseUrl: base, headers: entry.headers, key, ...given({ maxConcurrency }) },
  }
}

/** A built-in key goes to its provider's own origin or the workflow's base URL; one of `providers:` to one origin only. */
function misdirected(name: string, base: string, sources: EndpointSources): Problem | null {
  const owners = Object.values(PROVIDERS).filter((entry) => entry.keys.includes(name))
  const allowed = owners.flatMap((entry) => [
    entry.baseUrl,
    ...entry.bases.map((variable) => sources.environment(variable)?.trim() ?? ''),
  ])
  if (owners.length > 0 && !allowed.some((url) => originOf(url) === originOf(base)))
    return {
      what: `The key ${name} belongs to another host than ${originOf(base)}.`,
      remedy: `Give this provider a key of its own in api_key_env, or set ${owners[0]?.bases[0]} in the workflow.`,
    }
  const others = Object.values(sources.configProviders).filter((entry) => entry.apiKeyEnv === name)
  const elsewhere = others.find((entry) => entry.baseUrl !== undefined && originOf(entry.baseUrl) !== originOf(base))
  if (owners.length > 0 || elsewhere === undefined) return null
  return {
    what: `Two providers would send ${name} to different hosts (${originOf(base)} and ${originOf(elsewhere.baseUrl ?? '')}).`,
    remedy: 'Give each host a key of its own.',
  }
}

function firstKey(names: readonly string[], environment: Environment): Endpoint['key'] {
  for (const name of names) {
    const value = environment(name)?.trim()
    if (value) return { name, value }
  }
  return null
}

function fitsHeader(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value)
}

function brokenKey(name: string, entry?: ProviderConfig): Resolved {
  return {
    problem: {
      what: `The value of ${name} cannot be a key: it has a space, a line break or a character beyond ASCII in it.`,
      remedy: 'Store the secret again, without quotes and line breaks.',
      ...given({ place: entry?.place }),
    },
  }
}

/** The URL without a trailing slash; null when it is no http(s) URL, or carries credentials, a query or a fragment. */
function readBase(url: string, local: boolean): string | null {
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  if (!/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password || parsed.search || parsed.hash)
    return null
  const path = parsed.pathname.replace(/\/+$/, '')
  return `${parsed.origin}${path === '' && local ? '/v1' : path}`
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : ''
}

function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function missingKey(provider: string, names: readonly string[], entry?: ProviderConfig): Resolved {
  return {
    problem: {
      what: `There is no key for ${provider}: ${names.join(' or ')} is not set.`,
      remedy: `Set ${names[0]} in the environment (in a workflow: env: { ${names[0]}: \${{ secrets.${names[0]} }} }).`,
      ...given({ place: entry?.place }),
    },
  }
}

/** The value is left out on purpose: a URL in the environment may carry a secret. */
function badUrl(where: string, entry?: ProviderConfig): Resolved {
  return {
    problem: {
      what: `The base URL of ${where} cannot be used.`,
      expected: 'an http or https URL without user, password, query or fragment',
      remedy: 'Correct it; a key belongs into the key variable.',
      ...given({ place: entry?.place }),
    },
  }
}

function notYet(provider: string, entry?: ProviderConfig): Resolved {
  return {
    problem: {
      what: `The provider ${provider} is known, but cannot be called yet.`,
      remedy:
        'Reach it through an endpoint that speaks OpenAI Chat Completions (an entry in providers: with kind openai), or through a command target that calls it.',
      ...given({ place: entry?.place }),
    },
  }
}

function unknownProvider(provider: string, sources: EndpointSources, entry?: ProviderConfig): Resolved {
  const known = [...Object.keys(PROVIDERS), ...Object.keys(sources.configProviders)]
  const close = nearest(provider, known)
  return {
    problem: {
      what: `There is no provider ${JSON.stringify(provider)}.`,
      expected: `one of ${known.join(', ')}`,
      remedy: close
        ? `Did you mean ${close}?`
        : 'Write the model as provider/model, or add the endpoint to providers: in parity.yaml.',
      ...given({ place: entry?.place }),
    },
  }
}
