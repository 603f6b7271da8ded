// A side's files in memory.

import { UserError } from '../../src/errors.ts'
import type { Tree } from '../../src/ports.ts'

/** `symlinks` are listed nowhere and refuse to be read, as a real tree does. */
export function memoryTree(
  files: { readonly [path: string]: string },
  { id = 'memory', symlinks = [] }: { readonly id?: string; readonly symlinks?: readonly string[] } = {},
): Tree & { readonly reads: string[] } {
  const contents = new Map(Object.entries(files))
  const reads: string[] = []
  return {
    id,
    reads,
    async list() {
      return [...contents].map(([path, text]) => ({
        path,
        id: `${path}:${text.length}`,
      }))
    },
    async read(path, maxBytes = Number.POSITIVE_INFINITY) {
      reads.push(path)
      if (symlinks.includes(path)) {
        throw new UserError({ what: 'is a symbolic link.', remedy: 'Commit the file itself.', place: { path } })
      }
      const text = contents.get(path) ?? null
      if (text !== null && Buffer.byteLength(text) > maxBytes)
        throw new UserError({ what: 'the file is too large.', remedy: 'Split it.', place: { path } })
      return text
    },
  }
}
