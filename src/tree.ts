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
    contentId: async (path) => (await tree.contentId?.(posix.join(directory, path))) ?? null,
  }
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
    contentId: async (path) => (changed.has(path) ? null : ((await commit.contentId?.(path)) ?? null)),
  }
}
