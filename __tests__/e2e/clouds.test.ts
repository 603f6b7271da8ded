// The three clouds through the shipped command line, as a workflow would set them up: the fakes check every signature, token
// and body, and no secret may be in anything that was written.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import {
  AWS,
  AWS_ENV,
  EMAIL,
  ENTRA,
  ENTRA_ENV,
  PRIVATE_KEY,
  PUBLIC_KEY,
  serviceAccount,
} from '../targets/cloud/world.ts'
import { type Changed, change } from './change.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { REAL_TIME } from './today.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const ALIAS = 'models: { "azure/geo-prod": "openai/gpt-4.1-2025-04-14" }\n'

type Env = { readonly [name: string]: string }
type Way = {
  readonly model: string
  readonly llm: FakeLlmOptions
  readonly env: (url: string, file: (text: string) => Promise<string>) => Promise<Env>
  readonly secrets: readonly string[]
  readonly path: RegExp
  readonly tokens: number
}

const google = { email: EMAIL, publicKey: PUBLIC_KEY }
const WAYS: { readonly [name: string]: Way } = {
  'azure with a key': {
    model: 'azure/geo-prod',
    llm: { apiKeys: ['azure-key-0123456789abcdef'] },
    env: async (url) => ({ AZURE_OPENAI_ENDPOINT: url, AZURE_OPENAI_API_KEY: 'azure-key-0123456789abcdef' }),
    secrets: ['azure-key-0123456789abcdef'],
    path: /^\/openai\/v1\/chat\/completions$/,
    tokens: 0,
  },
  'azure with an application and a dated version': {
    model: 'azure/geo-prod',
    llm: { clouds: { entra: ENTRA } },
    env: async (url) => ({
      ...ENTRA_ENV,
      AZURE_CLIENT_SECRET: ENTRA.secret,
      AZURE_AUTHORITY_HOST: url,
      AZURE_OPENAI_ENDPOINT: url,
      AZURE_OPENAI_API_VERSION: '2024-10-21',
    }),
    secrets: [ENTRA.secret, 'entra-temporary-token'],
    path: /^\/openai\/deployments\/geo-prod\/chat\/completions\?api-version=2024-10-21$/,
    tokens: 1,
  },
  'bedrock with temporary keys': {
    model: 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    llm: { clouds: { aws: { ...AWS, region: 'eu-central-1' } } },
    env: async (url) => ({ ...AWS_ENV, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url }),
    secrets: [AWS.secretAccessKey, AWS.sessionToken],
    path: /^\/model\/eu\.anthropic\.claude-sonnet-4-5-20250929-v1%3A0\/converse$/,
    tokens: 0,
  },
  'vertex with a service account': {
    model: 'vertex/gemini-2.5-flash',
    llm: { clouds: { google } },
    env: async (url, file) => ({
      GOOGLE_APPLICATION_CREDENTIALS: await file(serviceAccount(url)),
      GOOGLE_CLOUD_PROJECT: 'acme-test',
      GOOGLE_CLOUD_LOCATION: 'europe-west4',
      VERTEX_BASE_URL: url,
    }),
    secrets: [PRIVATE_KEY.split('\n')[3] ?? '', 'google-temporary-token'],
    path: /\/locations\/europe-west4\/publishers\/google\/models\/gemini-2\.5-flash:generateContent$/,
    tokens: 1,
  },
  'vertex with Claude': {
    model: 'vertex/claude-sonnet-4-5@20250929',
    llm: { clouds: { google } },
    env: async (url, file) => ({
      GOOGLE_APPLICATION_CREDENTIALS: await file(serviceAccount(url)),
      GOOGLE_CLOUD_LOCATION: 'global',
      VERTEX_BASE_URL: url,
    }),
    secrets: ['google-temporary-token'],
    path: /\/publishers\/anthropic\/models\/claude-sonnet-4-5%4020250929:rawPredict$/,
    tokens: 1,
  },
}

async function run(
  { model, llm, env }: Way,
  head: { readonly [path: string]: string },
  options: FakeLlmOptions = {},
): Promise<Changed & { readonly fake: FakeLlm }> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-cloud-'))
  const file = async (text: string) => {
    const path = join(folder, 'credentials.json')
    await writeFile(path, text)
    return path
  }
  await using fake = await startFakeLlm({ seed: 'clouds', answer: rightAnswer, ...llm, ...options })
  const set = evalFile({ model })
  // Anthropic's published types have no temperature any more.
  const written = model.includes('claude') && model.startsWith('vertex/') ? set.replace('temperature: 0, ', '') : set
  const base = { ...project({ cases: 8 }), 'evals/capital.eval.yaml': written, 'parity.yaml': ALIAS }
  try {
    const ran = await change(fake, { base, head, env: { ...REAL_TIME, ...(await env(fake.url, file)) } })
    return { ...ran, fake }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

describe.concurrent.each(Object.entries(WAYS))('%s', (_name, way) => {
  it('an equal change passes: sixteen calls, measured and priced', async () => {
    const ran = await run(way, BRIEF)
    expect(ran.report?.verdict.outcome, ran.stderr + ran.stdout).toBe('pass')
    expect(ran.code).toBe(0)
    expect(ran.fake.violations).toEqual([])
    expect(ran.requests).toHaveLength(16)
    expect(ran.requests.filter((one) => !way.path.test(one.path))).toEqual([])
    expect(ran.fake.tokenRequests).toHaveLength(way.tokens)
    expect(ran.report?.evalSets[0]?.tokens.provenance).toBe('measured')
    expect(ran.report?.run.usd.target).toMatch(/^0\.\d+$/)
  })

  it('what it has for secrets is in nothing that it writes, even when the model says them', async () => {
    const ran = await run(way, BRIEF, { answer: (context) => `${rightAnswer(context)} ${way.secrets.join(' ')}-1` })
    expect(ran.report?.verdict.outcome, ran.stderr).toBe('pass')
    const written = [...ran.files, { path: 'stdout', text: ran.stdout }, { path: 'stderr', text: ran.stderr }]
    for (const secret of way.secrets) {
      expect(secret.length).toBeGreaterThan(8)
      expect(written.filter(({ text }) => text.includes(secret)).map(({ path }) => path)).toEqual([])
    }
    expect(ran.files.find(({ path }) => path.endsWith('calls.jsonl'))?.text).toContain('[redacted')
  })

  it('a parameter that the head adds and the model refuses fails the check', async () => {
    const faults = [
      { kind: 'unsupported-parameter', when: ({ prompt }: { prompt: string }) => prompt.includes('Be brief') },
    ] as const
    const ran = await run(way, BRIEF, { faults })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    expect(ran.report?.evalSets[0]?.flips.filter((one) => one.kind === 'broken')).toHaveLength(8)
    expect(ran.report?.run.calls.retried).toBe(0)
  })

  it('a worse answer fails the check', async () => {
    const countries = ['France', 'Italy', 'Austria', 'Portugal', 'Greece', 'Poland']
    const ran = await run(way, BRIEF, { answer: wrongWhen('Be brief', countries) })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
  })

  it('a provider that is down, or without the key, is not measured or not started', async () => {
    const ran = await run(way, BRIEF, { faults: [{ kind: 'quota' }] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    const none = await run({ ...way, env: async () => ({}) }, BRIEF)
    expect([none.code, none.requests.length]).toEqual([2, 0])
    expect(none.stderr).toMatch(/AZURE_OPENAI_ENDPOINT|AWS_REGION|GOOGLE_APPLICATION_CREDENTIALS/)
  })
})

describe('Claude on Vertex AI', () => {
  it('costs a tenth more in a region than at the global endpoint', async () => {
    const way = WAYS['vertex with Claude']
    if (way === undefined) throw new Error('no such way')
    const at = async (location: string) => {
      const ran = await run(
        { ...way, env: async (...parts) => ({ ...(await way.env(...parts)), GOOGLE_CLOUD_LOCATION: location }) },
        BRIEF,
      )
      const [plan, cost] = [ran.report?.run.plan?.target.usd.worst, ran.report?.evalSets[0]?.cost.perRequestUsd]
      return [plan, cost?.base, cost?.head, ran.report?.run.usd.target].map(Number)
    }
    const [anywhere, region] = await Promise.all([at('global'), at('europe-west1')])
    expect(anywhere.filter((usd) => usd > 0)).toHaveLength(4)
    expect(region.map((usd, index) => usd / (anywhere[index] ?? 0))).toEqual(anywhere.map(() => expect.closeTo(1.1, 6)))
  })
})

describe('a judge in a cloud', () => {
  it('is asked with its schema, signed, and read', async () => {
    const set = evalFile({ model: WAYS['bedrock with temporary keys']?.model ?? '' }).replace(
      '{ contains: "{{expected}}" }',
      '{ llm-rubric: { value: "Names one city.", model: bedrock/eu.amazon.nova-pro-v1:0 } }',
    )
    const judge = 'eu.amazon.nova-pro-v1:0'
    await using fake = await startFakeLlm({
      seed: 'judge',
      clouds: { aws: { ...AWS, region: 'eu-central-1' } },
      answer: (context) =>
        context.model === judge ? JSON.stringify({ reason: 'A city.', label: 'pass' }) : rightAnswer(context),
    })
    const base = { ...project({ cases: 4 }), 'evals/capital.eval.yaml': set }
    const env = { ...REAL_TIME, ...AWS_ENV, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: fake.url }
    const ran = await change(fake, { base, head: BRIEF, env })
    expect(ran.report?.verdict.outcome, ran.stderr).toBe('pass')
    expect(fake.violations).toEqual([])
    const asked = ran.requests.filter((one) => one.model === judge)
    expect(asked).toHaveLength(ran.report?.run.calls.judge ?? -1)
    expect(asked[0]?.rawBody).toContain('"textFormat":{"type":"json_schema"')
    expect(ran.report?.run.usd.judge).toMatch(/^0\.\d+$/)
  })
})

describe('entries of parity.yaml', () => {
  it('another Azure resource with a key of its own; the built-in key goes nowhere else', async () => {
    await using fake = await startFakeLlm({ seed: 'eu', answer: rightAnswer, apiKeys: ['eu-key-0123456789'] })
    const entry = (key: string) =>
      `providers:\n  eu: { kind: azure, base_url: "${fake.url}/tenant", api_key_env: ${key}, api_version: "2024-10-21" }\n`
    const set = { ...project({ cases: 4 }), 'evals/capital.eval.yaml': evalFile({ model: 'eu/geo' }) }
    const env = {
      EU_KEY: 'eu-key-0123456789',
      AZURE_OPENAI_API_KEY: 'built-in-key-0123456789',
      AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com',
    }
    fake.configure({ seed: 'eu', answer: rightAnswer, apiKeys: ['eu-key-0123456789'], prefixes: ['/tenant'] })
    const good = await change(fake, { base: { ...set, 'parity.yaml': entry('EU_KEY') }, head: BRIEF, env })
    expect(good.report?.verdict.outcome, good.stderr).toBe('pass')
    expect(good.requests[0]?.path).toBe('/tenant/openai/deployments/geo/chat/completions?api-version=2024-10-21')
    const bad = await change(fake, { base: { ...set, 'parity.yaml': entry('AZURE_OPENAI_API_KEY') }, head: BRIEF, env })
    expect([bad.code, bad.requests.length]).toEqual([2, 0])
    expect(bad.stderr).toContain('The key AZURE_OPENAI_API_KEY belongs to another host')
  })
})
