// `prompt-parity ci merge`: joins the reports of shards, decides, makes the runs that are left, and posts the comment.

import { appendFile } from 'node:fs/promises'
import { exitCode } from '../gate/decide.ts'
import { fromEnvironment } from '../io/environment.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { findShards } from '../io/shard-folders.ts'
import { createLog } from '../io/terminal.ts'
import type { Job } from '../job.ts'
import { publishComment } from '../publish/publish.ts'
import { tellRunner } from '../publish/runner-file.ts'
import { type Done, runJob } from '../run-job.ts'
import { orAsShards } from '../shard/asked.ts'
import { type FoundShard, joinShards } from '../shard/join.ts'
import { type Flags, formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'
import { printed } from './run.ts'

const { shard: _, ...MERGE_FLAGS } = JOB_FLAGS

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, MERGE_FLAGS)
  const format = formatFlag(flags, ['text', 'markdown', 'json'])
  const found = await findShards(flags.rest)
  const log = createLog(process.stderr)
  const interrupt = interruptSignal()
  const environment = fromEnvironment
  const job = mergeJob(flags, joinShards(found).shards)
  const done = await runJob(job, { root: process.cwd(), environment, log, signal: interrupt.signal }, found)
  log.end()
  process.stdout.write(`${printed(done, format).trimEnd()}\n`)
  await post(done, job, log)
  interrupt.dispose()
  return exitCode(done.report.verdict)
}

/** What the command line does not say is as the shards were asked. */
function mergeJob(flags: Flags, shards: readonly FoundShard[]): Job {
  const job = localJob(flags, (input) => orAsShards(input, shards))
  const [first] = shards
  if (first === undefined) return job
  const { asked, provenance } = first.header
  const named = ['base', 'head', 'sha'].some((name) => flags.given(name))
  return {
    ...job,
    request: named ? job.request : asked.request,
    evals: flags.given('evals') ? job.evals : asked.evals,
    configPath: flags.given('config') ? job.configPath : asked.configPath,
    workingDirectory: flags.given('working-directory') ? job.workingDirectory : asked.workingDirectory,
    provenance: { ...provenance, pr: job.provenance.pr ?? provenance.pr },
  }
}

/** The comment where GitHub can be reached, and the job summary where there is a job. */
async function post(done: Done, job: Job, log: ReturnType<typeof createLog>): Promise<void> {
  const environment = fromEnvironment
  const summary = environment('GITHUB_STEP_SUMMARY')
  if (summary !== undefined) await tellRunner(log, 'The job summary', () => appendFile(summary, done.rendered.summary))
  const fork = job.request.kind === 'pull-request' && job.request.fork
  const comment = await publishComment({ ...done, job, token: process.env.GITHUB_TOKEN ?? '', environment, fork })
  if (comment.status !== 'off') log.info(`comment: ${comment.status} ${comment.url ?? ''}`.trimEnd())
  if (comment.note !== null) log.info(comment.note)
}
