// Vertex AI: project, location, address, and the credentials of a file.

import type { CredentialFile } from '../../ports.ts'
import { originOf, readBase, setting } from '../endpoint-parts.ts'
import { badSetting, badUrl, foreignHost, missingSettings, type Resolved } from '../endpoint-problems.ts'
import { given } from '../outside.ts'
import type { CloudAsked } from './asked.ts'
import { type CredentialsRead, readGoogleCredentials } from './google-credentials.ts'

const FILE = 'GOOGLE_APPLICATION_CREDENTIALS'
const PROJECT = 'GOOGLE_CLOUD_PROJECT'
const LOCATION = 'GOOGLE_CLOUD_LOCATION'
const BASES = ['VERTEX_BASE_URL', 'GOOGLE_VERTEX_BASE_URL']
const REMEDY = `Set them in the environment: ${FILE} (the path of a credentials file, as google-github-actions/auth writes it), ${PROJECT} and ${LOCATION} (a region, or global).`

/** Addresses that only Google itself answers at. */
const GOOGLE_HOST = /^https:\/\/(?:[a-z0-9-]{1,40}-)?aiplatform(?:\.[a-z0-9-]{1,40}\.rep)?\.googleapis\.com$/

export function resolveVertex(asked: CloudAsked): Resolved {
  const { provider, environment } = asked
  const { entry, key = null } = asked.own ?? {}
  const ofWorkflow = setting(environment, ...BASES)
  const written = entry?.baseUrl ?? ofWorkflow
  const base = written === undefined ? undefined : readBase(written)
  if (base === null)
    return badUrl(entry?.baseUrl === undefined ? (BASES[0] ?? '') : `providers.${provider}.base_url`, entry)
  const isOwn = base === undefined || GOOGLE_HOST.test(originOf(base)) || originOf(base) === originOf(ofWorkflow ?? '')
  if (!isOwn && key === null) return foreignHost(provider, originOf(base), entry)
  const path = setting(environment, FILE)
  const read = key !== null || path === undefined ? null : credentialsIn(path, asked.credentialFile)
  const project =
    entry?.project ??
    setting(environment, PROJECT, 'GCLOUD_PROJECT') ??
    (read && 'project' in read ? read.project : undefined)
  const location = entry?.region ?? setting(environment, LOCATION, 'GOOGLE_CLOUD_REGION')
  if (read !== null && 'why' in read) return badSetting(FILE, read.why, entry)
  if (project === undefined || location === undefined || (read === null && key === null)) {
    const missing = [
      ...(read === null && key === null ? [FILE] : []),
      ...(project === undefined ? [PROJECT] : []),
      ...(location === undefined ? [LOCATION] : []),
    ]
    return missingSettings(provider, missing, { remedy: REMEDY, entry })
  }
  if (!/^[a-z0-9-]{1,40}$/.test(location))
    return badSetting(LOCATION, 'a region such as europe-west4, or global', entry)
  if (!/^[\w.:-]{1,100}$/.test(project)) return badSetting(PROJECT, 'the id of a project', entry)
  return {
    endpoint: {
      provider,
      kind: 'vertex',
      baseUrl: base ?? addressOf(location),
      headers: entry?.headers ?? {},
      key,
      cloud: { kind: 'vertex', project, location, credentials: read?.credentials ?? null },
      ...given({ maxConcurrency: entry?.maxConcurrency }),
    },
  }
}

function credentialsIn(path: string, file: CredentialFile): CredentialsRead {
  const text = file(path)
  return text === null ? { why: 'the path of a file that can be read' } : readGoogleCredentials(text)
}

/** `global` has no prefix; the two multi-regions have hosts of their own kind. */
function addressOf(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}
