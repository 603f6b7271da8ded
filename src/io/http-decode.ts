// Bodies that come compressed although nobody asked for it. Loaded where one comes.

import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Encoding } from './http-body.ts'

const DECODERS: { readonly [encoding in Encoding]: () => Transform } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** Undone no further than to `most` bytes; null where it is more, and it rejects where what is compressed is damaged. */
export async function decoded(bytes: Uint8Array, encoding: Encoding, most: number): Promise<Buffer | null> {
  const decoder = decoderFor(encoding)
  const parts: Buffer[] = []
  let size = 0
  decoder.end(bytes)
  for await (const part of decoder as AsyncIterable<Buffer>) {
    size += part.byteLength
    if (size > most) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

export const decoderFor = (encoding: Encoding): Transform => DECODERS[encoding]()
