// Anthropic's Message Batches: the requests in one body, the results as lines.

import type { HttpResponse } from '../../ports.ts'
import { at, parseJson, textAt } from '../outside.ts'
import { type BatchWire, isFine, json, order, responseOf, unanswered } from './wire.ts'

/** The status with which an ordinary call would have said the same. */
const STATUS_OF_TYPE: { readonly [type: string]: number } = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  api_error: 500,
  overloaded_error: 529,
}

export const anthropicBatch: BatchWire = {
  most: { requests: 100_000, bytes: 256_000_000 },
  submit(lines, { url, headers }, ordering) {
    const requests = lines.map(({ id, body }) => ({ custom_id: id, params: body }))
    const body = JSON.stringify({ requests })
    const request = { method: 'POST', url: `${url}/batches`, headers: json(headers), body } as const
    return order(ordering, request, (response) => textAt(parseJson(response.body), 'id'))
  },
  async poll({ id, ids }, { url, headers }, send) {
    const batch = `${url}/batches/${encodeURIComponent(id)}`
    const response = await send({ method: 'GET', url: batch, headers })
    if (!isFine(response)) return { state: 'refused', response }
    if (textAt(parseJson(response.body), 'processing_status') !== 'ended') return { state: 'running' }
    // Not the URL that it names: the key goes to the host it is bound to.
    const results = await send({ method: 'GET', url: `${batch}/results`, headers })
    if (!isFine(results)) return { state: 'refused', response: results }
    const responses = new Map<string, HttpResponse>()
    for (const row of results.body.split('\n')) {
      const line = row.trim() === '' ? undefined : parseJson(row)
      const asked = textAt(line, 'custom_id')
      if (asked !== undefined) responses.set(asked, resultOf(line))
    }
    for (const line of ids) if (!responses.has(line)) responses.set(line, unanswered('the batch has no answer to it'))
    return { state: 'ended', responses }
  },
}

function resultOf(line: ReturnType<typeof parseJson>): HttpResponse {
  const type = textAt(line, 'result', 'type')
  if (type === 'succeeded') return responseOf(200, at(line, 'result', 'message'))
  if (type !== 'errored') return unanswered(`the request is ${type ?? 'unanswered'} in its batch`)
  const error = at(line, 'result', 'error')
  const said = textAt(error, 'error', 'type') ?? ''
  return responseOf(STATUS_OF_TYPE[said] ?? 500, error)
}
