// What an application asks, in our words: for the price, the record and the diff. It is passed on as it came.

import { contentHash } from '../../config/canonical.ts'
import type { Json, JsonObject, Message, Request, Role } from '../../domain.ts'
import { at, given, isObject, listAt, textAt } from '../outside.ts'
import type { Route } from './routes.ts'

const ENDPOINT: { readonly [api in Route['api']]: Request['endpoint'] } = {
  chat: 'chat',
  completions: 'chat',
  embeddings: 'chat',
  free: 'chat',
  responses: 'responses',
  messages: 'messages',
  generate: 'generate',
}

/** Never fails: what is not where it should be is left out, and the provider says so. */
export function readRequest(body: JsonObject, { endpoint, api, pathModel }: Route): Request {
  const model = pathModel ?? textAt(body, 'model') ?? null
  const tools = at(body, 'tools')
  return {
    hash: contentHash(['passed on', endpoint.provider, api, model, body]),
    kind: 'model',
    provider: endpoint.provider,
    model,
    endpoint: ENDPOINT[api],
    messages: messagesOf(body),
    parameters: parametersOf(body),
    ...given({
      tools: Array.isArray(tools) ? (tools as readonly Json[]) : undefined,
      responseFormat: at(body, 'response_format') ?? at(body, 'text', 'format') ?? at(body, 'output_config', 'format'),
    }),
    segments: [],
  }
}

function messagesOf(body: JsonObject): readonly Message[] {
  const system =
    at(body, 'system') ?? at(body, 'instructions') ?? at(body, 'systemInstruction') ?? at(body, 'system_instruction')
  const turns =
    at(body, 'messages') ?? at(body, 'contents') ?? at(body, 'input') ?? at(body, 'prompt') ?? at(body, 'content')
  const first: readonly Message[] = system === undefined ? [] : [{ role: 'system', content: textOf(system) }]
  return [...first, ...turnsOf(turns)]
}

function turnsOf(turns: Json | undefined): readonly Message[] {
  if (turns === undefined) return []
  if (!Array.isArray(turns)) return [{ role: 'user', content: textOf(turns) }]
  return (turns as readonly Json[]).map((turn) => ({ role: roleOf(turn), content: textOf(turn) }))
}

const ROLES: { readonly [word: string]: Role } = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
  function_call_output: 'tool',
  function_call: 'assistant',
}

function roleOf(turn: Json): Role {
  const word = textAt(turn, 'role') ?? textAt(turn, 'type') ?? 'user'
  return Object.hasOwn(ROLES, word) ? (ROLES[word] ?? 'user') : 'user'
}

/** The text of a message in any of the forms that providers have: strings, parts, blocks, tool calls and their results. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value))
    return (value as readonly Json[])
      .map(textOf)
      .filter((text) => text !== '')
      .join('\n')
  if (!isObject(value)) return ''
  const said = textAt(value, 'text') ?? textAt(value, 'refusal') ?? textAt(value, 'output')
  if (said !== undefined) return said
  const inner = at(value, 'content') ?? at(value, 'parts') ?? at(value, 'output')
  return [inner === undefined || inner === null ? '' : textOf(inner), ...callsOf(value)]
    .filter((text) => text !== '')
    .join('\n')
}

function callsOf(value: JsonObject): readonly string[] {
  const made = [
    ...listAt(value, 'tool_calls').map((call) => at(call, 'function') ?? call),
    at(value, 'functionCall'),
    at(value, 'functionResponse'),
    textAt(value, 'type') === 'tool_use'
      ? { name: at(value, 'name') ?? '', input: at(value, 'input') ?? null }
      : undefined,
    textAt(value, 'type') === 'function_call'
      ? { name: at(value, 'name') ?? '', arguments: at(value, 'arguments') ?? '' }
      : undefined,
  ]
  const binary = ['image_url', 'input_audio', 'inlineData', 'inline_data', 'source', 'file'].filter(
    (name) => at(value, name) !== undefined,
  )
  return [
    ...made.filter((call) => call !== undefined).map((call) => JSON.stringify(call)),
    ...binary.map((name) => `(${name})`),
  ]
}

/** Words that a parameter may have without carrying somebody's text into a record that is shared. */
const WORDS: ReadonlySet<string> = new Set([
  'reasoning_effort',
  'service_tier',
  'inference_geo',
  'speed',
  'tool_choice',
  'verbosity',
  'truncation',
])

function parametersOf(body: JsonObject): JsonObject {
  const config = at(body, 'generationConfig') ?? at(body, 'generation_config')
  const all = { ...body, ...(isObject(config) ? config : {}) }
  const plain = ([name, value]: readonly [string, Json]) =>
    typeof value === 'number' || typeof value === 'boolean' || (WORDS.has(name) && typeof value === 'string')
  return Object.fromEntries(Object.entries(all).filter(plain))
}

/** As people read it; `none` for a call without any text. */
export function promptText({ provider, model, messages, tools }: Request): string {
  const head = `${provider}/${model ?? '?'}`
  const said = messages.map((message) => `${message.role}:\n${message.content}`)
  const names = (tools ?? []).map(
    (tool) => textAt(tool, 'function', 'name') ?? textAt(tool, 'name') ?? textAt(tool, 'type') ?? '?',
  )
  return [head, ...said, ...(names.length === 0 ? [] : [`tools: ${names.join(', ')}`])].join('\n\n')
}
