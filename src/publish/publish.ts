// Whether there is a comment at all, and what became of it. Never decides the verdict.

import { setTimeout as sleep } from 'node:timers/promises'
import { COMMENT_DEFAULT } from '../inputs.ts'
import type { CommentWhen, Job } from '../job.ts'
import type { Environment } from '../ports.ts'
import type { Done } from '../run-job.ts'
import { type CommentResult, postComment } from './comment.ts'

export type PublishInput = Done & {
  readonly job: Job
  readonly token: string
  readonly environment: Environment
  readonly fork: boolean
}

export async function publishComment(input: PublishInput): Promise<CommentResult> {
  const { job, report, rendered, token, environment } = input
  const { pr } = job.provenance
  const when = job.comment ?? input.result.config.comment.when
  const repository = environment('GITHUB_REPOSITORY')
  if (when === 'never' || pr === null || repository === undefined || token === '')
    return { status: 'off', url: null, note: null }
  if (job.shard !== null) return { status: 'off', url: null, note: 'A shard posts no comment; `command: merge` does.' }
  const { createGitHub } = await import('../io/github.ts')
  const apiUrl = environment('GITHUB_API_URL') ?? 'https://api.github.com'
  const github = createGitHub({ token, repository, apiUrl, sleep: (ms) => sleep(ms) })
  const posted = await postComment(
    {
      pr,
      headSha: headSha(job, report),
      marker: rendered.marker,
      body: rendered.comment,
      create: wanted(when, report.verdict.outcome),
    },
    github,
    (ms) => sleep(ms),
  )
  return posted.status === 'skipped-permission' && input.fork
    ? {
        ...posted,
        status: 'skipped-fork',
        note: 'The token of a fork may not comment; the job summary has the report.',
      }
    : posted
}

/** The branch head, also when the merge commit was scored. */
function headSha(job: Job, report: Done['report']): string | null {
  return job.request.kind === 'pull-request' ? job.request.headSha : report.sides.head.sha
}

/** Whether there is to be a comment where there is none yet. */
export function wanted(when: CommentWhen, outcome: Done['report']['verdict']['outcome']): boolean {
  if (when === 'always') return true
  if (when === 'failures') return outcome === 'fail' || outcome === 'not-measured'
  return when === COMMENT_DEFAULT && outcome !== 'nothing-affected'
}
