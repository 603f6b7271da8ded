// OpenAI's Batch API: a file of requests, a batch over it, a file of answers and one of errors.

import type { HttpResponse } from '../../ports.ts'
import { at, countAt, isObject, parseJson, textAt } from '../outside.ts'
import {
  type BatchLine,
  type BatchState,
  type BatchWire,
  isFine,
  json,
  type Origin,
  responseOf,
  unanswered,
} from './wire.ts'

const SUFFIX = /\/(chat\/completions|responses)$/
const ENDED = new Set(['completed', 'expired', 'cancelled'])

export const openaiBatch: BatchWire = {
  most: { requests: 50_000, bytes: 200_000_000 },
  async submit(lines, origin, send) {
    const root = origin.url.replace(SUFFIX, '')
    const file = await send({ method: 'POST', url: `${root}/files`, ...upload(lines, origin) })
    if (!isFine(file)) return { state: 'refused', response: file }
    const order = { input_file_id: idOf(file), endpoint: endpointOf(origin), completion_window: '24h' }
    const made = await send({
      method: 'POST',
      url: `${root}/batches`,
      headers: json(origin.headers),
      body: JSON.stringify(order),
    })
    return isFine(made) ? { state: 'submitted', id: idOf(made) } : { state: 'refused', response: made }
  },
  async poll({ id, ids }, { url, headers }, send) {
    const root = url.replace(SUFFIX, '')
    const response = await send({ method: 'GET', url: `${root}/batches/${encodeURIComponent(id)}`, headers })
    if (!isFine(response)) return { state: 'refused', response }
    const batch = parseJson(response.body)
    const status = textAt(batch, 'status') ?? ''
    if (status === 'failed') return { state: 'gone', why: textAt(batch, 'errors', 'data', 0, 'message') ?? 'it failed' }
    if (!ENDED.has(status)) return { state: 'running' }
    const files = [textAt(batch, 'output_file_id'), textAt(batch, 'error_file_id')].filter((file) => file !== undefined)
    const responses = new Map<string, HttpResponse>()
    for (const file of files) {
      const content = await send({ method: 'GET', url: `${root}/files/${encodeURIComponent(file)}/content`, headers })
      if (!isFine(content)) return { state: 'refused', response: content }
      for (const [line, answer] of answersIn(content.body)) responses.set(line, answer)
    }
    for (const line of ids) if (!responses.has(line)) responses.set(line, unanswered(`the batch is ${status}`))
    return { state: 'ended', responses } satisfies BatchState
  },
}

const endpointOf = ({ url }: Origin) => `/v1/${SUFFIX.exec(url)?.[1] ?? 'chat/completions'}`
const idOf = ({ body }: HttpResponse) => textAt(parseJson(body), 'id') ?? ''

/** A form with the purpose and the file; the boundary is of our ids, which no text of a request can hold as a line. */
function upload(lines: readonly BatchLine[], origin: Origin) {
  const boundary = `prompt-parity-${lines[0]?.id ?? ''}`
  const url = endpointOf(origin)
  const file = lines.map(({ id, body }) => JSON.stringify({ custom_id: id, method: 'POST', url, body })).join('\n')
  const body = [
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="batch.jsonl"\r\n`,
    `content-type: application/jsonl\r\n\r\n${file}\r\n--${boundary}--\r\n`,
  ].join('')
  return { headers: { ...origin.headers, 'content-type': `multipart/form-data; boundary=${boundary}` }, body }
}

function answersIn(text: string): readonly (readonly [string, HttpResponse])[] {
  return text.split('\n').flatMap((row) => {
    const line = row.trim() === '' ? undefined : parseJson(row)
    const id = textAt(line, 'custom_id')
    if (id === undefined) return []
    const response = at(line, 'response')
    const requestId = textAt(response, 'request_id')
    if (isObject(response))
      return [
        [
          id,
          responseOf(countAt(response, 'status_code') ?? 502, at(response, 'body'), {
            ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
          }),
        ] as const,
      ]
    return [[id, unanswered(textAt(line, 'error', 'message') ?? 'the batch has no answer to it')] as const]
  })
}
