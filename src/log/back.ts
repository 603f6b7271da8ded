// The literal way back to a version: a command that can be pasted where `log` was called.

import { posix } from 'node:path'

export type Back = {
  readonly sha: string
  /** Where the prompt is in that commit. */
  readonly path: string
  readonly symbol: string | null
  readonly line: number | null
  /** Where the file is now; where it was last, when it is gone. */
  readonly currentPath: string
  /** It is gone, perhaps with its folder. */
  readonly isGone: boolean
  /** Folder that the command is pasted in, relative to the root; '' for the root. */
  readonly here: string
}

export function wayBack({ sha, path, symbol, line, currentPath, isGone, here }: Back): string {
  const show = `git show ${quoted(`${sha}:${path}`)}`
  if (symbol !== null) return line === null ? show : `${show} # line ${line}`
  const target = posix.relative(here, currentPath)
  const folder = posix.dirname(target)
  // `git checkout` makes the folder by itself, a shell does not.
  const make = isGone && !/^[./]+$/.test(folder) ? `mkdir -p -- ${quoted(folder)} && ` : ''
  if (path !== currentPath) return `${make}${show} > ${quoted(target)}`
  const pathspec = /[*?[\]\\]|^:/.test(target) ? `:(literal)${target}` : target
  return `git checkout ${quoted(sha)} -- ${quoted(pathspec)}`
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./^-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
