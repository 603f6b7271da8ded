// The body of an answer as it was written. We ask for no compression; some gateways compress whatever comes.

import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'

export const MAX_BODY_BYTES = 32 * 1024 * 1024

type Decoders = Pick<typeof import('node:zlib'), 'createGunzip' | 'createInflate' | 'createBrotliDecompress'>

const DECODERS: { readonly [encoding: string]: (zlib: Decoders) => Transform } = {
  gzip: (zlib) => zlib.createGunzip(),
  'x-gzip': (zlib) => zlib.createGunzip(),
  deflate: (zlib) => zlib.createInflate(),
  br: (zlib) => zlib.createBrotliDecompress(),
}

/** What no longer holds of a body that was decompressed. */
const OF_ENCODED = ['content-encoding', 'content-length']

const decoderOf = ({ headers }: IncomingMessage) => {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  return Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
}

/** Fails as the answer does, and where what is compressed is damaged or cut off. */
export async function bodyOf(response: IncomingMessage): Promise<Readable> {
  const decoder = decoderOf(response)
  if (decoder === undefined) return response
  response.on('error', () => undefined) // it may be cut off before anybody reads
  const decoded = decoder(await import('node:zlib'))
  pipeline(response, decoded, () => undefined)
  return decoded
}

/** Headers by their lower-case names, as they hold for `bodyOf`. */
export function headersOf(response: IncomingMessage): Record<string, string> {
  const headers = flatHeaders(response)
  if (decoderOf(response) !== undefined) for (const name of OF_ENCODED) delete headers[name]
  return headers
}

export function flatHeaders(response: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
