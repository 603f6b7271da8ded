// Where a checkout begins, without asking git: a process takes longer than all that `detect` reads of a small repository.

import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'

/** They change where git looks; those that name a repository are taken from its environment (`git-process.ts`). */
const LIMITS = ['GIT_CEILING_DIRECTORIES', 'GIT_DISCOVERY_ACROSS_FILESYSTEM']

/**
 * What `git rev-parse --show-toplevel` says of the plainest checkout: a folder of this user with a `.git` folder in it, at or above
 * `from`, and nothing set that would make it another. Null means that git has to be asked (a linked work tree, a submodule, a bare
 * repository, the folder of somebody else, no repository at all).
 */
export function plainCheckout(from: string): string | null {
  const user = process.getuid?.()
  if (user === undefined || LIMITS.some((name) => process.env[name] !== undefined)) return null
  try {
    return rootAbove(realpathSync(from), user)
  } catch {
    return null
  }
}

function rootAbove(from: string, user: number): string | null {
  const { dev } = lstatSync(from)
  for (let folder = from; ; folder = dirname(folder)) {
    const here = lstatSync(folder)
    // Git does not look beyond a file system, nor into a repository that lies open.
    if (here.dev !== dev || existing(join(folder, 'HEAD')) !== null) return null
    const git = existing(join(folder, '.git'))
    if (git !== null) return isOwn(here, user) && isOwn(git, user) && isPlain(join(folder, '.git')) ? folder : null
    if (folder === dirname(folder)) return null
  }
}

const existing = (path: string): Stats | null => lstatSync(path, { throwIfNoEntry: false }) ?? null

const isOwn = (one: Stats, user: number) => one.isDirectory() && one.uid === user

/** Throws where a file cannot be read. */
function isPlain(git: string): boolean {
  const isWhole = ['objects', 'refs'].every((name) => existing(join(git, name))?.isDirectory())
  return (
    isWhole && HEAD.test(readFileSync(join(git, 'HEAD'), 'utf8')) && !isSet(readFileSync(join(git, 'config'), 'utf8'))
  )
}

const HEAD = /^(?:ref: refs\/\S+|[0-9a-f]{40,64})\n$/

/** Another work tree, none, or a form of the repository that has to be understood. */
const isSet = (config: string) => /worktree|extensions|\bbare\b(?! = false\n)/i.test(config)
