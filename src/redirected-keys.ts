// Before any call: what a provider of the head would send to an address that the base does not send it to.

import type { Config } from './config/config.ts'
import { isSecretName } from './config/secret-names.ts'
import { sentNames, variablesIn } from './config/variables.ts'
import type { EvalSet } from './domain.ts'
import { UserError } from './errors.ts'
import { changedProviders } from './listed-changes.ts'
import { PROVIDERS } from './targets/provider-table.ts'

type Provider = Config['providers'][string]

/**
 * A key of a provider goes where the base sends it, and nowhere else; so does every other secret.
 *
 * @param sets those of the base
 * @throws UserError for a provider of the head that would send a key to another address
 */
export function refuseRedirectedKeys(base: Config | null, head: Config, sets: readonly EvalSet[]): void {
  if (base === null) return
  const ofApplications = variablesIn(sets.flatMap(({ target }) => (target.kind === 'http' ? textsOf(target) : [])))
  for (const [name, entry] of changedProviders(base, head)) {
    const key = sentNames(entry).find((one) => isRedirected(one, { name, entry, base, ofApplications }))
    if (key === undefined) continue
    throw new UserError({
      what: `the provider \`${name}\`, which is new or changed in this pull request, would send the key ${key} to another address.`,
      place: entry.place,
      remedy:
        'Give it a key of its own in `api_key_env`, or change the provider in a pull request that is merged first.',
    })
  }
}

type HttpTarget = Extract<EvalSet['target'], { kind: 'http' }>
const textsOf = ({ base, head, headers }: HttpTarget) => [base, head, ...Object.values(headers)]

type Changed = {
  readonly name: string
  readonly entry: Provider
  readonly base: Config
  readonly ofApplications: ReadonlySet<string>
}

function isRedirected(key: string, { name, entry, base, ofApplications }: Changed): boolean {
  if (Object.values(PROVIDERS).some((provider) => provider.keys.includes(key))) return true
  // An entry without an address has that of its kind.
  const isElsewhere = (one: Provider) => one.baseUrl !== entry.baseUrl || one.kind !== entry.kind
  const ofProviders = Object.entries(base.providers).filter(([, one]) => sentNames(one).includes(key))
  if (ofProviders.some(([other, one]) => other !== name || isElsewhere(one))) return true
  if (ofProviders.length > 0) return false
  // Of its own is what nobody else could have use for: a secret in a header is one that the base vouches for. A base without a
  // configuration vouches for nothing yet, and the first one has to come from somewhere.
  const isUnknown = base.found && key !== entry.apiKeyEnv && isSecretName(key) && !base.environment.includes(key)
  return OF_THE_PLATFORM.test(key) || ofApplications.has(key) || isUnknown
}

/** What a workflow is given to act in the name of its repository. */
const OF_THE_PLATFORM = /^(?:GITHUB_TOKEN$|ACTIONS_)/i
