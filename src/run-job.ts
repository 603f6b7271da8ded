// One job in the real world, from start to written report. Shared by both shells.

import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { UserError } from './errors.ts'
import { runGit } from './io/git-process.ts'
import { writeReportDir } from './io/report-dir.ts'
import { absolute, createWorld, type WorldOptions } from './io/world.ts'
import type { Job } from './job.ts'
import { outputsOf } from './outputs.ts'
import { type ParityResult, parity } from './parity.ts'
import { type Rendered, renderAll } from './render.ts'
import { createRedactor } from './report/redact.ts'

export const VERSION = process.env.PROMPT_PARITY_VERSION ?? '0.0.0-source'

export type JobWorld = Omit<WorldOptions, 'stateDir' | 'reportDir' | 'version'>
export type Done = {
  readonly result: ParityResult
  readonly report: Rendered['report']
  readonly rendered: Rendered
  readonly reportDir: string
  readonly outputs: { readonly [name: string]: string }
}

export async function runJob(job: Job, options: JobWorld): Promise<Done> {
  const root = await repositoryRoot(options.root)
  const here = join(root, job.workingDirectory)
  const reportDir = absolute(here, job.reportDir)
  const stateDir = absolute(here, job.stateDir)
  ignoreOwnFolder(join(here, '.parity'), [reportDir, stateDir])
  const world = createWorld({ ...options, root, stateDir, reportDir, version: VERSION })
  try {
    const result = await parity(job, world)
    const redact = await createRedactor({ secrets: world.secrets, patterns: result.redact })
    const key = posix.join(job.workingDirectory, job.configPath)
    const rendered = renderAll({
      report: result.report,
      redact,
      outputs: result.config.comment.outputs,
      key,
      record: result.record,
    })
    await writeReportDir(reportDir, rendered.files)
    const outputs = outputsOf(rendered.report, { reportDir, reportJson: join(reportDir, 'report.json') })
    return { result, report: rendered.report, rendered, reportDir, outputs }
  } finally {
    await world.close()
  }
}

/** What we write into a checkout must not look like a change of it: the folder ignores itself. */
function ignoreOwnFolder(folder: string, used: readonly string[]): void {
  if (!used.some((path) => path.startsWith(`${folder}/`))) return
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw new UserError({
      what: `the folder ${folder} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
      remedy: 'Make it writable, or name folders elsewhere by `report-dir` and `state-dir`.',
    })
  }
}

/** Top of the checkout, so that paths mean the same wherever in it the program was started. */
export async function repositoryRoot(from: string): Promise<string> {
  const root = realpathSync(from)
  const found = await runGit({ root, args: ['rev-parse', '--show-toplevel'], options: { root } })
  return found.code === 0 ? found.stdout.trim() : root
}
