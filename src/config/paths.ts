// References between files of a tree. A reference may not leave the repository, whatever it is written like.

import { posix } from 'node:path'
import type { Place } from '../domain.ts'
import { formatPlace, UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { readInPieces } from '../tree.ts'
import { refuseUtf16 } from './encoding.ts'

/** `langfuse://name` and the like: a prompt that is kept elsewhere. */
export const isHosted = (reference: string) =>
  /^(?:langfuse|portkey|helicone|promptlayer|langsmith|humanloop|braintrust|opik):\/\//.test(reference)

/**
 * Path in the tree of `reference` as written in the file at `from`. Throws a UserError for absolute paths, URLs, drive
 * letters, NUL bytes and paths that climb out of the repository.
 */
export function resolveReference(reference: string, from: Place): string {
  const plain = reference.replaceAll('\\', '/')
  const outside = plain.startsWith('/') || /^[A-Za-z]:/.test(plain) || /^[a-z][a-z0-9+.-]+:\/\//i.test(plain)
  const resolved = posix.normalize(posix.join(posix.dirname(from.path), plain))
  if (outside || plain.includes('\0') || resolved === '..' || resolved.startsWith('../')) {
    throw new UserError({
      what: `"${reference.slice(0, 200)}" leads out of the repository.`,
      expected: 'a path inside the repository, relative to this file',
      remedy: 'Copy the file into the repository and name it there.',
      place: from,
    })
  }
  return resolved.replace(/\/$/, '')
}

/** Reads what the file at `from` refers to. Throws a UserError that names the reference when there is no such file. */
export async function readReferenced(tree: Tree, path: string, from: Place): Promise<string> {
  const text = await readAt(tree, path, from)
  if (text === null) throw noFile(path, from)
  return text
}

/** As `readReferenced`, in pieces that need not be in memory together. */
export async function takeReferenced(
  tree: Tree,
  { path, from }: { readonly path: string; readonly from: Place },
  take: (piece: string) => void,
): Promise<void> {
  let start: string | null = null
  const first = (piece: string) => {
    start ??= piece.slice(0, 8)
    take(piece)
  }
  const isThere = await named(path, from, async () => {
    const there = await readInPieces(tree, { path }, first)
    refuseUtf16(start ?? '', { path })
    return there
  })
  if (!isThere) throw noFile(path, from)
}

function noFile(path: string, from: Place): UserError {
  return new UserError({
    what: `There is no file "${path}".`,
    expected: 'a file that is committed',
    remedy: 'Correct the path; it is relative to this file.',
    place: from,
  })
}

/** As `tree.read`, with the place of the reference in what a refusal (symlink, submodule, size, encoding) says. */
export function readAt(tree: Tree, path: string, from: Place): Promise<string | null> {
  return named(path, from, async () => {
    const text = await tree.read(path)
    refuseUtf16(text ?? '', { path })
    return text
  })
}

async function named<T>(path: string, from: Place, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const [first] = error.problems
    if (!first || first.place?.path === from.path) throw error
    throw new UserError({ ...first, what: `${path} (named at ${formatPlace(from)}) ${first.what}`, place: from })
  }
}
