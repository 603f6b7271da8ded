// Content ids of files as they are in the working tree.

import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Here } from './git.ts'
import { gitFailed } from './git-process.ts'

/** In the order of the paths. Git is given a line for each: only names that are one line. */
export async function idsOf({ git, root }: Here, paths: readonly string[]): Promise<readonly string[]> {
  const stats = paths.map((path) => lstatSync(join(root, path), { throwIfNoEntry: false }))
  const isPlain = (path: string, at: number) => stats[at]?.isFile() === true && !/^"|\n/.test(path)
  const plain = paths.filter(isPlain)
  const hashed = plain.length === 0 ? null : await git(['hash-object', '--stdin-paths'], plain.join('\n'))
  if (hashed !== null && hashed.code !== 0) throw gitFailed('read the files of the working tree', hashed.stderr)
  const ids = (hashed?.stdout ?? '').split('\n').values()
  return paths.map((path, at) => {
    const stat = stats[at]
    if (isPlain(path, at)) return ids.next().value ?? ''
    if (stat?.isFile()) return blobId(readFileSync(join(root, path)))
    return stat?.isSymbolicLink() ? blobId(readlinkSync(join(root, path), 'buffer')) : ''
  })
}

const blobId = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
