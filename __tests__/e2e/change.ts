// The main job on two trees by the shipped command line: quicker than a whole stage where no GitHub is needed.

import type { Report } from '../../src/report/report.ts'
import type { FakeLlm, RecordedRequest } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { type CliResult, cli, providers, textsUnder } from './launch.ts'

export type Changed = CliResult & {
  readonly report: Report | null
  /** Names of the eval sets that ran. */
  readonly names: readonly string[]
  /** Without what the calendar alone brings: models of the project that stop. */
  readonly rules: readonly string[]
  readonly requests: readonly RecordedRequest[]
  /** Everything in the report directory. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

export type Trees = {
  readonly base: Files
  readonly head: Files
  readonly args?: readonly string[]
  readonly env?: { readonly [name: string]: string }
}

/** Runs it; what the fake provider saw before is forgotten. */
export async function change(llm: FakeLlm, { base, head, args = [], env }: Trees): Promise<Changed> {
  await using repository = await createRepository({ files: base })
  await repository.commit(head, 'Change', { branch: 'change' })
  llm.reset()
  const cwd = await repository.cloneFull('change')
  const sides = ['--base', 'origin/main', '--head', 'HEAD']
  const ran = await cli(['run', '--format', 'json', ...sides, ...args], { cwd, env: env ?? providers(llm) })
  const report: Report | null = ran.stdout === '' ? null : JSON.parse(ran.stdout)
  return {
    ...ran,
    report,
    names: report?.evalSets.map((one) => one.name).sort() ?? [],
    rules: report?.verdict.findings.map((one) => one.rule).filter((rule) => rule !== 'model-shutdown') ?? [],
    requests: [...llm.requests],
    files: await textsUnder(`${cwd}/.parity/report`).catch(() => []),
  }
}
