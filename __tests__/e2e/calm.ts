// A checkout with a change, run as often as a test likes, each time with a state of its own; and what of a report has to be
// the same whatever went wrong on the way.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../src/report/report.ts'
import type { FakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { type CliResult, type CliRun, cli, providers } from './launch.ts'

export type Ran = CliResult & { readonly report: Report | null; readonly record: string }
export type RunOptions = Partial<Omit<CliRun, 'cwd'>> & {
  readonly args?: readonly string[]
  /** Default: a new one, which is forgotten. */
  readonly state?: string
  readonly reportDir?: string
  /** Default: json. */
  readonly format?: 'json' | 'text'
}
export type Checkout = {
  readonly cwd: string
  run(llm: FakeLlm, options?: RunOptions): Promise<Ran>
  scratch(): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

export async function checkout(base: Files, head: Files): Promise<Checkout> {
  const repository = await createRepository({ files: base })
  await repository.commit(head, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const folders: string[] = []
  const scratch = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-faults-'))
    folders.push(folder)
    return folder
  }
  const run = async (llm: FakeLlm, options: RunOptions = {}): Promise<Ran> => {
    const { args = [], state, reportDir, env, format = 'json', ...rest } = options
    const reports = reportDir ?? (await scratch())
    const places = ['--state-dir', state ?? (await scratch()), '--report-dir', reports]
    const sides = ['--base', 'origin/main', '--head', 'HEAD', '--format', format]
    const ran = await cli(['run', ...sides, ...places, ...args], { cwd, env: { ...providers(llm), ...env }, ...rest })
    const record = await readFile(join(reports, 'record.jsonl'), 'utf8').catch(() => '')
    return { ...ran, report: ran.stdout === '' || format === 'text' ? null : JSON.parse(ran.stdout), record }
  }
  const dispose = async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })))
    await repository[Symbol.asyncDispose]()
  }
  return { cwd, run, scratch, [Symbol.asyncDispose]: dispose }
}

/** The report but for times, and for how often it had to ask. */
export function essence(report: Report | null): unknown {
  if (report === null) return null
  const { startedAt: _, run, evalSets, ...rest } = report
  const { seconds: __, notes: ___, calls, ...counted } = run
  const { identical, failed } = calls
  return {
    ...rest,
    run: { ...counted, calls: { identical, failed } },
    evalSets: evalSets.map(({ latency: ____, ...set }) => set),
  }
}

/** The same without what this very run spent: a run that goes on has paid less than one that does it all. */
export function continued(report: Report | null): unknown {
  return report === null ? null : essence({ ...report, run: { ...report.run, usd: { target: null, judge: null } } })
}
