// Where a cloud is called, and whether the credentials of the environment may go there.

import { originOf, readBase, setting } from '../endpoint-parts.ts'
import { badUrl, foreignHost, type Refused } from '../endpoint-problems.ts'
import type { CloudAsked } from './asked.ts'

export type Hosts = {
  /** Variables of the workflow. */
  readonly bases: readonly string[]
  /** Origins that only the cloud itself answers at. */
  readonly own: RegExp
}

/** The address that is written; undefined: the cloud's own. A key of the entry's own may go where the entry says. */
export function writtenAddress(
  asked: CloudAsked,
  { bases, own }: Hosts,
): { readonly base: string | undefined } | Refused {
  const { provider, environment } = asked
  const { entry, key = null } = asked.own ?? {}
  const ofWorkflow = setting(environment, ...bases)
  const written = entry?.baseUrl ?? ofWorkflow
  if (written === undefined) return { base: undefined }
  const base = readBase(written)
  if (base === null)
    return badUrl(entry?.baseUrl === undefined ? bases.join(' or ') : `providers.${provider}.base_url`, entry)
  const origin = originOf(base)
  const isTheirs = own.test(origin) || origin === originOf(ofWorkflow ?? '')
  return isTheirs || key !== null ? { base } : foreignHost(provider, origin, entry)
}
