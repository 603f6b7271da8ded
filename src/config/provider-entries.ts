// Entries of `providers:` that say what is not heard, or could not work: silent here, and an outage in the report.

import { UserError } from '../errors.ts'
import type { ProviderConfig } from './config.ts'
import { VARIABLE } from './variables.ts'

type Settings = { readonly [name: string]: ProviderConfig }

/** Kinds that read a setting; of the others it does nothing. */
const HEARD = [
  ['project', 'project', ['vertex']],
  ['apiVersion', 'api_version', ['azure']],
] as const

/** Their own hosts take no call without a key; local servers and clouds find theirs elsewhere. */
const KEYLESS = ['ollama', 'vllm', 'azure', 'bedrock', 'vertex']

export function checkProviders(providers: Settings): void {
  for (const [name, entry] of Object.entries(providers)) {
    const { kind, place, baseUrl, apiKeyEnv } = entry
    const stray = HEARD.find(([key, , kinds]) => entry[key] !== undefined && !kinds.some((one) => one === kind))
    if (stray !== undefined)
      throw new UserError({
        what: `"${stray[1]}" has no meaning for the provider ${name}, whose kind is ${kind}.`,
        expected: `"${stray[1]}" only with the kind ${stray[2].join(' or ')}`,
        remedy: 'Remove it.',
        place,
      })
    if (baseUrl?.includes('${'))
      throw new UserError({
        what: `"base_url" of the provider ${name} has "\${…}" in it, which is sent as it stands.`,
        expected: 'a text without variables',
        remedy:
          'Name the variable of a key in api_key_env; write addresses out, or set <NAME>_BASE_URL of a built-in provider.',
        place,
      })
    const broken = Object.entries(entry.headers).find(([, text]) => text.replace(VARIABLE, '').includes('${'))
    if (broken !== undefined)
      throw new UserError({
        what: `"${broken[0]}" of the provider ${name} has "\${" in it, and no name of a variable in braces after it.`,
        expected: '${NAME}, a variable of the environment',
        remedy: 'Correct it.',
        place,
      })
    if (baseUrl === undefined && apiKeyEnv === undefined && name !== kind && !KEYLESS.includes(kind))
      throw new UserError({
        what: `The provider ${name} has neither an address nor a key of its own: ${kind} would be called without one.`,
        expected: '"base_url", "api_key_env", or both',
        remedy: 'Add what is missing.',
        place,
      })
  }
}
