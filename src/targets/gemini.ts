// Gemini generateContent. Mapped into generationConfig: top_p -> topP, max_tokens -> maxOutputTokens,
// stop -> stopSequences, response_format -> responseMimeType and responseJsonSchema; system messages at the
// front -> systemInstruction; function tools -> functionDeclarations. Names of the request's top level stay there,
// every other parameter goes into generationConfig under its own name.

import type { Answer, FinishReason, Json, JsonObject, Message, Outcome, Request, Usage } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { answered, readAnswer } from './answered.ts'
import { at, countAt, given, isObject, listAt, textAt } from './outside.ts'
import { behavioural, type Encoded, type Endpoint, endpointUrl, finishReason, type Shape } from './shape.ts'

const TOP_LEVEL: ReadonlySet<string> = new Set([
  'safetySettings',
  'cachedContent',
  'toolConfig',
  'labels',
  'serviceTier',
])

const FINISH: { readonly [word: string]: FinishReason } = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  LANGUAGE: 'content_filter',
}

function encode(request: Request, endpoint: Endpoint): Encoded {
  const { tools, generationConfig, response_format, ...parameters } = request.parameters
  const functions = request.tools ?? (Array.isArray(tools) ? (tools as readonly Json[]) : undefined)
  const entries = Object.entries(parameters)
  const config: JsonObject = {
    ...(isObject(generationConfig) ? generationConfig : {}),
    ...Object.fromEntries(entries.filter(([name]) => !TOP_LEVEL.has(name)).map(configEntry)),
    ...responseConfig(request.responseFormat ?? response_format),
  }
  return {
    url: endpointUrl(endpoint.baseUrl, `/models/${encodeURIComponent(request.model ?? '')}:generateContent`, 'v1beta'),
    headers: endpoint.key === null ? endpoint.headers : { 'x-goog-api-key': endpoint.key.value, ...endpoint.headers },
    body: {
      ...contents(request.messages),
      ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
      ...Object.fromEntries(entries.filter(([name]) => TOP_LEVEL.has(name))),
      ...given({ tools: functions === undefined ? undefined : geminiTools(functions) }),
    },
  }
}

function contents(messages: readonly Message[]): JsonObject {
  const first = messages.findIndex((message) => message.role !== 'system')
  const system = first === -1 ? messages : messages.slice(0, first)
  const rest = messages.slice(system.length)
  return {
    ...(system.length > 0 ? { systemInstruction: { parts: system.map((m) => ({ text: m.content })) } } : {}),
    // A role that Gemini does not have (tool, a later system message) is sent as written and refused there.
    contents: rest.map((m) => ({ role: m.role === 'assistant' ? 'model' : m.role, parts: [{ text: m.content }] })),
  }
}

function configEntry([name, value]: readonly [string, Json]): [string, Json] {
  if (name === 'top_p') return ['topP', value]
  if (name === 'max_tokens') return ['maxOutputTokens', value]
  if (name === 'stop') return ['stopSequences', typeof value === 'string' ? [value] : value]
  return [name, value]
}

function responseConfig(format: Json | undefined): JsonObject {
  if (format === undefined) return {}
  const schema = at(format, 'json_schema', 'schema') ?? at(format, 'schema')
  if (schema !== undefined) return { responseMimeType: 'application/json', responseJsonSchema: schema }
  const type = textAt(format, 'type')
  if (type === 'json_object') return { responseMimeType: 'application/json' }
  return type === 'text' ? { responseMimeType: 'text/plain' } : { response_format: format }
}

/** Function tools of the Chat form become one declaration list; Gemini's own tools stay as they are. */
function geminiTools(tools: readonly Json[]): readonly Json[] {
  const declared = tools.map((tool) => at(tool, 'function')).filter((definition) => isObject(definition))
  const native = tools.filter((tool) => !isObject(at(tool, 'function')))
  return declared.length > 0 ? [{ functionDeclarations: declared }, ...native] : native
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) => {
    const blocked = textAt(body, 'promptFeedback', 'blockReason')
    if (blocked !== undefined && at(body, 'candidates', 0) === undefined)
      return behavioural('content-filter', `the provider blocked the prompt (${blocked})`)
    return isObject(at(body, 'candidates', 0)) ? answered(geminiAnswer(body)) : null
  })
}

function geminiAnswer(body: Json): Answer {
  const parts = listAt(body, 'candidates', 0, 'content', 'parts')
  const calls = parts
    .filter((part) => isObject(at(part, 'functionCall')))
    .map((part) => ({
      name: textAt(part, 'functionCall', 'name') ?? '',
      arguments: at(part, 'functionCall', 'args') ?? {},
    }))
  const finish = finishReason(textAt(body, 'candidates', 0, 'finishReason'), FINISH)
  return {
    text: parts
      .filter((part) => at(part, 'thought') !== true)
      .map((part) => textAt(part, 'text') ?? '')
      .join(''),
    latencyMs: null,
    ...given({
      usage: geminiUsage(at(body, 'usageMetadata')),
      model: textAt(body, 'modelVersion'),
      requestId: textAt(body, 'responseId'),
      finishReason: finish === 'stop' && calls.length > 0 ? ('tool_calls' as const) : finish,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

/** Thoughts stand beside the candidates and are billed as output; text of tool use stands beside the prompt. */
function geminiUsage(usage: Json | undefined): Usage | undefined {
  const prompt = countAt(usage, 'promptTokenCount')
  if (prompt === undefined) return undefined
  const thoughts = countAt(usage, 'thoughtsTokenCount')
  return {
    input: prompt + (countAt(usage, 'toolUsePromptTokenCount') ?? 0),
    output: (countAt(usage, 'candidatesTokenCount') ?? 0) + (thoughts ?? 0),
    ...given({
      cachedInput: countAt(usage, 'cachedContentTokenCount'),
      reasoning: thoughts,
      audioInput: audio(listAt(usage, 'promptTokensDetails')),
      audioOutput: audio(listAt(usage, 'candidatesTokensDetails')),
    }),
  }
}

function audio(details: readonly Json[]): number | undefined {
  return countAt(
    details.find((detail) => textAt(detail, 'modality') === 'AUDIO'),
    'tokenCount',
  )
}

export const geminiGenerate: Shape = { encode, decode }
