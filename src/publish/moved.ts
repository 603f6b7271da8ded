// The second stage for forks runs the commit that somebody reviewed. When the pull request has moved since, nobody has.

import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { type Environment, GitHubFailure } from '../ports.ts'
import type { SideRequest } from '../sides.ts'

type Reviewed = Extract<SideRequest, { kind: 'untrusted' }>

export async function refuseMoved(request: Reviewed, of: { token: string; environment: Environment }): Promise<void> {
  const repository = of.environment('GITHUB_REPOSITORY')
  if (repository === undefined || of.token === '')
    throw cannotCheck(request, 'the token or the repository is not known')
  const { createGitHub } = await import('../io/github.ts')
  const apiUrl = of.environment('GITHUB_API_URL') ?? 'https://api.github.com'
  const github = createGitHub({ token: of.token, repository, apiUrl, sleep: (ms) => sleep(ms) })
  const head = await github.headOf(request.pr).catch((error: unknown) => {
    throw error instanceof GitHubFailure ? cannotCheck(request, error.message) : error
  })
  if (head === request.sha) return
  throw new UserError({
    what: `pull request ${request.pr} has moved: its head is ${head.slice(0, 12)}, and ${request.sha.slice(0, 12)} was reviewed.`,
    remedy: 'Review the new head, and start the second stage with its full sha.',
  })
}

function cannotCheck(request: Reviewed, why: string): UserError {
  return new UserError({
    what: `it cannot be checked that ${request.sha.slice(0, 12)} is still the head of pull request ${request.pr} (${why}).`,
    remedy: 'Give the job `pull-requests: read`.',
  })
}
