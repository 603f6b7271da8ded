// The shipped command line in a scratch repository, against the fake provider.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Report } from '../../src/report/report.ts'
import { providers } from '../e2e/launch.ts'
import { at, MOVED } from '../e2e/today.ts'
import { GIT_ENV } from '../fakes/git.ts'
import type { FakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { NODE24 } from '../fakes/runner.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs')

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export function cli(cwd: string, args: readonly string[], llm?: FakeLlm): Promise<Ran> {
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, ...GIT_ENV, ...at(), ...providers(llm) }
  return new Promise((resolve, reject) => {
    const child = spawn(NODE24, [...MOVED, CLI, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => {
        texts[name] += part
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...texts }))
  })
}

/** A clone of a repository with these files; `use` gets its folder. */
export async function inRepository<T>(files: Files, use: (cwd: string) => Promise<T>): Promise<T> {
  await using repository = await createRepository({ files })
  return await use(await repository.cloneFull('main'))
}

/** The main job on a change. */
export async function runChange(llm: FakeLlm, base: Files, head: Files): Promise<{ ran: Ran; report: Report }> {
  await using repository = await createRepository({ files: base })
  await repository.commit(head, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const ran = await cli(cwd, ['run', '--format', 'json', '--base', 'origin/main', '--head', 'HEAD'], llm)
  if (ran.stdout === '') throw new Error(ran.stderr)
  return { ran, report: JSON.parse(ran.stdout) }
}
