// An answer that comes at once, as text without keys.

import type { OpenResponse } from '../../ports.ts'
import { withoutSecrets } from '../model.ts'
import type { Endpoint } from '../shape.ts'

export const MAX_ANSWER_BYTES = 32 * 1024 * 1024

/** Null where it is longer than any answer is. */
export async function wholeBody({ chunks }: OpenResponse, endpoint: Endpoint): Promise<string | null> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) return null
    parts.push(chunk)
  }
  return withoutSecrets(Buffer.concat(parts).toString('utf8'), endpoint)
}
