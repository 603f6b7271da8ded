// A large file of the working tree, piece by piece.

import { promises } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { EXIT, UserError } from '../errors.ts'
import { expectText } from './heap.ts'

const PIECE_BYTES = 64 * 1024

export type Found = { readonly file: string; readonly size: number; readonly mtimeMs: number }

/**
 * Throws a UserError when it is not, or did not stay, as it was found: half of one version and half of another is none of them.
 *
 * @param path as messages name it
 */
export async function takePieces(path: string, found: Found, take: (piece: string) => void): Promise<void> {
  expectText(found.size)
  const file = await promises.open(found.file)
  try {
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.allocUnsafe(PIECE_BYTES)
    let bytes = 0
    while (bytes <= found.size) {
      const { bytesRead } = await file.read(buffer)
      if (bytesRead === 0) break
      bytes += bytesRead
      take(decoder.write(buffer.subarray(0, bytesRead)))
    }
    take(decoder.end())
    const { size, mtimeMs } = await file.stat()
    if (bytes !== found.size || size !== found.size || mtimeMs !== found.mtimeMs) throw changedMeanwhile(path)
  } finally {
    await file.close()
  }
}

function changedMeanwhile(path: string): UserError {
  return new UserError({
    what: 'the file changed while it was read.',
    place: { path },
    remedy: 'Run again when nothing writes to it.',
    exit: EXIT.notMeasured,
  })
}
