// What an answer was, for the record and the price: read as our own calls' answers are.

import { estimateTokens } from '../../cost/tokens.ts'
import type { Json, Outcome, Request } from '../../domain.ts'
import type { HttpResponse } from '../../ports.ts'
import { readAnswer } from '../answered.ts'
import { at, countAt, given, isObject, textAt } from '../outside.ts'
import { requestIdOf } from '../shape.ts'
import { SHAPES } from '../shapes.ts'
import type { Route } from './routes.ts'

/** `latencyMs` of the answer is null, as with every decoder. */
export function decodeFor(route: Route, response: HttpResponse): Outcome {
  switch (route.api) {
    case 'chat':
    case 'responses':
    case 'messages':
      return SHAPES[route.api].decode(response)
    case 'generate':
      return SHAPES.generate.decode(response)
    case 'completions':
    case 'embeddings':
    case 'free':
      return decodeCounts(response, route)
  }
}

/** Interfaces whose answers are no messages: only what they cost is ours to know. An error is one here, too. */
function decodeCounts(response: HttpResponse, { api }: Route): Outcome {
  return readAnswer(response, (body) => {
    if (!(api === 'embeddings' ? hasVectors(body) : Array.isArray(at(body, 'choices')))) return null
    const input = countAt(body, 'usage', 'prompt_tokens') ?? countAt(body, 'usage', 'total_tokens')
    const output = api === 'embeddings' ? 0 : countAt(body, 'usage', 'completion_tokens')
    const text = textAt(body, 'choices', 0, 'text') ?? ''
    const usage = input === undefined || output === undefined ? undefined : { input, output }
    const said = {
      model: textAt(body, 'model'),
      requestId: requestIdOf(response),
      responseId: textAt(body, 'id') || undefined,
    }
    return { state: 'answered', answer: { text, latencyMs: null, ...given({ usage, ...said }) } }
  })
}

/** OpenAI's list, or Gemini's one vector or several. */
const hasVectors = (body: Json) =>
  Array.isArray(at(body, 'data')) || isObject(at(body, 'embedding')) || Array.isArray(at(body, 'embeddings'))

/** A stream that says no counts (OpenAI's without `stream_options.include_usage`) is counted from its text: never 0, and marked. */
export function withCounts(
  outcome: Outcome,
  request: Request,
): { readonly outcome: Outcome; readonly estimated: boolean } {
  if (outcome.state === 'failed' || outcome.answer.usage !== undefined) return { outcome, estimated: false }
  const id = `${request.provider}/${request.model ?? ''}`
  const { text, toolCalls } = outcome.answer
  const asked = request.messages.map((message) => message.content).join('\n') + JSON.stringify(request.tools ?? '')
  const said = text + (toolCalls === undefined ? '' : JSON.stringify(toolCalls))
  const usage = {
    input: estimateTokens(asked, id).tokens + 4 * request.messages.length,
    output: Math.max(1, estimateTokens(said, id).tokens),
  }
  return { outcome: { state: 'answered', answer: { ...outcome.answer, usage } }, estimated: true }
}
