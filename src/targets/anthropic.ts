// Anthropic Messages. Mapped: leading system messages -> system, stop -> stop_sequences, function tools -> input_schema and
// tool_choice to their form, response_format with a schema -> output_config.format, and max_tokens is added when missing, for the API demands it.
// `seed`, later system messages and a plain `json_object` do not exist there: sent as written, refused by the provider.

import type { Answer, FinishReason, Json, JsonObject, Message, Outcome, Request, Usage } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { termsIn } from '../prices/terms.ts'
import { answered, readAnswer } from './answered.ts'
import { anthropicMaxTokens } from './anthropic-max-tokens.ts'
import { at, countAt, given, isObject, listAt, textAt, withFields } from './outside.ts'
import { type Encoded, type Endpoint, endpointUrl, finishReason, requestIdOf, type Shape } from './shape.ts'
import { readToolChoice, toolsIn } from './tools.ts'
import { groupResults } from './turns.ts'

const FINISH: { readonly [word: string]: FinishReason } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'refusal',
}

function encode(request: Request, endpoint: Endpoint): Encoded {
  const { stop, response_format, tools, tool_choice, ...parameters } = request.parameters
  const { system, rest } = splitSystem(request.messages)
  return {
    url: endpointUrl(endpoint.baseUrl, '/messages', 'v1'),
    headers: {
      'anthropic-version': '2023-06-01',
      ...(endpoint.key === null ? {} : { 'x-api-key': endpoint.key.value }),
      ...endpoint.headers,
    },
    body: {
      model: request.model ?? '',
      max_tokens: anthropicMaxTokens(parameters),
      ...given({
        system,
        stop_sequences: typeof stop === 'string' ? [stop] : stop,
        tools: toolsIn(request, tools, (all) => all.map(anthropicTool)),
        tool_choice: anthropicChoice(tool_choice),
      }),
      messages: groupResults(rest).map(anthropicTurn),
      ...outputFormat(request.responseFormat ?? response_format, parameters),
    },
  }
}

/** One system message stays a string; several stay apart, as blocks. */
function splitSystem(messages: readonly Message[]): { system: Json | undefined; rest: readonly Message[] } {
  const first = messages.findIndex((message) => message.role !== 'system')
  const leading = first === -1 ? messages : messages.slice(0, first)
  const blocks = leading.map((message) => ({ type: 'text', text: message.content }))
  const system = blocks.length > 1 ? blocks : blocks[0]?.text
  return { system, rest: messages.slice(leading.length) }
}

/** Results of tools are blocks of a turn of the user, calls are blocks of the assistant's. */
function anthropicTurn(turn: readonly Message[]): JsonObject {
  const [first] = turn
  if (first?.role === 'tool') {
    const results = turn.map(({ content, toolCallId }) => ({
      ...{ type: 'tool_result', tool_use_id: toolCallId ?? '', content },
    }))
    return { role: 'user', content: results }
  }
  const { role = 'user', content = '', toolCalls = [] } = first ?? {}
  if (toolCalls.length === 0) return { role, content }
  const calls = toolCalls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments }))
  return { role, content: [...(content === '' ? [] : [{ type: 'text', text: content }]), ...calls] }
}

function outputFormat(format: Json | undefined, parameters: JsonObject): JsonObject {
  if (format === undefined) return parameters
  const schema = at(format, 'json_schema', 'schema') ?? at(format, 'schema')
  if (schema === undefined) return { ...parameters, response_format: format }
  const config = withFields(at(parameters, 'output_config'), { format: { type: 'json_schema', schema } })
  return { ...parameters, output_config: config }
}

function anthropicTool(tool: Json): Json {
  const definition = at(tool, 'function')
  if (!isObject(definition)) return tool
  const { parameters, ...rest } = definition
  return { ...rest, input_schema: parameters ?? { type: 'object', properties: {} } }
}

function anthropicChoice(written: Json | undefined): Json | undefined {
  const choice = readToolChoice(written)
  if (choice === null) return written
  if (typeof choice === 'object') return { type: 'tool', name: choice.name }
  return { type: choice === 'required' ? 'any' : choice }
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) =>
    Array.isArray(at(body, 'content')) ? answered(messagesAnswer(body, response)) : null,
  )
}

function messagesAnswer(body: Json, response: HttpResponse): Answer {
  const blocks = listAt(body, 'content')
  const calls = blocks
    .filter((block) => textAt(block, 'type') === 'tool_use')
    .map((block) => ({ name: textAt(block, 'name') ?? '', arguments: at(block, 'input') ?? null }))
  const finish = finishReason(textAt(body, 'stop_reason'), FINISH)
  const terms = termsIn(at(body, 'usage'))
  return {
    text: blocks
      .filter((block) => textAt(block, 'type') === 'text')
      .map((block) => textAt(block, 'text') ?? '')
      .join(''),
    latencyMs: null,
    ...given({
      usage: messagesUsage(at(body, 'usage')),
      model: textAt(body, 'model'),
      serviceTier: textAt(body, 'usage', 'service_tier'),
      terms: Object.keys(terms).length > 0 ? terms : undefined,
      requestId: requestIdOf(response),
      responseId: textAt(body, 'id') || undefined,
      finishReason: finish,
      refusal: finish === 'refusal' ? true : undefined,
      toolFees: (countAt(body, 'usage', 'server_tool_use', 'web_search_requests') ?? 0) > 0 ? true : undefined,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

/** `input_tokens` is the uncached rest only: reads and writes of the cache are added. Writes without a split are 5-minute ones. */
export function messagesUsage(usage: Json | undefined): Usage | undefined {
  const fresh = countAt(usage, 'input_tokens')
  const output = countAt(usage, 'output_tokens')
  if (fresh === undefined || output === undefined) return undefined
  const read = countAt(usage, 'cache_read_input_tokens')
  const hour = countAt(usage, 'cache_creation', 'ephemeral_1h_input_tokens')
  const split = countAt(usage, 'cache_creation', 'ephemeral_5m_input_tokens')
  const total = countAt(usage, 'cache_creation_input_tokens')
  const short = split ?? (total === undefined ? undefined : Math.max(0, total - (hour ?? 0)))
  return {
    input: fresh + (read ?? 0) + (short ?? 0) + (hour ?? 0),
    output,
    ...given({
      cachedInput: read,
      cacheWrite5m: short,
      cacheWrite1h: hour,
      reasoning: countAt(usage, 'output_tokens_details', 'thinking_tokens'),
    }),
  }
}

export const anthropicMessages: Shape = { encode, decode }
