// Files that a command writes into somebody's repository: never through a link, never outside, never over what is there unless
// asked to.

import { constants } from 'node:fs'
import { lstat, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'

/**
 * What is at a path of the repository now; null for nothing. Throws a UserError where writing would go through a symbolic
 * link, or where a folder stands in the way.
 */
export async function fileThere(root: string, path: string): Promise<string | null> {
  const parts = path.split('/')
  if (path.startsWith('/') || parts.some((part) => part === '..' || part === '.git')) throw inTheWay(path, 'leads out')
  for (let length = 1; length < parts.length; length++) {
    const folder = parts.slice(0, length).join('/')
    const stat = await lstat(join(root, folder)).catch(absent)
    if (stat === null) return null
    if (!stat.isDirectory()) throw inTheWay(folder, stat.isSymbolicLink() ? 'is a symbolic link' : 'is no folder')
  }
  const stat = await lstat(join(root, path)).catch(absent)
  if (stat === null) return null
  if (!stat.isFile()) throw inTheWay(path, stat.isSymbolicLink() ? 'is a symbolic link' : 'is no regular file')
  return readFile(join(root, path), 'utf8')
}

/** @param over whether a file may be there; one that comes up in the meantime is else an error, and stays */
export async function writeFileIn(
  root: string,
  path: string,
  { text, over }: { text: string; over: boolean },
): Promise<void> {
  await fileThere(root, path)
  await mkdir(join(root, path, '..'), { recursive: true })
  const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW } = constants
  const flags = O_WRONLY | O_CREAT | (over ? O_TRUNC : O_EXCL) | (O_NOFOLLOW ?? 0)
  const file = await open(join(root, path), flags, 0o644).catch((error: unknown) => {
    throw inTheWay(path, error instanceof Error ? `cannot be written (${error.message})` : 'cannot be written')
  })
  await file.writeFile(text).finally(() => file.close())
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

function inTheWay(path: string, what: string): UserError {
  return new UserError({
    what: `${path} ${what}: nothing is written there.`,
    expected: 'a place inside the repository that is free, or a regular file',
    remedy: 'Move it out of the way.',
  })
}
