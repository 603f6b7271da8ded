// Folders that the program writes into.

import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './disk-failure.ts'

/** With those above it. Node's own way never ends where a file system takes none and says that something is missing (/proc). */
export function makeFolder(path: string, mode = 0o777): void {
  if (existsSync(path)) return
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && existsSync(path)) return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeFolder(dirname(path), mode)
    makeFolder(path, mode)
  }
}
