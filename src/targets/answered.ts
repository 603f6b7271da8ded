// What is common to reading every model's answer: errors first, then JSON, then the rule on empty answers.

import type { Answer, Failure, Json, Outcome } from '../domain.ts'
import { factsIn } from '../facts-of.ts'
import type { HttpResponse } from '../ports.ts'
import { classifyError, meantStatus, readProviderError } from './classify.ts'
import { at, isObject, parseJson, textAt } from './outside.ts'
import { failed, transient } from './shape.ts'

/**
 * Runs `read` over the JSON of a 2xx answer. `read` gives null when the JSON is not of the provider's shape.
 * A status other than 2xx is classified; an error body or broken JSON with status 200 is `malformed-answer`.
 */
export function readAnswer(response: HttpResponse, read: (body: Json) => Outcome | null): Outcome {
  if (response.status < 200 || response.status > 299) return failed(classifyError(response, 'the provider'))
  const body = parseJson(response.body)
  if (body === undefined) return transient('malformed-answer', 'the answer is not JSON')
  return faultIn(response, body) ?? read(body) ?? transient('malformed-answer', 'the answer has no message in it')
}

/** An error in the place of an answer or of a part of it: in `error`, or, in streams of Responses, an event of that type. */
export function isFault(body: Json): boolean {
  return isObject(at(body, 'error')) || textAt(body, 'type') === 'error'
}

/**
 * The head of an answer may have been sent already when a provider refuses: then the error says which status it stands for. One
 * that says nothing of the kind is a broken answer. Null when there is no error.
 */
export function faultIn(response: HttpResponse, body: Json): Outcome | null {
  if (!isFault(body) && typeof at(body, 'error') !== 'string') return null
  const meant = meantStatus(at(body, 'error') ?? body)
  if (meant !== null)
    return failed(classifyError({ ...response, status: meant, body: JSON.stringify(body) }, 'the provider'))
  const { message } = readProviderError(JSON.stringify(body))
  return transient('malformed-answer', `status ${response.status} with an error: ${message}`)
}

/**
 * An answer without text and tokens is no answer, and neither is text that cost no token (a gateway's error text).
 * A refusal may be empty; a filtered answer without text, or with the filter's own text, is the request's own doing, and is paid for.
 */
export function answered(answer: Answer): Outcome {
  const silent = answer.text === '' && (answer.toolCalls ?? []).length === 0
  const tokens = answer.usage?.output
  if (answer.refusal !== true && (silent || tokens === 0) && answer.finishReason === 'content_filter')
    return failed({ ...filtered('the provider filtered the whole answer'), ...factsIn(answer) })
  if (answer.refusal !== true && (tokens === 0 || (tokens === undefined && silent)))
    return transient(
      'empty-answer',
      silent ? 'an empty answer without tokens' : 'text that cost no tokens: not a model answer',
    )
  return { state: 'answered', answer }
}

/** Over the facts that came with it. */
export const filtered = (message: string): Failure => ({ kind: 'behavioural', cause: 'content-filter', message })
