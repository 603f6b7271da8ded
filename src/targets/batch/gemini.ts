// Gemini's batchGenerateContent with the requests inline. Answers come in the order of the requests: their own keys are not
// always given back.

import type { HttpResponse } from '../../ports.ts'
import { at, countAt, isObject, listAt, parseJson, textAt } from '../outside.ts'
import { type BatchWire, isFine, json, order, responseOf, unanswered } from './wire.ts'

const METHOD = /\/models\/([^/]+):generateContent$/

export const geminiBatch: BatchWire = {
  // Inline requests may take 20 MB in all.
  most: { requests: 50_000, bytes: 19_000_000 },
  submit(lines, { url, headers }, ordering) {
    const requests = lines.map(({ id, body }) => ({ request: body, metadata: { key: id } }))
    const batch = { displayName: 'prompt-parity', inputConfig: { requests: { requests } } }
    const request = {
      method: 'POST',
      url: url.replace(/:generateContent$/, ':batchGenerateContent'),
      headers: json(headers),
      body: JSON.stringify({ batch }),
    } as const
    return order(ordering, request, (response) => textAt(parseJson(response.body), 'name'))
  },
  async poll({ id, ids }, { url, headers }, send) {
    const name = id.split('/').map(encodeURIComponent).join('/')
    const response = await send({ method: 'GET', url: `${url.replace(METHOD, '')}/${name}`, headers })
    if (!isFine(response)) return { state: 'refused', response }
    const operation = parseJson(response.body)
    if (at(operation, 'done') !== true) return { state: 'running' }
    const failed = textAt(operation, 'error', 'message')
    if (failed !== undefined) return { state: 'gone', why: failed }
    const output = listAt(operation, 'response', 'inlinedResponses', 'inlinedResponses')
    const responses = new Map(ids.map((line, index): [string, HttpResponse] => [line, answerOf(output[index])]))
    return { state: 'ended', responses }
  },
}

function answerOf(item: ReturnType<typeof parseJson>): HttpResponse {
  const error = at(item, 'error')
  if (isObject(error)) return responseOf(STATUS_OF_CODE[countAt(error, 'code') ?? 0] ?? 500, { error })
  const answer = at(item, 'response')
  return answer === undefined ? unanswered('the batch has no answer to it') : responseOf(200, answer)
}

/** Of google.rpc.Code. */
const STATUS_OF_CODE: { readonly [code: number]: number } = {
  1: 499,
  3: 400,
  4: 504,
  5: 404,
  7: 403,
  8: 429,
  9: 400,
  13: 500,
  14: 503,
  16: 401,
}
