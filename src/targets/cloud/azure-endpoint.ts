// Azure OpenAI: address, API version, and a key or a way to an Entra token.

import type { Environment } from '../../ports.ts'
import { firstKey, fitsHeader, isSafeUrl, originOf, readBase, setting } from '../endpoint-parts.ts'
import {
  badSetting,
  badUrl,
  brokenKey,
  foreignHost,
  missingSettings,
  type Refused,
  type Resolved,
} from '../endpoint-problems.ts'
import { given } from '../outside.ts'
import type { Endpoint } from '../shape.ts'
import type { CloudAsked } from './asked.ts'
import type { AzureCloud, EntraLogin } from './cloud.ts'

const ENDPOINT = 'AZURE_OPENAI_ENDPOINT'
const REMEDY =
  'Set them in the environment. Access is a key (AZURE_OPENAI_API_KEY), an Entra token (AZURE_OPENAI_AD_TOKEN), or a registered application: AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, AZURE_FEDERATED_TOKEN_FILE or, in a workflow, permissions: { id-token: write }.'

export function resolveAzure(asked: CloudAsked): Resolved {
  const { provider, environment } = asked
  const entry = asked.own?.entry
  const ofWorkflow = setting(environment, ENDPOINT)
  const written = entry?.baseUrl ?? ofWorkflow
  const base = written === undefined ? undefined : readBase(written)
  if (base === null) return badUrl(entry?.baseUrl === undefined ? ENDPOINT : `providers.${provider}.base_url`, entry)
  if (base !== undefined && !asked.own?.key && originOf(base) !== originOf(ofWorkflow ?? ''))
    return foreignHost(provider, originOf(base), entry)
  const access = asked.own?.key ? byKey(asked.own.key, 'api-key') : accessOf(environment, base ?? '')
  const missing = [...(base === undefined ? [ENDPOINT] : []), ...('missing' in access ? [access.missing] : [])]
  if (base === undefined || 'missing' in access) return missingSettings(provider, missing, { remedy: REMEDY, entry })
  if ('problem' in access) return access
  const version = entry?.apiVersion ?? setting(environment, 'AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION')
  if (version !== undefined && !/^[\w.-]{1,40}$/.test(version))
    return badSetting('AZURE_OPENAI_API_VERSION', 'a version such as 2024-10-21, or v1', entry)
  return {
    endpoint: {
      provider,
      kind: 'azure',
      baseUrl: base.replace(/\/openai(\/v1)?$/, ''),
      headers: entry?.headers ?? {},
      key: access.key,
      cloud: { kind: 'azure', apiVersion: pathVersion(base, version), keyIn: access.keyIn, login: access.login },
      ...given({ maxConcurrency: entry?.maxConcurrency }),
    },
  }
}

/** An endpoint that ends in the v1 path means it, whatever version another tool's variable names. */
function pathVersion(base: string, version: string | undefined): string | null {
  return version === undefined || version === 'v1' || base.endsWith('/openai/v1') ? null : version
}

type Access = Pick<AzureCloud, 'keyIn' | 'login'> & Pick<Endpoint, 'key'>

function byKey(key: Endpoint['key'], keyIn: AzureCloud['keyIn']): Access | Refused {
  return key !== null && !fitsHeader(key.value) ? brokenKey(key.name) : { key, keyIn, login: null }
}

function accessOf(environment: Environment, base: string): Access | Refused | { readonly missing: string } {
  const key = firstKey(['AZURE_OPENAI_API_KEY'], environment)
  if (key !== null) return byKey(key, 'api-key')
  const token = firstKey(['AZURE_OPENAI_AD_TOKEN'], environment)
  if (token !== null) return byKey(token, 'bearer')
  const tenant = setting(environment, 'AZURE_TENANT_ID')
  const client = setting(environment, 'AZURE_CLIENT_ID')
  const proof = proofOf(environment)
  if (tenant === undefined || client === undefined || proof === null)
    return { missing: missingOf({ tenant, client, proof }) }
  if (!/^[\w.-]+$/.test(tenant)) return badSetting('AZURE_TENANT_ID', 'the id or a domain of a tenant')
  const authority = readBase(setting(environment, 'AZURE_AUTHORITY_HOST') ?? 'https://login.microsoftonline.com')
  if (authority === null) return badUrl('AZURE_AUTHORITY_HOST')
  if (!isSafeUrl(authority)) return badSetting('AZURE_AUTHORITY_HOST', 'an https address')
  return { key: null, keyIn: 'bearer', login: { authority, tenant, client, scope: scopeOf(base), proof } }
}

function proofOf(environment: Environment): EntraLogin['proof'] | null {
  const secret = setting(environment, 'AZURE_CLIENT_SECRET')
  if (secret !== undefined) return { kind: 'secret', secret }
  const path = setting(environment, 'AZURE_FEDERATED_TOKEN_FILE')
  if (path !== undefined) return { kind: 'file', path }
  const url = setting(environment, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const token = setting(environment, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  const isThere = url !== undefined && token !== undefined && isSafeUrl(url)
  return isThere ? { kind: 'github', url, token } : null
}

type Found = { readonly tenant: unknown; readonly client: unknown; readonly proof: unknown }

/** With nothing of a login there, the key is what most are missing. */
function missingOf({ tenant, client, proof }: Found): string {
  if (tenant === undefined && client === undefined) return 'AZURE_OPENAI_API_KEY (or an Entra token)'
  const parts = [
    ...(tenant === undefined ? ['AZURE_TENANT_ID'] : []),
    ...(client === undefined ? ['AZURE_CLIENT_ID'] : []),
    ...(proof === null ? ['AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE'] : []),
  ]
  return parts.join('; ')
}

/** The sovereign clouds have audiences of their own. */
function scopeOf(base: string): string {
  const top = /\.azure\.(us|cn)$/.exec(URL.canParse(base) ? new URL(base).hostname : '')?.[1] ?? 'com'
  return `https://cognitiveservices.azure.${top}/.default`
}
