// `prompt-parity ci publish`: posts the comment of a report that another job wrote, so that the job with the write token
// runs no code of the pull request.

import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, UserError } from '../errors.ts'
import { createLog } from '../io/terminal.ts'
import { postComment } from '../publish/comment.ts'
import { commentMarker } from '../report/escape.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { readFlags } from './flags.ts'
import { readReport } from './render.ts'

export async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args
  if (verb !== 'publish')
    throw new UserError({
      what: `there is no \`ci ${verb ?? ''}\` in this version.`,
      remedy: 'Use `ci publish REPORT.json --pr N`.',
    })
  const flags = readFlags(rest, { pr: 'text', repository: 'text', key: 'text' })
  const [path] = flags.rest
  if (path === undefined)
    throw new UserError({ what: 'no report is named.', remedy: 'Give the path of a report.json.' })
  const report = await readReport(path)
  const pr = Number(flags.text('pr') || report.provenance.pr)
  const repository = flags.text('repository') || process.env.GITHUB_REPOSITORY
  const token = process.env.GITHUB_TOKEN ?? ''
  if (!Number.isInteger(pr) || pr < 1)
    throw new UserError({ what: 'the pull request is not known.', remedy: 'Give its number by `--pr`.' })
  if (!repository || token === '')
    throw new UserError({
      what: `${repository ? 'GITHUB_TOKEN' : 'the repository'} is not set.`,
      remedy: 'Set GITHUB_TOKEN and GITHUB_REPOSITORY, or give `--repository owner/name`.',
    })
  const key = flags.text('key') || 'parity.yaml'
  const { createGitHub } = await import('../io/github.ts')
  const github = createGitHub({
    token,
    repository,
    apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
    sleep: (ms) => sleep(ms),
  })
  const job = {
    pr,
    headSha: report.sides.head.sha,
    marker: commentMarker(key),
    body: renderMarkdown(report, { marker: key }),
    create: true,
  }
  const posted = await postComment(job, github, (ms) => sleep(ms))
  createLog(process.stderr).info(
    `comment: ${posted.status}${posted.url === null ? '' : ` ${posted.url}`}${posted.note === null ? '' : `\n${posted.note}`}`,
  )
  return posted.status === 'failed' || posted.status === 'skipped-permission' ? EXIT.notMeasured : EXIT.pass
}
