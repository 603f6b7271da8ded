// What the environment has to say before the clouds can be called, and where its credentials may go.

import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ProviderConfig } from '../../../src/config/config.ts'
import { UserError } from '../../../src/errors.ts'
import { readGoogleCredentials } from '../../../src/targets/cloud/google-credentials.ts'
import { checkKeys, endpointFor } from '../../../src/targets/providers.ts'
import { AWS_ENV, EMAIL, ENTRA_ENV, type Env, PRIVATE_KEY, serviceAccount } from './world.ts'

const sources = (env: Env, configProviders: { readonly [name: string]: ProviderConfig } = {}, files: Env = {}) => ({
  environment: (name: string) => env[name],
  credentialFile: (path: string) => files[path] ?? null,
  configProviders,
})
const entry = (fields: Partial<ProviderConfig>): ProviderConfig => ({
  kind: 'azure',
  headers: {},
  place: { path: 'parity.yaml', line: 3 },
  ...fields,
})
async function problem(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('no error')
}
const missing = async (provider: string, env: Env) =>
  /not set (?:is|are) (.*?)\. Set them/.exec(await problem(() => checkKeys([provider], sources(env))))?.[1]

const KEY_FILE = { '/key.json': serviceAccount('https://oauth2.googleapis.com') }
const VERTEX_ENV = { GOOGLE_APPLICATION_CREDENTIALS: '/key.json', GOOGLE_CLOUD_LOCATION: 'europe-west4' }

describe('what is missing is named before any call', () => {
  it.each([
    ['azure', {}, 'AZURE_OPENAI_ENDPOINT; AZURE_OPENAI_API_KEY (or an Entra token)'],
    ['azure', { AZURE_OPENAI_API_KEY: 'k' }, 'AZURE_OPENAI_ENDPOINT'],
    ['azure', { AZURE_OPENAI_ENDPOINT: 'https://a.test' }, 'AZURE_OPENAI_API_KEY (or an Entra token)'],
    [
      'azure',
      { AZURE_OPENAI_ENDPOINT: 'https://a.test', AZURE_TENANT_ID: 't' },
      'AZURE_CLIENT_ID; AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE',
    ],
    [
      'azure',
      { AZURE_OPENAI_ENDPOINT: 'https://a.test', AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 's' },
      'AZURE_TENANT_ID',
    ],
    [
      'azure',
      { AZURE_OPENAI_ENDPOINT: 'https://a.test', ...ENTRA_ENV, ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' },
      'AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE',
    ],
    ['bedrock', {}, 'AWS_REGION; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_BEARER_TOKEN_BEDROCK)'],
    ['bedrock', { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'A' }, 'AWS_SECRET_ACCESS_KEY'],
    ['bedrock', { AWS_BEARER_TOKEN_BEDROCK: 'b' }, 'AWS_REGION'],
    ['bedrock', { ...AWS_ENV, AWS_REGION: '', AWS_SECRET_ACCESS_KEY: ' ' }, 'AWS_REGION; AWS_SECRET_ACCESS_KEY'],
    ['vertex', {}, 'GOOGLE_APPLICATION_CREDENTIALS; GOOGLE_CLOUD_PROJECT; GOOGLE_CLOUD_LOCATION'],
    ['vertex', { GOOGLE_CLOUD_PROJECT: 'p' }, 'GOOGLE_APPLICATION_CREDENTIALS; GOOGLE_CLOUD_LOCATION'],
  ])('%s with %j: %s', async (provider, env, names) => {
    expect(await missing(provider, env)).toBe(names)
  })

  it('several providers are named at once, with exit code 2', async () => {
    const check = () => checkKeys(['vertex', 'openai', 'bedrock', 'azure'], sources({}))
    expect((await problem(check)).split('\n')).toHaveLength(4)
    await expect(check()).rejects.toThrow(expect.objectContaining({ exit: 2 }))
  })

  it.each([
    [
      'azure',
      { AZURE_OPENAI_ENDPOINT: 'https://u:secret-1@a.test', AZURE_OPENAI_API_KEY: 'k' },
      'AZURE_OPENAI_ENDPOINT',
    ],
    ['azure', { AZURE_OPENAI_ENDPOINT: 'https://a.test', AZURE_OPENAI_API_KEY: 'secret-1\nx' }, 'AZURE_OPENAI_API_KEY'],
    [
      'azure',
      { AZURE_OPENAI_ENDPOINT: 'https://a.test', AZURE_OPENAI_API_KEY: 'k', OPENAI_API_VERSION: '../secret-1' },
      'AZURE_OPENAI_API_VERSION',
    ],
    [
      'azure',
      {
        AZURE_OPENAI_ENDPOINT: 'https://a.test',
        ...ENTRA_ENV,
        AZURE_CLIENT_SECRET: 's',
        AZURE_TENANT_ID: 'a/secret-1',
      },
      'AZURE_TENANT_ID',
    ],
    [
      'azure',
      {
        AZURE_OPENAI_ENDPOINT: 'https://a.test',
        ...ENTRA_ENV,
        AZURE_CLIENT_SECRET: 's',
        AZURE_AUTHORITY_HOST: 'http://secret-1.test',
      },
      'AZURE_AUTHORITY_HOST',
    ],
    ['bedrock', { ...AWS_ENV, AWS_REGION: 'evil.test/secret-1' }, 'AWS_REGION'],
    ['bedrock', { ...AWS_ENV, AWS_SECRET_ACCESS_KEY: 'secret-1 with space' }, 'AWS_SECRET_ACCESS_KEY'],
    ['bedrock', { ...AWS_ENV, AWS_ENDPOINT_URL: 'ftp://secret-1' }, 'AWS_ENDPOINT_URL'],
    ['vertex', { ...VERTEX_ENV, GOOGLE_CLOUD_LOCATION: 'evil.test#secret-1' }, 'GOOGLE_CLOUD_LOCATION'],
    ['vertex', { ...VERTEX_ENV, GOOGLE_CLOUD_PROJECT: '../secret-1' }, 'GOOGLE_CLOUD_PROJECT'],
    ['vertex', { ...VERTEX_ENV, GOOGLE_APPLICATION_CREDENTIALS: '/none/secret-1' }, 'GOOGLE_APPLICATION_CREDENTIALS'],
  ])('%s: a value that cannot be is named, not shown (%j)', async (provider, env, name) => {
    const message = await problem(() => checkKeys([provider], sources(env as unknown as Env, {}, KEY_FILE)))
    expect(message).toContain(name)
    expect(message).not.toContain('secret-1')
  })
})

describe('addresses', () => {
  const base = async (provider: string, env: Env) => (await endpointFor(provider, sources(env, {}, KEY_FILE))).baseUrl
  it.each([
    ['bedrock', AWS_ENV, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    [
      'bedrock',
      { ...AWS_ENV, AWS_REGION: '', AWS_DEFAULT_REGION: 'us-gov-west-1' },
      'https://bedrock-runtime.us-gov-west-1.amazonaws.com',
    ],
    ['bedrock', { ...AWS_ENV, AWS_REGION: 'cn-north-1' }, 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    ['vertex', VERTEX_ENV, 'https://europe-west4-aiplatform.googleapis.com'],
    ['vertex', { ...VERTEX_ENV, GOOGLE_CLOUD_LOCATION: 'global' }, 'https://aiplatform.googleapis.com'],
    ['vertex', { ...VERTEX_ENV, GOOGLE_CLOUD_LOCATION: 'eu' }, 'https://aiplatform.eu.rep.googleapis.com'],
  ] as const)('%s %j: %s', async (provider, env, url) => {
    expect(await base(provider, env)).toBe(url)
  })

  it.each([
    ['https://a.openai.azure.com', 'https://cognitiveservices.azure.com/.default'],
    ['https://a.openai.azure.us/', 'https://cognitiveservices.azure.us/.default'],
    ['https://a.openai.azure.cn', 'https://cognitiveservices.azure.cn/.default'],
  ])('the tokens for %s are for %s', async (url, scope) => {
    const env = { ...ENTRA_ENV, AZURE_CLIENT_SECRET: 's', AZURE_OPENAI_ENDPOINT: url }
    expect((await endpointFor('azure', sources(env))).cloud).toMatchObject({
      login: { scope, authority: 'https://login.microsoftonline.com' },
    })
  })

  it('an entry of providers: is another resource, region or project', async () => {
    const eu = entry({ baseUrl: 'https://eu.openai.azure.com/', apiKeyEnv: 'EU_KEY', apiVersion: '2024-10-21' })
    const us = entry({ kind: 'bedrock', region: 'us-east-1' })
    const far = entry({ kind: 'vertex', project: 'other', region: 'asia-east1' })
    const all = sources({ EU_KEY: 'k', ...AWS_ENV, ...VERTEX_ENV }, { eu, us, far }, KEY_FILE)
    expect(await endpointFor('eu', all)).toMatchObject({
      baseUrl: 'https://eu.openai.azure.com',
      key: { name: 'EU_KEY' },
    })
    expect(await endpointFor('us', all)).toMatchObject({
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      cloud: { region: 'us-east-1', keys: { accessKeyId: AWS_ENV.AWS_ACCESS_KEY_ID } },
    })
    expect(await endpointFor('far', all)).toMatchObject({
      baseUrl: 'https://asia-east1-aiplatform.googleapis.com',
      cloud: { project: 'other', location: 'asia-east1' },
    })
  })
})

describe('credentials stay with their hosts', () => {
  const all = {
    ...AWS_ENV,
    ...VERTEX_ENV,
    ...ENTRA_ENV,
    AZURE_CLIENT_SECRET: 'entra-secret-1',
    AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com',
    AZURE_OPENAI_API_KEY: 'azure-secret-1',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-secret-1',
  }
  it.each([
    ['azure', 'https://evil.openai.azure.com'],
    ['azure', 'http://mine.openai.azure.com'],
    ['bedrock', 'https://evil.test'],
    ['bedrock', 'https://bedrock-runtime.eu-central-1.amazonaws.com.evil.test'],
    ['bedrock', 'https://bedrock-runtime.eu-central-1.amazonaws.com:8443'],
    ['bedrock', 'http://bedrock-runtime.eu-central-1.amazonaws.com'],
    ['bedrock', 'https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com'],
    ['vertex', 'https://evil-aiplatform.googleapis.com.evil.test'],
    ['vertex', 'https://evil.test/aiplatform.googleapis.com'],
  ])('those of %s do not go to %s', async (kind, baseUrl) => {
    const evil = entry({ kind, baseUrl })
    const message = await problem(() => endpointFor('evil', sources(all, { evil }, KEY_FILE)))
    expect(message).toContain('parity.yaml:3: The credentials in the environment do not go to')
    expect(message).not.toContain('secret-1')
  })

  it.each(Object.keys(all).filter((name) => /KEY|SECRET|TOKEN|CREDENTIALS/.test(name)))(
    '%s is no key for an entry of another host, of any kind',
    async (apiKeyEnv) => {
      for (const kind of ['openai', 'azure', 'bedrock', 'vertex']) {
        const evil = entry({ kind, baseUrl: 'https://evil.test', apiKeyEnv })
        expect(await problem(() => endpointFor('evil', sources(all, { evil }, KEY_FILE)))).toContain(
          'belongs to another host',
        )
      }
    },
  )

  it('a built-in key may be named for its own cloud, and for no other', async () => {
    const env = { ...all, AWS_BEARER_TOKEN_BEDROCK: 'bearer-secret-1' }
    const at = (kind: string, apiKeyEnv: string) =>
      endpointFor('x', sources(env, { x: entry({ kind, apiKeyEnv, region: 'us-east-1' }) }, KEY_FILE))
    expect((await at('azure', 'AZURE_OPENAI_API_KEY')).baseUrl).toBe('https://mine.openai.azure.com')
    expect((await at('bedrock', 'AWS_BEARER_TOKEN_BEDROCK')).key?.value).toBe('bearer-secret-1')
    expect(await problem(() => at('vertex', 'AZURE_OPENAI_API_KEY'))).toContain('belongs to another host')
    expect(await problem(() => at('bedrock', 'AZURE_OPENAI_API_KEY'))).toContain('belongs to another host')
    expect(await problem(() => at('azure', 'AWS_BEARER_TOKEN_BEDROCK'))).toContain('belongs to another host')
  })

  it('the workflow’s own address is theirs', async () => {
    const own = entry({ kind: 'bedrock', baseUrl: 'https://gw.test/bedrock' })
    const env = { ...all, AWS_ENDPOINT_URL: 'https://gw.test/other' }
    expect((await endpointFor('own', sources(env, { own }))).baseUrl).toBe('https://gw.test/bedrock')
  })
})

describe('Google’s credential files', () => {
  const read = (change: object) => readGoogleCredentials(serviceAccount('https://oauth2.googleapis.com', change))
  const why = (text: string) => {
    const found = readGoogleCredentials(text)
    return 'why' in found ? found.why : 'read'
  }
  it('a service account, with its project', async () => {
    expect(read({})).toEqual({
      project: 'acme-test',
      credentials: {
        kind: 'service-account',
        email: EMAIL,
        privateKey: PRIVATE_KEY,
        keyId: 'key-1',
        tokenUrl: 'https://oauth2.googleapis.com/token',
      },
    })
  })

  const federation = (source: object, change: object = {}) =>
    JSON.stringify({
      type: 'external_account',
      audience: '//iam',
      subject_token_type: 'jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: source,
      ...change,
    })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  it.each([
    ['', 'of type service_account, authorized_user, external_account'],
    ['{', 'of type'],
    ['[]', 'of type'],
    ['{"type":"__proto__"}', 'not "__proto__"'],
    ['{"type":"gdch_service_account"}', 'not "gdch_service_account"'],
    [serviceAccount('https://x.googleapis.com', { private_key: 'nonsense' }), 'RSA key'],
    [serviceAccount('https://x.googleapis.com', { private_key: ec }), 'RSA key'],
    [serviceAccount('https://x.googleapis.com', { client_email: 7 }), 'client_email'],
    [serviceAccount('https://evil.test'), 'token_uri is an address of googleapis.com'],
    [serviceAccount('https://evilgoogleapis.com'), 'token_uri'],
    [serviceAccount('http://oauth2.googleapis.com'), 'token_uri'],
    ['{"type":"authorized_user","client_id":"a","client_secret":"b"}', 'refresh_token'],
    [federation({ environment_id: 'aws1', url: 'http://169.254.169.254' }), 'not AWS, not an executable'],
    [federation({ executable: { command: 'rm -rf /' } }), 'not an executable'],
    [federation({ url: 'http://169.254.169.254/token' }), 'https URL'],
    [federation({ file: '/t', format: { type: 'json' } }), 'credential_source'],
    [federation({ file: '/etc/passwd' }, { token_url: 'https://evil.test' }), 'token_url is an address'],
    [
      federation({ file: '/t' }, { service_account_impersonation_url: 'https://evil.test' }),
      'service_account_impersonation_url',
    ],
  ])('%j is refused with what was expected', async (text, expected) => {
    expect(why(text)).toContain(expected)
  })
})
