// One comment per pull request and configuration, updated in place. Found by marker and own author over all pages; an
// older head never overwrites a newer one; a comment that cannot be posted is said and never changes the verdict.

import { type GitHub, GitHubFailure, type PullComment } from '../ports.ts'

export type CommentStatus =
  | 'created'
  | 'updated'
  | 'unchanged'
  | 'skipped-fork'
  | 'skipped-permission'
  | 'failed'
  | 'off'
export type CommentResult = {
  readonly status: CommentStatus
  readonly url: string | null
  readonly note: string | null
}

export type CommentJob = {
  readonly pr: number
  readonly headSha: string | null
  /** First line of the body; names the configuration. */
  readonly marker: string
  readonly body: string
  /** Whether a comment may be created; an existing one is updated in any case, so that it turns green. */
  readonly create: boolean
}

const WRITE_ATTEMPTS = 3
const LOST_ANSWER_DELAY_MS = 1_000

export async function postComment(
  job: CommentJob,
  github: GitHub,
  sleep: (ms: number) => Promise<void>,
): Promise<CommentResult> {
  try {
    return await post(job, github, sleep)
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error
    return explain(error)
  }
}

async function post(job: CommentJob, github: GitHub, sleep: (ms: number) => Promise<void>): Promise<CommentResult> {
  const login = await github.ownLogin().catch(() => 'github-actions[bot]')
  for (let attempt = 1; ; attempt++) {
    const own = await ownComments(job, github, login)
    const [existing] = own
    if (existing === undefined && !job.create) return { status: 'off', url: null, note: null }
    if (existing?.body.trim() === job.body.trim()) return { status: 'unchanged', url: existing.url, note: null }
    if (await isOutdated(job, github)) {
      return {
        status: 'unchanged',
        url: existing?.url ?? null,
        note: 'The pull request has a newer head; its own run reports it.',
      }
    }
    try {
      const written = existing
        ? await github.updateComment(existing.id, job.body)
        : await github.createComment(job.pr, job.body)
      const url = existing ? written.url : await keepOldest(job, github, { login, written })
      return { status: existing ? 'updated' : 'created', url, note: null }
    } catch (error) {
      // A write whose answer was lost may be done: look again before it is tried again.
      const lost = error instanceof GitHubFailure && (error.status === null || error.status >= 500)
      if (!lost || attempt >= WRITE_ATTEMPTS) throw error
      await sleep(LOST_ANSWER_DELAY_MS * attempt)
    }
  }
}

async function ownComments(job: CommentJob, github: GitHub, login: string): Promise<readonly PullComment[]> {
  const all = await github.comments(job.pr)
  return all
    .filter((comment) => comment.author === login && comment.body.startsWith(job.marker))
    .sort((a, b) => a.id - b.id)
}

async function isOutdated(job: CommentJob, github: GitHub): Promise<boolean> {
  return job.headSha !== null && (await github.headOf(job.pr)) !== job.headSha
}

/** Two runs may create at the same moment: the oldest stays and gets this text, the other goes. */
async function keepOldest(
  job: CommentJob,
  github: GitHub,
  made: { login: string; written: PullComment },
): Promise<string> {
  const [oldest] = await ownComments(job, github, made.login)
  if (oldest === undefined || oldest.id >= made.written.id) return made.written.url
  await github.updateComment(oldest.id, job.body)
  await github.deleteComment(made.written.id)
  return oldest.url
}

function explain(failure: GitHubFailure): CommentResult {
  if (failure.status === 403 || failure.status === 404) {
    const missing = failure.permission ?? 'pull-requests: write'
    return {
      status: 'skipped-permission',
      url: null,
      note: `No comment: GitHub refused it (${failure.message}). The job needs \`${missing}\`.`,
    }
  }
  return { status: 'failed', url: null, note: `No comment: ${failure.message}` }
}
