// `prompt-parity candidates`: the eval sets on other models.

import { UserError } from '../errors.ts'
import type { Job } from '../job.ts'
import { logLines } from '../report/escape.ts'
import type { Done } from '../run-job.ts'
import { type FlagSpec, type Flags, formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'
import { runHere } from './run.ts'

/** Of the flags of `run`, those that a comparison on one commit has no use for are left out. */
const { base: _, score: __, pr: ___, sha: ____, shard: _____, comment: ______, ...OWN } = JOB_FLAGS
const FLAGS: FlagSpec = { ...OWN, model: 'list' }
const FORMATS = ['text', 'json', 'markdown', 'html'] as const

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS)
  const format = formatFlag(flags, FORMATS)
  return runHere(jobOf(flags), { format, print: (done) => printed(done, format) })
}

function jobOf(flags: Flags): Job {
  const [stray] = flags.rest
  if (stray !== undefined)
    throw new UserError({
      what: `"${stray.slice(0, 100)}" stands alone.`,
      expected: '`--model` before each candidate',
      remedy: `Write \`--model ${stray.slice(0, 100)}\`.`,
    })
  const models = flags.list('model').flatMap((text) => text.split(',').map((model) => model.trim()))
  return { ...localJob(flags), command: 'candidates', models: models.filter((model) => model !== '') }
}

function printed({ rendered }: Done, format: (typeof FORMATS)[number]): string {
  const shown = {
    text: () => logLines(rendered.text({ color: process.stdout.isTTY === true })),
    markdown: () => rendered.summary,
    html: () => rendered.files['report.html'] ?? '',
    json: () => rendered.files['report.json'] ?? '',
  }
  return shown[format]()
}
