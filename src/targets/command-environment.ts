// What a child sees of our environment: little, and no key.

import type { Target } from '../domain.ts'
import type { Environment } from '../ports.ts'
import { pastNetworkProxy, withoutKeys } from './proxy/environment.ts'
import type { ProxySession } from './proxy/proxy.ts'

/** What a child may see without asking. No secret has its name here: NODE_AUTH_TOKEN, for one, stays out. */
const ALLOWED = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'PATHEXT', 'USERPROFILE'],
  ...['NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_NO_WARNINGS'],
]

export type KeysOfRun = {
  /** Names of the environment that hold keys. */
  readonly names: ReadonlySet<string>
  /** Their values. */
  readonly secrets: readonly string[]
}

/** Without a session (during `setup`) there is no way to a model: the place of a key is empty. */
export function childVariables(
  target: Extract<Target, { kind: 'command' }>,
  world: { readonly environment: Environment; readonly keys?: KeysOfRun },
  session: ProxySession | null,
): { readonly [name: string]: string } {
  const listed = [...ALLOWED, ...target.environment].flatMap((name) => {
    const value = world.environment(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const seen = Object.fromEntries(listed)
  if (world.keys === undefined) return seen
  const clean = withoutKeys(seen, { ...world.keys, token: session?.token ?? '' })
  return session === null ? clean : pastNetworkProxy({ ...clean, ...session.variables })
}
