// `prompt-parity ci publish`: posts the comment and the summary of a report that another job wrote, so that the job with the
// write token runs no code of the pull request.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { fromEnvironment } from '../io/environment.ts'
import { createLog } from '../io/terminal.ts'
import { keyOfComment, postReport } from '../publish/report.ts'
import { checkReport } from '../report/check.ts'
import { readFlags } from './flags.ts'
import { readReport } from './render.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { pr: 'text', repository: 'text', key: 'text', sha: 'text' }, 1)
  const [path] = flags.rest
  if (path === undefined)
    throw new UserError({ what: 'no report is named.', remedy: 'Give the path of a report.json.' })
  const report = checkReport(await readReport(path), path)
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
  const key = flags.text('key') || (await keyBeside(path)) || 'parity.yaml'
  const environment = (name: string) => (name === 'GITHUB_REPOSITORY' ? repository : fromEnvironment(name))
  const headSha = flags.text('sha') || null
  const posted = await postReport({ report, key, pr, headSha, create: true }, { token, environment })
  createLog(process.stderr).info(
    `comment: ${posted.status}${posted.url === null ? '' : ` ${posted.url}`}${posted.note === null ? '' : `\n${posted.note}`}`,
  )
  return posted.status === 'failed' || posted.status === 'skipped-permission' ? EXIT.notMeasured : EXIT.pass
}

/** The run's own marker: one comment for each configuration. */
export async function keyBeside(path: string): Promise<string | null> {
  return keyOfComment(await readFile(join(dirname(path), 'comment.md'), 'utf8').catch(() => ''))
}
