// Cases that stand in the same files on both sides are read once: a large set would be held twice until its halves are compared.

import type { Case } from '../domain.ts'
import type { Tree } from '../ports.ts'

export type KeptCases = Map<string, readonly Case[]>

/**
 * What cases are made of, where they are nothing but files: the paths, what is in them, and the fields that slices name.
 * Null where a file's content is not known without reading it.
 */
export async function keyOfCases(
  tree: Tree,
  paths: readonly string[],
  slices: readonly string[],
): Promise<string | null> {
  const ids: string[] = []
  for (const path of paths) {
    const id = (await tree.contentId?.(path)) ?? null
    if (id === null) return null
    ids.push(id)
  }
  return ids.length === 0 ? null : JSON.stringify([paths, ids, slices])
}
