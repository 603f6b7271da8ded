// What a side may read of the environment. Values of the workflow go into requests, so names are listed, and a key of a provider
// is never one of them.

import { isSecretName } from '../config/secret-names.ts'
import { variablesIn } from '../config/variables.ts'
import type { EvalSet } from '../domain.ts'
import { PROVIDERS } from '../targets/provider-table.ts'

type Variables = { readonly [name: string]: string }

export type SideEnvironment = {
  /** `env.NAME` of templates: names that the configuration lists. */
  readonly templates: Variables
  /** `${NAME}` in the address and the headers of an http target. */
  readonly addresses: Variables
  /** Names spelled there that have no value. */
  readonly unset: { readonly [name: string]: Unset }
}
export type Unset = { readonly why: string; readonly remedy: string }

export const NO_ENVIRONMENT: SideEnvironment = { templates: {}, addresses: {}, unset: {} }

export type Reading = {
  readonly environment: (name: string) => string | undefined
  /** `environment:` of the configuration that governs. */
  readonly listed: readonly string[]
  /** Names of what `providers:` of either side sends as a secret. */
  readonly keys: ReadonlySet<string>
}

export function sideEnvironment(set: EvalSet, { environment, listed, keys }: Reading): SideEnvironment {
  const templates: Record<string, string> = {}
  const addresses: Record<string, string> = Object.create(null)
  // No name is one that every object has.
  const unset: Record<string, Unset> = Object.create(null)
  // What templates say goes to a model and into reports, so that such a name is for headers alone.
  for (const name of listed) {
    const value = isSecretName(name) || keys.has(name) ? undefined : environment(name)
    if (value !== undefined) templates[name] = value
  }
  for (const name of namesIn(set)) {
    const why = whyNot(name, { listed, keys })
    const value = why === null ? environment(name) : undefined
    if (value === undefined) unset[name] = why ?? NOT_SET
    else addresses[name] = value
  }
  return { templates, addresses, unset }
}

function whyNot(name: string, { listed, keys }: Omit<Reading, 'environment'>): Unset | null {
  if (isProviderKey(name) || keys.has(name)) return PROVIDER_KEY
  return isSecretName(name) && !listed.includes(name) ? NOT_LISTED : null
}

const NOT_SET: Unset = {
  why: 'is not set',
  remedy: 'Set it in the environment of the run (in a workflow: `env:` of the job or the step), or correct the name.',
}
const NOT_LISTED: Unset = {
  why: 'looks like a secret and is not listed',
  remedy: 'List it under `environment:` in parity.yaml (where `allow-code` is not `trusted`: in that of the base).',
}
const PROVIDER_KEY: Unset = {
  why: 'is the key of a provider, and goes to that provider alone',
  remedy: 'Give the application a token of its own, in a variable of another name.',
}

export const isProviderKey = (name: string) => KEYS.has(name)

const KEYS: ReadonlySet<string> = new Set(Object.values(PROVIDERS).flatMap((entry) => [...entry.keys]))

function namesIn({ target }: EvalSet): ReadonlySet<string> {
  if (target.kind !== 'http') return new Set()
  return variablesIn([target.base, target.head, ...Object.values(target.headers)])
}
