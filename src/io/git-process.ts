// One place that starts git, always with the same guards.

import { spawn } from 'node:child_process'
import { EXIT, UserError } from '../errors.ts'
import type { GitOptions } from './git.ts'
import { isShortage } from './shortage.ts'

const GUARDS = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false']

export type GitRun = {
  readonly root: string
  readonly args: readonly string[]
  readonly options: GitOptions
  readonly input?: string
  /** After which it is ended; without it, it may take as long as it does. */
  readonly timeoutMs?: number
  /** Beside the guarded environment. */
  readonly env?: { readonly [name: string]: string }
}

/**
 * Set in hooks, and by whoever works on another repository: it is the one of the folder that is asked about. The last four give
 * the paths that we ask for another meaning.
 */
const ELSEWHERE = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
]

/** Environment of every git process: no prompts, no locks for reading, credentials out of the argument list. */
export function gitEnvironment(options: GitOptions): NodeJS.ProcessEnv {
  const base: NodeJS.ProcessEnv = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
  for (const name of ELSEWHERE) delete base[name]
  if (!options.authorization) return base
  const { serverUrl, token } = options.authorization
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  return {
    ...base,
    // The empty value takes away what a checkout left in the repository's configuration: two such headers are refused.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `http.${serverUrl}/.extraheader`,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: `http.${serverUrl}/.extraheader`,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${basic}`,
  }
}

export function gitArguments(root: string, args: readonly string[]): string[] {
  return ['-C', root, ...GUARDS, '-c', `safe.directory=${root}`, ...args]
}

export async function runGit(run: GitRun): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...gitEnvironment(run.options), ...run.env }
    const timeout = run.timeoutMs === undefined ? {} : { timeout: run.timeoutMs }
    const child = spawn('git', gitArguments(run.root, run.args), { env, stdio: 'pipe', ...timeout })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.on('error', (error: NodeJS.ErrnoException) => reject(startFailed(error)))
    if (hasNoPipes(child)) return
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('close', (code) =>
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      }),
    )
    child.stdin.on('error', () => undefined) // git may exit before it has read everything
    child.stdin.end(run.input ?? '')
  })
}

/** Where no more files may be open, Node hands out a child without anything to listen to; its error follows. */
export function hasNoPipes(child: { readonly stdout: unknown }): boolean {
  return child.stdout === undefined || child.stdout === null
}

export function startFailed(error: NodeJS.ErrnoException): UserError {
  const what = `git could not be started: ${error.message}.`
  if (error.code === 'ENOENT')
    return new UserError({ what: 'git was not found.', remedy: 'Install git and make sure that it is on PATH.' })
  if (isShortage(error.code ?? ''))
    return new UserError({
      what,
      remedy: 'This machine allows too few open files or processes (`ulimit -n`, `ulimit -u`), or is out of memory.',
      exit: EXIT.notMeasured,
    })
  return new UserError({ what, remedy: 'Install git and make sure that it is on PATH.' })
}

export function gitFailed(doing: string, stderr: string): UserError {
  const said = stderr.trim().split('\n')[0] ?? ''
  return new UserError({
    what: `git could not ${doing}${said === '' ? '' : ` (git said: ${said})`}.`,
    remedy:
      'Run it inside a git checkout that holds the commits of both sides (actions/checkout with fetch-depth: 0 is the simplest).',
  })
}
