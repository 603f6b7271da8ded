// `command: publish`: every report below `report-dir` posted by a job that runs nothing of the pull request.

import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type * as Core from '@actions/core'
import { EXIT, UserError } from '../errors.ts'
import { COMMENT_DEFAULT, type Settings } from '../inputs.ts'
import { foldersWith } from '../io/shard-folders.ts'
import { outputsOf } from '../outputs.ts'
import type { Environment, Log } from '../ports.ts'
import { checkReport } from '../report/check.ts'
import { logLines } from '../report/escape.ts'
import { verdictSentence } from '../report/view.ts'
import { reportFolder } from '../run-job.ts'
import { SHARD_FILE } from '../shard/header.ts'
import type { CommentResult } from './comment.ts'
import { wanted } from './publish.ts'
import { keyOfComment, postReport } from './report.ts'

export type PublishJob = {
  readonly target: { readonly pr: number | null; readonly headSha: string | null }
  readonly root: string
  readonly token: string
  readonly environment: Environment
  readonly settings: Settings
}

const MAX_REPORT_BYTES = 200 * 1024 * 1024

/** @returns the exit code: a job whose only work is to post is red when it could not */
export async function publishReports(
  job: PublishJob,
  { core, log }: { readonly core: typeof Core; readonly log: Log },
): Promise<number> {
  const folder = await reportFolder(job.root, job.settings)
  const shards = new Set(await foldersWith(SHARD_FILE, [folder]))
  const folders = (await foldersWith('report.json', [folder])).filter((one) => !shards.has(one))
  if (folders.length === 0)
    throw new UserError({
      what: `there is no report below ${folder}.`,
      remedy: 'Download the artifact with the report of the other job into `report-dir` first.',
    })
  const results: CommentResult[] = []
  for (const one of folders) results.push(await publishOne(one, job, { core, log }))
  const [first] = results
  core.setOutput('comment-status', first?.status ?? 'off')
  core.setOutput('comment-url', first?.url ?? '')
  return results.some((one) => one.status === 'failed' || one.status === 'skipped-permission')
    ? EXIT.notMeasured
    : EXIT.pass
}

async function publishOne(
  folder: string,
  { target, settings, token, environment }: PublishJob,
  { core, log }: { readonly core: typeof Core; readonly log: Log },
): Promise<CommentResult> {
  const path = join(folder, 'report.json')
  const report = checkReport(parse(await readFile(path)), path)
  const marked = keyOfComment(await readFile(join(folder, 'comment.md'), 'utf8').catch(() => ''))
  const posted = await postReport(
    {
      report,
      key: marked ?? posix.join(settings.workingDirectory, settings.configPath),
      pr: target.pr ?? report.provenance.pr,
      headSha: target.headSha,
      create: wanted(settings.comment ?? COMMENT_DEFAULT, report.verdict.outcome),
    },
    { token: settings.comment === 'never' ? '' : token, environment },
  )
  for (const [name, value] of Object.entries(outputsOf(report, { reportDir: folder, reportJson: path })))
    core.setOutput(name, value)
  log.info(logLines(`${verdictSentence(report)}\ncomment: ${posted.status} ${posted.url ?? ''}`))
  if (posted.note !== null) core.notice(posted.note)
  return posted
}

function parse(bytes: Buffer): unknown {
  try {
    return bytes.byteLength > MAX_REPORT_BYTES ? null : JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}
