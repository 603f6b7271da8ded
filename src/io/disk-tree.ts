// Files outside of a git repository, for `validate`: the folder as it is, without following links.

import { promises } from 'node:fs'
import { join, relative } from 'node:path'
import type { Tree, TreeEntry } from '../ports.ts'

const SKIP = new Set(['node_modules', '.git', '.parity'])
const MAX_FILES = 100_000

export function diskTree(root: string): Tree {
  return {
    id: 'working-tree',
    list: () => walk(root, root, []),
    read: async (path) => {
      const stat = await promises.lstat(join(root, path)).catch(() => null)
      return stat?.isFile() ? promises.readFile(join(root, path), 'utf8') : null
    },
  }
}

async function walk(root: string, folder: string, found: TreeEntry[]): Promise<readonly TreeEntry[]> {
  for (const entry of await promises.readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (found.length >= MAX_FILES) return found
    if (entry.isDirectory() && !SKIP.has(entry.name)) await walk(root, path, found)
    else if (entry.isFile()) found.push({ path: relative(root, path).replaceAll('\\', '/'), id: '' })
  }
  return found
}
