// Vertex AI: project, location, address, and the credentials of a file.

import { vertexLocation } from '../../prices/vertex-location.ts'
import { setting } from '../endpoint-parts.ts'
import { badSetting, missingSettings, type Resolved } from '../endpoint-problems.ts'
import { given } from '../outside.ts'
import { writtenAddress } from './address.ts'
import type { CloudAsked } from './asked.ts'
import { type CredentialsRead, readGoogleCredentials } from './google-credentials.ts'

const FILE = 'GOOGLE_APPLICATION_CREDENTIALS'
const PROJECT = 'GOOGLE_CLOUD_PROJECT'
const LOCATION = 'GOOGLE_CLOUD_LOCATION'
const REMEDY = `Set them in the environment: ${FILE} (the path of a credentials file, as google-github-actions/auth writes it), ${PROJECT} and ${LOCATION} (a region, or global).`

const HOSTS = {
  bases: ['VERTEX_BASE_URL', 'GOOGLE_VERTEX_BASE_URL'],
  own: /^https:\/\/(?:[a-z0-9-]{1,40}-)?aiplatform(?:\.[a-z0-9-]{1,40}\.rep)?\.googleapis\.com$/,
}

export function resolveVertex(asked: CloudAsked): Resolved {
  const { provider } = asked
  const { entry, key = null } = asked.own ?? {}
  const address = writtenAddress(asked, HOSTS)
  if ('problem' in address) return address
  const read = key === null ? credentialsOf(asked) : null
  if (read !== null && 'why' in read) return badSetting(FILE, read.why, entry)
  const place = placeOf(asked, read?.project)
  if (typeof place === 'string' || (read === null && key === null)) {
    const missing = [...(read === null && key === null ? [FILE] : []), ...(typeof place === 'string' ? [place] : [])]
    return missingSettings(provider, missing, { remedy: REMEDY, entry })
  }
  const { project, location } = place
  if (!/^[a-z0-9-]{1,40}$/.test(location))
    return badSetting(LOCATION, 'a region such as europe-west4, or global', entry)
  if (!/^[\w.:-]{1,100}$/.test(project)) return badSetting(PROJECT, 'the id of a project', entry)
  return {
    endpoint: {
      provider,
      kind: 'vertex',
      baseUrl: address.base ?? addressOf(location),
      headers: entry?.headers ?? {},
      key,
      cloud: { kind: 'vertex', project, location, credentials: read?.credentials ?? null },
      ...given({ maxConcurrency: entry?.maxConcurrency }),
    },
  }
}

/** Null when no file is named. */
function credentialsOf({ environment, credentialFile }: CloudAsked): CredentialsRead | null {
  const path = setting(environment, FILE)
  if (path === undefined) return null
  const text = credentialFile(path)
  return text === null ? { why: 'the path of a file that can be read' } : readGoogleCredentials(text)
}

/** Names of what is missing instead, when something is. */
function placeOf(
  { environment, own }: CloudAsked,
  ofFile: string | undefined,
): { readonly project: string; readonly location: string } | string {
  const project = own?.entry.project ?? setting(environment, PROJECT, 'GCLOUD_PROJECT') ?? ofFile
  const location = vertexLocation(own?.entry, environment)
  if (project !== undefined && location !== undefined) return { project, location }
  const missing = [...(project === undefined ? [PROJECT] : []), ...(location === undefined ? [LOCATION] : [])]
  return missing.join('; ')
}

/** `global` has no prefix; the two multi-regions have hosts of their own kind. */
function addressOf(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}
