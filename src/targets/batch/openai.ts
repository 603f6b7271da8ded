// OpenAI's Batch API: a file of requests, a batch over it, a file of answers and one of errors.

import { HttpFailure, type HttpResponse } from '../../ports.ts'
import { at, countAt, isObject, listAt, parseJson, textAt } from '../outside.ts'
import {
  type BatchLine,
  type BatchState,
  type BatchWire,
  isFine,
  json,
  type Origin,
  order,
  responseOf,
  type Send,
  unanswered,
} from './wire.ts'

const SUFFIX = /\/(chat\/completions|responses)$/
const ENDED = new Set(['completed', 'expired', 'cancelled'])

export const openaiBatch: BatchWire = {
  most: { requests: 50_000, bytes: 200_000_000 },
  async submit(lines, origin, ordering) {
    const root = origin.url.replace(SUFFIX, '')
    const file = await ordering.send({ method: 'POST', url: `${root}/files`, ...upload(lines, origin) })
    if (!isFine(file)) return { state: 'refused', response: file }
    const inputFile = idOf(file)
    const body = JSON.stringify({ input_file_id: inputFile, endpoint: endpointOf(origin), completion_window: '24h' })
    const url = `${root}/batches`
    const request = { method: 'POST', url, headers: json(origin.headers), body } as const
    const made = await order(ordering, request, (response) => textAt(parseJson(response.body), 'id'))
    if (made.state !== 'unheard') return made
    const id = await orderOver(inputFile, { url, headers: origin.headers }, ordering.send)
    return id === undefined ? made : { state: 'submitted', id }
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
/** The file is ours alone: a batch over it is the one that we ordered, whatever became of the answer. */
async function orderOver(file: string, { url, headers }: Origin, send: Send): Promise<string | undefined> {
  if (file === '') return undefined
  const list = await send({ method: 'GET', url: `${url}?limit=100`, headers }).catch((error: unknown) => {
    if (error instanceof HttpFailure) return null
    throw error
  })
  if (list === null || !isFine(list)) return undefined
  const batch = listAt(parseJson(list.body), 'data').find((one) => textAt(one, 'input_file_id') === file)
  return textAt(batch, 'id')
}

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
