// From a name as written to the paths that it may mean.

import { posix } from 'node:path'
import { ancestors } from './imports.ts'

/** No absolute path, address or drive: those lead out of the repository. `..` is judged once it is joined. */
export const isInside = (name: string) =>
  name !== '' &&
  !name.startsWith('/') &&
  !name.includes('\0') &&
  !name.includes('\\') &&
  !/^[a-z][a-z\d+.-]*:/i.test(name)

/** Beside the file, then from each folder above it: loaders have their root somewhere up there. */
export function inFolders(from: string, names: readonly string[]): readonly string[] {
  const paths = ancestors(posix.dirname(from)).flatMap((folder) => names.map((name) => posix.join(folder, name)))
  return [...new Set(paths.map((path) => posix.normalize(path)))].filter((path) => !path.startsWith('..'))
}

export function relativeTo(from: string, name: string): readonly string[] {
  if (!isInside(name)) return []
  const path = posix.normalize(posix.join(posix.dirname(from), name))
  return path.startsWith('..') ? [] : [path]
}

/** A name without what leads up from where it is written: it may stand under any root. */
export function endingsOf(names: readonly string[]): readonly string[] {
  const plain = names.filter(isInside).map((name) => posix.normalize(name))
  return [...new Set(plain)].filter((name) => name !== '.' && !name.startsWith('..'))
}
