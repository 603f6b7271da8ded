import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, Outcome } from '../../src/domain.ts'
import type { HttpResponse } from '../../src/ports.ts'
import { outputBound } from '../../src/run/budget.ts'
import { anthropicMessages } from '../../src/targets/anthropic.ts'
import type { VertexCloud } from '../../src/targets/cloud/cloud.ts'
import { vertexShape } from '../../src/targets/cloud/vertex.ts'
import { geminiGenerate } from '../../src/targets/gemini.ts'
import { openaiChat } from '../../src/targets/openai-chat.ts'
import { openaiResponses } from '../../src/targets/openai-responses.ts'
import { modelEndpoint, SHAPES } from '../../src/targets/shapes.ts'
import { streamEnd } from '../../src/targets/streamed.ts'
import { definitionCheck } from '../fakes/check.ts'
import { chatBody, endpoint, request } from './requests.ts'

function ok(body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status: 200, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}
function answerOf(outcome: Outcome) {
  if (outcome.state !== 'answered') throw new Error(`${outcome.failure.cause}: ${outcome.failure.message}`)
  return outcome.answer
}
function causeOf(outcome: Outcome) {
  return outcome.state === 'failed' ? `${outcome.failure.kind} ${outcome.failure.cause}` : 'answered'
}

const tool = { type: 'function', function: { name: 'find', description: 'd', parameters: { type: 'object' } } }
const schema = { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object' } } }
const talk = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hi' },
  { role: 'assistant' as const, content: 'Hello' },
  { role: 'user' as const, content: 'Why?' },
]

const check = definitionCheck('gemini', 'GenerateRequest')

describe('a stream', () => {
  const asked = (model: string) => request({ provider: 'gemini', model, parameters: { stream: true, max_tokens: 9 } })
  const cloud: VertexCloud = { kind: 'vertex', project: 'p', location: 'global', credentials: null }

  it('is a method of Gemini, and no parameter; where none is wanted, neither', () => {
    const { url, body } = geminiGenerate.encode(asked('gemini-2.5-flash'), endpoint({ baseUrl: 'https://g.test' }))
    expect(url).toBe('https://g.test/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
    expect([body.generationConfig, check(body)]).toEqual([{ maxOutputTokens: 9 }, []])
    const plain = geminiGenerate.encode(request({ model: 'g', parameters: { stream: false } }), endpoint({}))
    expect([plain.url.endsWith(':generateContent'), plain.body.generationConfig]).toEqual([true, undefined])
  })

  it.each([
    ['google/gemini-2.5-pro', ':streamGenerateContent?alt=sse', undefined],
    ['anthropic/claude-sonnet-4-5', ':streamRawPredict', true],
  ])('is a method of Vertex for %s', (model, method, stream) => {
    const { url, body } = vertexShape(cloud, asked(model)).encode(asked(model), endpoint({ baseUrl: 'https://v.test' }))
    expect([url.endsWith(method), body.stream]).toEqual([true, stream])
  })

  it.each<[string, readonly string[], number]>([
    ['Chat ends with its mark', ['{"choices":[{"delta":{"content":"a"}}]}', '[DONE]'], 1],
    ['Messages ends with its last event', ['{"type":"message_delta","usage":{}}', '{"type":"message_stop"}'], 1],
    ['Responses ends with the response', ['{"type":"response.created"}', '{"type":"response.completed"}'], 1],
    ['an error ends it', ['{"type":"ping"}', '{"error":{"message":"overloaded"}}'], 1],
    ['Gemini ends with its connection', ['{"candidates":[{"finishReason":"STOP"}]}', '{"usageMetadata":{}}'], -1],
  ])('is over with its last event: %s', (_, events, last) => {
    const isLast = streamEnd()
    const said = events.map((event) => {
      const text = Buffer.from(`data: ${event}\r\n\r\n`)
      // Whatever the pieces are: it is not over before its last line is.
      return [...text].map((byte) => isLast(Uint8Array.of(byte))).lastIndexOf(true) !== -1
    })
    expect(said.indexOf(true)).toBe(last)
  })
})

describe('encode sends exactly what was written', () => {
  it('openai chat: every parameter under its own name, known or not', () => {
    const parameters = {
      temperature: 0,
      top_p: 0.5,
      max_tokens: 300,
      stop: ['x'],
      seed: 7,
      reasoning_effort: 'low',
      made_up: null,
    }
    const { url, headers, body } = openaiChat.encode(
      request({ parameters, tools: [tool], responseFormat: schema }),
      endpoint(),
    )
    expect(url).toBe('https://api.openai.com/v1/chat/completions')
    expect(headers).toEqual({ authorization: 'Bearer sk-secret-value' })
    expect(body).toEqual({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'Hello' }],
      ...parameters,
      tools: [tool],
      response_format: schema,
    })
  })

  it('openai responses: the documented mapping, the rest as written', () => {
    const parameters = { max_tokens: 9, seed: 7, stop: ['x'], text: { verbosity: 'low' }, made_up: true }
    const { url, body } = openaiResponses.encode(
      request({ messages: talk, parameters, tools: [tool], responseFormat: schema }),
      endpoint(),
    )
    expect(url).toBe('https://api.openai.com/v1/responses')
    expect(body).toEqual({
      model: 'gpt-4.1',
      input: talk,
      seed: 7,
      stop: ['x'],
      made_up: true,
      max_output_tokens: 9,
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', strict: true, schema: { type: 'object' } } },
      tools: [{ type: 'function', strict: false, name: 'find', description: 'd', parameters: { type: 'object' } }],
    })
  })

  it('anthropic: system, stop_sequences, input_schema, a schema as output_config; seed goes out to be refused', () => {
    const at = endpoint({ kind: 'anthropic', baseUrl: 'https://api.anthropic.com' })
    const parameters = {
      temperature: 1,
      top_p: 0.9,
      max_tokens: 5,
      stop: 'END',
      seed: 3,
      thinking: { type: 'disabled' },
    }
    const { url, headers, body } = anthropicMessages.encode(
      request({ messages: talk, parameters, tools: [tool], responseFormat: schema }),
      at,
    )
    expect(url).toBe('https://api.anthropic.com/v1/messages')
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01', 'x-api-key': 'sk-secret-value' })
    expect(body).toEqual({
      model: 'gpt-4.1',
      system: 'Be brief.',
      messages: talk.slice(1),
      temperature: 1,
      top_p: 0.9,
      max_tokens: 5,
      stop_sequences: ['END'],
      seed: 3,
      thinking: { type: 'disabled' },
      tools: [{ name: 'find', description: 'd', input_schema: { type: 'object' } }],
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    })
  })

  it('anthropic: max_tokens is added only when missing, and a version in the base URL is not doubled', () => {
    const at = endpoint({ kind: 'anthropic', baseUrl: 'https://proxy.test/anthropic/v1/' })
    const { url, body } = anthropicMessages.encode(request(), at)
    expect(url).toBe('https://proxy.test/anthropic/v1/messages')
    expect(body.max_tokens).toBe(4096)
    expect('system' in body).toBe(false)
  })

  it.each<readonly [JsonObject, number]>([
    [{ thinking: { type: 'enabled', budget_tokens: 8000 } }, 12_096],
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, 5120],
    [{ thinking: { type: 'enabled', budget_tokens: 8000 }, max_tokens: 8100 }, 8100],
    // Refused there, and not ours to put right.
    [{ thinking: { type: 'enabled', budget_tokens: 8000 }, max_tokens: 300 }, 300],
    [{ thinking: { type: 'enabled', budget_tokens: '8000' } }, 4096],
    [{ thinking: { type: 'enabled' } }, 4096],
    [{ thinking: { type: 'disabled', budget_tokens: 8000 } }, 4096],
    [{ thinking: { type: 'adaptive' } }, 4096],
    [{ thinking: null }, 4096],
  ])('anthropic: with %j, max_tokens is %i, and as much is kept back for the call', (parameters, most) => {
    const asked = request({ endpoint: 'messages', parameters })
    expect(anthropicMessages.encode(asked, endpoint()).body.max_tokens).toBe(most)
    expect(outputBound(asked)).toBe(most)
  })

  it('anthropic: what has no counterpart is sent to be refused, never dropped', () => {
    const late = [...talk, { role: 'system' as const, content: 'Also.' }]
    const { body } = anthropicMessages.encode(
      request({ messages: late, responseFormat: { type: 'json_object' } }),
      endpoint(),
    )
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(body.messages).toContainEqual({ role: 'system', content: 'Also.' })
  })

  it('gemini: generationConfig, model role, systemInstruction, declarations; unknown names stay', () => {
    const at = endpoint({ kind: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com' })
    const parameters = {
      temperature: 0,
      top_p: 0.5,
      max_tokens: 7,
      stop: ['x'],
      seed: 1,
      topK: 3,
      safetySettings: [],
      generationConfig: { a: 1 },
    }
    const { url, headers, body } = geminiGenerate.encode(
      request({ model: 'gemini-2.5-pro', messages: talk, parameters, tools: [tool], responseFormat: schema }),
      at,
    )
    expect(url).toBe('https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent')
    expect(headers).toEqual({ 'x-goog-api-key': 'sk-secret-value' })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'Why?' }] },
      ],
      generationConfig: {
        a: 1,
        temperature: 0,
        topP: 0.5,
        maxOutputTokens: 7,
        stopSequences: ['x'],
        seed: 1,
        topK: 3,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
      safetySettings: [],
      tools: [{ functionDeclarations: [{ name: 'find', description: 'd', parametersJsonSchema: { type: 'object' } }] }],
    })
  })

  it.each([
    ['service_tier', 'serviceTier', 'flex'],
    ['safety_settings', 'safetySettings', [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]],
    ['cached_content', 'cachedContent', 'cachedContents/x'],
    ['tool_config', 'toolConfig', { functionCallingConfig: { mode: 'NONE' } }],
    ['generation_config', 'generationConfig', { topK: 3 }],
    ['store', 'store', false],
  ])('gemini: %s belongs to the top of the request, as %s does', (snake, camel, value) => {
    const bodyOf = (parameters: JsonObject) => geminiGenerate.encode(request({ parameters }), endpoint()).body
    const plain = bodyOf({})
    expect(bodyOf({ [snake]: value })).toEqual({ ...plain, [camel]: value })
    expect(bodyOf({ [camel]: value })).toEqual({ ...plain, [camel]: value })
    expect(check(bodyOf({ [snake]: value, seed: 1 }))).toEqual([])
    if (snake === camel) return
    // Which of the two is meant is not for us to say.
    const twice = bodyOf({ [camel]: value, [snake]: 'other' })
    expect(twice).toEqual({ ...plain, [camel]: value, [snake]: 'other' })
    expect(check(twice)).not.toEqual([])
  })

  it('gemini: snake_case among the settings stays there', () => {
    const parameters = { generation_config: { top_k: 3 }, thinking_config: { thinking_budget: 0 }, temperature: 0 }
    expect(geminiGenerate.encode(request({ parameters }), endpoint()).body.generationConfig).toEqual({
      top_k: 3,
      thinking_config: { thinking_budget: 0 },
      temperature: 0,
    })
  })

  it('gemini: a model name cannot climb out of its path', () => {
    const { url } = geminiGenerate.encode(request({ model: '../../evil?x=' }), endpoint({ baseUrl: 'https://h.test' }))
    expect(url).toBe('https://h.test/v1beta/models/..%2F..%2Fevil%3Fx%3D:generateContent')
  })

  it('tools given among the parameters are mapped like those of the target', () => {
    const parameters = { tools: [tool] }
    expect(anthropicMessages.encode(request({ parameters }), endpoint()).body.tools).toEqual([
      { name: 'find', description: 'd', input_schema: { type: 'object' } },
    ])
    expect(openaiChat.encode(request({ parameters }), endpoint()).body.tools).toEqual([tool])
  })
})

describe('decode', () => {
  it('openai chat: text, counts, fingerprint, ids, tool calls', () => {
    const body = chatBody('', {
      system_fingerprint: 'fp_1',
      service_tier: 'default',
      choices: [
        {
          message: {
            content: null,
            tool_calls: [
              { type: 'function', function: { name: 'find', arguments: '{"q":1}' } },
              { type: 'function', function: { name: 'bad', arguments: '{"q":' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 1000,
        completion_tokens: 300,
        prompt_tokens_details: { cached_tokens: 512, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 192 },
      },
    })
    expect(answerOf(openaiChat.decode(ok(body, { 'x-request-id': 'req_9' })))).toEqual({
      text: '',
      latencyMs: null,
      usage: { input: 1000, output: 300, cachedInput: 512, reasoning: 192, audioInput: 0 },
      model: 'gpt-4.1-2025-04-14',
      fingerprint: 'fp_1',
      serviceTier: 'default',
      requestId: 'req_9',
      responseId: 'chatcmpl-1',
      finishReason: 'tool_calls',
      toolCalls: [
        { name: 'find', arguments: { q: 1 } },
        { name: 'bad', arguments: '{"q":' },
      ],
    })
  })

  it.each([
    ['length', 'length'],
    ['model_length', 'length'],
    ['function_call', 'tool_calls'],
    ['max_model_length', 'other'],
    ['toString', 'other'],
  ])('openai chat: the finish reason %s is %s', (said, reason) => {
    const body = chatBody('', { choices: [{ message: { content: 'x' }, finish_reason: said }] })
    expect(answerOf(openaiChat.decode(ok(body))).finishReason).toBe(reason)
  })

  it('openai chat: a refusal is an answer that says so', () => {
    const body = chatBody('', {
      choices: [{ message: { content: null, refusal: 'I cannot.' }, finish_reason: 'stop' }],
    })
    expect(answerOf(openaiChat.decode(ok(body)))).toMatchObject({
      text: 'I cannot.',
      refusal: true,
      finishReason: 'refusal',
    })
  })

  it('xAI counts reasoning beside completion, OpenAI inside: the total tells', () => {
    const usage = (total: number) => ({
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: total,
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    })
    expect(answerOf(openaiChat.decode(ok(chatBody('x', usage(19))))).usage?.output).toBe(9)
    expect(answerOf(openaiChat.decode(ok(chatBody('x', usage(15))))).usage?.output).toBe(5)
  })

  it('an answer without usage has none: unknown is not zero', () => {
    const answer = answerOf(openaiChat.decode(ok({ choices: [{ message: { content: 'x' } }] })))
    expect('usage' in answer).toBe(false)
    expect('model' in answer).toBe(false)
  })

  it('counts that are no counts are no usage', () => {
    for (const prompt_tokens of [-1, 1.5, '10', null, 1e300]) {
      const answer = answerOf(openaiChat.decode(ok(chatBody('x', { usage: { prompt_tokens, completion_tokens: 5 } }))))
      expect(answer.usage).toBeUndefined()
    }
  })

  it('openai responses: items, reasoning, incomplete', () => {
    const body = {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      model: 'gpt-5-2025-08-07',
      output: [
        { type: 'reasoning', summary: [] },
        {
          type: 'message',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'output_text', text: 'b' },
          ],
        },
        { type: 'function_call', name: 'f', arguments: '{}' },
      ],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 3 },
      },
    }
    expect(answerOf(openaiResponses.decode(ok(body)))).toMatchObject({
      text: 'ab',
      finishReason: 'length',
      usage: { input: 5, output: 7, cachedInput: 2, reasoning: 3 },
      toolCalls: [{ name: 'f', arguments: {} }],
    })
    expect(causeOf(openaiResponses.decode(ok({ ...body, status: 'failed' })))).toBe('transient malformed-answer')
  })

  it('anthropic: input is the total of fresh, read and written tokens', () => {
    const body = {
      model: 'claude-sonnet-4-5',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', name: 'f', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 10,
        output_tokens: 20,
        cache_read_input_tokens: 300,
        cache_creation_input_tokens: 70,
        cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 40 },
        service_tier: 'standard',
      },
    }
    expect(answerOf(anthropicMessages.decode(ok(body, { 'request-id': 'req_a' })))).toEqual({
      text: 'Hi',
      latencyMs: null,
      usage: { input: 380, output: 20, cachedInput: 300, cacheWrite5m: 30, cacheWrite1h: 40 },
      model: 'claude-sonnet-4-5',
      serviceTier: 'standard',
      requestId: 'req_a',
      finishReason: 'tool_calls',
      toolCalls: [{ name: 'f', arguments: { a: 1 } }],
    })
    const unsplit = { ...body, usage: { input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 70 } }
    expect(answerOf(anthropicMessages.decode(ok(unsplit))).usage).toEqual({ input: 71, output: 2, cacheWrite5m: 70 })
  })

  it('anthropic: an empty refusal is an answer, not an empty one', () => {
    const body = { content: [], stop_reason: 'refusal', usage: { input_tokens: 3, output_tokens: 0 } }
    expect(answerOf(anthropicMessages.decode(ok(body)))).toMatchObject({
      text: '',
      refusal: true,
      finishReason: 'refusal',
    })
  })

  it('gemini: thoughts are output and no text', () => {
    const body = {
      modelVersion: 'gemini-2.5-flash',
      responseId: 'r1',
      candidates: [{ content: { parts: [{ text: 'hm', thought: true }, { text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 1000,
        candidatesTokenCount: 200,
        thoughtsTokenCount: 500,
        cachedContentTokenCount: 100,
      },
    }
    expect(answerOf(geminiGenerate.decode(ok(body)))).toEqual({
      text: 'Hi',
      latencyMs: null,
      model: 'gemini-2.5-flash',
      responseId: 'r1',
      finishReason: 'stop',
      usage: { input: 1000, output: 700, cachedInput: 100, reasoning: 500 },
    })
  })

  it('gemini: a blocked prompt and a filtered answer are the request’s own doing', () => {
    expect(causeOf(geminiGenerate.decode(ok({ promptFeedback: { blockReason: 'SAFETY' } })))).toBe(
      'behavioural content-filter',
    )
    const filtered = { candidates: [{ finishReason: 'SAFETY' }], usageMetadata: { promptTokenCount: 4 } }
    expect(causeOf(geminiGenerate.decode(ok(filtered)))).toBe('behavioural content-filter')
  })

  it('gemini: the counts of a prompt that was blocked come with it', () => {
    const blocked = (usageMetadata: Json) =>
      geminiGenerate.decode(
        ok({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata, modelVersion: 'g', responseId: 'r' }),
      )
    for (const counts of [{ promptTokenCount: 8, totalTokenCount: 8 }, { promptTokenCount: 8 }])
      expect(blocked(counts)).toEqual({
        state: 'failed',
        failure: {
          ...{ kind: 'behavioural', cause: 'content-filter', message: 'the provider blocked the prompt (SAFETY)' },
          ...{ usage: { input: 8, output: 0 }, model: 'g', responseId: 'r', finishReason: 'content_filter' },
        },
      })
    expect(blocked(null)).not.toHaveProperty('failure.usage')
  })

  it('the id of an answer is not the number of its request', () => {
    const chat = answerOf(openaiChat.decode(ok(chatBody('x', { x_groq: { id: 'req_g' } }))))
    expect([chat.responseId, chat.requestId]).toEqual(['chatcmpl-1', 'req_g'])
    const bare = answerOf(openaiChat.decode(ok(chatBody('x', { id: '' }))))
    expect('responseId' in bare || 'requestId' in bare).toBe(false)
  })

  const shapes = Object.entries(SHAPES)
  it.each(shapes)('%s: status 200 with an error, with broken or foreign JSON is malformed', (_name, shape) => {
    const bodies = [
      '{"choices":[',
      '',
      'null',
      '[]',
      '"x"',
      '{}',
      '<html>',
      { error: { message: 'quota' } },
      { error: 'down' },
    ]
    for (const body of bodies)
      expect([body, causeOf(shape.decode(ok(body)))]).toEqual([body, 'transient malformed-answer'])
  })

  it.each([
    ['no text, no tokens', chatBody('', { usage: { prompt_tokens: 3, completion_tokens: 0 } })],
    ['no text, no usage', JSON.stringify({ choices: [{ message: { content: null } }] })],
    [
      'an error text laundered into an answer',
      chatBody('Error: quota exceeded', { usage: { prompt_tokens: 0, completion_tokens: 0 } }),
    ],
  ])('%s is an empty answer', (_name, body) => {
    expect(causeOf(openaiChat.decode(ok(body)))).toBe('transient empty-answer')
  })

  it('no text but tokens (all went into reasoning) is an answer', () => {
    expect(answerOf(openaiChat.decode(ok(chatBody('')))).text).toBe('')
  })

  it.each([
    [{ finish_reason: 'error' }, 'transient malformed-answer', 'an error in the choice'],
    [{ finish_reason: 'error', error: { message: 'what?' } }, 'transient malformed-answer', 'what?'],
    [
      { finish_reason: 'error', error: { code: 502, message: 'upstream' } },
      'transient server',
      'answered 502: upstream',
    ],
    [
      { finish_reason: 'error', error: { code: 400, message: 'prompt is too long: 250000 tokens' } },
      'behavioural context-too-long',
      'answered 400: prompt is too long',
    ],
    [{ finish_reason: 'insufficient_system_resource' }, 'transient server', 'broke the answer off'],
  ])('an error in a choice is that error, and no answer: %j', (choice, cause, said) => {
    const outcome = openaiChat.decode(ok(chatBody('', { choices: [{ message: { content: 'half' }, ...choice }] })))
    expect(causeOf(outcome)).toBe(cause)
    expect(outcome.state === 'failed' && outcome.failure.message).toContain(said)
  })

  it.each([
    [
      'Anthropic',
      anthropicMessages,
      {
        content: [{ type: 'text', text: 'x' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1, server_tool_use: { web_search_requests: 2 } },
      },
    ],
    [
      'OpenAI Responses',
      openaiResponses,
      { output: [{ type: 'web_search_call' }, { type: 'message', content: [{ text: 'x' }] }] },
    ],
    [
      'OpenAI Chat',
      openaiChat,
      { choices: [{ message: { content: 'x', annotations: [{ type: 'url_citation' }] }, finish_reason: 'stop' }] },
    ],
    [
      'xAI',
      openaiChat,
      { choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], usage: { num_sources_used: 3 } },
    ],
    [
      'Gemini',
      geminiGenerate,
      {
        candidates: [
          { content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', groundingMetadata: { webSearchQueries: ['q'] } },
        ],
      },
    ],
  ] as const)('%s: a search that is billed for itself is told', (_name, shape, body) => {
    expect(answerOf(shape.decode(ok(JSON.stringify(body)))).toolFees).toBe(true)
  })

  it('no search, no fee; what the provider says that it cost has all in it', () => {
    expect(answerOf(openaiChat.decode(ok(chatBody('x'))))).not.toHaveProperty('toolFees')
    const usage = { prompt_tokens: 1, completion_tokens: 1, cost: 0.02 }
    const message = { content: 'x', annotations: [{ type: 'url_citation' }] }
    const billed = chatBody('x', { usage, choices: [{ message, finish_reason: 'stop' }] })
    expect(answerOf(openaiChat.decode(ok(billed)))).not.toHaveProperty('toolFees')
  })

  it('spoken words are the answer’s text', () => {
    const message = { content: null, audio: { data: 'AAAA', transcript: 'Paris.' } }
    expect(answerOf(openaiChat.decode(ok(chatBody('', { choices: [{ message }] })))).text).toBe('Paris.')
  })

  it('hostile names do not reach prototypes', () => {
    const body = '{"choices":[{"message":{"content":"x"},"finish_reason":"__proto__"}],"__proto__":{"model":"evil"}}'
    const answer = answerOf(openaiChat.decode(ok(body)))
    expect(answer.finishReason).toBe('other')
    expect(answer.model).toBeUndefined()
  })
})

it('the kind of the endpoint decides about its shape', () => {
  expect([
    modelEndpoint('openai'),
    modelEndpoint('openai', 'responses'),
    modelEndpoint('anthropic', 'responses'),
    modelEndpoint('gemini'),
  ]).toEqual(['chat', 'responses', 'messages', 'generate'])
})
