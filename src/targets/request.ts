// The identity of a request: two requests with one hash are the same call.

import { contentHash, sha256 } from '../config/canonical.ts'
import type { Request } from '../domain.ts'

export { sha256 }

/** Everything that decides what is asked; more fields may be added (a base URL, the meaning of a deployment name). */
export type RequestParts = Omit<Request, 'hash' | 'segments'> & { readonly [extra: string]: unknown }

/** SHA-256 (hex) over the canonical JSON of everything but `segments`, which only explains, and the hash itself. */
export function requestHash(parts: RequestParts): string {
  if (parts.hash === undefined && parts.segments === undefined) return contentHash(parts)
  const { hash: _hash, segments: _segments, ...asked } = parts
  return contentHash(asked)
}
