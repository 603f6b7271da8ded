// `prompt-parity run`: the main job on a laptop.

import { exitCode } from '../gate/decide.ts'
import { fromEnvironment } from '../io/environment.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import type { Job } from '../job.ts'
import { logLines } from '../report/escape.ts'
import { type Done, runJob } from '../run-job.ts'
import { formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, JOB_FLAGS, 0)
  const format = formatFlag(flags, ['text', 'markdown', 'json'])
  return runHere(localJob(flags), { format, print: (done) => printed(done, format) })
}

type Output = { readonly format: string; readonly print: (done: Done) => string }

/** One job in this folder, with its progress on standard error and its result on standard output. */
export async function runHere(job: Job, { format, print }: Output): Promise<number> {
  const log = createLog(process.stderr)
  const interrupt = interruptSignal()
  const done = await runJob(job, {
    root: process.cwd(),
    environment: fromEnvironment,
    log,
    signal: interrupt.signal,
  })
  log.end()
  process.stdout.write(`${print(done).trimEnd()}\n`)
  if (format === 'text') log.info(`Report: ${done.reportDir}/report.html`)
  interrupt.dispose()
  return exitCode(done.report.verdict)
}

export function printed({ rendered }: Done, format: 'text' | 'markdown' | 'json'): string {
  const shown = {
    text: () => logLines(rendered.text({ color: process.stdout.isTTY === true })),
    markdown: () => rendered.comment,
    json: () => rendered.files['report.json'] ?? '',
  }
  return shown[format]()
}
