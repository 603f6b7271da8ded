// Every way to a model in a cloud, against services that check signatures, tokens and bodies.

import { afterEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/domain.ts'
import { systemClock } from '../../../src/io/clock.ts'
import { type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../../fakes/llm.ts'
import { AWS, AWS_ENV, callWorld, EMAIL, ENTRA, ENTRA_ENV, PUBLIC_KEY, serviceAccount } from './world.ts'

const open: FakeLlm[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake.close()))
})
async function start(options: FakeLlmOptions = {}): Promise<FakeLlm> {
  const fake = await startFakeLlm({ answer: () => 'Paris', ...options })
  open.push(fake)
  return fake
}
const textOf = (outcome: Outcome) => (outcome.state === 'answered' ? outcome.answer.text : outcome.failure.message)
const causeOf = (outcome: Outcome) =>
  outcome.state === 'answered' ? 'answered' : `${outcome.failure.kind} ${outcome.failure.cause}`

const tool = { type: 'function', function: { name: 'find', description: 'd', parameters: { type: 'object' } } }
const schema = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object', properties: {} } } }
const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hi' },
  { role: 'assistant' as const, content: 'Hello' },
  { role: 'user' as const, content: 'Capital of France?' },
]
const azure = { provider: 'azure', model: 'support gpt/4', messages, tools: [tool], responseFormat: schema }

describe('azure', () => {
  const key = { AZURE_OPENAI_API_KEY: 'azure-key-0123456789' }
  it.each([
    ['the v1 path', {}, 'chat', '/openai/v1/chat/completions'],
    ['its preview', { AZURE_OPENAI_API_VERSION: 'preview' }, 'chat', '/openai/v1/chat/completions?api-version=preview'],
    ['v1 responses', {}, 'responses', '/openai/v1/responses'],
    [
      'the older path',
      { OPENAI_API_VERSION: '2024-10-21' },
      'chat',
      '/openai/deployments/support%20gpt%2F4/chat/completions?api-version=2024-10-21',
    ],
    [
      'older responses',
      { AZURE_OPENAI_API_VERSION: '2025-03-01-preview' },
      'responses',
      '/openai/responses?api-version=2025-03-01-preview',
    ],
  ] as const)('%s', async (_name, version, endpoint, path) => {
    const fake = await start({ apiKeys: [key.AZURE_OPENAI_API_KEY] })
    const world = callWorld({ env: { ...key, ...version, AZURE_OPENAI_ENDPOINT: `${fake.url}/` } })
    const made = await world.call({ ...azure, endpoint, parameters: { temperature: 0, max_tokens: 50 } })
    expect([textOf(made.outcome), fake.violations]).toEqual(['Paris', []])
    const [sent] = fake.requests
    expect([sent?.path, sent?.headers['api-key'], sent?.headers.authorization]).toEqual([
      path,
      key.AZURE_OPENAI_API_KEY,
      undefined,
    ])
    expect(sent?.model).toBe(azure.model)
  })

  it('an endpoint that is written with the v1 path is not doubled, and means it', async () => {
    const fake = await start()
    const env = { ...key, AZURE_OPENAI_ENDPOINT: `${fake.url}/openai/v1`, OPENAI_API_VERSION: '2024-10-21' }
    await callWorld({ env }).call(azure)
    expect(fake.requests.map((one) => one.path)).toEqual(['/openai/v1/chat/completions'])
  })

  it('an Entra token goes as a bearer token', async () => {
    const fake = await start({ apiKeys: ['given-token'] })
    const env = { AZURE_OPENAI_AD_TOKEN: 'given-token', AZURE_OPENAI_ENDPOINT: fake.url }
    expect(textOf((await callWorld({ env }).call(azure)).outcome)).toBe('Paris')
    expect(fake.requests[0]?.headers['api-key']).toBeUndefined()
  })

  const assertion = 'eyJ.federated.token'
  it.each([
    ['a secret', { secret: ENTRA.secret }, { AZURE_CLIENT_SECRET: ENTRA.secret }, [ENTRA.secret]],
    ['a federated token file', { assertion }, { AZURE_FEDERATED_TOKEN_FILE: '/run/token' }, [assertion]],
    [
      'a token of the workflow run',
      { assertion },
      { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token', ACTIONS_ID_TOKEN_REQUEST_URL: 'oidc?api=2' },
      ['request-token', assertion],
    ],
  ])('an application logs in with %s, once for twenty calls', async (_name, proof, env, noted) => {
    const { tenant, client } = ENTRA
    const github = { requestToken: 'request-token', token: assertion }
    const fake = await start({ clouds: { entra: { tenant, client, ...proof }, github } })
    const at = (name: string) => (name === 'oidc?api=2' ? `${fake.url}/${name}` : name)
    const here = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, at(value)]))
    const world = callWorld({
      env: { ...ENTRA_ENV, ...here, AZURE_OPENAI_ENDPOINT: fake.url, AZURE_AUTHORITY_HOST: fake.url },
      files: { '/run/token': `${assertion}\n` },
    })
    const made = await Promise.all(Array.from({ length: 20 }, () => world.call(azure)))
    expect(new Set(made.map((one) => textOf(one.outcome)))).toEqual(new Set(['Paris']))
    expect(fake.violations).toEqual([])
    expect(fake.tokenRequests.filter((path) => path === '/tenant-1/oauth2/v2.0/token')).toHaveLength(1)
    expect(fake.requests[0]?.headers.authorization).toBe('Bearer entra-temporary-token-1')
    expect(world.secrets).toEqual([...noted, 'entra-temporary-token-1'])
  })
})

describe('bedrock', () => {
  const bedrock = {
    provider: 'bedrock',
    endpoint: 'converse' as const,
    messages,
    tools: [tool],
    responseFormat: schema,
  }
  it.each([
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'eu.amazon.nova-lite-v1:0',
    'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc-1',
  ])('%s is signed', async (model) => {
    const fake = await start({ clouds: { aws: { ...AWS, region: 'eu-central-1' } } })
    const world = callWorld({ env: { ...AWS_ENV, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: fake.url } })
    const parameters = { temperature: 0, max_tokens: 50, stop: 'END', top_k: 3, tool_choice: 'auto' }
    const made = await world.call({ ...bedrock, model, parameters })
    expect([textOf(made.outcome), fake.violations]).toEqual(['Paris', []])
    expect(fake.requests[0]?.model).toBe(model)
    expect(world.secrets).toEqual([AWS.secretAccessKey, AWS.sessionToken])
  })

  it('texts beyond ASCII are signed as they are sent', async () => {
    const fake = await start({ clouds: { aws: { ...AWS, region: 'eu-central-1' } } })
    const world = callWorld({ env: { ...AWS_ENV, AWS_ENDPOINT_URL: `${fake.url}/` } })
    const said = [{ role: 'user' as const, content: 'Zürich — 東京 \u{1F600} \n "' }]
    expect(textOf((await world.call({ ...bedrock, model: 'm', messages: said })).outcome)).toBe('Paris')
    expect(fake.violations).toEqual([])
  })

  it('an API key goes before the keys to sign with', async () => {
    const fake = await start({ apiKeys: ['bedrock-api-key'] })
    const env = { ...AWS_ENV, AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key', AWS_ENDPOINT_URL: fake.url }
    expect(textOf((await callWorld({ env }).call({ ...bedrock, model: 'm' })).outcome)).toBe('Paris')
  })

  it('a wrong secret is nobody’s regression, and shows itself nowhere', async () => {
    const fake = await start({ clouds: { aws: { ...AWS, region: 'eu-central-1' } } })
    const env = { ...AWS_ENV, AWS_SECRET_ACCESS_KEY: 'another-secret-0123456789', AWS_ENDPOINT_URL: fake.url }
    const { outcome } = await callWorld({ env }).call({ ...bedrock, model: 'm' })
    expect(causeOf(outcome)).toBe('transient authentication')
    expect(JSON.stringify(outcome)).not.toContain('another-secret')
  })
})

describe('vertex', () => {
  const env = (fake: FakeLlm) => ({
    GOOGLE_APPLICATION_CREDENTIALS: '/run/key.json',
    GOOGLE_CLOUD_LOCATION: 'europe-west4',
    VERTEX_BASE_URL: fake.url,
  })
  const google = { email: EMAIL, publicKey: PUBLIC_KEY }
  const place = '/v1/projects/acme-test/locations/europe-west4'
  it.each([
    ['gemini-2.5-flash', `${place}/publishers/google/models/gemini-2.5-flash:generateContent`, 'generate'],
    [
      'claude-sonnet-4-5@20250929',
      `${place}/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict`,
      'messages',
    ],
    ['meta/llama-4-scout-maas', `${place}/endpoints/openapi/chat/completions`, 'chat'],
  ] as const)('%s with the signed claim of a service account, once for twenty calls', async (model, path, endpoint) => {
    const fake = await start({ clouds: { google } })
    const world = callWorld({ env: env(fake), files: { '/run/key.json': serviceAccount(fake.url) } })
    const asked = { provider: 'vertex', model, endpoint, messages, tools: [tool], parameters: { max_tokens: 50 } }
    const made = await Promise.all(Array.from({ length: 20 }, () => world.call(asked)))
    expect([...new Set(made.map((one) => textOf(one.outcome)))]).toEqual(['Paris'])
    expect(fake.violations).toEqual([])
    expect([fake.tokenRequests, fake.requests[0]?.path, fake.requests[0]?.model]).toEqual([['/token'], path, model])
    expect(world.secrets).toContain('google-temporary-token-1')
  })

  it('a user’s own login, with the project that pays', async () => {
    const fake = await start({ clouds: { google: { refreshToken: '1//refresh' } } })
    const user = {
      type: 'authorized_user',
      client_id: 'id',
      client_secret: 'shh-secret',
      refresh_token: '1//refresh',
      token_uri: `${fake.url}/token`,
      quota_project_id: 'payer',
    }
    const world = callWorld({
      env: { ...env(fake), GOOGLE_CLOUD_PROJECT: 'acme-test', GOOGLE_CLOUD_LOCATION: 'global' },
      files: { '/run/key.json': JSON.stringify(user) },
    })
    const made = await world.call({ provider: 'vertex', model: 'gemini-2.5-pro', endpoint: 'generate' })
    expect([textOf(made.outcome), fake.violations]).toEqual(['Paris', []])
    expect(fake.requests[0]?.headers['x-goog-user-project']).toBe('payer')
    expect(fake.requests[0]?.path).toContain('/locations/global/')
  })

  const subject = 'eyJ.subject.token'
  it.each([
    ['a text file', { file: '/run/subject' }, false],
    ['a JSON file', { file: '/run/subject.json', format: { type: 'json', subject_token_field_name: 'id' } }, false],
    ['a URL', { url: 'URL', headers: { authorization: 'Bearer request-token' }, format: JSON_VALUE() }, true],
  ])('federation by %s, with and without a service account behind it', async (_name, source, impersonates) => {
    const audience = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/github'
    const github = { requestToken: 'request-token', token: subject }
    const fake = await start({ clouds: { google: { subject, audience }, github } })
    const file = {
      type: 'external_account',
      audience,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${fake.url}/v1/token`,
      credential_source: 'url' in source ? { ...source, url: `${fake.url}/oidc?audience=x` } : source,
      ...(impersonates
        ? {
            service_account_impersonation_url: `${fake.url}/v1/projects/-/serviceAccounts/${EMAIL}:generateAccessToken`,
          }
        : {}),
    }
    const world = callWorld({
      env: { ...env(fake), GOOGLE_CLOUD_PROJECT: 'acme-test' },
      files: {
        '/run/key.json': JSON.stringify(file),
        '/run/subject': subject,
        '/run/subject.json': JSON.stringify({ id: subject }),
      },
    })
    const made = await world.call({ provider: 'vertex', model: 'gemini-2.5-pro', endpoint: 'generate' })
    expect([textOf(made.outcome), fake.violations]).toEqual(['Paris', []])
    expect(world.secrets).toEqual(expect.arrayContaining([subject, 'google-temporary-token-1']))
    expect(world.secrets.includes('google-temporary-token-2')).toBe(impersonates)
  })
})

function JSON_VALUE() {
  return { type: 'json', subject_token_field_name: 'value' }
}

describe('tokens', () => {
  const { tenant, client, secret } = ENTRA
  const env = (fake: FakeLlm) => ({
    ...ENTRA_ENV,
    AZURE_CLIENT_SECRET: secret,
    AZURE_OPENAI_ENDPOINT: fake.url,
    AZURE_AUTHORITY_HOST: fake.url,
  })

  it('are renewed before they end, and not earlier', async () => {
    let nowMs = Date.now()
    const fake = await start({ clouds: { entra: { tenant, client, secret } } })
    const world = callWorld({ env: env(fake), clock: { ...systemClock, now: () => nowMs } })
    const later = async (seconds: number) => {
      nowMs += seconds * 1000
      await world.call(azure)
      return fake.tokenRequests.length
    }
    expect([await later(0), await later(3200), await later(150), await later(10)]).toEqual([1, 1, 2, 2])
  })

  it('short-lived ones serve half their life', async () => {
    let nowMs = Date.now()
    const fake = await start({ clouds: { entra: { tenant, client, secret }, tokenSeconds: 60 } })
    const world = callWorld({ env: env(fake), clock: { ...systemClock, now: () => nowMs } })
    await world.call(azure)
    nowMs += 29_000
    await world.call(azure)
    expect(fake.tokenRequests).toHaveLength(1)
    nowMs += 2000
    await world.call(azure)
    expect(fake.tokenRequests).toHaveLength(2)
  })

  it('a busy service is retried, a refusal is an access problem; neither is kept', async () => {
    const fake = await start({ clouds: { entra: { tenant, client, secret }, tokenStatuses: [503, 429, 400] } })
    const world = callWorld({ env: env(fake) })
    const causes: string[] = []
    for (let i = 0; i < 4; i++) causes.push(causeOf((await world.call(azure)).outcome))
    expect(causes).toEqual(['transient server', 'transient server', 'transient authentication', 'answered'])
  })

  it('a wrong secret is named as Entra names it, and not shown', async () => {
    const fake = await start({ clouds: { entra: { tenant, client, secret: 'another' } } })
    const { outcome } = await callWorld({ env: env(fake) }).call(azure)
    expect(textOf(outcome)).toMatch(/^Microsoft Entra ID gave no token \(status 401\): AADSTS7000215/)
    expect(JSON.stringify(outcome)).not.toContain(secret)
    expect(fake.requests).toEqual([])
  })

  it('a service that is not there is a broken line', async () => {
    const fake = await start()
    const world = callWorld({ env: { ...env(fake), AZURE_AUTHORITY_HOST: 'http://127.0.0.1:9' } })
    expect(causeOf((await world.call(azure)).outcome)).toBe('transient connection')
  })

  it('whoever is cancelled does not wait for a token that others wait for', async () => {
    const controller = new AbortController()
    const silent = () => new Promise<never>(() => {})
    const world = callWorld({ env: env({ url: 'https://azure.test' } as FakeLlm), http: silent })
    const made = world.call(azure, controller.signal)
    controller.abort()
    expect(causeOf((await made).outcome)).toBe('transient cancelled')
  })

  it('a gateway that repeats a token puts it into no message', async () => {
    const http = async ({ url, headers }: { url: string; headers: { readonly [name: string]: string } }) => ({
      status: url.includes('oauth2') ? 200 : 400,
      headers: {},
      body: url.includes('oauth2')
        ? '{"access_token":"temporary-0123","expires_in":"3599"}'
        : JSON.stringify({ error: { message: `bad header ${headers.authorization}`, code: 'x' } }),
    })
    const world = callWorld({ env: env({ url: 'https://azure.test' } as FakeLlm), http })
    expect(textOf((await world.call(azure)).outcome)).toBe(
      'azure answered 400: bad header Bearer [redacted: configured key]',
    )
  })
})
