// Which provider is where, and which key may go there. A key is bound to an origin: scheme, host and port.

import type { ProviderConfig } from '../config/config.ts'
import { sentNames } from '../config/variables.ts'
import { type Problem, UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { CredentialFile, Environment } from '../ports.ts'
import type { CloudAsked } from './cloud/asked.ts'
import type { Cloud } from './cloud/cloud.ts'
import { firstKey, fitsHeader, originOf, own, readBase, setting } from './endpoint-parts.ts'
import { badUrl, brokenKey, missingKey, type Resolved } from './endpoint-problems.ts'
import { given } from './outside.ts'
import { filledHeaders } from './provider-headers.ts'
import { type BuiltIn, PROVIDERS } from './provider-table.ts'
import { type Endpoint, type EndpointKind, endpointUrl } from './shape.ts'

export type EndpointSources = {
  readonly environment: Environment
  readonly credentialFile: CredentialFile
  /** The `providers:` of the config that counts for this run. */
  readonly configProviders: { readonly [name: string]: ProviderConfig }
}

/** Where calls of `provider` go. Throws a UserError for an unknown provider, a bad URL, a missing or a misdirected key. */
export async function endpointFor(provider: string, sources: EndpointSources): Promise<Endpoint> {
  const found = await resolve(provider, sources)
  if ('problem' in found) throw new UserError(found.problem)
  return found.endpoint
}

/** Throws one UserError that names every provider without a usable endpoint or key. To be called before any call is made. */
export async function checkKeys(providers: Iterable<string>, sources: EndpointSources): Promise<void> {
  const found = await Promise.all([...new Set(providers)].sort().map((provider) => resolve(provider, sources)))
  const [first, ...rest] = found.flatMap((one) => ('problem' in one ? [one.problem] : []))
  if (first !== undefined) throw new UserError(first, ...rest)
}

async function resolve(provider: string, sources: EndpointSources): Promise<Resolved> {
  const config = own(sources.configProviders, provider)
  const builtIn = own(PROVIDERS, provider)
  if (config === undefined)
    return builtIn === undefined ? unknownProvider(provider, sources) : fromTable(provider, builtIn, sources)
  const filled = filledHeaders(provider, config, sources.environment)
  if ('problem' in filled) return filled
  const { entry, secrets } = filled
  const found = await (builtIn !== undefined && onlyTunes(provider, builtIn, config)
    ? fromTable(provider, builtIn, sources, entry)
    : fromConfig(provider, entry, sources))
  if ('problem' in found) return found
  const { baseUrl: base, kind } = found.endpoint
  for (const name of sentNames(config)) {
    const bound = name === config.apiKeyEnv ? null : misdirected(name, { base, kind }, sources)
    if (bound !== null) return { problem: { ...bound, place: config.place } }
  }
  return secrets.length === 0 ? found : { endpoint: { ...found.endpoint, secrets } }
}

/** `openai: { kind: openai, timeout_s: 20 }`: the provider that is built in, where the environment says it is, with its own limits. */
function onlyTunes(provider: string, builtIn: BuiltIn, { kind, baseUrl, apiKeyEnv }: ProviderConfig): boolean {
  return kind === provider && baseUrl === undefined && apiKeyEnv === undefined && !isCloud(builtIn.kind)
}

function fromTable(
  provider: string,
  entry: BuiltIn,
  { environment, credentialFile }: EndpointSources,
  { headers, maxConcurrency }: Partial<ProviderConfig> = {},
): Resolved | Promise<Resolved> {
  if (isCloud(entry.kind)) return fromCloud(entry.kind, { provider, environment, credentialFile })
  const set = entry.bases.find((name) => setting(environment, name) !== undefined)
  const url = set === undefined ? entry.baseUrl : setting(environment, set)
  const base = baseOf(url ?? '', entry)
  if (base === null) return badUrl(set ?? provider)
  const key = firstKey(entry.keys, environment)
  if (key === null && entry.local !== true) return missingKey(provider, entry.keys)
  if (key !== null && !fitsHeader(key.value)) return brokenKey(key.name)
  const { kind, shortToolIds } = entry
  return {
    endpoint: {
      provider,
      kind,
      baseUrl: base,
      headers: headers ?? {},
      key,
      ...given({ maxConcurrency, shortToolIds }),
    },
  }
}

function baseOf(url: string, { local, version }: BuiltIn): string | null {
  const base = readBase(url, local === true)
  return base === null || version === undefined ? base : endpointUrl(base, '', version)
}

function isCloud(kind: EndpointKind): kind is Cloud['kind'] {
  return kind === 'azure' || kind === 'bedrock' || kind === 'vertex'
}

async function fromCloud(kind: Cloud['kind'], asked: CloudAsked): Promise<Resolved> {
  const { resolveCloud } = await import('./cloud/resolve.ts')
  return resolveCloud(kind, asked)
}

function fromConfig(provider: string, entry: ProviderConfig, sources: EndpointSources): Resolved | Promise<Resolved> {
  const { environment, credentialFile } = sources
  const like = own(PROVIDERS, entry.kind)
  if (like === undefined) return unknownProvider(entry.kind, sources, entry)
  const cloud = isCloud(like.kind) ? like.kind : null
  const written = entry.baseUrl ?? like.baseUrl
  const base = written === '' ? '' : baseOf(written, like)
  if (base === null) return badUrl(`providers.${provider}.base_url`, entry)
  const name = entry.apiKeyEnv
  const bound = name === undefined ? null : misdirected(name, { base, kind: like.kind }, sources)
  if (bound !== null) return { problem: { ...bound, place: entry.place } }
  const key = name === undefined ? null : firstKey([name], environment)
  if (name !== undefined && key === null) return missingKey(provider, [name], entry)
  if (key !== null && !fitsHeader(key.value)) return brokenKey(key.name, entry)
  if (cloud !== null) return fromCloud(cloud, { provider, environment, credentialFile, own: { entry, key } })
  const { headers, maxConcurrency } = entry
  const { kind, shortToolIds } = like
  return { endpoint: { provider, kind, baseUrl: base, headers, key, ...given({ maxConcurrency, shortToolIds }) } }
}

type Where = { readonly base: string; readonly kind: EndpointKind }

/**
 * A built-in key goes to its provider's own origin or the workflow's base URL; one of `providers:` to one origin only. An
 * entry without an address is its kind's own.
 */
function misdirected(name: string, { base, kind }: Where, sources: EndpointSources): Problem | null {
  const owners = Object.values(PROVIDERS).filter((entry) => entry.keys.includes(name))
  const allowed = owners.flatMap((entry) => [
    entry.baseUrl,
    ...entry.bases.map((variable) => setting(sources.environment, variable) ?? ''),
  ])
  const isOwn =
    base === '' ? owners.some((owner) => owner.kind === kind) : allowed.some((url) => originOf(url) === originOf(base))
  if (owners.length > 0 && !isOwn)
    return {
      what: `The key ${name} belongs to another host than ${base === '' ? 'that of this entry' : originOf(base)}.`,
      remedy: `Give this provider a key of its own in api_key_env, or set ${owners[0]?.bases[0]} in the workflow.`,
    }
  const others = Object.values(sources.configProviders).filter((entry) => sentNames(entry).includes(name))
  const elsewhere = others.find((entry) => entry.baseUrl !== undefined && originOf(entry.baseUrl) !== originOf(base))
  if (owners.length > 0 || elsewhere === undefined) return null
  return {
    what: `Two providers would send ${name} to different hosts (${originOf(base)} and ${originOf(elsewhere.baseUrl ?? '')}).`,
    remedy: 'Give each host a key of its own.',
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
