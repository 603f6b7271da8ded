// The pure parts of the proxy: paths, headers, variables, streams, and what a case is worth after its calls.

import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, ModelCall, Outcome, PriceTerms } from '../../src/domain.ts'
import { withoutSecrets } from '../../src/targets/model.ts'
import { endpointFor } from '../../src/targets/providers.ts'
import { createAssembler, isToken } from '../../src/targets/proxy/assemble.ts'
import { decodeFor } from '../../src/targets/proxy/decode.ts'
import {
  keysOfRun,
  pastNetworkProxy,
  proxyVariables,
  reachable,
  withoutKeys,
} from '../../src/targets/proxy/environment.ts'
import { headersToApplication, headersToProvider, tokenOf } from '../../src/targets/proxy/headers.ts'
import { withCalls } from '../../src/targets/proxy/outcome.ts'
import { promptText, readRequest } from '../../src/targets/proxy/read-request.ts'
import type { Relayed } from '../../src/targets/proxy/relay.ts'
import { joinedList } from '../../src/targets/proxy/relay.ts'
import { routeOf } from '../../src/targets/proxy/routes.ts'
import { modelCall } from '../../src/targets/proxy/seen-call.ts'
import { createEventReader } from '../../src/targets/proxy/sse.ts'
import { SHAPES } from '../../src/targets/shapes.ts'
import { endpoint, request, trial } from './requests.ts'

const endpoints = new Map([
  ['openai', endpoint({})],
  ['groq', endpoint({ provider: 'groq', baseUrl: 'https://api.groq.com/openai/v1' })],
  ['anthropic', endpoint({ provider: 'anthropic', kind: 'anthropic', baseUrl: 'https://api.anthropic.com' })],
  ['gemini', endpoint({ provider: 'gemini', kind: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com' })],
])
const route = (path: string, method = 'POST') => routeOf({ method, path }, endpoints)

describe('paths', () => {
  it.each([
    ['/openai/v1/chat/completions', 'https://api.openai.com/v1/chat/completions', 'chat'],
    ['/openai/v1/responses/input_tokens', 'https://api.openai.com/v1/responses/input_tokens', 'free'],
    ['/openai/chat/completions', 'https://api.openai.com/v1/chat/completions', 'chat'],
    ['/groq/openai/v1/openai/v1/chat/completions', 'https://api.groq.com/openai/v1/chat/completions', 'chat'],
    ['/anthropic/v1/messages?beta=true', 'https://api.anthropic.com/v1/messages?beta=true', 'messages'],
    ['/anthropic/messages', 'https://api.anthropic.com/v1/messages', 'messages'],
    ['/anthropic/v1/messages/count_tokens', 'https://api.anthropic.com/v1/messages/count_tokens', 'free'],
    [
      '/gemini/v1beta/models/gemini-2.5-flash:generateContent?key=token',
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
      'generate',
    ],
    [
      '/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=token',
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
      'generate',
    ],
    [
      '/gemini/v1beta/models/text-embedding-004:embedContent',
      'https://generativelanguage.googleapis.com/v1beta/models/text-embedding-004:embedContent',
      'embeddings',
    ],
  ])('%s goes to %s', (path, url, api) => {
    expect(route(path)).toMatchObject({ url, api })
  })

  it.each([
    '/openai/v1/files',
    '/openai/v1/admin/chat/completions',
    '/openai/v1/../chat/completions',
    '/openai//chat/completions',
    '/openai/chat/completions/../../../admin',
    '/azure/openai/deployments/x/chat/completions',
    '/constructor/v1/chat/completions',
    '/gemini/v1beta/models/../../x:generateContent',
    '/gemini/v1beta/models/a%2f..%2fb:generateContent',
    'http://evil.example/v1/chat/completions',
    '//evil.example/v1/chat/completions',
    '/',
    '',
  ])('%s goes nowhere', (path) => {
    expect(route(path)).toBeNull()
  })

  it.each([
    ['openai', '/llm/v1', '/chat/completions'],
    ['openai', '/v1/0123abcd/my-gateway/openai', '/chat/completions'],
    ['openai', '/serving-endpoints', '/chat/completions'],
    ['openai', '/v1beta/openai', '/embeddings'],
    ['openai', '/models', '/responses'],
    ['anthropic', '/anthropic', '/v1/messages'],
    ['anthropic', '/v1/acc/gw/anthropic', '/v1/messages'],
    ['gemini', '/team/google', '/v1beta/models/gemini-2.5-flash:generateContent'],
  ] as const)('a gateway of kind %s is found under its own path %s', (kind, path, asked) => {
    const gateway = endpoint({ provider: 'gateway', kind, baseUrl: `https://llm.internal${path}` })
    const there = new Map([['gateway', gateway]])
    const base = proxyVariables(there, 'http://127.0.0.1:9', 'token').GATEWAY_BASE_URL ?? ''
    expect(base).toBe(`http://127.0.0.1:9/gateway${path}`)
    expect(routeOf({ method: 'POST', path: new URL(`${base}${asked}`).pathname }, there)?.url).toBe(
      `https://llm.internal${path}${asked}`,
    )
    expect(routeOf({ method: 'POST', path: `/gateway${path}/admin${asked}` }, there)).toBeNull()
  })

  it('a provider whose host nobody named cannot be reached by any spelling', () => {
    const hosts = [
      '/openai/v1/chat/completions?url=http://evil',
      '/openai/v1/models/@evil.example',
      '/openai/v1/models/a:b@c',
    ].flatMap((path) => {
      const found = route(path, path.includes('models') ? 'GET' : 'POST')
      return found === null ? [] : [new URL(found.url).host]
    })
    expect(new Set(hosts)).toEqual(new Set(['api.openai.com']))
  })
})

describe('headers and keys', () => {
  it('the key goes where the token was, and what is said of a connection or by the transport stays', () => {
    const asked = {
      authorization: 'Bearer token',
      cookie: 'a=b',
      host: 'evil',
      'x-forwarded-for': '1',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'openai-beta': 'x',
      'x-api-key': 'token',
      connection: 'keep-alive, X-Of-Connection',
      'x-of-connection': '1',
      'keep-alive': '1',
      'transfer-encoding': 'chunked',
      'content-length': '12',
      'accept-encoding': 'gzip',
      'proxy-authorization': 'Basic x',
      'x-copy-of-key': 'Bearer token',
    }
    expect(headersToProvider(asked, endpoint({ headers: { 'x-team': 'a' } }))).toEqual({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'openai-beta': 'x',
      authorization: 'Bearer sk-secret-value',
      'x-team': 'a',
    })
    const anthropic = endpoint({ kind: 'anthropic' })
    expect(headersToProvider({ 'x-api-key': 'token' }, anthropic)).toEqual({ 'x-api-key': 'sk-secret-value' })
    expect(headersToProvider({ authorization: 'Bearer token' }, anthropic)).toEqual({
      authorization: 'Bearer sk-secret-value',
    })
    expect(headersToProvider({}, endpoint({ kind: 'gemini' }))).toEqual({ 'x-goog-api-key': 'sk-secret-value' })
    expect(headersToProvider({ authorization: 'Bearer token' }, endpoint({ key: null }))).toEqual({})
  })

  it('what an application says to its gateway goes on; headers of the configuration win', () => {
    const asked = {
      ...{ 'x-cost-center': 'support', 'x-portkey-provider': '@openai', 'helicone-auth': 'Bearer helicone-key' },
      ...{ 'cf-aig-metadata': '{}', 'x-grok-conv-id': '1', traceparent: '00-1', 'x-team': 'app' },
    }
    const sent = headersToProvider(
      { ...asked, authorization: 'Bearer token' },
      endpoint({ headers: { 'x-team': 'a' } }),
    )
    expect(sent).toEqual({ ...asked, 'x-team': 'a', authorization: 'Bearer sk-secret-value' })
  })

  it.each([
    ...['x-portkey-custom-host', 'x-portkey-config', 'helicone-target-url', 'x-http-method-override', 'x-http-method'],
    ...['x-base-url', 'x-openai-baseurl', 'x-api-base', 'x-portkey-forward-headers', 'x-upstream', 'x-proxy-url'],
  ])('where a gateway takes the key, the configuration alone says: %s', (name) => {
    expect(headersToProvider({ [name]: 'https://evil.test' }, endpoint({ key: null }))).toEqual({})
    const headers = { [name]: 'https://house.test' }
    expect(headersToProvider({ [name]: 'https://evil.test' }, endpoint({ key: null, headers }))).toEqual(headers)
  })

  it('the token is found wherever an SDK puts it; cookies stay with us', () => {
    expect(['/', '/x?key=a%2Bb'].map((path) => tokenOf({}, path))).toEqual([null, 'a+b'])
    expect(tokenOf({ authorization: 'Bearer t' }, '/')).toBe('t')
    expect(tokenOf({ 'x-api-key': 't' }, '/')).toBe('t')
    expect(tokenOf({ 'x-goog-api-key': 't' }, '/')).toBe('t')
    const told = {
      'set-cookie': 'x',
      'content-type': 'a',
      'content-encoding': 'gzip',
      'content-length': '1',
      'x-request-id': 'r',
    }
    const from = endpoint({ key: { name: 'KEY', value: 'sk-1/2+3' } })
    expect(headersToApplication(told, { endpoint: from, isFinal: true })).toEqual({
      'content-type': 'a',
      'x-request-id': 'r',
      'x-should-retry': 'false',
    })
    const echo = { 'x-request-id': 'of sk-1/2+3', 'openai-organization': '{"k":"sk-1\\/2\\u002B3"}' }
    expect(headersToApplication(echo, { endpoint: from, isFinal: false })).toEqual({
      'x-request-id': 'of ***',
      'openai-organization': '{"k":"***"}',
    })
  })

  it('offers the providers that can be reached, under the names of their SDKs', async () => {
    const place = { path: 'parity.yaml' }
    const environment = (name: string) => ({ OPENAI_API_KEY: 'sk-1', GOOGLE_API_KEY: 'g-1', GATEWAY_KEY: 'gw-1' })[name]
    const configProviders = {
      'my-gateway': {
        kind: 'openai',
        baseUrl: 'http://llm.internal/api/v2',
        apiKeyEnv: 'GATEWAY_KEY',
        headers: {},
        place,
      },
    }
    const found = await reachable({ environment, credentialFile: () => null, configProviders })
    expect([...found.keys()].sort()).toEqual(['gemini', 'my-gateway', 'ollama', 'openai', 'vllm'])
    expect(proxyVariables(found, 'http://127.0.0.1:9', 'token')).toMatchObject({
      OPENAI_API_KEY: 'token',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/openai/v1',
      OPENAI_API_BASE: 'http://127.0.0.1:9/openai/v1',
      GOOGLE_API_KEY: 'token',
      GEMINI_BASE_URL: 'http://127.0.0.1:9/gemini',
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9/gemini',
      GATEWAY_KEY: 'token',
      MY_GATEWAY_BASE_URL: 'http://127.0.0.1:9/my-gateway/api/v2',
      OLLAMA_BASE_URL: 'http://127.0.0.1:9/ollama/v1',
    })
    expect(proxyVariables(found, 'x', 'token')).not.toHaveProperty('GEMINI_API_KEY')
    expect(proxyVariables(found, 'x', 'token')).not.toHaveProperty('ANTHROPIC_BASE_URL')
    expect(routeOf({ method: 'POST', path: '/my-gateway/api/v2/chat/completions' }, found)?.url).toBe(
      'http://llm.internal/api/v2/chat/completions',
    )
  })

  it('what a header of an entry names is a key of the run: no application sees it', () => {
    const headers = { 'x-portkey-api-key': '${PK}', 'x-team': '${TEAM}' }
    const entry = { kind: 'openai', baseUrl: 'https://gw.test/v1', headers, place: { path: 'parity.yaml' } }
    const environment = (name: string) => ({ PK: 'portkey-12345', TEAM: 'a', OPENAI_API_KEY: 'k' })[name]
    const { names, secrets } = keysOfRun({ environment, configProviders: { gateway: entry } })
    expect([names.has('PK'), names.has('TEAM'), secrets]).toEqual([true, true, ['portkey-12345', 'k']])
  })

  it.each([
    ['REGION', 'eu', 'x-region', false],
    ['TEAM', 'support', 'x-team', false],
    ['KEY_ID', 'ab12', 'x-id', false],
    ['GW_LOGIN', 'house-login-5f3a9c', 'x-login', true],
    ['GW_TOKEN', 'tok-5f3a9c', 'x-a', true],
    ['GW_LOGIN', 'login-5f', 'authorization', true],
  ])('%s=%s in %s is a secret: %s', async (name, value, header, secret) => {
    const entry = { kind: 'openai', baseUrl: 'https://gw.test/v1', headers: { [header]: `\${${name}}` } }
    const environment = (asked: string) => (asked === name ? value : undefined)
    const configProviders = { gateway: { ...entry, place: { path: 'parity.yaml' } } }
    const found = await endpointFor('gateway', { environment, credentialFile: () => null, configProviders })
    expect(withoutSecrets(`neutral ${value} support`, found)).toBe(`neutral ${secret ? '***' : value} support`)
    expect(keysOfRun({ environment, configProviders }).secrets).toEqual(secret ? [value] : [])
  })

  it('a key with an address that cannot be used is an error before any call', async () => {
    const environment = (name: string) => ({ OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: '/v1' })[name]
    await expect(reachable({ environment, credentialFile: () => null, configProviders: {} })).rejects.toThrow(
      /OPENAI_BASE_URL/,
    )
  })

  it('the longest key is taken out first, and a proxy of the network is not asked for this machine', () => {
    const names = new Set(['KEY'])
    const clean = withoutKeys(
      { KEY: 'abc', COPY: 'abcdef abc', NAME: 'x' },
      { names, secrets: ['abcdef', 'abc'], token: 'T' },
    )
    expect(clean).toEqual({ COPY: 'T T', NAME: 'x' })
    expect(pastNetworkProxy({ HTTPS_PROXY: 'http://p', NO_PROXY: 'a' })).toMatchObject({
      NO_PROXY: 'a,127.0.0.1,localhost',
      no_proxy: 'a,127.0.0.1,localhost',
    })
    expect(pastNetworkProxy({ A: 'b' })).toEqual({ A: 'b' })
  })
})

describe('streams', () => {
  const events = (text: string, size: number) => {
    const reader = createEventReader()
    const bytes = Buffer.from(text)
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    ).flatMap((chunk) => reader.read(chunk))
  }

  it.each([1, 2, 3, 7, 1000])('are the same events in pieces of %s bytes, whatever their line ends', (size) => {
    const text =
      'event: a\ndata: {"t":"é😀"}\n\n: comment\n\ndata: {"a":\ndata: 1}\r\n\r\ndata: [DONE]\n\ndata:{"b":2}\n\ndata: {"open":'
    expect(events(text, size)).toEqual([{ t: 'é😀' }, { a: 1 }, { b: 2 }])
  })

  it.each([1, 2, 3, 7, 1000])(
    'are whole in pieces of %s bytes with a byte order mark, bare returns and no last line end',
    (size) => {
      const reader = createEventReader()
      const bytes = Buffer.from('\uFEFFdata: {"a":1}\r\rdata: {"b":\rdata: "é"}\r\r: bye\r\rdata: {"c":3}')
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      expect(chunks.flatMap((chunk) => reader.read(chunk))).toEqual([{ a: 1 }, { b: 'é' }])
      expect(reader.end()).toEqual([{ c: 3 }])
      expect(reader.end()).toEqual([])
    },
  )

  it('that end in the middle of an event have no such event', () => {
    const reader = createEventReader()
    reader.read(Buffer.from('data: {"a":'))
    expect(reader.end()).toEqual([])
  })

  const whole = (api: 'chat' | 'responses' | 'messages' | 'generate', list: readonly Json[]) => {
    const assembler = createAssembler(api)
    for (const event of list) assembler.take(event)
    const body = assembler.whole()
    return body === null ? null : SHAPES[api].decode({ status: 200, headers: {}, body: JSON.stringify(body) })
  }
  const delta = (delta: Json, finish_reason: string | null = null): Json => ({
    id: 'c',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  })

  it('Chat: text, tool calls in parts, counts and fingerprint', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
    const list = [
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({ tool_calls: [{ index: 0, id: 't', function: { name: 'look', arguments: '{"a"' } }] }),
      delta({
        tool_calls: [
          { index: 0, function: { arguments: ':1}' } },
          { index: 1, function: { name: 'two', arguments: '{}' } },
        ],
      }),
      { choices: [{ index: 1, delta: { content: 'another choice' } }] },
      delta({}, 'tool_calls'),
      { id: 'c', model: 'm', system_fingerprint: 'fp', choices: [], usage },
    ]
    expect(whole('chat', list)).toMatchObject({
      state: 'answered',
      answer: {
        text: 'Hello',
        model: 'm',
        fingerprint: 'fp',
        usage: { input: 7, output: 3 },
        finishReason: 'tool_calls',
        toolCalls: [
          { name: 'look', arguments: { a: 1 } },
          { name: 'two', arguments: {} },
        ],
      },
    })
    expect(whole('chat', list.slice(0, 4))).toBeNull()
    expect(whole('chat', [delta({ refusal: 'No.' }), delta({}, 'stop')])).toMatchObject({
      answer: { refusal: true, text: 'No.' },
    })
  })

  it('Chat: who answers is what the first event that says it says, and an error in a choice stays one', () => {
    // Azure's first event is about the prompt.
    const azure = { id: '', model: '', object: '', choices: [], prompt_filter_results: [] }
    expect(whole('chat', [azure, delta({ content: 'Hi' }), delta({}, 'stop')])).toMatchObject({
      answer: { text: 'Hi', model: 'm', responseId: 'c' },
    })
    const broken = { choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 400, message: 'no' } }] }
    expect(whole('chat', [delta({ content: 'Hi' }), broken])).toMatchObject({
      failure: { kind: 'behavioural', message: 'the provider answered 400: no' },
    })
  })

  const entire = (message: Json, finish_reason = 'stop'): Json => ({
    ...{ id: 'c', object: 'chat.completion', model: 'm', system_fingerprint: 'fp' },
    choices: [{ index: 0, message, finish_reason }],
    usage: { prompt_tokens: 7, completion_tokens: 3 },
  })

  it('Chat: a gateway that cannot stream sends all of it in one event', () => {
    expect(whole('chat', [entire({ role: 'assistant', content: 'Hi' })])).toEqual({
      state: 'answered',
      answer: {
        ...{ text: 'Hi', latencyMs: null, usage: { input: 7, output: 3 }, model: 'm', fingerprint: 'fp' },
        ...{ responseId: 'c', finishReason: 'stop' },
      },
    })
    const call = { id: 't', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }
    expect(whole('chat', [entire({ content: null, tool_calls: [call] }, 'tool_calls')])).toMatchObject({
      answer: { text: '', finishReason: 'tool_calls', toolCalls: [{ name: 'look', arguments: { a: 1 } }] },
    })
    expect(whole('chat', [entire({ content: null, function_call: { name: 'old', arguments: '{}' } })])).toMatchObject({
      answer: { toolCalls: [{ name: 'old', arguments: {} }] },
    })
    expect(whole('chat', [entire({ content: null, refusal: 'No.' })])).toMatchObject({
      answer: { text: 'No.', refusal: true },
    })
    expect(whole('chat', [entire({ content: '' }, 'content_filter')])).toMatchObject({
      failure: { cause: 'content-filter', usage: { input: 7, output: 3 }, model: 'm', responseId: 'c' },
    })
  })

  it('Chat: parts count before a whole that comes beside them or after them', () => {
    const both = { id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'H' }, message: { content: 'H' } }] }
    const list = [both, delta({ content: 'i' }), entire({ content: 'Hi' })]
    expect(whole('chat', list)).toMatchObject({ answer: { text: 'Hi', usage: { input: 7, output: 3 } } })
  })

  it('Chat: an empty stream is what an empty answer is, and one without a message no answer', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3 }
    const counted = { choices: [], usage }
    const body = JSON.stringify(entire({ content: '' }))
    const atOnce = SHAPES.chat.decode({ status: 200, headers: {}, body })
    expect(atOnce).toMatchObject({ state: 'answered', answer: { text: '', usage: { output: 3 } } })
    expect(whole('chat', [entire({ content: '' })])).toEqual(atOnce)
    expect(whole('chat', [delta({ role: 'assistant', content: '' }), delta({}, 'stop'), counted])).toMatchObject({
      ...{ state: 'answered', answer: { text: '', finishReason: 'stop', usage: { input: 7, output: 3 } } },
    })
    const strange = { id: 'c', model: 'm', choices: [{ index: 0, finish_reason: 'stop' }], usage }
    expect(whole('chat', [strange])).toMatchObject({ failure: { kind: 'transient', cause: 'malformed-answer' } })
  })

  it('Messages and Responses: a whole in one event, too', () => {
    const message = {
      ...{ type: 'message', id: 'msg_1', model: 'm', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: 'Hi' }],
      usage: { input_tokens: 7, output_tokens: 3 },
    }
    const said = { text: 'Hi', usage: { input: 7, output: 3 }, model: 'm' }
    expect(whole('messages', [message])).toMatchObject({ answer: { ...said, responseId: 'msg_1' } })
    expect(whole('messages', [{ ...message, stop_reason: null }])).toBeNull()
    const response = {
      ...{ object: 'response', id: 'resp_1', model: 'm', status: 'completed', error: null },
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
      usage: { input_tokens: 7, output_tokens: 3 },
    }
    expect(whole('responses', [response])).toMatchObject({ answer: { ...said, responseId: 'resp_1' } })
    expect(whole('responses', [{ ...response, status: 'in_progress' }])).toBeNull()
    const last = { ...response, id: 'resp_2' }
    expect(whole('responses', [response, { type: 'response.completed', response: last }])).toMatchObject({
      answer: { responseId: 'resp_2' },
    })
  })

  it('legacy completions: the text is one in a stream, too, so that its tokens can be estimated', () => {
    const assembler = createAssembler('completions')
    for (const text of ['Par', 'is'])
      assembler.take({ model: 'm', choices: [{ index: 0, text, finish_reason: text === 'is' ? 'stop' : null }] })
    const read = decoded('completions', assembler.whole())
    expect(read).toEqual({ state: 'answered', answer: { text: 'Paris', model: 'm', latencyMs: null } })
  })

  const decoded = (api: 'embeddings' | 'completions', body: Json) =>
    decodeFor({ endpoint: endpoint({}), api, url: '' }, { status: 200, headers: {}, body: JSON.stringify(body) })
  it.each([
    [{ error: { code: 503, message: 'overloaded' } }, 'server'],
    [{ error: 'upstream timed out' }, 'malformed-answer'],
    [{}, 'malformed-answer'],
  ])('%j with status 200 is no answer of embeddings and legacy completions either', (body, cause) => {
    const failure = { kind: 'transient', cause }
    expect(decoded('embeddings', body)).toMatchObject({ state: 'failed', failure })
    expect(decoded('completions', body)).toMatchObject({ state: 'failed', failure })
  })
  it.each([
    [
      { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 4, total_tokens: 4 } },
      { input: 4, output: 0 },
    ],
    [{ embedding: { values: [0.1] } }, undefined],
    [{ embeddings: [{ values: [0.1] }] }, undefined],
  ])('%j is an answer of embeddings', (body, usage) => {
    const read = decoded('embeddings', body)
    expect(read.state === 'answered' && [read.answer.usage]).toEqual([usage])
  })

  it('Chat: content in parts, calls that only their ids tell apart, custom tools, the older form, and Groq’s counts', () => {
    const text = (text: string) => ({ type: 'text', text })
    const call = (id: string | undefined, name: string, written: string, index?: number) => ({
      ...(id === undefined ? {} : { id }),
      ...(index === undefined ? {} : { index }),
      function: { name, arguments: written },
    })
    const list = [
      delta({ role: 'assistant', content: [{ type: 'thinking', thinking: [text('hm')] }] }),
      delta({ content: [text('Par')] }),
      delta({ content: 'is' }),
      delta({ tool_calls: [call('a', 'one', '{"x":', 0)] }),
      delta({ tool_calls: [call(undefined, '', '1}', 0)] }),
      delta({ tool_calls: [call('b', 'two', '{}', 0)] }),
      delta({ tool_calls: [call('c', 'three', '{}')] }),
      delta({ tool_calls: [{ index: 3, id: 'd', type: 'custom', custom: { name: 'code', input: 'pri' } }] }),
      delta({ tool_calls: [{ index: 3, custom: { input: 'nt(1)' } }] }),
      delta({ function_call: { name: 'old', arguments: '[' } }),
      delta({ function_call: { arguments: ']' } }),
      {
        ...(delta({}, 'tool_calls') as object),
        x_groq: { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
      },
    ]
    expect(whole('chat', list)).toMatchObject({
      state: 'answered',
      answer: {
        text: 'Paris',
        usage: { input: 7, output: 3 },
        toolCalls: [
          { name: 'one', arguments: { x: 1 } },
          { name: 'two', arguments: {} },
          { name: 'three', arguments: {} },
          { name: 'code', arguments: 'print(1)' },
          { name: 'old', arguments: [] },
        ],
      },
    })
  })

  it('Messages: blocks, a tool’s input in parts, counts from both ends', () => {
    const list: readonly Json[] = [
      {
        type: 'message_start',
        message: {
          id: 'm',
          model: 'claude',
          content: [],
          usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 },
        },
      },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'look', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '1}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9, input_tokens: null } },
    ]
    expect(whole('messages', list)).toMatchObject({
      answer: {
        text: 'Hi',
        toolCalls: [{ name: 'look', arguments: { a: 1 } }],
        usage: { input: 7, cachedInput: 2, output: 9 },
      },
    })
    expect(whole('messages', list.slice(0, -1))).toBeNull()
  })

  it('Gemini: parts add up, the last counts are the counts; a list of events is a stream, too', () => {
    const part = (text: string, more: object = {}): Json => ({
      candidates: [{ content: { parts: [{ text }] }, ...more }],
      modelVersion: 'g',
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: text.length },
    })
    const list = [part('Hel'), part('lo!!', { finishReason: 'STOP' })]
    expect(whole('generate', list)).toMatchObject({
      answer: { text: 'Hello!!', model: 'g', usage: { input: 4, output: 4 } },
    })
    expect(whole('generate', list.slice(0, 1))).toBeNull()
    expect(SHAPES.generate.decode({ status: 200, headers: {}, body: joinedList(JSON.stringify(list)) })).toMatchObject({
      answer: { text: 'Hello!!' },
    })
    expect(whole('generate', [{ promptFeedback: { blockReason: 'SAFETY' } }])).toMatchObject({
      state: 'failed',
      failure: { kind: 'behavioural' },
    })
  })

  it('Responses: the last event has it all, and a stream without it was cut', () => {
    const response = {
      model: 'm',
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
      usage: { input_tokens: 1, output_tokens: 2 },
    }
    expect(
      whole('responses', [
        { type: 'response.created', response: {} },
        { type: 'response.completed', response },
      ]),
    ).toMatchObject({ answer: { text: 'Hi', usage: { input: 1, output: 2 } } })
    expect(whole('responses', [{ type: 'response.created', response }])).toBeNull()
  })

  it('the first token is the first part of an answer, not the first event', () => {
    const none: readonly (readonly ['chat' | 'responses' | 'messages' | 'generate', Json])[] = [
      ['chat', delta({ role: 'assistant', content: '' })],
      ['chat', { choices: [] }],
      ['responses', { type: 'response.created', response: {} }],
      ['messages', { type: 'message_start', message: {} }],
      ['messages', { type: 'content_block_start', content_block: {} }],
      ['generate', { usageMetadata: {} }],
    ]
    expect(none.filter(([api, event]) => isToken(api, event))).toEqual([])
    const some: typeof none = [
      ['chat', delta({ content: 'a' })],
      ['chat', delta({ reasoning_content: 'hm' })],
      ['chat', delta({ tool_calls: [{ index: 0 }] })],
      ['responses', { type: 'response.output_text.delta', delta: 'a' }],
      ['messages', { type: 'content_block_delta', delta: {} }],
      ['generate', { candidates: [{ content: { parts: [{ text: 'a' }] } }] }],
      ['chat', entire({ content: 'a' })],
      ['responses', { object: 'response', status: 'completed' }],
      ['messages', { type: 'message', content: [] }],
    ]
    expect(some.filter(([api, event]) => !isToken(api, event))).toEqual([])
  })

  it.each(['chat', 'responses', 'messages', 'generate'] as const)('%s: nonsense is no crash', (api) => {
    const nonsense: readonly Json[] = [
      null,
      1,
      'x',
      [],
      {},
      { choices: 1 },
      { choices: [{ delta: { tool_calls: [{ index: -1 }, { index: 1e9 }, { index: 'a' }] } }] },
      { type: 'message_delta' },
      { type: 'message_start', message: 1 },
      { type: 'content_block_delta' },
      { candidates: [1] },
      { usage: 1 },
    ]
    expect(() => whole(api, nonsense)).not.toThrow()
  })
})

describe('what was asked', () => {
  const chat = route('/openai/v1/chat/completions')
  it('is read as text, with system prompts of every kind, and its parameters without anybody’s words', () => {
    if (chat === null) throw new Error('no route')
    const asked = readRequest(
      {
        model: 'm',
        temperature: 0,
        user: 'anna@example.com',
        metadata: { a: 'b' },
        reasoning_effort: 'low',
        inference_geo: 'us',
        speed: 'fast',
        messages: [
          { role: 'developer', content: 'S' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'T' },
              { type: 'image_url', image_url: { url: 'data:x' } },
            ],
          },
          { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
          { role: 'tool', content: 'R' },
        ],
      },
      chat,
    )
    expect(asked.parameters).toEqual({ temperature: 0, reasoning_effort: 'low', inference_geo: 'us', speed: 'fast' })
    expect(asked.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: S',
      'user: T\n(image_url)',
      'assistant: {"name":"f","arguments":"{}"}',
      'tool: R',
    ])
    expect(promptText(asked)).toContain('openai/m\n\nsystem:\nS')
    expect(readRequest({ model: 'm', temperature: 1 }, chat).hash).not.toBe(
      readRequest({ model: 'm', temperature: 0 }, chat).hash,
    )
    expect(() => readRequest({ messages: [null, 1, 'x', [[]], { content: { a: 1 } }], tools: 1 }, chat)).not.toThrow()
  })
})

describe('what is kept of a call', () => {
  const kept = (parameters: JsonObject, terms?: PriceTerms) => {
    const relayed = { route: { api: 'messages' }, firstTokenMs: null, estimated: false } as unknown as Relayed
    const answer = { text: 'x', latencyMs: 1, ...(terms === undefined ? {} : { terms }) }
    const ended = { outcome: { state: 'answered' as const, answer }, relayed, trial: trial() }
    return modelCall(request({ provider: 'anthropic', parameters }), ended).terms
  }
  it('has the terms that were asked for, and what the provider says of them', () => {
    expect(kept({ speed: 'fast', inference_geo: 'us' }, { speed: 'standard' })).toEqual({
      speed: 'standard',
      inference_geo: 'us',
    })
    expect(kept({ speed: 'fast' })).toEqual({ speed: 'fast' })
    expect(kept({ temperature: 0 })).toBeUndefined()
  })
})

describe('a call that was filtered whole', () => {
  const usage = { input: 9, output: 3 }
  const failure = { kind: 'behavioural', cause: 'content-filter', message: 'filtered', requestId: 'r' } as const
  const made = (facts: object) => {
    const relayed = {
      ...{ route: { api: 'chat' }, firstTokenMs: null, estimated: false, underway: false },
      ...{ reply: { gone: new AbortController().signal }, over: new AbortController().signal, committed: true },
    } as unknown as Relayed
    const outcome = { state: 'failed' as const, failure: { ...failure, ...facts } }
    return modelCall(request({}), { outcome, relayed, trial: trial({ index: 1 }) })
  }

  it('is counted and priced as an answer is', () => {
    const facts = { usage, model: 'm-1', terms: { speed: 'fast' }, responseId: 'c', finishReason: 'content_filter' }
    expect(made(facts)).toMatchObject({ counted: 'measured', usage, answered: 'm-1', terms: { speed: 'fast' } })
    expect(made(facts).failure).toEqual(failure)
    const answered: Outcome = { state: 'answered', answer: { text: 'x', latencyMs: 1 } }
    const { outcome } = withCalls(answered, [made(facts), { ...made({}), usage, counted: 'measured' }])
    expect(outcome).toMatchObject({ answer: { usage: { input: 18, output: 6 }, model: 'm-1' } })
  })

  it('without counts is none that anybody can price', () => {
    expect(made({ model: 'm-1' })).toMatchObject({ counted: 'unknown', failure })
    expect(made({ model: 'm-1' })).not.toHaveProperty('usage')
  })
})

describe('the worth of a case', () => {
  const call = (over: Partial<ModelCall> = {}): ModelCall => ({
    provider: 'p',
    model: 'm',
    hash: 'h',
    kind: 'generation',
    counted: 'measured',
    usage: { input: 10, output: 1 },
    latencyMs: 5,
    ...over,
  })
  const answered: Outcome = {
    state: 'answered',
    answer: { text: 'x', latencyMs: 1, usage: { input: 1, output: 1 }, model: 'said' },
  }
  const broke: Outcome = {
    state: 'failed',
    failure: { kind: 'behavioural', cause: 'application-error', message: 'Error' },
  }
  const lost = (cause: 'server' | 'timeout' | 'cancelled' | 'budget' | 'not-passed-on' = 'server') =>
    ({
      usage: undefined,
      counted: 'unknown',
      failure: { kind: 'transient', cause, message: 'down' },
    }) as unknown as Partial<ModelCall>

  it('without calls is as the application says', () => {
    expect(withCalls(answered, [])).toEqual({ outcome: answered, final: false })
  })

  it('sums what was counted, and nothing where one was not', () => {
    const { outcome } = withCalls(answered, [
      call(),
      call({ usage: { input: 5, output: 2, cachedInput: 3 } }),
      call({ kind: 'embedding', usage: { input: 99, output: 0 } }),
    ])
    expect(outcome).toMatchObject({ answer: { usage: { input: 15, output: 3, cachedInput: 3 } } })
    const { usage: _, ...unknown } = call({ counted: 'unknown' })
    expect(withCalls(answered, [call(), unknown]).outcome).not.toHaveProperty('answer.usage')
    const { usage: __, ...cancelled } = call(lost('cancelled'))
    expect(withCalls(answered, [call(), cancelled]).outcome).toHaveProperty('answer.usage.input', 10)
    expect(withCalls(answered, [call(), { ...cancelled, uncounted: true }]).outcome).not.toHaveProperty('answer.usage')
  })

  it('is nobody’s fault when a call was lost, whatever came after, unless the same question was answered later', () => {
    for (const outcome of [answered, broke])
      expect(withCalls(outcome, [call(lost()), call({ hash: 'other' })])).toMatchObject({
        final: true,
        outcome: { state: 'failed', failure: { kind: 'transient', cause: 'server' } },
      })
    expect(withCalls(answered, [call(lost()), call()]).outcome.state).toBe('answered')
    expect(withCalls(answered, [call(), call(lost())]).outcome.state).toBe('failed')
    // A stream that was cut could not be repeated inside.
    expect(withCalls(broke, [call({ ...lost(), partial: true })]).final).toBe(false)
  })

  it('a cap comes first, and is not made good', () => {
    expect(withCalls(answered, [call(lost('budget')), call()])).toMatchObject({
      outcome: { failure: { cause: 'budget' } },
    })
  })

  it('what the proxy never passes on comes before what a provider may make good, and is never made good', () => {
    const calls = [call(lost()), call(lost('not-passed-on')), call()]
    expect(withCalls(answered, calls)).toMatchObject({ final: true, outcome: { failure: { cause: 'not-passed-on' } } })
    expect(withCalls(answered, [...calls, call(lost('budget'))])).toMatchObject({
      outcome: { failure: { cause: 'budget' } },
    })
  })

  it('calls that the application let go say nothing, unless it failed for it', () => {
    expect(withCalls(answered, [call({ ...lost('cancelled'), abandoned: true })]).outcome.state).toBe('answered')
    expect(withCalls(broke, [call({ ...lost('cancelled'), abandoned: true })]).outcome).toMatchObject({
      failure: { kind: 'transient', cause: 'timeout' },
    })
    const crashed: Outcome = {
      state: 'failed',
      failure: { kind: 'behavioural', cause: 'application-crash', message: 'gone' },
    }
    expect(withCalls(crashed, [call({ ...lost('cancelled'), abandoned: true })]).outcome).toEqual(crashed)
    expect(withCalls(broke, [call(lost('cancelled'))]).outcome).toMatchObject({ failure: { kind: 'behavioural' } })
  })

  it('a refused request is the side’s own, in the provider’s words', () => {
    const refused = { kind: 'behavioural', cause: 'unknown-model', message: 'no such model' } as const
    expect(withCalls(broke, [call({ failure: refused })]).outcome).toMatchObject({
      failure: { kind: 'behavioural', cause: 'unknown-model', message: 'Error (no such model)' },
    })
    expect(withCalls(answered, [call({ failure: refused })]).outcome.state).toBe('answered')
  })
})
