// OpenAI Responses. Mapped: max_tokens -> max_output_tokens, response_format -> text.format, tools and the choice among them flattened.
// `stop` and `seed` do not exist there: they are sent as written, and the provider's refusal is the answer.

import type { Answer, FinishReason, Json, JsonObject, Message, Outcome, Request, ToolCall, Usage } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { answered, readAnswer } from './answered.ts'
import { argumentsText, openaiHeaders } from './openai-chat.ts'
import { at, countAt, given, isObject, listAt, textAt, withFields } from './outside.ts'
import { flatChoice, flatTool } from './responses-tools.ts'
import { type Encoded, type Endpoint, endpointUrl, requestIdOf, type Shape, toolArguments, transient } from './shape.ts'
import { toolsIn } from './tools.ts'

function encode(request: Request, endpoint: Endpoint): Encoded {
  const { max_tokens, response_format, tools, tool_choice, text, ...parameters } = request.parameters
  const format = request.responseFormat ?? response_format
  return {
    url: endpointUrl(endpoint.baseUrl, '/responses'),
    headers: openaiHeaders(endpoint),
    body: {
      model: request.model ?? '',
      input: request.messages.flatMap(inputItems),
      ...parameters,
      ...given({
        max_output_tokens: max_tokens,
        text: format === undefined ? text : withFields(text, { format: flatFormat(format) }),
        tools: toolsIn(request, tools, (all) => all.map(flatTool)),
        tool_choice: tool_choice === undefined ? undefined : flatChoice(tool_choice),
      }),
    },
  }
}

/** A turn that calls tools is an item for what it says and one for each call. */
function inputItems({ role, content, name, toolCalls, toolCallId }: Message): readonly JsonObject[] {
  if (role === 'tool') return [{ type: 'function_call_output', call_id: toolCallId ?? name ?? '', output: content }]
  const calls = (toolCalls ?? []).map((call) => ({
    ...{ type: 'function_call', call_id: call.id, name: call.name },
    arguments: argumentsText(call.arguments),
  }))
  return content === '' && calls.length > 0 ? calls : [{ role, content }, ...calls]
}

/** `{type: json_schema, json_schema: {...}}` as Chat has it, flattened as Responses has it. */
function flatFormat(format: Json): Json {
  const schema = at(format, 'json_schema')
  return isObject(schema) ? { type: 'json_schema', ...schema } : format
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) => {
    if (!Array.isArray(at(body, 'output'))) return null
    const status = textAt(body, 'status')
    if (status === 'failed' || status === 'cancelled') return transient('malformed-answer', `a response that ${status}`)
    return answered(responsesAnswer(body, response))
  })
}

function responsesAnswer(body: Json, response: HttpResponse): Answer {
  const items = listAt(body, 'output')
  const parts = items.filter((item) => textAt(item, 'type') === 'message').flatMap((item) => listAt(item, 'content'))
  const refusal = parts.map((part) => textAt(part, 'refusal') ?? '').join('')
  const calls = items.flatMap(toolCall)
  return {
    text: parts.map((part) => textAt(part, 'text') ?? '').join('') || refusal,
    latencyMs: null,
    ...given({
      usage: responsesUsage(at(body, 'usage')),
      model: textAt(body, 'model'),
      serviceTier: textAt(body, 'service_tier'),
      requestId: requestIdOf(response),
      responseId: textAt(body, 'id') || undefined,
      finishReason: refusal ? ('refusal' as const) : stopReason(body, calls.length),
      refusal: refusal ? true : undefined,
      toolFees: items.some((item) => PAID_BY_USE.has(textAt(item, 'type') ?? '')) ? true : undefined,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

/** What the provider's own tools leave in an answer, and bill by the call or the container. */
const PAID_BY_USE: ReadonlySet<string> = new Set(['web_search_call', 'file_search_call', 'code_interpreter_call'])

function toolCall(item: Json): readonly ToolCall[] {
  const name = textAt(item, 'name') ?? ''
  const type = textAt(item, 'type')
  if (type === 'function_call') return [{ name, arguments: toolArguments(at(item, 'arguments')) }]
  return type === 'custom_tool_call' ? [{ name, arguments: at(item, 'input') ?? null }] : []
}

function stopReason(body: Json, calls: number): FinishReason {
  const why = textAt(body, 'incomplete_details', 'reason')
  if (why === 'max_output_tokens') return 'length'
  if (why === 'content_filter') return 'content_filter'
  if (why !== undefined) return 'other'
  return calls > 0 ? 'tool_calls' : 'stop'
}

export function responsesUsage(usage: Json | undefined): Usage | undefined {
  const input = countAt(usage, 'input_tokens')
  const output = countAt(usage, 'output_tokens')
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    ...given({
      cachedInput: countAt(usage, 'input_tokens_details', 'cached_tokens'),
      cacheWrite5m: countAt(usage, 'input_tokens_details', 'cache_write_tokens'),
      reasoning: countAt(usage, 'output_tokens_details', 'reasoning_tokens'),
    }),
  }
}

export const openaiResponses: Shape = { encode, decode }
