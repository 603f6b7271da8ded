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

export const decoderFor = (encoding: Encoding): Transform => DECODERS[encoding]()
