// A folder copied between two trees, so that nothing in the copy leads back to where it came from.

import { constants } from 'node:fs'
import { cp, lstat, readdir, readlink, rm } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'

/** False when there is nothing to copy, or a link in it leads out of it: such a copy would use the other tree's files. */
export async function copyFolder(from: string, to: string): Promise<boolean> {
  const stat = await lstat(from).catch(() => null)
  if (stat === null || !stat.isDirectory() || !(await isSelfContained(from))) return false
  try {
    await cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      errorOnExist: true,
      force: false,
    })
    return true
  } catch {
    await rm(to, { recursive: true, force: true })
    return false
  }
}

async function isSelfContained(folder: string): Promise<boolean> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue
    const target = await readlink(join(entry.parentPath, entry.name))
    const inside = relative(folder, resolve(entry.parentPath, target))
    if (isAbsolute(target) || inside.startsWith('..') || isAbsolute(inside)) return false
  }
  return true
}
