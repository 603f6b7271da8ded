// Gemini generateContent. Mapped into generationConfig: top_p -> topP, max_tokens -> maxOutputTokens,
// stop -> stopSequences, response_format -> responseMimeType and responseJsonSchema; system messages at the
// front -> systemInstruction; stream -> its method; function tools -> functionDeclarations, tool_choice -> toolConfig. Names of the request's top level
// stay there, every other parameter goes into generationConfig under its own name.

import type { Answer, AnswerFacts, FinishReason, Json, JsonObject, Outcome, Request, Usage } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { answered, filtered, readAnswer } from './answered.ts'
import { geminiContents } from './gemini-contents.ts'
import { at, countAt, given, isObject, listAt, textAt, withFields } from './outside.ts'
import { type Encoded, type Endpoint, endpointUrl, failed, finishReason, requestIdOf, type Shape } from './shape.ts'
import { readToolChoice, toolsIn } from './tools.ts'

/** Fields beside the conversation; Google reads each in snake_case as well. */
const TOP_LEVEL = [
  'safetySettings',
  'cachedContent',
  'toolConfig',
  'labels',
  'serviceTier',
  'store',
  'generationConfig',
]
const SPELLINGS = new Map(TOP_LEVEL.flatMap((name) => [name, snakeCase(name)].map((spelling) => [spelling, name])))

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const FINISH: { readonly [word: string]: FinishReason } = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  LANGUAGE: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
}

/** A stream is a method of its own, and no parameter. */
export const geminiMethod = ({ parameters }: Pick<Request, 'parameters'>): string =>
  parameters.stream === true ? 'streamGenerateContent?alt=sse' : 'generateContent'

function encode(request: Request, endpoint: Endpoint): Encoded {
  const { tools, tool_choice, response_format, stream: _, ...parameters } = request.parameters
  const entries = Object.entries(parameters)
  const { generationConfig, toolConfig, ...top } = topLevel(entries)
  const settings: JsonObject = {
    ...Object.fromEntries(entries.filter(([name]) => !SPELLINGS.has(name)).map(configEntry)),
    ...responseConfig(request.responseFormat ?? response_format),
    ...(readToolChoice(tool_choice) === null ? given({ tool_choice }) : {}),
  }
  const isPlain = generationConfig === undefined && Object.keys(settings).length === 0
  return {
    url: endpointUrl(
      endpoint.baseUrl,
      `/models/${encodeURIComponent(request.model ?? '')}:${geminiMethod(request)}`,
      'v1beta',
    ),
    headers: endpoint.key === null ? endpoint.headers : { 'x-goog-api-key': endpoint.key.value, ...endpoint.headers },
    body: {
      ...geminiContents(request),
      ...(isPlain ? {} : { generationConfig: withFields(generationConfig, settings) }),
      ...top,
      ...given({ tools: toolsIn(request, tools, geminiTools), toolConfig: callingConfig(tool_choice) ?? toolConfig }),
    },
  }
}

/** Under their own names. What is written in both spellings goes out in both, for Google to refuse. */
function topLevel(entries: readonly (readonly [string, Json])[]): JsonObject {
  const written = Object.fromEntries(entries.filter(([name]) => SPELLINGS.has(name)))
  const nameOf = (spelling: string) => {
    const name = SPELLINGS.get(spelling) ?? spelling
    return Object.hasOwn(written, name) ? spelling : name
  }
  return Object.fromEntries(Object.entries(written).map(([spelling, value]) => [nameOf(spelling), value]))
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
  const declared = tools
    .map((tool) => at(tool, 'function'))
    .filter(isObject)
    .map(declaration)
  const native = tools.filter((tool) => !isObject(at(tool, 'function')))
  return declared.length > 0 ? [{ functionDeclarations: declared }, ...native] : native
}

/**
 * Chat's form has a JSON Schema; one with Gemini's own type names is Gemini's own. `strict`, which Gemini does not have, says only how
 * a schema is enforced, and falls away as that of an answer's schema does.
 */
function declaration({ parameters, strict: _, ...rest }: JsonObject): JsonObject {
  if (parameters === undefined) return rest
  const isOwn = /^[A-Z]+$/.test(textAt(parameters, 'type') ?? '')
  return { ...rest, [isOwn ? 'parameters' : 'parametersJsonSchema']: parameters }
}

/** A choice in another form than Chat's is sent as written, to be refused. */
function callingConfig(written: Json | undefined): Json | undefined {
  const choice = readToolChoice(written)
  if (choice === null) return undefined
  if (typeof choice === 'object') return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } }
  return { functionCallingConfig: { mode: { auto: 'AUTO', none: 'NONE', required: 'ANY' }[choice] } }
}

function decode(response: HttpResponse): Outcome {
  return readAnswer(response, (body) => {
    const blocked = textAt(body, 'promptFeedback', 'blockReason')
    if (blocked !== undefined && at(body, 'candidates', 0) === undefined)
      return failed({ ...filtered(`the provider blocked the prompt (${blocked})`), ...blockedFacts(body, response) })
    return isObject(at(body, 'candidates', 0)) ? answered(geminiAnswer(body, response)) : null
  })
}

/** A prompt that was blocked has no answer, which nobody counts there. */
function blockedFacts(body: Json, response: HttpResponse): AnswerFacts {
  const counts = at(body, 'usageMetadata')
  const usage =
    geminiUsage(counts) ?? (isObject(counts) ? geminiUsage({ ...counts, candidatesTokenCount: 0 }) : undefined)
  return given({ usage, ...said(body, response), finishReason: 'content_filter' as const })
}

/** What stands beside the candidates. */
function said(body: Json, response: HttpResponse) {
  return {
    model: textAt(body, 'modelVersion'),
    // Vertex says how the call is paid for where others name a tier.
    serviceTier: textAt(body, 'usageMetadata', 'trafficType')?.toLowerCase(),
    requestId: requestIdOf(response),
    responseId: textAt(body, 'responseId') || undefined,
  }
}

function geminiAnswer(body: Json, response: HttpResponse): Answer {
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
      ...said(body, response),
      finishReason: finish === 'stop' && calls.length > 0 ? ('tool_calls' as const) : finish,
      toolFees: listAt(body, 'candidates', 0, 'groundingMetadata', 'webSearchQueries').length > 0 ? true : undefined,
      toolCalls: calls.length > 0 ? calls : undefined,
    }),
  }
}

/** Thoughts stand beside the candidates and are billed as output; what tools brought in stands beside the prompt. */
export function geminiUsage(usage: Json | undefined): Usage | undefined {
  const prompt = countAt(usage, 'promptTokenCount')
  const thoughts = countAt(usage, 'thoughtsTokenCount')
  if (prompt === undefined) return undefined
  const input = prompt + (countAt(usage, 'toolUsePromptTokenCount') ?? 0)
  const spoken = spokenTokens(usage, input + (thoughts ?? 0))
  if (spoken === undefined && thoughts === undefined) return undefined
  const of = (modality: string, ...lists: readonly string[]) => tokensOf(usage, modality, lists)
  return {
    input,
    output: (spoken ?? 0) + (thoughts ?? 0),
    ...given({
      cachedInput: countAt(usage, 'cachedContentTokenCount'),
      reasoning: thoughts,
      audioInput: of('AUDIO', 'promptTokensDetails', 'toolUsePromptTokensDetails'),
      audioCached: of('AUDIO', 'cacheTokensDetails'),
      audioOutput: of('AUDIO', 'candidatesTokensDetails'),
      imageInput: of('IMAGE', 'promptTokensDetails', 'toolUsePromptTokensDetails'),
      imageOutput: of('IMAGE', 'candidatesTokensDetails'),
    }),
  }
}

/** A count of 0 is left out there, which the total tells from one that nobody gave. */
function spokenTokens(usage: Json | undefined, others: number): number | undefined {
  const total = countAt(usage, 'totalTokenCount')
  const rest = total === undefined || total < others ? undefined : total - others
  return countAt(usage, 'candidatesTokenCount') ?? rest
}

/** Of one modality in the named lists; undefined when none of them has it. */
function tokensOf(usage: Json | undefined, modality: string, lists: readonly string[]): number | undefined {
  const counts = lists
    .flatMap((list) => listAt(usage, list))
    .filter((detail) => textAt(detail, 'modality') === modality)
    .map((detail) => countAt(detail, 'tokenCount'))
    .filter((count) => count !== undefined)
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0)
}

export const geminiGenerate: Shape = { encode, decode }
