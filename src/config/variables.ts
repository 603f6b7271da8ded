// Variables of the environment that a configuration names.

import type { ProviderConfig } from './config.ts'

/** `${NAME}` */
export const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g

export function variablesIn(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const text of texts) for (const match of text.matchAll(VARIABLE)) names.add(match[1] ?? '')
  return names
}

/** Those whose values an entry of `providers:` sends to its address: its key, and what its headers name. */
export function sentNames({ apiKeyEnv, headers }: Pick<ProviderConfig, 'apiKeyEnv' | 'headers'>): readonly string[] {
  return [...new Set([...(apiKeyEnv === undefined ? [] : [apiKeyEnv]), ...variablesIn(Object.values(headers))])]
}
