// Posts what another job reported. The report is data: it is checked, rendered anew, and shown only on the pull request whose
// head it is about.

import { appendFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from '../ports.ts'
import { commentMarker } from '../report/escape.ts'
import { renderMarkdown, renderSummary } from '../report/markdown.ts'
import type { Report } from '../report/report.ts'
import { type CommentResult, postComment } from './comment.ts'

export type ReportToPost = {
  readonly report: Report
  /** Tells the comments of several configurations apart. */
  readonly key: string
  readonly pr: number | null
  /** What the pull request's head must be; null: the head of the report. */
  readonly headSha: string | null
  readonly create: boolean
}

export async function postReport(
  { report, key, pr, headSha, create }: ReportToPost,
  { token, environment }: { readonly token: string; readonly environment: Environment },
): Promise<CommentResult> {
  const summary = environment('GITHUB_STEP_SUMMARY')
  if (summary !== undefined) await appendFile(summary, renderSummary(report))
  const off = (note: string | null): CommentResult => ({ status: 'off', url: null, note })
  if (report.shard !== undefined) return off('A shard has no comment; publish the report that `command: merge` writes.')
  const repository = environment('GITHUB_REPOSITORY')
  if (pr === null || repository === undefined || token === '') return off(null)
  const expected = headSha ?? report.sides.head.sha
  if (isOtherHead(report, headSha))
    return off(
      `The report is about ${report.sides.head.sha?.slice(0, 12)}, and this job about ${expected?.slice(0, 12)}.`,
    )
  const { createGitHub } = await import('../io/github.ts')
  const apiUrl = environment('GITHUB_API_URL') ?? 'https://api.github.com'
  const github = createGitHub({ token, repository, apiUrl, sleep: (ms) => sleep(ms) })
  const job = {
    pr,
    headSha: expected,
    marker: commentMarker(key),
    body: renderMarkdown(report, { marker: key }),
    create,
  }
  return postComment(job, github, (ms) => sleep(ms))
}

/** With `score: merge` the head of the report is the merge commit, which no event names. */
function isOtherHead(report: Report, headSha: string | null): boolean {
  const { sha } = report.sides.head
  return headSha !== null && sha !== headSha && !report.pair.includes('merge commit')
}

/** The key in the marker that the run put before its comment; null without one. */
export function keyOfComment(comment: string): string | null {
  return /^<!-- prompt-parity:([\w./:@-]{1,200}) -->\n/.exec(comment)?.[1] ?? null
}
