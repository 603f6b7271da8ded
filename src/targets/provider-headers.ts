// Headers of an entry of `providers:` with the values of the variables that they name.

import type { ProviderConfig } from '../config/config.ts'
import { isSecret } from '../config/secret-names.ts'
import { VARIABLE, variablesIn } from '../config/variables.ts'
import type { Environment } from '../ports.ts'
import { setting } from './endpoint-parts.ts'
import { brokenKey, missingKey, type Refused } from './endpoint-problems.ts'

/** `secrets` are those of the values that were filled in which are no words of every day. */
export type Filled = { readonly entry: ProviderConfig; readonly secrets: readonly string[] }

export function filledHeaders(provider: string, entry: ProviderConfig, environment: Environment): Filled | Refused {
  const names = [...variablesIn(Object.values(entry.headers))]
  if (names.length === 0) return { entry, secrets: [] }
  const values = new Map(names.map((name) => [name, setting(environment, name)]))
  const missing = names.find((name) => values.get(name) === undefined)
  if (missing !== undefined) return missingKey(`a header of ${provider}`, [missing], entry)
  const broken = names.find((name) => !/^[\x20-\x7e]+$/.test(values.get(name) ?? ''))
  if (broken !== undefined) return brokenKey(broken, entry)
  const headers = Object.entries(entry.headers).map(([name, text]) => [
    name,
    text.replace(VARIABLE, (_all, variable: string) => values.get(variable) ?? ''),
  ])
  return {
    entry: { ...entry, headers: Object.fromEntries(headers) },
    secrets: [...secretVariables(entry, environment)].map((name) => values.get(name) ?? ''),
  }
}

/** Names of variables in headers whose values are secrets. */
export function secretVariables(
  { headers }: Pick<ProviderConfig, 'headers'>,
  environment: Environment,
): ReadonlySet<string> {
  const found = Object.entries(headers).flatMap(([header, text]) =>
    [...variablesIn([text])].filter((name) => isSecret(environment(name)?.trim() ?? '', [name, header])),
  )
  return new Set(found)
}
