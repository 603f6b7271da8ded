// The drift issue from a job of GitHub Actions: the client, the names of the job, and whether owners may be mentioned.

import { randomUUID } from 'node:crypto'
import type { Clock, Environment, HistoryStore } from '../ports.ts'
import { type DriftIssueJob, type PublishedDrift, publishDrift } from './drift-issue.ts'

export type DriftPost = Omit<DriftIssueJob, 'claimant' | 'mention'> & {
  /** Null = not known: then only a scheduled run mentions owners. */
  readonly defaultBranch: string | null
}
export type DriftPlace = {
  readonly token: string
  readonly environment: Environment
  readonly history: HistoryStore
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/** Null where there is no GitHub to open an issue at. */
export async function postDrift(
  { defaultBranch, ...job }: DriftPost,
  place: DriftPlace,
): Promise<PublishedDrift | null> {
  const { token, environment, history, clock } = place
  const repository = environment('GITHUB_REPOSITORY')
  if (repository === undefined || token === '') return null
  const { createGitHub } = await import('../io/github.ts')
  const apiUrl = environment('GITHUB_API_URL') ?? 'https://api.github.com'
  const github = createGitHub({ token, repository, apiUrl, sleep: (ms) => clock.sleep(ms) })
  const mention = isTrusted(environment, defaultBranch)
  return publishDrift({ ...job, claimant: randomUUID(), mention }, { github, history, clock })
}

/** A schedule runs on the default branch alone; anything else may run the configuration of a branch that nobody reviewed. */
function isTrusted(environment: Environment, defaultBranch: string | null): boolean {
  if (environment('GITHUB_EVENT_NAME') === 'schedule') return true
  return defaultBranch !== null && environment('GITHUB_REF') === `refs/heads/${defaultBranch}`
}
