// The shipped command line in a scratch repository, against the fake provider.

import type { Report } from '../../src/report/report.ts'
import { cli as launched, providers } from '../e2e/launch.ts'
import type { FakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export async function cli(cwd: string, args: readonly string[], llm?: FakeLlm): Promise<Ran> {
  const { code, stdout, stderr } = await launched(args, { cwd, env: providers(llm) })
  return { code, stdout, stderr }
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
