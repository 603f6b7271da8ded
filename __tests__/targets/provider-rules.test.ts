// What providers demand beyond their published types, by the way that a run's calls take, against a server that demands it too.

import { afterEach, expect, it } from 'vitest'
import type { JsonObject, Outcome, Request } from '../../src/domain.ts'
import { judgeRequest, PASS_FAIL } from '../../src/scorers/judge.ts'
import { createJudge } from '../../src/scorers/judge-calls.ts'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { callWorld, EMAIL, type Env, PUBLIC_KEY, serviceAccount } from './cloud/world.ts'
import { trial } from './requests.ts'

const open: FakeLlm[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake.close()))
})

type Asked = Partial<Omit<Request, 'hash' | 'segments'>>
const envOf = (url: string): Env => ({
  OPENAI_API_KEY: 'openai-key-0123',
  OPENAI_BASE_URL: `${url}/v1`,
  ANTHROPIC_API_KEY: 'anthropic-key-0123',
  ANTHROPIC_BASE_URL: url,
  DEEPSEEK_API_KEY: 'deepseek-key-0123',
  DEEPSEEK_BASE_URL: `${url}/v1`,
  GROQ_API_KEY: 'groq-key-0123',
  GROQ_BASE_URL: url,
  CEREBRAS_API_KEY: 'cerebras-key-0123',
  CEREBRAS_BASE_URL: url,
  GEMINI_API_KEY: 'gemini-key-0123',
  GEMINI_BASE_URL: url,
  GOOGLE_APPLICATION_CREDENTIALS: '/adc.json',
  GOOGLE_CLOUD_LOCATION: 'global',
  VERTEX_BASE_URL: url,
  MISTRAL_API_KEY: 'mistral-key-0123',
  MISTRAL_BASE_URL: `${url}/v1`,
})

async function world() {
  const fake = await startFakeLlm({ answer: () => 'ok', clouds: { google: { email: EMAIL, publicKey: PUBLIC_KEY } } })
  open.push(fake)
  const { call } = callWorld({ env: envOf(fake.url), files: { '/adc.json': serviceAccount(fake.url) } })
  const ask = async (asked: Asked) => said((await call(asked)).outcome)
  return { fake, call, ask }
}
const said = (outcome: Outcome) => (outcome.state === 'answered' ? outcome.answer.text : outcome.failure.message)

it.each<JsonObject>([{}, { response_format: { type: 'text' } }])(
  'DeepSeek takes the question of a judge with parameters %j',
  async (parameters) => {
    const { fake, call } = await world()
    const judge = createJudge(async ({ trial: place, request }) => {
      const { outcome } = await call(request)
      return { trial: place, request, outcome, attempts: 1, stored: false, startedAt: '' }
    })
    const question = { model: 'deepseek/deepseek-chat', parameters, scale: PASS_FAIL, rubric: 'Polite.', material: [] }
    expect(said((await judge(trial(), 'content')(judgeRequest(question))).outcome)).toBe('ok')
    expect(fake.violations).toEqual([])
  },
)

it('DeepSeek refuses the schema that a target asks for, which goes out as it is written', async () => {
  const { ask } = await world()
  const responseFormat = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } }
  expect(await ask({ provider: 'deepseek', model: 'deepseek-chat', responseFormat })).toContain('unavailable')
  const any = { provider: 'deepseek', model: 'deepseek-chat', responseFormat: { type: 'json_object' } }
  expect(await ask(any)).toContain("'json'")
})

const called = (...ids: readonly string[]): Request['messages'] => [
  { role: 'user', content: 'Weather?' },
  ...ids.flatMap((id) => [
    { role: 'assistant' as const, content: '', toolCalls: [{ id, name: 'find', arguments: {} }] },
    { role: 'tool' as const, content: '{}', toolCallId: id },
  ]),
]

it('Mistral takes a history of calls that OpenAI, Anthropic or it itself gave their ids', async () => {
  const { fake, ask } = await world()
  const messages = called('call_abc123', 'toolu_01A', 'D681PevKs', 'x')
  expect(await ask({ provider: 'mistral', model: 'mistral-medium-2508', messages })).toBe('ok')
  expect(fake.violations).toEqual([])
  expect(await ask({ provider: 'deepseek', model: 'mistral-medium-2508', messages })).toContain('length of 9')
})

const both = {
  role: 'assistant' as const,
  content: 'Both.',
  toolCalls: ['a', 'b'].map((id) => ({ id, name: id, arguments: {} })),
}
const steps: Request['messages'] = [
  ...called('old'),
  ...called('1', '2'),
  both,
  ...['a', 'b'].map((toolCallId) => ({ role: 'tool' as const, content: '{}', toolCallId })),
]
const signedIn = (contents: unknown) =>
  (contents as readonly { readonly parts: readonly JsonObject[] }[]).flatMap(({ parts }) =>
    parts.filter((part) => 'functionCall' in part).map((part) => part.thoughtSignature),
  )
const dummy = 'skip_thought_signature_validator'

it.each(['gemini', 'vertex'])('%s: Gemini 3 takes a history that ends in results of tools', async (provider) => {
  const { fake, ask } = await world()
  for (const model of ['gemini-3-pro-preview', 'gemini-3.5-flash', 'gemini-12-pro', 'gemini-flash-latest']) {
    expect(await ask({ provider, model, endpoint: 'generate', messages: steps })).toBe('ok')
    // The first call of each step of the current turn, and no other.
    expect(signedIn(fake.requests.at(-1)?.body?.contents)).toEqual([undefined, dummy, dummy, dummy, undefined])
  }
  const asked: Request['messages'] = [...steps, { role: 'user', content: 'And tomorrow?' }]
  const unopened = steps.slice(1, 3)
  for (const [model, messages, signatures] of [
    ['gemini-2.5-flash', steps, [undefined, undefined, undefined, undefined, undefined]],
    ['gemini-1.5-flash-latest', unopened, [undefined]],
    ['gemini-3-pro-preview', asked, [undefined, undefined, undefined, undefined, undefined]],
    ['gemini-3-pro-preview', unopened, [dummy]],
  ] as const) {
    expect(await ask({ provider, model, endpoint: 'generate', messages })).toBe('ok')
    expect(signedIn(fake.requests.at(-1)?.body?.contents), model).toEqual(signatures)
  }
  expect(fake.violations).toEqual([])
})

it('OpenAI Responses takes a choice of some tools that is written as for Chat', async () => {
  const { fake, ask } = await world()
  const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }]
  const some = { mode: 'auto', tools: [{ type: 'function', function: { name: 'find' } }] }
  const asked = { tools, endpoint: 'responses' as const }
  expect(await ask({ ...asked, parameters: { tool_choice: { type: 'allowed_tools', allowed_tools: some } } })).toBe(
    'ok',
  )
  expect(fake.violations).toEqual([])
  // The form of Chat in the place that Responses has: sent as it is written, and refused.
  expect(
    await ask({
      ...asked,
      parameters: { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function' }] } },
    }),
  ).toContain('name')
})

it('Groq and Cerebras are found at an address as their own clients take it', async () => {
  const { fake, ask } = await world()
  for (const provider of ['groq', 'cerebras']) expect(await ask({ provider, model: 'm' })).toBe('ok')
  expect(fake.requests.map(({ path }) => path)).toEqual(['/openai/v1/chat/completions', '/v1/chat/completions'])
})

it.each([
  ['anthropic', 'claude-sonnet-4-5-20250929'],
  ['vertex', 'claude-sonnet-4-5@20250929'],
])('%s takes a budget for thoughts without a limit of the answer', async (provider, model) => {
  const { fake, ask } = await world()
  const asked = { provider, model, endpoint: 'messages' as const }
  const thinking = { type: 'enabled', budget_tokens: 8000 }
  expect(await ask({ ...asked, parameters: { thinking } })).toBe('ok')
  expect(fake.violations).toEqual([])
  expect(await ask({ ...asked, parameters: { thinking, max_tokens: 8000 } })).toContain('must be greater')
})
