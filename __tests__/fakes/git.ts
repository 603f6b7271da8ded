// The git program without anyone's configuration: fixed author, fixed dates, nothing from the user or the system.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startApart } from './apart.ts'

export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada Author',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Author',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  LC_ALL: 'C.UTF-8',
} as const

export type GitOptions = {
  readonly input?: string | Buffer
  readonly env?: { readonly [name: string]: string }
}

export class GitFailure extends Error {
  readonly code: number
  constructor(args: readonly string[], code: number, stderr: string) {
    super(`git ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    this.code = code
  }
}

export function gitEnvironment(extra: { readonly [name: string]: string } = {}): { [name: string]: string } {
  return { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...GIT_ENV, ...extra }
}

/** Runs git in `directory` and returns its raw output. Throws a GitFailure unless it ends with 0. */
export async function gitBytes(
  directory: string,
  args: readonly string[],
  { env, input }: GitOptions = {},
): Promise<Buffer> {
  const said: { readonly [name in 'stdout' | 'stderr']: Buffer[] } = { stdout: [], stderr: [] }
  const start = {
    program: 'git',
    args,
    cwd: directory,
    env: gitEnvironment(env),
    ...(input !== undefined && { input }),
  }
  const { code } = await startApart(start, (name, bytes) => said[name].push(bytes)).ended
  if (code !== 0) throw new GitFailure(args, code ?? -1, Buffer.concat(said.stderr).toString())
  return Buffer.concat(said.stdout)
}

/** The same as text, without the last line break. */
export async function git(directory: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await gitBytes(directory, args, options)).toString('utf8').replace(/\n$/, '')
}

/** The output, or null when git ends with an error (unknown object, no such path). */
export async function tryGit(directory: string, ...args: readonly string[]): Promise<string | null> {
  return await git(directory, args).catch(() => null)
}

/**
 * What a branch or a pull request's ref points at, out of its file: the programs under test ask for it a hundred times where a
 * process each would cost more than they do. Null for all that is kept or written otherwise; git knows those.
 */
export async function looseRef(bare: string, name: string): Promise<string | null> {
  if (!/^(?:refs\/(?:heads|pull)\/)?\w[\w/-]*$/.test(name)) return null
  const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`
  const id = await readFile(join(bare, ref), 'utf8').catch(() => '')
  return /^[0-9a-f]{40}\n$/.test(id) ? id.trim() : null
}
