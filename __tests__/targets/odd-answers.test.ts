// Every provider × every odd answer: what it counts as. One line of the table is one oddity, written for each interface.

import { describe, expect, it } from 'vitest'
import type { Outcome, Request } from '../../src/domain.ts'
import { openCloud } from '../../src/targets/cloud/access.ts'
import type { Cloud } from '../../src/targets/cloud/cloud.ts'
import { PROVIDERS } from '../../src/targets/provider-table.ts'
import type { Shape } from '../../src/targets/shape.ts'
import { modelEndpoint, SHAPES } from '../../src/targets/shapes.ts'
import { request } from './requests.ts'

const INTERFACES = ['chat', 'responses', 'messages', 'generate', 'converse'] as const
type Interface = (typeof INTERFACES)[number]
type Body = { readonly [name: string]: unknown }

/** Which provider's model is asked by which interface. */
const ASKED: readonly (readonly [string, Interface, Partial<Request>])[] = [
  ...Object.entries(PROVIDERS)
    .filter(([, { kind }]) => kind === 'openai')
    .map(([name]) => [name, 'chat', {}] as const),
  ['openai', 'responses', { endpoint: 'responses' }],
  ['anthropic', 'messages', {}],
  ['gemini', 'generate', {}],
  ['azure', 'chat', {}],
  ['azure', 'responses', { endpoint: 'responses' }],
  ['bedrock', 'converse', {}],
  ['vertex', 'generate', { model: 'gemini-2.5-pro' }],
  ['vertex', 'messages', { model: 'claude-opus-4-6' }],
  ['vertex', 'chat', { model: 'meta/llama-4' }],
]

const CLOUDS: { readonly [provider: string]: Cloud } = {
  azure: { kind: 'azure', apiVersion: null, keyIn: 'api-key', login: null },
  bedrock: { kind: 'bedrock', region: 'eu-central-1', keys: null },
  vertex: { kind: 'vertex', project: 'p', location: 'global', credentials: null },
}

function shapeOf(provider: string, asked: Partial<Request>): Shape {
  const cloud = CLOUDS[provider]
  const world = { http: neverCalled, clock: { now: () => 0, sleep: neverCalled }, credentialFile: () => null }
  if (cloud !== undefined) return openCloud(cloud, { ...world, noteSecret: () => {} }).shapeOf(request(asked))
  const kind = PROVIDERS[provider]?.kind ?? 'openai'
  return SHAPES[modelEndpoint(kind, asked.endpoint === 'responses' ? 'responses' : 'chat')]
}
const neverCalled = () => Promise.reject(new Error('nothing is called here'))

const CALL = { name: 'find', arguments: '{"q":' }
const SOUND: { readonly [name in Interface]: Body } = {
  chat: {
    choices: [{ message: { role: 'assistant', content: 'Paris' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  },
  responses: {
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'Paris' }] }],
    usage: { input_tokens: 10, output_tokens: 5 },
  },
  messages: {
    content: [{ type: 'text', text: 'Paris' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 10, output_tokens: 5 },
  },
  generate: {
    candidates: [{ content: { parts: [{ text: 'Paris' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 },
  },
  converse: {
    output: { message: { role: 'assistant', content: [{ text: 'Paris' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
  },
}
const USAGE: { readonly [name in Interface]: readonly [field: string, input: string, output: string] } = {
  chat: ['usage', 'prompt_tokens', 'completion_tokens'],
  responses: ['usage', 'input_tokens', 'output_tokens'],
  messages: ['usage', 'input_tokens', 'output_tokens'],
  generate: ['usageMetadata', 'promptTokenCount', 'candidatesTokenCount'],
  converse: ['usage', 'inputTokens', 'outputTokens'],
}

/** The sound answer of each interface with other counts. */
function counted(input: unknown, output: unknown, change: Partial<Record<Interface, Body>> = {}): Answers {
  return each((name) => {
    const [field, asked, said] = USAGE[name]
    return { ...SOUND[name], ...change[name], [field]: { [asked]: input, [said]: output } }
  })
}
function each(make: (name: Interface) => unknown): Answers {
  return Object.fromEntries(INTERFACES.map((name) => [name, make(name)])) as Answers
}
const without = (name: Interface) => {
  const { [USAGE[name][0]]: _, ...rest } = SOUND[name]
  return rest
}
/** The part that carries text, replaced. */
const saying = (content: { readonly [name in Interface]: unknown }): { readonly [name in Interface]: Body } => ({
  chat: { ...SOUND.chat, choices: [{ message: content.chat, finish_reason: 'stop' }] },
  responses: { ...SOUND.responses, output: content.responses },
  messages: { ...SOUND.messages, content: content.messages },
  generate: { ...SOUND.generate, candidates: [{ content: content.generate, finishReason: 'STOP' }] },
  converse: { ...SOUND.converse, output: content.converse },
})
const EMPTY = saying({
  chat: { content: '' },
  responses: [{ type: 'message', content: [] }],
  messages: [],
  generate: { parts: [] },
  converse: { message: { content: [] } },
})

type Answers = { readonly [name in Interface]: unknown }
/** One expectation for all, or one for each interface that differs. */
type Odd = {
  readonly answers: Answers
  readonly is: string
  readonly but?: Partial<Record<Interface, string>>
  readonly status?: number
}

const GOOD = 'answered "Paris" stop 10/5'
const UNCOUNTED = 'answered "Paris" stop ?'
const MALFORMED = 'transient malformed-answer'
const FILTERED = 'behavioural content-filter'

const ODD: { readonly [what: string]: Odd } = {
  'a sound answer': { answers: SOUND, is: GOOD },
  'fields that nobody knows': {
    answers: each((name) => ({ ...SOUND[name], moreOver: { deep: [1] }, x: null })),
    is: GOOD,
  },
  'no choices': {
    answers: {
      chat: { ...SOUND.chat, choices: [] },
      responses: { ...SOUND.responses, output: [] },
      messages: { ...SOUND.messages, content: [] },
      generate: { ...SOUND.generate, candidates: [] },
      converse: { ...SOUND.converse, output: {} },
    },
    is: MALFORMED,
    // An empty list is how these two say nothing; the tokens were paid.
    but: { responses: 'answered "" stop 10/5', messages: 'answered "" stop 10/5' },
  },
  'null for the content': {
    answers: saying({
      chat: { content: null },
      responses: [{ type: 'message', content: null }],
      messages: null,
      generate: null,
      converse: { message: { content: null } },
    }),
    is: 'answered "" stop 10/5',
    but: { messages: MALFORMED, converse: MALFORMED },
  },
  'null for the message': {
    answers: saying({
      chat: null,
      responses: null,
      messages: null,
      generate: { parts: null },
      converse: { message: null },
    }),
    is: MALFORMED,
    but: { generate: 'answered "" stop 10/5' },
  },
  'content in parts, with other parts between': {
    answers: saying({
      chat: {
        content: [
          { type: 'thinking', thinking: [] },
          { type: 'text', text: 'Par' },
          null,
          7,
          { type: 'text', text: 'is' },
        ],
      },
      responses: [null, { type: 'reasoning' }, { type: 'message', content: [{ text: 'Par' }, null, { text: 'is' }] }],
      messages: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Par' },
        null,
        { type: 'text', text: 'is' },
      ],
      generate: { parts: [{ text: 'hm', thought: true }, { text: 'Par' }, null, { inlineData: {} }, { text: 'is' }] },
      converse: {
        message: {
          content: [
            { reasoningContent: {} },
            { text: 'Par' },
            null,
            { citationsContent: { content: [{ text: 'is' }] } },
          ],
        },
      },
    }),
    is: GOOD,
  },
  'a text where a list belongs, or a list of texts': {
    answers: saying({
      chat: { content: ['Paris'] },
      responses: 'Paris',
      messages: 'Paris',
      generate: { parts: 'Paris' },
      converse: { message: { content: 'Paris' } },
    }),
    is: MALFORMED,
    but: { chat: 'answered "" stop 10/5', generate: 'answered "" stop 10/5' },
  },
  'a number for the text': {
    answers: saying({
      chat: { content: 42 },
      responses: [{ type: 'message', content: [{ text: 42 }] }],
      messages: [{ type: 'text', text: 42 }],
      generate: { parts: [{ text: 42 }] },
      converse: { message: { content: [{ text: 42 }] } },
    }),
    is: 'answered "" stop 10/5',
  },
  'no usage': { answers: each(without), is: UNCOUNTED },
  'no usage and no text': {
    answers: each((name) => ({
      ...without(name),
      ...Object.fromEntries(Object.entries(EMPTY[name]).filter(([key]) => key !== USAGE[name][0])),
    })),
    is: 'transient empty-answer',
  },
  'null for the usage': { answers: each((name) => ({ ...SOUND[name], [USAGE[name][0]]: null })), is: UNCOUNTED },
  'texts where numbers belong': { answers: counted('10', '5'), is: UNCOUNTED },
  'huge numbers': { answers: counted(1e300, 5), is: UNCOUNTED },
  'numbers beyond exact integers': { answers: counted(2 ** 53, 2 ** 53), is: UNCOUNTED },
  'negative numbers': { answers: counted(10, -5), is: UNCOUNTED },
  fractions: { answers: counted(10.5, 5), is: UNCOUNTED },
  'one count alone': { answers: counted(10, undefined), is: UNCOUNTED },
  'no text and no tokens': { answers: counted(10, 0, EMPTY), is: 'transient empty-answer' },
  'text that cost nothing': { answers: counted(10, 0), is: 'transient empty-answer' },
  'tokens without text': { answers: EMPTY, is: 'answered "" stop 10/5' },
  'an unknown finish reason': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ message: { content: 'Paris' }, finish_reason: 'tired' }] },
      responses: { ...SOUND.responses, status: 'incomplete', incomplete_details: { reason: 'tired' } },
      messages: { ...SOUND.messages, stop_reason: 'tired' },
      generate: { ...SOUND.generate, candidates: [{ content: { parts: [{ text: 'Paris' }] }, finishReason: 'TIRED' }] },
      converse: { ...SOUND.converse, stopReason: 'tired' },
    },
    is: 'answered "Paris" other 10/5',
  },
  'no finish reason, or one of another type': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ message: { content: 'Paris' }, finish_reason: null }] },
      responses: { ...SOUND.responses, status: 7, incomplete_details: null },
      messages: { ...SOUND.messages, stop_reason: null },
      generate: { ...SOUND.generate, candidates: [{ content: { parts: [{ text: 'Paris' }] } }] },
      converse: { ...SOUND.converse, stopReason: {} },
    },
    is: 'answered "Paris" ? 10/5',
    but: { responses: GOOD },
  },
  'cut at the limit': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ message: { content: 'Par' }, finish_reason: 'length' }] },
      responses: {
        ...SOUND.responses,
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ type: 'message', content: [{ text: 'Par' }] }],
      },
      messages: { ...SOUND.messages, content: [{ type: 'text', text: 'Par' }], stop_reason: 'max_tokens' },
      generate: {
        ...SOUND.generate,
        candidates: [{ content: { parts: [{ text: 'Par' }] }, finishReason: 'MAX_TOKENS' }],
      },
      converse: { ...SOUND.converse, output: { message: { content: [{ text: 'Par' }] } }, stopReason: 'max_tokens' },
    },
    is: 'answered "Par" length 10/5',
  },
  'filtered whole': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ finish_reason: 'content_filter', content_filter_results: {} }] },
      responses: {
        ...SOUND.responses,
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
        output: [],
      },
      messages: { ...SOUND.messages, content: [], stop_reason: 'refusal' },
      generate: {
        candidates: [{ finishReason: 'IMAGE_SAFETY' }],
        usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
      },
      converse: { ...SOUND.converse, output: { message: { content: [] } }, stopReason: 'content_filtered' },
    },
    is: FILTERED,
    but: { messages: 'answered "" refusal 10/5 refused' },
  },
  "filtered, with the filter's own text": {
    answers: {
      ...counted(0, 0),
      chat: {
        choices: [{ message: { content: 'Blocked.' }, finish_reason: 'content_filter' }],
        usage: { prompt_tokens: 9, completion_tokens: 0 },
      },
      responses: {
        ...(counted(9, 0).responses as Body),
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
      },
      messages: { ...(counted(9, 0).messages as Body), stop_reason: 'refusal' },
      generate: { promptFeedback: { blockReason: 'SAFETY' } },
      converse: {
        output: { message: { content: [{ text: 'Sorry, blocked.' }] } },
        stopReason: 'guardrail_intervened',
        usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      },
    },
    is: FILTERED,
    but: { messages: 'answered "Paris" refusal 9/0 refused' },
  },
  'a refusal': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }] },
      responses: { ...SOUND.responses, output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      messages: { ...SOUND.messages, content: [{ type: 'text', text: 'No.' }], stop_reason: 'refusal' },
      generate: { ...SOUND.generate, candidates: [{ content: { parts: [{ text: 'No.' }] }, finishReason: 'STOP' }] },
      converse: { ...SOUND.converse, output: { message: { content: [{ text: 'No.' }] } }, stopReason: 'refusal' },
    },
    is: 'answered "No." refusal 10/5 refused',
    but: { generate: 'answered "No." stop 10/5' },
  },
  'a tool call with broken arguments': {
    answers: {
      chat: {
        ...SOUND.chat,
        choices: [{ message: { content: null, tool_calls: [{ function: CALL }] }, finish_reason: 'tool_calls' }],
      },
      responses: { ...SOUND.responses, output: [{ type: 'function_call', ...CALL }] },
      messages: {
        ...SOUND.messages,
        content: [{ type: 'tool_use', name: 'find', input: '{"q":' }],
        stop_reason: 'tool_use',
      },
      generate: {
        ...SOUND.generate,
        candidates: [{ content: { parts: [{ functionCall: { name: 'find', args: '{"q":' } }] }, finishReason: 'STOP' }],
      },
      converse: {
        ...SOUND.converse,
        output: { message: { content: [{ toolUse: { name: 'find', input: '{"q":' } }] } },
        stopReason: 'tool_use',
      },
    },
    is: 'answered "" tool_calls 10/5 find("{\\"q\\":")',
  },
  'a tool call without a name or arguments': {
    answers: {
      chat: { ...SOUND.chat, choices: [{ message: { content: null, tool_calls: [{}] }, finish_reason: 'tool_calls' }] },
      responses: { ...SOUND.responses, output: [{ type: 'function_call' }] },
      messages: { ...SOUND.messages, content: [{ type: 'tool_use' }], stop_reason: 'tool_use' },
      generate: {
        ...SOUND.generate,
        candidates: [{ content: { parts: [{ functionCall: {} }] }, finishReason: 'STOP' }],
      },
      converse: { ...SOUND.converse, output: { message: { content: [{ toolUse: {} }] } }, stopReason: 'tool_use' },
    },
    is: 'answered "" tool_calls 10/5 (null)',
    but: { generate: 'answered "" tool_calls 10/5 ({})' },
  },
  'an error with status 200': { answers: each(() => ({ error: { message: 'down' } })), is: MALFORMED },
  'an error as a text with status 200': { answers: each(() => ({ error: 'down' })), is: MALFORMED },
  'an error with status 200 that says its own status': {
    answers: each(() => ({ error: { code: 400, message: 'temperature is not supported' } })),
    is: 'behavioural refused-request',
  },
  'a refusal for load with status 200': {
    answers: each(() => ({ error: { code: 429, message: 'slow down' } })),
    is: 'transient rate-limit',
  },
  'an error with status 200 that says its status as a text': {
    answers: each(() => ({ error: { code: '400', type: 'None', message: 'temperature is not supported' } })),
    is: 'behavioural refused-request',
  },
  'an error with status 200 whose code says what is wrong with the request': {
    answers: each(() => ({ error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'm' } })),
    is: 'behavioural context-too-long',
  },
  'an error with status 200 of a type that stands for a status': {
    answers: each(() => ({ type: 'error', error: { type: 'overloaded_error', message: 'm' } })),
    is: 'transient server',
  },
  'an event of an error in the place of an answer': {
    answers: each(() => ({ type: 'error', code: 'rate_limit_exceeded', message: 'm', param: null })),
    is: 'transient rate-limit',
  },
  'a byte order mark': { answers: each((name) => `\uFEFF${JSON.stringify(SOUND[name])}`), is: GOOD },
  'an answer beside an empty error': { answers: each((name) => ({ ...SOUND[name], error: null })), is: GOOD },
  'truncated JSON': { answers: each((name) => JSON.stringify(SOUND[name]).slice(0, -9)), is: MALFORMED },
  'two answers after each other': { answers: each((name) => JSON.stringify(SOUND[name]).repeat(2)), is: MALFORMED },
  nothing: { answers: each(() => ''), is: MALFORMED },
  null: { answers: each(() => 'null'), is: MALFORMED },
  'a list': { answers: each((name) => JSON.stringify([SOUND[name]])), is: MALFORMED },
  HTML: { answers: each(() => '<!doctype html><title>Sign in</title>'), is: MALFORMED },
  'an event stream': { answers: each(() => 'data: {"choices":[]}\n\ndata: [DONE]\n\n'), is: MALFORMED },
  'JSON a million levels deep': { answers: each(() => '['.repeat(1_000_000)), is: MALFORMED },
  'names of prototypes': {
    answers: each((name) =>
      JSON.stringify(SOUND[name])
        .replace(/"(stop|end_turn|STOP)"/, '"__proto__"')
        .replace('{', '{"__proto__":{"model":"evil"},'),
    ),
    is: 'answered "Paris" other 10/5',
    but: { responses: GOOD },
  },
  'a redirect': { answers: SOUND, status: 302, is: MALFORMED },
  'no content': { answers: each(() => ''), status: 204, is: MALFORMED },
}

function said(outcome: Outcome): string {
  if (outcome.state === 'failed') return `${outcome.failure.kind} ${outcome.failure.cause}`
  const { text, finishReason, usage, refusal, toolCalls, model } = outcome.answer
  const counts = usage === undefined ? '?' : `${usage.input}/${usage.output}`
  const calls = (toolCalls ?? []).map((call) => ` ${call.name}(${JSON.stringify(call.arguments)})`)
  const whose = model === undefined ? '' : ` by ${model}`
  return `answered ${JSON.stringify(text)} ${finishReason ?? '?'} ${counts}${refusal ? ' refused' : ''}${calls.join('')}${whose}`
}

describe.each(ASKED)('%s (%s)', (provider, name, asked) => {
  const shape = shapeOf(provider, asked)
  it.each(Object.entries(ODD))('%s', (_what, { answers, is, but, status = 200 }) => {
    const answer = answers[name]
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
    expect(said(shape.decode({ status, headers: {}, body }))).toBe(but?.[name] ?? is)
  })
})

describe.each(ASKED)('%s (%s), filtered whole', (provider, name, asked) => {
  const shape = shapeOf(provider, asked)
  const answer = ODD['filtered whole']?.answers[name] as Body
  const decoded = (body: Body) =>
    shape.decode({ status: 200, headers: { 'x-request-id': 'req-1' }, body: JSON.stringify(body) })

  it('has what came with it, by which it is priced', () => {
    const outcome = decoded({ ...answer, id: 'c-1', responseId: 'c-1', model: 'm', modelVersion: 'm' })
    const facts = outcome.state === 'failed' ? outcome.failure : outcome.answer
    const generate = name === 'generate'
    expect(facts).toMatchObject({
      usage: generate ? { input: 5, output: 0 } : { input: 10, output: 5 },
      requestId: 'req-1',
      finishReason: name === 'messages' ? 'refusal' : 'content_filter',
      ...(name === 'converse' ? {} : { responseId: 'c-1', model: 'm' }),
    })
  })

  it('has no counts that nobody gave', () => {
    const { [USAGE[name][0]]: _, ...uncounted } = answer
    const outcome = decoded(uncounted)
    if (outcome.state === 'failed') expect(outcome.failure).not.toHaveProperty('usage')
  })
})

it('no provider of the table is without its line', () => {
  expect([...new Set(ASKED.map(([provider]) => provider))].sort()).toEqual(Object.keys(PROVIDERS).sort())
})
