// Anthropic's messages interface.

import type { Body, FakeMessage, FullAnswer } from './llm-answers.ts'
import { anthropicRule } from './llm-rules.ts'
import { type ErrorAnswer, type ErrorFacts, type Shape, textOf } from './llm-shape.ts'

const VERSIONS: ReadonlySet<string> = new Set(['2023-06-01', '2026-10-21'])

const STOP = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
} as const

type Block = { readonly text: string; readonly marked: boolean }

function blocks(content: unknown): readonly Block[] {
  const list = Array.isArray(content) ? content : [content]
  return list.map((part) => ({ text: textOf(part), marked: Boolean((part as Body | null)?.cache_control) }))
}

/** The texts joined as `prompt` is, cut after the last block with a cache mark. */
function cachePrefix(groups: readonly (readonly Block[])[]): string {
  const lastGroup = groups.findLastIndex((group) => group.some((block) => block.marked))
  const group = groups[lastGroup]
  if (!group) return ''
  const inside = group.slice(0, group.findLastIndex((block) => block.marked) + 1).map((block) => block.text)
  const before = groups.slice(0, lastGroup).map((other) => other.map((block) => block.text).join(''))
  return [...before, inside.join('')].join('\n')
}

function error(facts: ErrorFacts): ErrorAnswer {
  const make = (status: number, type: string, message: string) => ({
    status,
    body: { type: 'error', error: { type, message }, request_id: 'req_fake' },
  })
  const bad = 'invalid_request_error'
  switch (facts.kind) {
    case 'missing-key':
      return make(401, 'authentication_error', 'x-api-key header is required')
    case 'wrong-key':
      return make(401, 'authentication_error', 'invalid x-api-key')
    case 'missing-version':
      return make(400, bad, 'anthropic-version: header is required')
    case 'bad-json':
      return make(400, bad, 'The request body is not valid JSON')
    case 'unknown-parameter':
      return make(400, bad, `${facts.parameter}: Extra inputs are not permitted`)
    case 'invalid':
      return make(400, bad, facts.message ?? 'invalid request')
    case 'unknown-model':
      return make(404, 'not_found_error', `model: ${facts.model}`)
    case 'rate-limit':
      return make(429, 'rate_limit_error', "This request would exceed your organization's rate limit.")
    case 'quota':
      return make(400, bad, 'Your credit balance is too low to access the Anthropic API.')
    case 'server-error':
      return make(facts.status ?? 500, 'api_error', 'Internal server error')
    case 'overloaded':
      return make(529, 'overloaded_error', 'Overloaded')
    case 'forbidden':
      return make(403, 'permission_error', 'Your API key does not have permission to use the specified resource.')
    case 'content-filter':
      return make(400, bad, 'Output blocked by content filtering policy')
    case 'unsupported-parameter':
      return make(400, bad, `\`${facts.parameter}\` is not supported for this model.`)
    case 'context-too-long':
      return make(400, bad, `prompt is too long: ${facts.tokens} tokens > 200000 maximum`)
  }
}

function usageOf(answer: FullAnswer): Body {
  const usage = answer.usage
  if (!usage) return {}
  return {
    usage: {
      input_tokens: usage.input - usage.cached - usage.cacheWrite,
      cache_creation_input_tokens: usage.cacheWrite,
      cache_read_input_tokens: usage.cached,
      cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: 0 },
      output_tokens: usage.output,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: null,
      speed: null,
    },
  }
}

function contentOf(answer: FullAnswer): readonly Body[] {
  const text = answer.text === '' ? [] : [{ type: 'text', text: answer.text, citations: null }]
  const tools = answer.toolCalls.map((call, index) => ({
    type: 'tool_use',
    id: `toolu_${answer.id}${index}`,
    caller: { type: 'direct' },
    name: call.name,
    input: call.arguments,
  }))
  return [...text, ...tools]
}

function message(answer: FullAnswer): Body {
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: contentOf(answer),
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: STOP[answer.finish],
    stop_sequence: null,
    ...usageOf(answer),
  }
}

export const anthropic: Shape = {
  api: 'messages',
  schema: { file: 'anthropic', request: 'MessagesRequest', answer: 'MessagesAnswer' },
  key: (headers) => {
    const version = String(headers['anthropic-version'])
    // From this version on the official library sends its key as a bearer.
    const bearer = version === '2026-10-21' ? /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] : undefined
    const key = headers['x-api-key'] ?? bearer
    return {
      ...(typeof key === 'string' && key !== '' ? { key } : {}),
      ...(VERSIONS.has(version) ? {} : { problem: 'missing-version' as const }),
    }
  },
  rule: anthropicRule,
  notParameters: ['model', 'messages', 'system'],
  read: (body) => {
    const turns = (Array.isArray(body.messages) ? body.messages : []) as readonly Body[]
    const system = body.system === undefined ? [] : [{ role: 'system', content: body.system }]
    const all = [...system, ...turns]
    const groups = all.map((turn) => blocks(turn.content))
    const messages: readonly FakeMessage[] = all.map((turn, index) => ({
      role: String(turn.role),
      content: (groups[index] ?? []).map((block) => block.text).join(''),
    }))
    return {
      model: String(body.model),
      messages,
      outputLimit: typeof body.max_tokens === 'number' ? body.max_tokens : undefined,
      cachePrefix: cachePrefix(groups),
    }
  },
  answer: message,
  stream: (answer) => {
    const event = (type: string, data: Body) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
    const started = { ...message(answer), content: [], stop_reason: null }
    const parts = contentOf(answer).flatMap((block, index) => {
      const isText = block.type === 'text'
      const delta = isText
        ? { type: 'text_delta', text: block.text }
        : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      return [
        event('content_block_start', {
          index,
          content_block: isText ? { ...block, text: '' } : { ...block, input: {} },
        }),
        event('content_block_delta', { index, delta }),
        event('content_block_stop', { index }),
      ]
    })
    const end = { delta: { stop_reason: STOP[answer.finish], stop_sequence: null }, ...usageOf(answer) }
    return [
      event('message_start', { message: started }),
      ...parts,
      event('message_delta', end),
      event('message_stop', {}),
    ]
  },
  error,
}
