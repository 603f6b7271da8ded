// `prompt-parity run`: the main job on a laptop.

import { exitCode } from '../gate/decide.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import { logLines } from '../report/escape.ts'
import { type Done, runJob } from '../run-job.ts'
import { formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, JOB_FLAGS)
  const format = formatFlag(flags, ['text', 'markdown', 'json'])
  const log = createLog(process.stderr)
  const interrupt = interruptSignal()
  const done = await runJob(localJob(flags), {
    root: process.cwd(),
    environment: (name) => process.env[name] || undefined,
    log,
    signal: interrupt.signal,
  })
  log.end()
  process.stdout.write(`${printed(done, format).trimEnd()}\n`)
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
