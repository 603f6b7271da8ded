// Amazon Bedrock: region, address, and keys to sign with or an API key.

import type { Environment } from '../../ports.ts'
import { firstKey, fitsHeader, setting } from '../endpoint-parts.ts'
import { badSetting, brokenKey, missingSettings, type Resolved } from '../endpoint-problems.ts'
import { given } from '../outside.ts'
import type { Endpoint } from '../shape.ts'
import { writtenAddress } from './address.ts'
import type { CloudAsked } from './asked.ts'
import type { AwsKeys } from './cloud.ts'

const REMEDY =
  'Set them in the environment: AWS_REGION, and AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), as aws-actions/configure-aws-credentials does, or AWS_BEARER_TOKEN_BEDROCK. Profiles and roles of the machine are not looked up.'

const HOSTS = {
  bases: ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_ENDPOINT_URL'],
  own: /^https:\/\/bedrock-runtime(?:-fips)?\.([a-z0-9-]{1,40})\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
}

export function resolveBedrock(asked: CloudAsked): Resolved {
  const { provider, environment } = asked
  const { entry, key = null } = asked.own ?? {}
  // The workflow's address is that of one region: an entry for another one goes to AWS.
  const isElsewhere = entry?.region !== undefined && entry.baseUrl === undefined
  const address = isElsewhere ? { base: undefined } : writtenAddress(asked, HOSTS)
  if ('problem' in address) return address
  const { base } = address
  const region =
    entry?.region ?? HOSTS.own.exec(base ?? '')?.[1] ?? setting(environment, 'AWS_REGION', 'AWS_DEFAULT_REGION')
  const access = accessOf(key, environment)
  const missing = [...(region === undefined ? ['AWS_REGION'] : []), ...('missing' in access ? access.missing : [])]
  if (region === undefined || 'missing' in access) return missingSettings(provider, missing, { remedy: REMEDY, entry })
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return badSetting('AWS_REGION', 'a region such as eu-central-1', entry)
  const broken = [access.key, ...secretsOf(access.keys)].find((one) => one !== null && !fitsHeader(one.value))
  if (broken) return brokenKey(broken.name, entry)
  return {
    endpoint: {
      provider,
      kind: 'bedrock',
      baseUrl: base ?? addressOf(region),
      headers: entry?.headers ?? {},
      key: access.key,
      cloud: { kind: 'bedrock', region, keys: access.keys },
      ...given({ maxConcurrency: entry?.maxConcurrency }),
    },
  }
}

function addressOf(region: string): string {
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

type Access = { readonly key: Endpoint['key']; readonly keys: AwsKeys | null }

/** An API key counts before the keys to sign with, as it does for AWS's own clients. */
function accessOf(named: Endpoint['key'], environment: Environment): Access | { readonly missing: readonly string[] } {
  const key = named ?? firstKey(['AWS_BEARER_TOKEN_BEDROCK'], environment)
  if (key !== null) return { key, keys: null }
  const accessKeyId = setting(environment, 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = setting(environment, 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = setting(environment, 'AWS_SESSION_TOKEN')
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { key: null, keys: { accessKeyId, secretAccessKey, ...given({ sessionToken }) } }
  const missing = [
    ...(accessKeyId === undefined ? ['AWS_ACCESS_KEY_ID'] : []),
    ...(secretAccessKey === undefined ? ['AWS_SECRET_ACCESS_KEY'] : []),
  ]
  return { missing: missing.length === 2 ? [`${missing.join(' and ')} (or AWS_BEARER_TOKEN_BEDROCK)`] : missing }
}

function secretsOf(keys: AwsKeys | null): readonly { readonly name: string; readonly value: string }[] {
  if (keys === null) return []
  return [
    { name: 'AWS_ACCESS_KEY_ID', value: keys.accessKeyId },
    { name: 'AWS_SECRET_ACCESS_KEY', value: keys.secretAccessKey },
    ...(keys.sessionToken === undefined ? [] : [{ name: 'AWS_SESSION_TOKEN', value: keys.sessionToken }]),
  ]
}
