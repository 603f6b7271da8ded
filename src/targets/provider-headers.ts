// Headers of an entry of `providers:` with the values of the variables that they name.

import type { ProviderConfig } from '../config/config.ts'
import { VARIABLE, variablesIn } from '../config/variables.ts'
import type { Environment } from '../ports.ts'
import { setting } from './endpoint-parts.ts'
import { brokenKey, missingKey, type Refused } from './endpoint-problems.ts'

/** `secrets` are the values that were filled in. */
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
    secrets: names.map((name) => values.get(name) ?? ''),
  }
}
