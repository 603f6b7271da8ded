// How an application is led to the proxy: the variables that official SDKs read, and no real key among them.

import { sentNames, variablesIn } from '../../config/variables.ts'
import { UserError } from '../../errors.ts'
import type { Environment } from '../../ports.ts'
import { secretVariables } from '../provider-headers.ts'
import { PROVIDERS } from '../provider-table.ts'
import { type EndpointSources, endpointFor } from '../providers.ts'
import type { Endpoint } from '../shape.ts'
import { isPassedOn, offeredPath } from './routes.ts'

type Variables = { readonly [name: string]: string }

/** Further names under which clients look for a base URL. */
const ALSO_BASES: { readonly [provider: string]: readonly string[] } = {
  openai: ['OPENAI_API_BASE'],
  anthropic: ['ANTHROPIC_API_URL', 'ANTHROPIC_API_BASE'],
}

/** Every provider that this run can reach. One without a key is not offered; a key that cannot be used is an error now, not later. */
export async function reachable(sources: EndpointSources): Promise<ReadonlyMap<string, Endpoint>> {
  const { configProviders } = sources
  const names = [...new Set([...Object.keys(PROVIDERS), ...Object.keys(configProviders)])]
  const plain = names.filter((name) => isPassedOn(kindOf(name, configProviders)) && /^[\w.-]+$/.test(name))
  const found = await Promise.all(plain.map(async (name) => [name, await endpointOrNull(name, sources)] as const))
  return new Map(found.flatMap(([name, endpoint]) => (endpoint === null ? [] : [[name, endpoint] as const])))
}

type ConfigProviders = EndpointSources['configProviders']

/** Clouds sign or fetch tokens: their calls cannot be passed on, and their credentials are the application's own. */
function kindOf(name: string, configProviders: ConfigProviders): string {
  const like = configProviders[name]?.kind ?? name
  return Object.hasOwn(PROVIDERS, like) ? (PROVIDERS[like]?.kind ?? like) : like
}

async function endpointOrNull(name: string, sources: EndpointSources): Promise<Endpoint | null> {
  try {
    return await endpointFor(name, sources)
  } catch (error) {
    if (error instanceof UserError && !hasKey(name, sources)) return null
    throw error
  }
}

/** What is wrong with an entry of the configuration counts where something calls it. */
function hasKey(name: string, { environment, configProviders }: EndpointSources): boolean {
  if (Object.hasOwn(configProviders, name) || !Object.hasOwn(PROVIDERS, name)) return false
  return (PROVIDERS[name]?.keys ?? []).some((key) => environment(key)?.trim())
}

/** Names of the environment that hold keys of providers whose calls are passed on, whether they are set or not. */
function keyNames(configProviders: ConfigProviders): ReadonlySet<string> {
  const builtIn = Object.values(PROVIDERS).filter((entry) => isPassedOn(entry.kind))
  const own = Object.keys(configProviders).filter((name) => isPassedOn(kindOf(name, configProviders)))
  return new Set([
    ...builtIn.flatMap((entry) => entry.keys),
    ...own.flatMap((name) => configProviders[name] ?? []).flatMap(sentNames),
  ])
}

/** What leads to the proxy at `url`: an address for each provider, and the token in the place of its key. */
export function proxyVariables(endpoints: ReadonlyMap<string, Endpoint>, url: string, token: string): Variables {
  const variables: Record<string, string> = {}
  for (const [name, endpoint] of endpoints) {
    const builtIn = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined
    const bases = builtIn?.bases ?? [`${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_BASE_URL`]
    for (const base of [...bases, ...(ALSO_BASES[name] ?? [])])
      variables[base] = `${url}/${name}${offeredPath(name, endpoint)}`
    // Only under the name that holds the real one: which keys are there is how some applications choose their provider.
    if (endpoint.key !== null) variables[endpoint.key.name] = token
  }
  return variables
}

/** The child's variables without a key: those named as one are dropped, and a real key under any other name is the token. */
export function withoutKeys(
  variables: Variables,
  {
    secrets,
    names,
    token,
  }: { readonly secrets: readonly string[]; readonly names: ReadonlySet<string>; readonly token: string },
): Variables {
  const kept = Object.entries(variables).filter(([name]) => !names.has(name))
  return Object.fromEntries(
    kept.map(([name, value]) => [name, secrets.reduce((text, secret) => text.replaceAll(secret, token), value)]),
  )
}

/** Names and values of what must not enter an application. */
export function keysOfRun({ environment, configProviders }: Pick<EndpointSources, 'environment' | 'configProviders'>): {
  readonly names: ReadonlySet<string>
  readonly secrets: readonly string[]
} {
  const names = keyNames(configProviders)
  const texts = new Set(
    Object.values(configProviders).flatMap(({ headers }) => [...variablesIn(Object.values(headers))]),
  )
  const secret = new Set(Object.values(configProviders).flatMap((entry) => [...secretVariables(entry, environment)]))
  return {
    names,
    secrets: realKeys(
      [...names].filter((name) => !texts.has(name) || secret.has(name)),
      environment,
    ),
  }
}

/** Values of the keys that the environment has, longest first, so that none is left in part. */
function realKeys(names: readonly string[], environment: Environment): readonly string[] {
  const values = names.flatMap((name) => environment(name)?.trim() || [])
  return [...new Set(values)].sort((a, b) => b.length - a.length)
}

/** Clients that honour a proxy of the network must not send it what is meant for this machine. */
export function pastNetworkProxy(variables: Variables): Variables {
  const here = ['127.0.0.1', 'localhost']
  const listed = (text: string | undefined) => [...(text ? [text] : []), ...here].join(',')
  const isSet = Object.keys(variables).some((name) => /^(?:https?|all)_proxy$/i.test(name))
  if (!isSet) return variables
  return {
    ...variables,
    NO_PROXY: listed(variables.NO_PROXY),
    no_proxy: listed(variables.no_proxy ?? variables.NO_PROXY),
  }
}
