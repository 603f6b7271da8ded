// The body of an answer as it was written. We ask for no compression; some gateways compress whatever comes, and so do some
// applications what they ask.

import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'

export const MAX_BODY_BYTES = 32 * 1024 * 1024

/** What no longer holds of a body that was decompressed. */
const OF_ENCODED = ['content-encoding', 'content-length']

/** What http-decode.ts has a decoder for. */
const ENCODINGS = ['gzip', 'x-gzip', 'deflate', 'br'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Undefined where it is none that can be undone here. */
export const encodingOf = ({ headers }: IncomingMessage): Encoding | undefined => {
  const said = (headers['content-encoding'] ?? '').trim().toLowerCase()
  return ENCODINGS.find((encoding) => encoding === said)
}

/** Fails as the answer does, and where what is compressed is damaged or cut off. */
export async function bodyOf(response: IncomingMessage): Promise<Readable> {
  const encoding = encodingOf(response)
  if (encoding === undefined) return response
  response.on('error', () => undefined) // it may be cut off before anybody reads
  const { decoderFor } = await import('./http-decode.ts')
  const decoded = decoderFor(encoding)
  pipeline(response, decoded, () => undefined)
  return decoded
}

/** Headers by their lower-case names, as they hold for `bodyOf`. */
export function headersOf(response: IncomingMessage): Record<string, string> {
  const headers = flatHeaders(response)
  if (encodingOf(response) !== undefined) for (const name of OF_ENCODED) delete headers[name]
  return headers
}

export function flatHeaders(response: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
