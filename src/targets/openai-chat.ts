// OpenAI Chat Completions, and every endpoint that is compatible with it.

import type { Answer, FinishReason, Json, JsonObject, Message, Outcome, Request, ToolCall, Usage } from '../domain.ts'
import { formatUsd } from '../money.ts'
import type { HttpResponse } from '../ports.ts'
import { answered, faultIn, readAnswer } from './answered.ts'
import { at, countAt, given, isObject, listAt, numberAt, textAt } from './outside.ts'
import {
  type Encoded,
  type Endpoint,
  endpointUrl,
  finishReason,
  requestIdOf,
  type Shape,
  toolArguments,
  transient,
} from './shape.ts'
import { withShortIds } from './tool-ids.ts'

const FINISH: { readonly [word: string]: FinishReason } = {
  stop: 'stop',
  length: 'length',
  // Mistral's word for the end of the context.
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
}

/** Our neutral parameter names are Chat's own, so that every parameter goes out as it was written. */
function encode(request: Request, endpoint: Endpoint): Encoded {
  return {
    url: endpointUrl(endpoint.baseUrl, '/chat/completions'),
    headers: openaiHeaders(endpoint),
    body: {
      model: request.model ?? '',
      messages: (endpoint.shortToolIds === true ? withShortIds(request.messages) : request.messages).map(chatMessage),
      ...request.parameters,
      ...given({ tools: request.tools, response_format: request.responseFormat }),
    },
  }
}

function chatMessage({ role, content, name, toolCalls, toolCallId }: Message): JsonObject {
  const calls = toolCalls?.map((call) => ({
    ...{ id: call.id, type: 'function' },
    function: { name: call.name, arguments: argumentsText(call.arguments) },
  }))
  // An empty text beside calls is refused by some that speak this language.
  const said = calls !== undefined && content === '' ? null : content
  return { role, content: said, ...given({ name, tool_calls: calls, tool_call_id: toolCallId }) }
}

/** As a model would have written them; what was no JSON goes as it stands. */
export function argumentsText(written: Json): string {
  return typeof written === 'string' ? written : JSON.stringify(written)
}

export function openaiHeaders(endpoint: Endpoint): { readonly [name: string]: string } {
  return endpoint.key === null
    ? endpoint.headers
    : { authorization: `Bearer ${endpoint.key.value}`, ...endpoint.headers }
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) => {
    const choice = at(body, 'choices', 0)
    const broken = brokenOff(response, choice)
    if (broken !== null) return broken
    // Azure leaves the message out of an answer that it filtered whole.
    const filtered = textAt(choice, 'finish_reason') === 'content_filter'
    return filtered || isObject(at(choice, 'message')) ? answered(chatAnswer(body, response)) : null
  })
}

/** OpenRouter puts an error into the choice, DeepSeek a reason of its own: it ran out of machines. Null when it came to its end. */
function brokenOff(response: HttpResponse, choice: Json | undefined): Outcome | null {
  const error = at(choice, 'error')
  const why = textAt(choice, 'finish_reason')
  if (why === 'insufficient_system_resource') return transient('server', `the provider broke the answer off: ${why}`)
  if (isObject(error)) return faultIn(response, { error })
  return why === 'error' ? transient('malformed-answer', 'status 200 with an error in the choice') : null
}

function chatAnswer(body: Json, response: HttpResponse): Answer {
  const message = at(body, 'choices', 0, 'message')
  const refusal = textAt(message, 'refusal')
  const only = at(message, 'function_call')
  const usage = chatUsage(at(body, 'usage') ?? at(body, 'x_groq', 'usage'))
  const calls = [...listAt(message, 'tool_calls'), ...(isObject(only) ? [{ function: only }] : [])].map(toolCall)
  return {
    // What is spoken comes with its words beside it.
    text: contentText(at(message, 'content')) || refusal || (textAt(message, 'audio', 'transcript') ?? ''),
    latencyMs: null,
    ...given({
      usage,
      model: textAt(body, 'model'),
      fingerprint: textAt(body, 'system_fingerprint'),
      serviceTier: textAt(body, 'service_tier'),
      requestId: requestIdOf(response) ?? textAt(body, 'x_groq', 'id'),
      responseId: textAt(body, 'id') || undefined,
      finishReason: refusal ? ('refusal' as const) : finishReason(textAt(body, 'choices', 0, 'finish_reason'), FINISH),
      refusal: refusal ? true : undefined,
      // Whoever says what a call cost has the searches in it.
      toolFees: usage?.reportedUsd === undefined && isFromWeb(body) ? true : undefined,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

/** OpenAI's search models name what they found, xAI counts it; both bill a search for itself. */
function isFromWeb(body: Json): boolean {
  const notes = listAt(body, 'choices', 0, 'message', 'annotations')
  return (
    notes.some((note) => textAt(note, 'type') === 'url_citation') ||
    (countAt(body, 'usage', 'num_sources_used') ?? 0) > 0
  )
}

/** A function's arguments are JSON; what a custom tool is given is a text of any kind. */
function toolCall(call: Json): ToolCall {
  const custom = at(call, 'custom')
  if (isObject(custom)) return { name: textAt(custom, 'name') ?? '', arguments: at(custom, 'input') ?? null }
  return { name: textAt(call, 'function', 'name') ?? '', arguments: toolArguments(at(call, 'function', 'arguments')) }
}

/** A string, or the text of its parts (Mistral's thinking parts and the like are not the answer). */
export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content
  return listAt(content)
    .filter((part) => textAt(part, 'type') === 'text')
    .map((part) => textAt(part, 'text') ?? '')
    .join('')
}

/** Undefined when the provider counted nothing. */
export function chatUsage(usage: Json | undefined): Usage | undefined {
  const input = countAt(usage, 'prompt_tokens')
  const completion = countAt(usage, 'completion_tokens')
  if (input === undefined || completion === undefined) return undefined
  const prompt = at(usage, 'prompt_tokens_details')
  const spoken = at(usage, 'completion_tokens_details')
  const reasoning = countAt(spoken, 'reasoning_tokens')
  return {
    input,
    output: completion + reasoningOutside(usage, input + completion, reasoning),
    ...given({
      cachedInput: cacheHits(usage),
      cacheWrite5m: countAt(prompt, 'cache_write_tokens'),
      reasoning,
      audioInput: countAt(prompt, 'audio_tokens'),
      audioOutput: countAt(spoken, 'audio_tokens'),
      imageInput: countAt(prompt, 'image_tokens'),
      imageOutput: countAt(spoken, 'image_tokens'),
      reportedUsd: reportedUsd(usage),
    }),
  }
}

/** All of them are inside `prompt_tokens`: DeepSeek and Mistral have names of their own. */
function cacheHits(usage: Json | undefined): number | undefined {
  return (
    countAt(usage, 'prompt_tokens_details', 'cached_tokens') ??
    countAt(usage, 'prompt_cache_hit_tokens') ??
    countAt(usage, 'num_cached_tokens')
  )
}

/** OpenRouter says what a call cost, in USD; with the user's own key at the model's maker, that maker's bill comes on top. */
function reportedUsd(usage: Json | undefined): string | undefined {
  const own = numberAt(usage, 'cost')
  const upstream =
    at(usage, 'is_byok') === true ? (numberAt(usage, 'cost_details', 'upstream_inference_cost') ?? null) : 0
  if (own === undefined || upstream === null) return undefined
  const pico = Math.round((own + upstream) * 1e12)
  return Number.isSafeInteger(pico) && pico >= 0 ? formatUsd(BigInt(pico)) : undefined
}

/** xAI leaves reasoning out of `completion_tokens`: its total then exceeds the two counts by exactly that. */
function reasoningOutside(usage: Json | undefined, counted: number, reasoning: number | undefined): number {
  const total = countAt(usage, 'total_tokens')
  return reasoning !== undefined && total === counted + reasoning ? reasoning : 0
}

export const openaiChat: Shape = { encode, decode }
