// GitHub's API for publishing, behind the GitHub port. Loaded on demand: a run that posts nothing never pays for it.
// Octokit has no default timeout, and a POST whose answer was lost may be done: reads are retried here, writes are not.

import { getOctokit } from '@actions/github'
import { type GitHub, GitHubFailure, type Http, type HttpRequest, type PullComment } from '../ports.ts'
import { createHttp } from './http.ts'

export type GitHubOptions = {
  readonly token: string
  readonly repository: string
  readonly apiUrl: string
  readonly sleep: (ms: number) => Promise<void>
  readonly timeoutMs?: number
}

const READ_ATTEMPTS = 4
const FIRST_DELAY_MS = 500

export function createGitHub(options: GitHubOptions): GitHub {
  const [owner = '', repo = ''] = options.repository.split('/')
  const timeout = options.timeoutMs ?? 15_000
  const octokit = getOctokit(options.token, {
    baseUrl: options.apiUrl,
    userAgent: 'prompt-parity',
    request: { fetch: fetchBy(createHttp({ environment: (name) => process.env[name] }), timeout) },
  })
  const headers = { 'x-github-api-version': '2022-11-28' }
  const read = <T>(call: () => Promise<T>) => retryReads(call, options.sleep)
  const write = <T>(call: () => Promise<T>) => call().catch((error: unknown) => Promise.reject(toFailure(error)))
  return {
    ownLogin: () =>
      read(
        async () => (await octokit.graphql<{ viewer: { login: string } }>('query { viewer { login } }')).viewer.login,
      ),
    headOf: (pr) =>
      read(async () => (await octokit.rest.pulls.get({ owner, repo, pull_number: pr, headers })).data.head.sha),
    comments: (pr) =>
      read(async () => {
        const rows = await octokit.paginate(octokit.rest.issues.listComments, {
          owner,
          repo,
          issue_number: pr,
          per_page: 100,
          headers,
        })
        return rows.map(toComment)
      }),
    createComment: (pr, body) =>
      write(async () =>
        toComment((await octokit.rest.issues.createComment({ owner, repo, issue_number: pr, body, headers })).data),
      ),
    updateComment: (id, body) =>
      write(async () =>
        toComment((await octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body, headers })).data),
      ),
    deleteComment: (id) =>
      write(async () => void (await octokit.rest.issues.deleteComment({ owner, repo, comment_id: id, headers }))),
  }
}

/** Octokit's fetch over our own transport: it has a timeout, and it honours proxies. */
function fetchBy(http: Http, timeoutMs: number) {
  return async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init.headers))
    const method = (init.method ?? 'GET') as HttpRequest['method'] // Octokit's own methods
    const body = typeof init.body === 'string' ? { body: init.body } : {}
    const made = await http({ method, url, headers, timeoutMs, ...body })
    const empty = made.status === 204 || made.status === 304
    return new Response(empty ? null : made.body, { status: made.status, headers: made.headers })
  }
}

type RawComment = { id: number; body?: string | undefined; html_url: string; user: { login: string } | null }

const toComment = (raw: RawComment): PullComment => ({
  id: raw.id,
  author: raw.user?.login ?? '',
  body: raw.body ?? '',
  url: raw.html_url,
})

async function retryReads<T>(call: () => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const failure = toFailure(error)
      const transient =
        failure.status === null || failure.status >= 500 || failure.status === 429 || isSecondaryLimit(failure)
      if (!transient || attempt >= READ_ATTEMPTS) throw failure
      await sleep(retryAfterMs(error) ?? FIRST_DELAY_MS * 2 ** (attempt - 1))
    }
  }
}

const isSecondaryLimit = (failure: GitHubFailure) => failure.status === 403 && /rate limit/i.test(failure.message)

type HttpError = { status?: unknown; message?: unknown; response?: { headers?: Record<string, string | undefined> } }

function toFailure(error: unknown): GitHubFailure {
  const known = error as HttpError // octokit's RequestError, or whatever fetch threw
  const status = typeof known.status === 'number' && known.response !== undefined ? known.status : null
  const permission = known.response?.headers?.['x-accepted-github-permissions'] ?? null
  return new GitHubFailure(typeof known.message === 'string' ? known.message : 'the request failed', status, permission)
}

function retryAfterMs(error: unknown): number | null {
  const seconds = Number((error as HttpError).response?.headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 30) * 1000 : null
}
