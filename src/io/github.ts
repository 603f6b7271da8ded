// GitHub's API for publishing, behind the GitHub port. Loaded on demand: a run that posts nothing never pays for it.
// Octokit has no default timeout, and a POST whose answer was lost may be done: reads are retried here, writes are not.

import { getOctokit } from '@actions/github'
import { type GitHub, GitHubFailure, type Http, type HttpRequest, type Issue, type PullComment } from '../ports.ts'
import { fromEnvironment } from './environment.ts'
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
const MAX_READ_DELAY_MS = 30_000

export function createGitHub(options: GitHubOptions): GitHub {
  const [owner = '', repo = ''] = options.repository.split('/')
  const timeout = options.timeoutMs ?? 15_000
  const octokit = getOctokit(options.token, {
    baseUrl: options.apiUrl,
    userAgent: 'prompt-parity',
    request: { fetch: fetchBy(createHttp({ environment: fromEnvironment }), timeout) },
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
    issues: ({ author, state }) =>
      read(async () => {
        const listed = octokit.rest.issues.listForRepo
        const rows = await octokit.paginate(listed, { owner, repo, state, creator: author, per_page: 100, headers })
        const issues = rows.filter((row) => row.pull_request === undefined).map(toIssue)
        return issues.sort((a, b) => a.number - b.number)
      }),
    issue: (number) =>
      read(async () =>
        toIssue((await octokit.rest.issues.get({ owner, repo, issue_number: number, headers })).data),
      ).catch((error: unknown) => {
        if (isGone(error)) return null
        throw error
      }),
    createIssue: ({ title, body, labels }) =>
      write(async () =>
        toIssue((await octokit.rest.issues.create({ owner, repo, title, body, labels: [...labels], headers })).data),
      ),
    updateIssue: (number, { reason, ...change }) =>
      write(async () => {
        const state_reason = reason === undefined ? {} : { state_reason: reason }
        const wanted = { owner, repo, issue_number: number, ...change, ...state_reason, headers }
        return toIssue((await octokit.rest.issues.update(wanted)).data)
      }),
  }
}

/** Deleted (410), never there (404) or moved to another repository (301). Issues that are switched off are 410 too. */
function isGone(error: unknown): boolean {
  if (!(error instanceof GitHubFailure)) return false
  return error.status === 404 || error.status === 301 || (error.status === 410 && !/disabled/i.test(error.message))
}

type RawIssue = {
  number: number
  title: string
  body?: string | null | undefined
  state: string
  html_url: string
  user: { login: string } | null
}

function toIssue(raw: RawIssue): Issue {
  if (!Number.isInteger(raw.number)) throw unreadable()
  return {
    number: raw.number,
    author: raw.user?.login ?? '',
    title: raw.title,
    body: raw.body ?? '',
    state: raw.state === 'closed' ? 'closed' : 'open',
    url: raw.html_url,
  }
}

/** As good as lost: what was asked for may be done. Octokit hands on a body that is no JSON as a text. */
const unreadable = () => new GitHubFailure('the answer could not be read', null, null)

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

function toComment(raw: RawComment): PullComment {
  if (!Number.isInteger(raw.id)) throw unreadable()
  return { id: raw.id, author: raw.user?.login ?? '', body: raw.body ?? '', url: raw.html_url }
}

async function retryReads<T>(call: () => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const failure = toFailure(error)
      const transient =
        failure.status === null || failure.status >= 500 || failure.status === 429 || isSecondaryLimit(failure)
      if (!transient || attempt >= READ_ATTEMPTS) throw failure
      await sleep(Math.min(failure.retryAfterMs ?? FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_READ_DELAY_MS))
    }
  }
}

const isSecondaryLimit = (failure: GitHubFailure) => failure.status === 403 && /rate limit/i.test(failure.message)

type HttpError = { status?: unknown; message?: unknown; response?: { headers?: Record<string, string | undefined> } }

function toFailure(error: unknown): GitHubFailure {
  if (error instanceof GitHubFailure) return error
  const known = error as HttpError // octokit's RequestError, or whatever fetch threw
  const status = typeof known.status === 'number' && known.response !== undefined ? known.status : null
  const permission = known.response?.headers?.['x-accepted-github-permissions'] ?? null
  const message = typeof known.message === 'string' ? known.message : 'the request failed'
  return new GitHubFailure(message, status, permission, retryAfterMs(error))
}

function retryAfterMs(error: unknown): number | null {
  const seconds = Number((error as HttpError).response?.headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}
