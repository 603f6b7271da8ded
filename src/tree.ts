// Views of a side's files.

import { posix } from 'node:path'
import type { Tree } from './ports.ts'

/** The files below a folder, by their paths relative to it; the tree itself for ''. */
export function within(tree: Tree, directory: string): Tree {
  if (directory === '') return tree
  const prefix = `${directory}/`
  return {
    id: tree.id,
    list: async () =>
      (await tree.list())
        .filter((entry) => entry.path.startsWith(prefix))
        .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) })),
    read: (path, maxBytes) => tree.read(posix.join(directory, path), maxBytes),
    readInPieces: (path, take, maxBytes) => readInPieces(tree, { path: posix.join(directory, path), maxBytes }, take),
    contentId: async (path) => (await tree.contentId?.(posix.join(directory, path))) ?? null,
  }
}

/** False when there is no such file. A tree that knows no pieces gives the text in one. */
export async function readInPieces(
  tree: Tree,
  { path, maxBytes }: { readonly path: string; readonly maxBytes?: number | undefined },
  take: (piece: string) => void,
): Promise<boolean> {
  if (tree.readInPieces !== undefined) return tree.readInPieces(path, take, maxBytes)
  const text = await tree.read(path, maxBytes)
  if (text !== null) take(text)
  return text !== null
}

/** A path relative to a folder, or null when it is outside. */
export function relativeTo(directory: string, path: string): string | null {
  if (directory === '') return path
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : null
}

/** A working tree of which only the changed files are read from disk: the others are those of the commit. */
export function overlay(working: Tree, commit: Tree, changed: ReadonlySet<string>): Tree {
  return {
    id: working.id,
    list: async () => {
      const known = new Map((await commit.list()).map((entry) => [entry.path, entry]))
      return (await working.list()).map((entry) => (changed.has(entry.path) ? entry : (known.get(entry.path) ?? entry)))
    },
    read: (path, maxBytes) => (changed.has(path) ? working : commit).read(path, maxBytes),
    readInPieces: (path, take, maxBytes) =>
      readInPieces(changed.has(path) ? working : commit, { path, maxBytes }, take),
    contentId: async (path) => (changed.has(path) ? null : ((await commit.contentId?.(path)) ?? null)),
  }
}
