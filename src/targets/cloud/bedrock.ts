// Bedrock's Converse. Mapped into inferenceConfig: temperature, top_p, max_tokens, stop; system messages at the front
// -> system; function tools and tool_choice -> toolConfig; a schema -> outputConfig.textFormat. Names of the request's
// top level stay there; every other parameter goes to the model itself, which refuses what it does not know.

import type { Answer, FinishReason, Json, JsonObject, Message, Outcome, Request } from '../../domain.ts'
import type { HttpResponse } from '../../ports.ts'
import { answered, readAnswer } from '../answered.ts'
import { at, given, isObject, listAt, textAt, withFields } from '../outside.ts'
import { type Encoded, type Endpoint, finishReason, requestIdOf, type Shape } from '../shape.ts'
import { readToolChoice, toolsIn } from '../tools.ts'
import { groupResults } from '../turns.ts'
import { converseUsage } from './converse-usage.ts'
import { encodeSegment } from './sigv4.ts'

const TOP_LEVEL: ReadonlySet<string> = new Set([
  'guardrailConfig',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
  'toolConfig',
])

/** Inference parameters that Converse knows, under our names and its own. */
const INFERENCE: { readonly [name: string]: string } = {
  temperature: 'temperature',
  top_p: 'topP',
  topP: 'topP',
  max_tokens: 'maxTokens',
  maxTokens: 'maxTokens',
  stop: 'stopSequences',
  stopSequences: 'stopSequences',
}

const FINISH: { readonly [word: string]: FinishReason } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'refusal',
}

function encode(request: Request, endpoint: Endpoint): Encoded {
  const { tools, tool_choice, response_format, inferenceConfig, additionalModelRequestFields, ...parameters } =
    request.parameters
  const entries = Object.entries(parameters)
  const inference = Object.fromEntries(entries.flatMap(inferenceEntry))
  const other = Object.fromEntries(entries.filter(([name]) => !Object.hasOwn(INFERENCE, name) && !TOP_LEVEL.has(name)))
  const format = outputFormat(request.responseFormat ?? response_format, parameters.outputConfig)
  const more = { ...other, ...format.more }
  return {
    url: `${endpoint.baseUrl}/model/${encodeSegment(request.model ?? '')}/converse`,
    headers:
      endpoint.key === null ? endpoint.headers : { authorization: `Bearer ${endpoint.key.value}`, ...endpoint.headers },
    body: {
      ...conversation(request.messages),
      ...Object.fromEntries(entries.filter(([name]) => TOP_LEVEL.has(name))),
      ...given({
        inferenceConfig: added(inferenceConfig, inference),
        outputConfig: format.config,
        toolConfig: toolConfig(request, tools, { choice: tool_choice, written: parameters.toolConfig }),
        additionalModelRequestFields: added(additionalModelRequestFields, more),
      }),
    },
  }
}

/** Undefined when nothing is written and nothing to be added. */
function added(written: Json | undefined, fields: JsonObject): Json | undefined {
  return Object.keys(fields).length === 0 ? written : withFields(written, fields)
}

function inferenceEntry([name, value]: readonly [string, Json]): readonly (readonly [string, Json])[] {
  const known = Object.hasOwn(INFERENCE, name) ? INFERENCE[name] : undefined
  if (known === undefined) return []
  return [[known, known === 'stopSequences' && typeof value === 'string' ? [value] : value]]
}

function conversation(messages: readonly Message[]): JsonObject {
  const first = messages.findIndex((message) => message.role !== 'system')
  const system = first === -1 ? messages : messages.slice(0, first)
  return {
    ...(system.length > 0 ? { system: system.map(({ content }) => ({ text: content })) } : {}),
    messages: groupResults(messages.slice(system.length)).map(converseTurn),
  }
}

/** A later system message, a role that Converse does not have, is sent as written and refused there. */
function converseTurn(turn: readonly Message[]): JsonObject {
  const [first] = turn
  if (first?.role === 'tool') {
    const results = turn.map(({ content, toolCallId }) => ({
      toolResult: { toolUseId: toolCallId ?? '', content: [{ text: content }] },
    }))
    return { role: 'user', content: results }
  }
  const { role = 'user', content = '', toolCalls = [] } = first ?? {}
  const calls = toolCalls.map((call) => ({
    toolUse: { toolUseId: call.id, name: call.name, input: call.arguments },
  }))
  return { role, content: [...(content === '' && calls.length > 0 ? [] : [{ text: content }]), ...calls] }
}

/** `more` goes to the model: Converse itself knows schemas only. */
function outputFormat(
  format: Json | undefined,
  written: Json | undefined,
): { readonly config: Json | undefined; readonly more: JsonObject } {
  const schema = at(format, 'json_schema', 'schema') ?? at(format, 'schema')
  if (schema === undefined) return { config: written, more: format === undefined ? {} : { response_format: format } }
  const named = given({
    name: textAt(format, 'json_schema', 'name'),
    description: textAt(format, 'json_schema', 'description'),
  })
  const textFormat = {
    type: 'json_schema',
    structure: { jsonSchema: { schema: JSON.stringify(schema), ...named } },
  }
  return { config: withFields(written, { textFormat }), more: {} }
}

type ToolWishes = { readonly choice: Json | undefined; readonly written: Json | undefined }

function toolConfig(request: Request, tools: Json | undefined, { choice, written }: ToolWishes): Json | undefined {
  const fields = given({
    tools: toolsIn(request, tools, (all) => all.map(converseTool)),
    toolChoice: choice === undefined ? undefined : converseChoice(choice),
  })
  return added(written, fields)
}

function converseTool(tool: Json): Json {
  const definition = at(tool, 'function')
  if (!isObject(definition)) return tool
  const { parameters, ...rest } = definition
  return { toolSpec: { ...rest, inputSchema: { json: parameters ?? { type: 'object', properties: {} } } } }
}

/** `none` does not exist there: it is sent as written, and refused. */
function converseChoice(written: Json): Json {
  const choice = readToolChoice(written)
  if (choice === 'auto') return { auto: {} }
  if (choice === 'required') return { any: {} }
  return choice === null || choice === 'none' ? written : { tool: { name: choice.name } }
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) =>
    Array.isArray(at(body, 'output', 'message', 'content')) ? answered(converseAnswer(body, response)) : null,
  )
}

function converseAnswer(body: Json, response: HttpResponse): Answer {
  const blocks = listAt(body, 'output', 'message', 'content')
  const calls = blocks
    .filter((block) => isObject(at(block, 'toolUse')))
    .map((block) => ({
      name: textAt(block, 'toolUse', 'name') ?? '',
      arguments: at(block, 'toolUse', 'input') ?? null,
    }))
  const finish = finishReason(textAt(body, 'stopReason'), FINISH)
  return {
    text: blocks.map(blockText).join(''),
    latencyMs: null,
    ...given({
      usage: converseUsage(at(body, 'usage')),
      // Said only by a router, which chooses among models.
      model: textAt(body, 'trace', 'promptRouter', 'invokedModelId'),
      serviceTier: textAt(body, 'serviceTier', 'type'),
      requestId: requestIdOf(response),
      finishReason: finish,
      refusal: finish === 'refusal' ? true : undefined,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

function blockText(block: Json): string {
  const cited = listAt(block, 'citationsContent', 'content').map((part) => textAt(part, 'text') ?? '')
  return (textAt(block, 'text') ?? '') + cited.join('')
}

export const bedrockConverse: Shape = { encode, decode }
