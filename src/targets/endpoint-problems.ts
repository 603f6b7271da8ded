// Why a provider cannot be called, in words. Values of variables are left out on purpose: they may be secrets.

import type { ProviderConfig } from '../config/config.ts'
import type { Problem } from '../errors.ts'
import { given } from './outside.ts'
import type { Endpoint } from './shape.ts'

export type Refused = { readonly problem: Problem }
export type Resolved = { readonly endpoint: Endpoint } | Refused

export function missingKey(provider: string, names: readonly string[], entry?: ProviderConfig): Refused {
  return {
    problem: {
      what: `There is no key for ${provider}: ${names.join(' or ')} is not set.`,
      remedy: `Set ${names[0]} in the environment (in a workflow: env: { ${names[0]}: \${{ secrets.${names[0]} }} }).`,
      ...given({ place: entry?.place }),
    },
  }
}

/** Each of `missing` is a variable, or alternatives in words. */
export function missingSettings(
  provider: string,
  missing: readonly string[],
  { remedy, entry }: { readonly remedy: string; readonly entry?: ProviderConfig | undefined },
): Refused {
  return {
    problem: {
      what: `The provider ${provider} cannot be called: not set ${missing.length > 1 ? 'are' : 'is'} ${missing.join('; ')}.`,
      remedy,
      ...given({ place: entry?.place }),
    },
  }
}

export function badSetting(name: string, expected: string, entry?: ProviderConfig): Refused {
  return {
    problem: {
      what: `The value of ${name} cannot be used.`,
      expected,
      remedy: 'Correct it.',
      ...given({ place: entry?.place }),
    },
  }
}

export function brokenKey(name: string, entry?: ProviderConfig): Refused {
  return {
    problem: {
      what: `The value of ${name} cannot be a key: it has a space, a line break or a character beyond ASCII in it.`,
      remedy: 'Store the secret again, without quotes and line breaks.',
      ...given({ place: entry?.place }),
    },
  }
}

export function badUrl(where: string, entry?: ProviderConfig): Refused {
  return {
    problem: {
      what: `The base URL of ${where} cannot be used.`,
      expected: 'an http or https URL without user, password, query or fragment',
      remedy: 'Correct it; a key belongs into the key variable.',
      ...given({ place: entry?.place }),
    },
  }
}

/** Credentials of the environment stay with the hosts that they are meant for. */
export function foreignHost(provider: string, origin: string, entry?: ProviderConfig): Refused {
  return {
    problem: {
      what: `The credentials in the environment do not go to ${origin}.`,
      remedy: `Name a key of its own in providers.${provider}.api_key_env, or set the address in the workflow's environment.`,
      ...given({ place: entry?.place }),
    },
  }
}
