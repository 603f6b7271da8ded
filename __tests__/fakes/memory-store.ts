// The state directory in memory.

import type { Store } from '../../src/ports.ts'

export function createMemoryStore(): Store & { readonly files: Map<string, string[]> } {
  const files = new Map<string, string[]>()
  return {
    files,
    readLines: async (name) => [...(files.get(name) ?? [])],
    append: (name, line) => void files.set(name, [...(files.get(name) ?? []), line]),
    flush: async () => undefined,
  }
}
