import { describe, expect, it } from 'vitest'
import type { ProviderConfig } from '../../src/config/config.ts'
import { UserError } from '../../src/errors.ts'
import { PROVIDERS } from '../../src/targets/provider-table.ts'
import { checkKeys, endpointFor } from '../../src/targets/providers.ts'

const environment = (values: Record<string, string>) => (name: string) => values[name]
const sources = (values: Record<string, string>, configProviders: Record<string, ProviderConfig> = {}) => ({
  environment: environment(values),
  credentialFile: () => null,
  configProviders,
})
const entry = (fields: Partial<ProviderConfig>): ProviderConfig => ({
  kind: 'openai',
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

describe('endpointFor', () => {
  it('a built-in provider goes to its own host with its own key', async () => {
    expect(await endpointFor('openai', sources({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'other' }))).toEqual({
      provider: 'openai',
      kind: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      headers: {},
      key: { name: 'OPENAI_API_KEY', value: 'k' },
    })
  })

  it('an entry that only tunes a built-in provider is that provider, where the environment says it is', async () => {
    const tuned = { openai: entry({ maxConcurrency: 3, timeoutS: 20, headers: { 'x-team': 'a' } }) }
    const values = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://gw.test/v1' }
    expect(await endpointFor('openai', sources(values, tuned))).toEqual({
      ...{ provider: 'openai', kind: 'openai', baseUrl: 'https://gw.test/v1', headers: { 'x-team': 'a' } },
      ...{ key: { name: 'OPENAI_API_KEY', value: 'k' }, maxConcurrency: 3 },
    })
    expect(await problem(() => endpointFor('openai', sources({}, tuned)))).toContain('OPENAI_API_KEY')
    // Another name, another kind or an address of its own: then it says everything itself, and gets no key of the table.
    for (const [name, fields] of [
      ['other', {}],
      ['openai', { kind: 'mistral' }],
      ['openai', { baseUrl: 'https://elsewhere.test/v1' }],
    ] as const) {
      const at = await endpointFor(name, sources(values, { [name]: entry(fields) }))
      expect(at.key, name).toBeNull()
    }
  })

  it('variables in headers of an entry have their values, which are secrets of it', async () => {
    const headers = { 'x-portkey-api-key': '${PK}', 'x-meta': 'Team ${TEAM}, ${TEAM}', 'x-plain': 'a' }
    const gateway = { gateway: entry({ baseUrl: 'https://gw.test/v1', headers }), openai: entry({ headers }) }
    const values = { PK: 'pk-12345', TEAM: ' blue team ', OPENAI_API_KEY: 'k' }
    const filled = { 'x-portkey-api-key': 'pk-12345', 'x-meta': 'Team blue team, blue team', 'x-plain': 'a' }
    for (const [name, baseUrl] of [
      ['gateway', 'https://gw.test/v1'],
      ['openai', 'https://gw.test/v2'],
    ] as const)
      expect(
        await endpointFor(name, sources({ ...values, OPENAI_BASE_URL: 'https://gw.test/v2' }, gateway)),
      ).toMatchObject({ baseUrl, headers: filled, secrets: ['pk-12345'] })
    expect(await problem(() => endpointFor('gateway', sources({ PK: 'x' }, gateway)))).toContain(
      'There is no key for a header of gateway: TEAM is not set.',
    )
    const torn = await problem(() => endpointFor('gateway', sources({ PK: 'pk-1\nx', TEAM: 'a' }, gateway)))
    expect(torn).toContain('The value of PK cannot be a key')
    expect(torn).not.toContain('pk-1')
  })

  it('a variable in a header goes to one host, as a key does', async () => {
    const at = (host: string, rest: Partial<ProviderConfig>) => entry({ baseUrl: `https://${host}/v1`, ...rest })
    const said = (configProviders: Record<string, ProviderConfig>) =>
      problem(() => endpointFor('a', sources({ PK: 'pk-12345', OPENAI_API_KEY: 'k' }, configProviders)))
    const header = { headers: { 'x-key': '${PK}' } }
    expect(await said({ a: at('a.test', header), b: at('b.test', { apiKeyEnv: 'PK' }) })).toContain(
      'Two providers would send PK to different hosts',
    )
    expect(await said({ a: at('a.test', { apiKeyEnv: 'PK' }), b: at('b.test', header) })).toContain('different hosts')
    expect(await said({ a: at('a.test', { headers: { 'x-key': '${OPENAI_API_KEY}' } }) })).toContain(
      'The key OPENAI_API_KEY belongs to another host',
    )
    const once = { a: at('a.test', { ...header, apiKeyEnv: 'PK' }) }
    expect((await endpointFor('a', sources({ PK: 'pk-12345' }, once))).headers).toEqual({ 'x-key': 'pk-12345' })
  })

  it('the workflow’s base URL replaces the host', async () => {
    const at = await endpointFor(
      'anthropic',
      sources({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'https://gw.test/a/' }),
    )
    expect(at.baseUrl).toBe('https://gw.test/a')
  })

  it.each([
    ['groq', 'https://api.groq.com', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://api.groq.com/', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://api.groq.com/openai/v1', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://api.groq.com/openai/v1/', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://gw.test/groq', 'https://gw.test/groq/openai/v1'],
    ['groq', 'https://gw.test/v1', 'https://gw.test/v1'],
    ['cerebras', 'https://api.cerebras.ai', 'https://api.cerebras.ai/v1'],
    ['cerebras', 'https://api.cerebras.ai/v1', 'https://api.cerebras.ai/v1'],
    ['cerebras', 'https://gw.test/cerebras/', 'https://gw.test/cerebras/v1'],
    // Here official clients add nothing.
    ['openai', 'https://gw.test/openai', 'https://gw.test/openai'],
    ['together', 'https://gw.test', 'https://gw.test'],
  ])('%s: the base URL %s is read as its official client reads it', async (provider, url, baseUrl) => {
    const name = provider.toUpperCase()
    const values = { [`${name}_API_KEY`]: 'k', [`${name}_BASE_URL`]: url }
    expect((await endpointFor(provider, sources(values))).baseUrl).toBe(baseUrl)
    const own = entry({ kind: provider, baseUrl: url })
    expect((await endpointFor('own', sources({}, { own }))).baseUrl).toBe(baseUrl)
  })

  it('official clients’ addresses without their path do not let a bad one through', async () => {
    for (const url of ['https://user:pw-secret@x.test', 'https://x.test?key=pw-secret', 'nonsense'])
      expect(await problem(() => endpointFor('groq', sources({ GROQ_API_KEY: 'k', GROQ_BASE_URL: url })))).toContain(
        'GROQ_BASE_URL',
      )
  })

  it('a built-in provider needs its key whatever its base URL is', async () => {
    for (const url of ['http://127.0.0.1:9/v1', 'http://[::1]:9/v1', 'https://gw.test/v1'])
      expect(await problem(() => endpointFor('openai', sources({ OPENAI_BASE_URL: url })))).toContain('OPENAI_API_KEY')
  })

  it('local providers need no key and no path', async () => {
    expect((await endpointFor('ollama', sources({}))).baseUrl).toBe('http://127.0.0.1:11434/v1')
    expect((await endpointFor('vllm', sources({ VLLM_BASE_URL: 'http://gpu.test:8000' }))).baseUrl).toBe(
      'http://gpu.test:8000/v1',
    )
  })

  it('an entry of providers: has its own host, key and headers', async () => {
    const gateway = entry({
      baseUrl: 'http://llm.internal/v1',
      apiKeyEnv: 'GATEWAY_KEY',
      headers: { 'x-team': 's' },
      maxConcurrency: 16,
    })
    expect(await endpointFor('gateway', sources({ GATEWAY_KEY: 'g', OPENAI_API_KEY: 'o' }, { gateway }))).toEqual({
      provider: 'gateway',
      kind: 'openai',
      baseUrl: 'http://llm.internal/v1',
      headers: { 'x-team': 's' },
      key: { name: 'GATEWAY_KEY', value: 'g' },
      maxConcurrency: 16,
    })
  })

  it('an entry without api_key_env gets no key, not even one with a built-in name', async () => {
    const evil = entry({ baseUrl: 'https://evil.test/v1' })
    expect((await endpointFor('openai', sources({ OPENAI_API_KEY: 'secret' }, { openai: evil }))).key).toBeNull()
  })
})

it('what Mistral demands of ids holds for an entry of its kind, too, and for nobody else', async () => {
  const own = entry({ kind: 'mistral', baseUrl: 'https://gw.test/v1' })
  const at = (provider: string) =>
    endpointFor(
      provider,
      sources({ MISTRAL_API_KEY: 'k', GROQ_API_KEY: 'k' }, { own, other: { ...own, kind: 'groq' } }),
    )
  expect((await at('mistral')).shortToolIds).toBe(true)
  expect((await at('own')).shortToolIds).toBe(true)
  for (const name of ['groq', 'other']) expect('shortToolIds' in (await at(name))).toBe(false)
})

describe('a key is bound to its host', () => {
  it.each([
    'https://evil.test/v1',
    'http://api.openai.com/v1',
    'https://api.openai.com:8443/v1',
    'https://api.openai.com.evil.test/v1',
  ])('a built-in key does not go to %s', async (baseUrl) => {
    const evil = entry({ baseUrl, apiKeyEnv: 'OPENAI_API_KEY' })
    const message = await problem(() => endpointFor('evil', sources({ OPENAI_API_KEY: 'sk-very-secret' }, { evil })))
    expect(message).toMatch(/^parity\.yaml:3: The key OPENAI_API_KEY belongs to another host/)
    expect(message).not.toContain('sk-very-secret')
  })

  it('it may go to its own host and to the workflow’s base URL', async () => {
    const own = entry({ baseUrl: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY' })
    const gw = entry({ baseUrl: 'https://gw.test/other', apiKeyEnv: 'OPENAI_API_KEY' })
    const values = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://gw.test/v1' }
    expect((await endpointFor('own', sources(values, { own }))).key?.value).toBe('k')
    expect((await endpointFor('gw', sources(values, { gw }))).key?.value).toBe('k')
  })

  it('one key of providers: does not go to two hosts', async () => {
    const a = entry({ baseUrl: 'https://a.test', apiKeyEnv: 'K' })
    const b = entry({ baseUrl: 'https://b.test', apiKeyEnv: 'K' })
    expect(await problem(() => endpointFor('a', sources({ K: 'v-secret' }, { a, b })))).toContain(
      'different hosts (https://a.test and https://b.test)',
    )
  })
})

describe('checkKeys', () => {
  it('names every missing key at once, with exit code 2, and shows no value', async () => {
    const check = () =>
      checkKeys(
        ['openai', 'anthropic', 'openai', 'ollama', 'gemini'],
        sources({ GEMINI_API_KEY: 'gem-secret', OPENAI_API_KEY: '  ' }),
      )
    const message = await problem(check)
    expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([
      'There is no key for anthropic',
      'There is no key for openai',
    ])
    expect(message).not.toContain('gem-secret')
    try {
      await check()
    } catch (error) {
      expect((error as UserError).exit).toBe(2)
    }
  })

  it('is content when nothing is missing', async () => {
    await expect(checkKeys(['openai', 'vllm'], sources({ OPENAI_API_KEY: 'k' }))).resolves.toBeUndefined()
  })

  it.each(['sk-a\nb', 'sk-ä', 'two words'])(
    'a key that no header can carry (%j) is named, not shown',
    async (value) => {
      const message = await problem(() => checkKeys(['openai'], sources({ OPENAI_API_KEY: value })))
      expect(message).toContain('The value of OPENAI_API_KEY cannot be a key')
      expect(message).not.toContain(value)
    },
  )

  it.each(['opnai', '__proto__', 'constructor', ''])(
    'an unknown provider %j is named with a remedy',
    async (provider) => {
      const message = await problem(() => checkKeys([provider], sources({})))
      expect(message).toContain(`no provider ${JSON.stringify(provider)}`)
      if (provider === 'opnai') expect(message).toContain('Did you mean openai?')
    },
  )

  it.each([
    'ftp://x.test',
    'nonsense',
    'https://user:pw-secret@x.test',
    'https://x.test/v1?key=pw-secret',
    'file:///etc/passwd',
  ])('the base URL %s is refused without being shown', async (url) => {
    const message = await problem(() => endpointFor('openai', sources({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: url })))
    expect(message).toContain('OPENAI_BASE_URL')
    expect(message).not.toContain('pw-secret')
  })
})

it('every built-in key name belongs to one provider only', async () => {
  const names = Object.values(PROVIDERS).flatMap(({ keys }) => keys)
  expect(new Set(names).size).toBe(names.length)
})
