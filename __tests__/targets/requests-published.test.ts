// What each interface sends for tools, structured output and parameters, against the provider's published types; and that
// no parameter is lost on the way, known or not.

import { describe, expect, it } from 'vitest'
import type { Json, JsonObject, Request } from '../../src/domain.ts'
import { bedrockConverse } from '../../src/targets/cloud/bedrock.ts'
import type { Shape } from '../../src/targets/shape.ts'
import { SHAPES } from '../../src/targets/shapes.ts'
import { definitionCheck, type SchemaName } from '../fakes/check.ts'
import { endpoint, request } from './requests.ts'

type Interface = 'chat' | 'responses' | 'messages' | 'generate' | 'converse'
const OF: { readonly [name in Interface]: readonly [Shape, SchemaName, string] } = {
  chat: [SHAPES.chat, 'openai', 'ChatRequest'],
  responses: [SHAPES.responses, 'openai', 'ResponsesRequest'],
  messages: [SHAPES.messages, 'anthropic', 'MessagesRequest'],
  generate: [SHAPES.generate, 'gemini', 'GenerateRequest'],
  converse: [bedrockConverse, 'bedrock', 'ConverseRequest'],
}
const NAMES = Object.keys(OF) as readonly Interface[]

const tool = {
  type: 'function',
  function: {
    name: 'find',
    description: 'd',
    parameters: { type: 'object', properties: { q: { type: 'string' } }, additionalProperties: false },
  },
}
const bare = { type: 'function', function: { name: 'now' } }
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const format = { type: 'json_schema', json_schema: { name: 'answer', schema } }
const turns: Request['messages'] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Where is my order?' },
  {
    role: 'assistant',
    content: '',
    toolCalls: [
      { id: 'call_1', name: 'find', arguments: { q: 'order' } },
      { id: 'call_2', name: 'now', arguments: {} },
    ],
  },
  { role: 'tool', content: '{"status":"sent"}', toolCallId: 'call_1' },
  { role: 'tool', content: 'Monday', toolCallId: 'call_2' },
  { role: 'assistant', content: 'It is on its way.', toolCalls: [{ id: 'call_3', name: 'now', arguments: {} }] },
  { role: 'tool', content: '[1]', toolCallId: 'call_3' },
  { role: 'user', content: 'And when?' },
]
const custom = { type: 'custom', custom: { name: 'code', description: 'runs', format: { type: 'text' } } }
const chosen = { type: 'custom', custom: { name: 'code' } }
const grammar = { definition: 'start: "a"', syntax: 'lark' }
const formal = { type: 'custom', custom: { name: 'sum', format: { type: 'grammar', grammar } } }
const allowed = (mode: string) => ({
  type: 'allowed_tools',
  allowed_tools: {
    mode,
    tools: [
      { type: 'function', function: { name: 'find' } },
      { type: 'custom', custom: { name: 'code' } },
    ],
  },
})
const named = { type: 'function', function: { name: 'find' } }

/** How many turns or items the conversation has at each provider: some take the results of one turn together. */
const turnsWanted: { readonly [name in Interface]: number } = {
  chat: 8,
  responses: 10,
  messages: 6,
  generate: 6,
  converse: 6,
}
const listed = (key: string) => (body: JsonObject) => (body[key] as readonly Json[]).length
const turnsOf: { readonly [name in Interface]: (body: JsonObject) => number } = {
  ...{ chat: listed('messages'), responses: listed('input'), messages: listed('messages') },
  ...{ generate: listed('contents'), converse: listed('messages') },
}

function bodyOf(name: Interface, parts: Partial<Request>) {
  return OF[name][0].encode(request(parts), endpoint({ baseUrl: 'https://h.test/v1' })).body
}
/** Arrays and objects of the body under a path of names. */
function under(value: Json | undefined, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}

describe.each(NAMES)('%s', (name) => {
  const check = definitionCheck(OF[name][1], OF[name][2])
  it.each<readonly [string, Partial<Request>]>([
    ['plain', {}],
    [
      'system and history',
      {
        messages: ['system', 'system', 'user', 'assistant', 'user'].map((role) => ({
          role: role as 'user',
          content: 'x',
        })),
      },
    ],
    ['tools', { tools: [tool, bare] }],
    ['a history with calls of tools and their results', { messages: turns, tools: [tool, bare] }],
    ['strict tools', { tools: [{ ...tool, function: { ...tool.function, strict: true } }] }],
    ['tools among the parameters', { parameters: { tools: [tool] } }],
    ['a schema', { responseFormat: format }],
    ['a schema among the parameters', { parameters: { response_format: format } }],
    ['limits', { parameters: { max_tokens: 50 } }],
    ...(['auto', 'required', named] as const).map(
      (choice) =>
        [`tool_choice ${JSON.stringify(choice)}`, { tools: [tool], parameters: { tool_choice: choice } }] as const,
    ),
    ...(name === 'converse'
      ? []
      : [['tool_choice none', { tools: [tool], parameters: { tool_choice: 'none' } }] as const]),
    ...(name === 'chat' || name === 'responses'
      ? [
          ['custom tools', { tools: [tool, custom, formal] }] as const,
          ['a custom tool that is chosen', { tools: [custom], parameters: { tool_choice: chosen } }] as const,
          ['a choice of some', { tools: [tool, custom], parameters: { tool_choice: allowed('auto') } }] as const,
        ]
      : []),
    ...(name === 'responses' ? [] : [['stop', { parameters: { stop: ['a', 'b'] } }] as const]),
  ])('%s is as published', (_what, parts) => {
    expect(check(bodyOf(name, parts))).toEqual([])
  })

  it('results of tools answer their calls, those of one turn together', () => {
    const body = JSON.stringify(bodyOf(name, { messages: turns, tools: [tool, bare] }))
    for (const text of ['order', 'sent', 'Monday', 'It is on its way.', 'And when?']) expect(body).toContain(text)
    expect(turnsOf[name](bodyOf(name, { messages: turns }))).toBe(turnsWanted[name])
  })

  it('no parameter is lost, whatever its name', () => {
    const names = [
      'seed',
      'temperature',
      'top_p',
      'top_k',
      'max_tokens',
      'stop',
      'logit_bias',
      'made_up',
      'toString',
      'tool_choice',
      'response_format',
      'serviceTier',
      'toolConfig',
      'text',
      'outputConfig',
      'generationConfig',
      'inferenceConfig',
      'additionalModelRequestFields',
    ]
    for (const parameter of [...names, 'tools', 'output_config'])
      for (const value of [{ mark: 'the value' }, 'the value', ['the value']])
        for (const beside of [{}, { responseFormat: format }]) {
          if (parameter === 'response_format' && 'responseFormat' in beside) continue
          const body = bodyOf(name, { parameters: { max_tokens: 9, [parameter]: value }, ...beside })
          expect([parameter, JSON.stringify(body)]).toEqual([parameter, expect.stringContaining('the value')])
        }
  })
})

describe('the same wish in each interface', () => {
  it.each<readonly [Interface, Json, string, unknown]>([
    ['chat', 'required', 'tool_choice', 'required'],
    ['chat', named, 'tool_choice', named],
    ['responses', 'none', 'tool_choice', 'none'],
    ['responses', named, 'tool_choice', { type: 'function', name: 'find' }],
    ['responses', chosen, 'tool_choice', { type: 'custom', name: 'code' }],
    [
      'responses',
      allowed('required'),
      'tool_choice',
      {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'find' },
          { type: 'custom', name: 'code' },
        ],
      },
    ],
    ['responses', { type: 'allowed_tools', mode: 'auto', tools: [] }, 'tool_choice.mode', 'auto'],
    ['responses', { type: 'file_search' }, 'tool_choice', { type: 'file_search' }],
    ['responses', { type: 'mcp', server_label: 's', name: 'n' }, 'tool_choice.server_label', 's'],
    ['messages', 'auto', 'tool_choice', { type: 'auto' }],
    ['messages', 'none', 'tool_choice', { type: 'none' }],
    ['messages', 'required', 'tool_choice', { type: 'any' }],
    ['messages', named, 'tool_choice', { type: 'tool', name: 'find' }],
    [
      'messages',
      { type: 'any', disable_parallel_tool_use: true },
      'tool_choice',
      { type: 'any', disable_parallel_tool_use: true },
    ],
    ['generate', 'auto', 'toolConfig', { functionCallingConfig: { mode: 'AUTO' } }],
    ['generate', 'none', 'toolConfig', { functionCallingConfig: { mode: 'NONE' } }],
    ['generate', 'required', 'toolConfig', { functionCallingConfig: { mode: 'ANY' } }],
    ['generate', named, 'toolConfig', { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['find'] } }],
    ['generate', 'always', 'generationConfig.tool_choice', 'always'],
    ['converse', 'auto', 'toolConfig.toolChoice', { auto: {} }],
    ['converse', 'required', 'toolConfig.toolChoice', { any: {} }],
    ['converse', named, 'toolConfig.toolChoice', { tool: { name: 'find' } }],
    ['converse', 'none', 'toolConfig.toolChoice', 'none'],
    ['converse', { any: {} }, 'toolConfig.toolChoice', { any: {} }],
  ])('%s: tool_choice %j goes to %s', (name, choice, path, expected) => {
    expect(under(bodyOf(name, { tools: [tool], parameters: { tool_choice: choice } }), path)).toEqual(expected)
  })

  it('generate: how a schema is enforced is left out, and nothing else of a tool', () => {
    const strict = { ...tool, function: { ...tool.function, strict: true } }
    expect(bodyOf('generate', { tools: [strict] })).toEqual(bodyOf('generate', { tools: [tool] }))
    const odd = bodyOf('generate', { tools: [{ ...tool, function: { ...tool.function, made_up: 1 } }] })
    expect(JSON.stringify(odd)).toContain('made_up')
    // A parameter of that name is the tool's own.
    const named = { type: 'object', properties: { strict: { type: 'boolean' } } }
    expect(
      bodyOf('generate', { tools: [{ type: 'function', function: { name: 'f', parameters: named } }] }).tools,
    ).toEqual([{ functionDeclarations: [{ name: 'f', parametersJsonSchema: named }] }])
  })

  it('responses: custom tools are flat, with their grammar; its own tools stay as they are', () => {
    const own = [
      { type: 'custom', name: 'code', format: { type: 'text' } },
      { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'web_search', filters: { allowed_domains: ['a.test'] } },
    ]
    const beside = { ...custom, defer_loading: true }
    expect(bodyOf('responses', { tools: [formal, beside, ...own] }).tools).toEqual([
      { type: 'custom', name: 'sum', format: { type: 'grammar', ...grammar } },
      { type: 'custom', name: 'code', description: 'runs', format: { type: 'text' }, defer_loading: true },
      ...own,
    ])
  })

  it('converse: what it knows in its own place, the rest to the model', () => {
    const parameters = {
      temperature: 0,
      top_p: 0.5,
      max_tokens: 9,
      stop: 'END',
      top_k: 3,
      thinking: { type: 'disabled' },
      serviceTier: { type: 'flex' },
      inferenceConfig: { maxTokens: 1 },
      additionalModelRequestFields: { a: 1 },
      outputConfig: { effort: 'low' },
    }
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hi' },
    ]
    const { url, headers } = bedrockConverse.encode(
      request({ model: '../x:0?y', messages, parameters }),
      endpoint({ baseUrl: 'https://h.test' }),
    )
    expect([url, headers]).toEqual([
      'https://h.test/model/..%2Fx%3A0%3Fy/converse',
      { authorization: 'Bearer sk-secret-value' },
    ])
    expect(bodyOf('converse', { messages, parameters, tools: [tool], responseFormat: format })).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { temperature: 0, topP: 0.5, maxTokens: 9, stopSequences: ['END'] },
      serviceTier: { type: 'flex' },
      toolConfig: {
        tools: [{ toolSpec: { name: 'find', description: 'd', inputSchema: { json: tool.function.parameters } } }],
      },
      outputConfig: {
        effort: 'low',
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer' } },
        },
      },
      additionalModelRequestFields: { a: 1, top_k: 3, thinking: { type: 'disabled' } },
    })
  })
})
