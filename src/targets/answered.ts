// What is common to reading every model's answer: errors first, then JSON, then the rule on empty answers.

import type { Answer, Json, Outcome } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { classifyError, readProviderError } from './classify.ts'
import { at, countAt, isObject, parseJson } from './outside.ts'
import { failed, transient } from './shape.ts'

/**
 * Runs `read` over the JSON of a 2xx answer. `read` gives null when the JSON is not of the provider's shape.
 * A status other than 2xx is classified; an error body or broken JSON with status 200 is `malformed-answer`.
 */
export function readAnswer(response: HttpResponse, read: (body: Json) => Outcome | null): Outcome {
  if (response.status < 200 || response.status > 299) return failed(classifyError(response, 'the provider'))
  const body = parseJson(response.body)
  if (body === undefined) return transient('malformed-answer', 'the answer is not JSON')
  const error = at(body, 'error')
  // A gateway may have sent the head of its answer already when its provider refused.
  const meant = countAt(error, 'code') ?? 0
  if (meant >= 400 && meant < 600) return failed(classifyError({ ...response, status: meant }, 'the provider'))
  if (isObject(error) || typeof error === 'string')
    return transient(
      'malformed-answer',
      `status ${response.status} with an error: ${readProviderError(response.body).message}`,
    )
  return read(body) ?? transient('malformed-answer', 'the answer has no message in it')
}

/**
 * An answer without text and tokens is no answer, and neither is text that cost no token (a gateway's error text).
 * A refusal may be empty; a filtered answer without text, or with the filter's own text, is the request's own doing.
 */
export function answered(answer: Answer): Outcome {
  const silent = answer.text === '' && (answer.toolCalls ?? []).length === 0
  const tokens = answer.usage?.output
  if (answer.refusal !== true && (silent || tokens === 0) && answer.finishReason === 'content_filter')
    return failed({ kind: 'behavioural', cause: 'content-filter', message: 'the provider filtered the whole answer' })
  if (answer.refusal !== true && (tokens === 0 || (tokens === undefined && silent)))
    return transient(
      'empty-answer',
      silent ? 'an empty answer without tokens' : 'text that cost no tokens: not a model answer',
    )
  return { state: 'answered', answer }
}
