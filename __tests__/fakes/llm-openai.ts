// OpenAI's two interfaces, and Azure's path for the first.

import type { IncomingHttpHeaders } from 'node:http'
import type { Body, FakeMessage, FakeUsage, FullAnswer } from './llm-answers.ts'
import { chatRule, responsesRule } from './llm-rules.ts'
import { type ErrorAnswer, type ErrorFacts, type Shape, textOf } from './llm-shape.ts'

const CREATED = 1_767_225_600

export function key(headers: IncomingHttpHeaders) {
  const azure = headers['api-key']
  if (typeof azure === 'string' && azure !== '') return { key: azure }
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  return bearer === undefined ? {} : { key: bearer }
}

function numberOr(...values: readonly unknown[]): number | undefined {
  return values.find((value) => typeof value === 'number')
}

function messagesOf(list: unknown): readonly FakeMessage[] {
  if (typeof list === 'string') return [{ role: 'user', content: list }]
  if (!Array.isArray(list)) return []
  return list.map((item: Body) => ({ role: String(item.role ?? item.type ?? 'user'), content: textOf(item) }))
}

function error(facts: ErrorFacts): ErrorAnswer {
  const make = (
    status: number,
    message: string,
    type: string | null,
    code: string | null,
    param: string | null = null,
  ) => ({
    status,
    body: { error: { message, type, param, code } },
  })
  const bad = 'invalid_request_error'
  switch (facts.kind) {
    case 'missing-key':
      return make(401, "You didn't provide an API key.", bad, null)
    case 'wrong-key':
    case 'missing-version':
      return make(401, 'Incorrect API key provided.', bad, 'invalid_api_key')
    case 'bad-json':
      return make(400, 'We could not parse the JSON body of your request.', bad, null)
    case 'unknown-parameter':
      return make(400, `Unknown parameter: '${facts.parameter}'.`, bad, 'unknown_parameter', facts.parameter)
    case 'invalid':
      return make(400, `Invalid request: ${facts.message}`, bad, 'invalid_type', facts.parameter)
    case 'unknown-model':
      return make(
        404,
        `The model \`${facts.model}\` does not exist or you do not have access to it.`,
        bad,
        'model_not_found',
      )
    case 'rate-limit': {
      const wait = `Please try again in ${(facts.waitMs ?? 0) / 1000}s.`
      return make(
        429,
        `Rate limit reached for ${facts.model} on requests per min (RPM). ${wait}`,
        'requests',
        'rate_limit_exceeded',
      )
    }
    case 'quota':
      return make(
        429,
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        'insufficient_quota',
      )
    case 'server-error':
      return make(facts.status ?? 500, 'The server had an error while processing your request.', 'server_error', null)
    case 'overloaded':
      return make(503, 'The engine is currently overloaded, please try again later.', 'server_error', null)
    case 'forbidden':
      return make(
        403,
        'Country, region, or territory not supported.',
        'request_forbidden',
        'unsupported_country_region_territory',
      )
    case 'content-filter':
      return make(
        400,
        'The response was filtered due to the prompt triggering content management policy.',
        null,
        'content_filter',
        'prompt',
      )
    case 'unsupported-parameter':
      return make(
        400,
        `Unsupported parameter: '${facts.parameter}' is not supported with this model.`,
        bad,
        'unsupported_parameter',
        facts.parameter,
      )
    case 'context-too-long': {
      const what = `This model's maximum context length is 8192 tokens. However, your messages resulted in ${facts.tokens} tokens.`
      return make(400, what, bad, 'context_length_exceeded', 'messages')
    }
  }
}

function chatUsage(usage: FakeUsage): Body {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function head(answer: FullAnswer, object: string): Body {
  return {
    id: `chatcmpl-${answer.id}`,
    object,
    created: CREATED,
    model: answer.model,
    service_tier: answer.serviceTier,
    system_fingerprint: answer.fingerprint,
  }
}

function chatFinish(answer: FullAnswer): string {
  return answer.finish === 'refusal' ? 'stop' : answer.finish
}

function toolCalls(answer: FullAnswer): readonly Body[] {
  return answer.toolCalls.map((call, index) => ({
    id: `call_${answer.id}${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }))
}

function chatMessage(answer: FullAnswer): Body {
  const isRefusal = answer.finish === 'refusal'
  const silent = isRefusal || (answer.text === '' && answer.toolCalls.length > 0)
  return {
    role: 'assistant',
    content: silent ? null : answer.text,
    refusal: isRefusal ? answer.text : null,
    annotations: [],
    ...(answer.toolCalls.length > 0 ? { tool_calls: toolCalls(answer) } : {}),
  }
}

export const openaiChat: Shape = {
  api: 'chat',
  schema: { file: 'openai', request: 'ChatRequest', answer: 'ChatAnswer' },
  key,
  rule: chatRule,
  notParameters: ['model', 'messages'],
  read: (body, pathModel) => ({
    model: pathModel ?? String(body.model),
    messages: messagesOf(body.messages),
    outputLimit: numberOr(body.max_completion_tokens, body.max_tokens),
    cachePrefix: null,
  }),
  answer: (answer, body) => {
    const choice = { message: chatMessage(answer), logprobs: null, finish_reason: chatFinish(answer) }
    const count = numberOr(body.n) ?? 1
    return {
      ...head(answer, 'chat.completion'),
      choices: Array.from({ length: count }, (_, index) => ({ index, ...choice })),
      ...(answer.usage ? { usage: chatUsage(answer.usage) } : {}),
    }
  },
  stream: (answer, body) => {
    const chunk = (delta: Body, finish_reason: string | null) => ({
      ...head(answer, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    })
    const calls = toolCalls(answer).map((call, index) => ({ index, ...call }))
    const options = body.stream_options as Body | undefined
    const events: Body[] = [
      chunk({ role: 'assistant', content: '' }, null),
      ...(answer.text.match(/[\s\S]{1,24}/g) ?? []).map((content) => chunk({ content }, null)),
      ...(calls.length > 0 ? [chunk({ tool_calls: calls }, null)] : []),
      chunk({}, chatFinish(answer)),
    ]
    if (options?.include_usage === true && answer.usage) {
      events.push({ ...head(answer, 'chat.completion.chunk'), choices: [], usage: chatUsage(answer.usage) })
    }
    return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n']
  },
  error,
}

function responseOutput(answer: FullAnswer): readonly Body[] {
  const isRefusal = answer.finish === 'refusal'
  const content = isRefusal
    ? { type: 'refusal', refusal: answer.text }
    : { type: 'output_text', text: answer.text, annotations: [], logprobs: [] }
  const status = answer.finish === 'length' ? 'incomplete' : 'completed'
  const message = { id: `msg_${answer.id}`, type: 'message', status, role: 'assistant', content: [content] }
  const calls = answer.toolCalls.map((call, index) => ({
    type: 'function_call',
    id: `fc_${answer.id}${index}`,
    call_id: `call_${answer.id}${index}`,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
    status: 'completed',
  }))
  const thought = (answer.usage?.reasoning ?? 0) > 0 ? [{ id: `rs_${answer.id}`, type: 'reasoning', summary: [] }] : []
  return [...thought, ...(answer.text === '' && calls.length > 0 ? [] : [message]), ...calls]
}

function responseUsage(usage: FakeUsage): Body {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  }
}

function responseBody(answer: FullAnswer, body: Body): Body {
  const reason = { length: 'max_output_tokens', content_filter: 'content_filter' }[answer.finish as string]
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: CREATED,
    status: reason ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: reason ? { reason } : null,
    instructions: body.instructions ?? null,
    metadata: body.metadata ?? {},
    model: answer.model,
    output: responseOutput(answer),
    parallel_tool_calls: true,
    temperature: body.temperature ?? 1,
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    service_tier: answer.serviceTier,
    ...(answer.usage ? { usage: responseUsage(answer.usage) } : {}),
  }
}

export const openaiResponses: Shape = {
  api: 'responses',
  schema: { file: 'openai', request: 'ResponsesRequest', answer: 'ResponsesAnswer' },
  key,
  rule: responsesRule,
  notParameters: ['model', 'input', 'instructions'],
  read: (body) => {
    const system = typeof body.instructions === 'string' ? [{ role: 'system', content: body.instructions }] : []
    return {
      model: String(body.model),
      messages: [...system, ...messagesOf(body.input)],
      outputLimit: numberOr(body.max_output_tokens),
      cachePrefix: null,
    }
  },
  answer: responseBody,
  stream: (answer, body) => {
    const whole = responseBody(answer, body)
    const open = { ...whole, status: 'in_progress', output: [], usage: null, incomplete_details: null }
    const done = answer.finish === 'length' || answer.finish === 'content_filter' ? 'incomplete' : 'completed'
    const parts = responseOutput(answer).flatMap((item, output_index): readonly Body[] => {
      const at = { output_index, item_id: item.id }
      const [content] = Array.isArray(item.content) ? (item.content as readonly Body[]) : []
      const text = typeof content?.text === 'string' ? content.text : ''
      const added = {
        type: 'response.output_item.added',
        output_index,
        item: { ...item, ...(content ? { content: [] } : {}) },
      }
      const spoken = content
        ? [
            { type: 'response.content_part.added', ...at, content_index: 0, part: { ...content, text: '' } },
            ...(text.match(/[\s\S]{1,24}/g) ?? []).map((delta) => ({
              ...{ type: 'response.output_text.delta', ...at, content_index: 0, delta, logprobs: [] },
            })),
            { type: 'response.output_text.done', ...at, content_index: 0, text, logprobs: [] },
            { type: 'response.content_part.done', ...at, content_index: 0, part: content },
          ]
        : []
      return [added, ...spoken, { type: 'response.output_item.done', output_index, item }]
    })
    const events: readonly Body[] = [
      { type: 'response.created', response: open },
      ...parts,
      { type: `response.${done}`, response: whole },
    ]
    return events.map((event, sequence_number) => {
      const type = String(event.type)
      return `event: ${type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`
    })
  },
  error,
}
