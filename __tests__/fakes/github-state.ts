// What the fake GitHub knows beside the git repository: pull requests, issues, comments, checks, settings, faults.

import { type Permissions, type Proposer, WRITE_TOKEN } from './events.ts'

export type User = { readonly login: string; readonly type: 'User' | 'Bot' | 'Organization' }

export type FakePull = {
  readonly number: number
  readonly title: string
  readonly baseRef: string
  /** Frozen when it was made. */
  readonly baseSha: string
  readonly headRef: string
  readonly proposer: Proposer
  readonly draft: boolean
}
/** Pull requests are issues too, with `isPull`. */
export type FakeIssue = {
  readonly number: number
  readonly id: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  stateReason: string | null
  labels: string[]
  locked: boolean
  readonly author: string
  readonly isPull: boolean
  readonly createdAt: string
  updatedAt: string
}
export type FakeComment = {
  readonly id: number
  readonly nodeId: string
  readonly issue: number
  readonly author: string
  body: string
  /** Classifier, null while shown. */
  minimized: string | null
  readonly createdAt: string
  updatedAt: string
}
export type FakeLabel = {
  readonly id: number
  readonly name: string
  readonly color: string
  readonly description: string | null
}
export type FakeCheck = {
  readonly id: number
  readonly headSha: string
  fields: { readonly [name: string]: unknown }
  annotations: number
}
export type FakeStatus = {
  readonly id: number
  readonly sha: string
  readonly fields: { readonly [name: string]: unknown }
  readonly createdAt: string
}

export type GitHubFault = {
  /** `issues/create-comment`, `graphql`, or several by a pattern; default: every operation. */
  readonly operation?: string | RegExp
  readonly kind: 'secondary' | 'primary' | 'status' | 'lost' | 'reset' | 'hang' | 'garbage' | 'slow'
  /** How often; default 1. */
  readonly times?: number
  /** Requests that pass before the first hit; default 0. */
  readonly after?: number
  /** `status`: default 502. `secondary`: 403 (default) or 429. */
  readonly status?: number
  /** `secondary`: seconds; null for no header. Default 1. */
  readonly retryAfter?: number | null
  readonly latencyMs?: number
  /** The work is done before the fault shows; default: only for `lost` and `garbage`. */
  readonly worked?: boolean
}

export type Caps = {
  readonly compareFiles: number
  readonly compareCommits: number
  readonly pullFiles: number
  readonly treeEntries: number
  readonly inlineBytes: number
}
export const GITHUB_CAPS: Caps = {
  compareFiles: 300,
  compareCommits: 250,
  pullFiles: 3000,
  treeEntries: 100_000,
  inlineBytes: 1024 * 1024,
}

export type FakeGitHubOptions = {
  /** The bare repository behind it. */
  readonly bare: string
  readonly repository?: string
  readonly defaultBranch?: string
  readonly port?: number
  readonly pulls?: readonly {
    readonly number: number
    readonly title?: string
    readonly baseSha: string
    readonly baseRef?: string
    readonly headRef?: string
    readonly proposer?: Proposer
    readonly draft?: boolean
    readonly locked?: boolean
    readonly labels?: readonly string[]
  }[]
  readonly issues?: readonly {
    readonly number: number
    readonly title: string
    readonly body?: string
    readonly labels?: readonly string[]
    readonly state?: 'open' | 'closed'
    readonly author?: string
    readonly locked?: boolean
  }[]
  readonly comments?: readonly { readonly issue: number; readonly body: string; readonly author?: string }[]
  readonly token?: string
  /** `app` (default) as GITHUB_TOKEN: no /user. */
  readonly tokenKind?: 'app' | 'user'
  readonly login?: string
  readonly permissions?: Partial<Permissions>
  /** Roles that the collaborator permission endpoint tells; default: none. */
  readonly collaborators?: { readonly [login: string]: 'admin' | 'write' | 'read' }
  readonly issuesDisabled?: boolean
  readonly requestsPerHour?: number
  readonly contentPerMinute?: number
  readonly caps?: Partial<Caps>
  readonly faults?: readonly GitHubFault[]
  /** Served under /api/v3 and /api/graphql. */
  readonly enterprise?: boolean
  /** A request without X-GitHub-Api-Version is a violation; default true. */
  readonly requireApiVersion?: boolean
}

export type GitHubState = {
  readonly options: FakeGitHubOptions
  readonly owner: string
  readonly name: string
  readonly login: string
  readonly permissions: Permissions
  readonly caps: Caps
  readonly pulls: Map<number, FakePull>
  readonly issues: Map<number, FakeIssue>
  /** Numbers of issues that an administrator deleted: they answer 410. */
  readonly deleted: Set<number>
  readonly comments: FakeComment[]
  readonly labels: FakeLabel[]
  readonly checks: FakeCheck[]
  readonly statuses: FakeStatus[]
  /** Every completed write, in order: `issues/create-comment 101`. */
  readonly writes: string[]
  /** A fresh id. */
  readonly nextId: () => number
  /** A new time a second after the last: answers do not depend on the clock. */
  readonly tick: () => string
}

export const DEFAULT_TOKEN = `ghs_fake.${'a'.repeat(40)}.${'b'.repeat(40)}`

export function freshGitHub(options: FakeGitHubOptions): GitHubState {
  const [owner = '', name = ''] = (options.repository ?? 'acme/app').split('/')
  let ids = 100
  let seconds = Date.parse('2026-01-02T00:00:00Z') / 1000
  const state: GitHubState = {
    options,
    owner,
    name,
    login: options.login ?? 'github-actions[bot]',
    permissions: { ...WRITE_TOKEN, ...options.permissions },
    caps: { ...GITHUB_CAPS, ...options.caps },
    pulls: new Map(),
    issues: new Map(),
    deleted: new Set(),
    comments: [],
    labels: [],
    checks: [],
    statuses: [],
    writes: [],
    nextId: () => ++ids,
    tick: () => `${new Date(1000 * seconds++).toISOString().slice(0, 19)}Z`,
  }
  seed(state)
  return state
}

function seed(state: GitHubState): void {
  const { pulls = [], issues = [], comments = [] } = state.options
  for (const pull of pulls) {
    const title = pull.title ?? 'Change the prompt'
    state.pulls.set(pull.number, {
      number: pull.number,
      title,
      baseRef: pull.baseRef ?? 'main',
      baseSha: pull.baseSha,
      headRef: pull.headRef ?? 'change',
      proposer: pull.proposer ?? 'own',
      draft: pull.draft ?? false,
    })
    addIssue(state, { ...pull, title, author: 'ada', isPull: true })
  }
  for (const issue of issues) addIssue(state, { ...issue, isPull: false })
  for (const { issue, body, author } of comments) addComment(state, issue, { body, author: author ?? state.login })
}

export function addIssue(
  state: GitHubState,
  issue: {
    readonly number?: number
    readonly title: string
    readonly body?: string | undefined
    readonly labels?: readonly string[]
    readonly state?: 'open' | 'closed'
    readonly author?: string
    readonly locked?: boolean
    readonly isPull: boolean
  },
): FakeIssue {
  const at = state.tick()
  const made: FakeIssue = {
    number: issue.number ?? Math.max(0, ...state.issues.keys(), ...state.deleted) + 1,
    id: state.nextId(),
    title: issue.title,
    body: issue.body ?? null,
    state: issue.state ?? 'open',
    stateReason: null,
    labels: [...(issue.labels ?? [])],
    locked: issue.locked ?? false,
    author: issue.author ?? 'ada',
    isPull: issue.isPull,
    createdAt: at,
    updatedAt: at,
  }
  for (const name of made.labels) knowLabel(state, name)
  state.issues.set(made.number, made)
  return made
}

/** GitHub makes a label that an issue names. */
export function knowLabel(state: GitHubState, name: string): FakeLabel {
  const known = state.labels.find((label) => label.name.toLowerCase() === name.toLowerCase())
  if (known) return known
  const label = { id: state.nextId(), name, color: 'ededed', description: null }
  state.labels.push(label)
  return label
}

export function addComment(
  state: GitHubState,
  issue: number,
  { body, author }: { readonly body: string; readonly author: string },
): FakeComment {
  const id = state.nextId()
  const at = state.tick()
  const comment = { id, nodeId: `IC_fake${id}`, issue, author, body, minimized: null, createdAt: at, updatedAt: at }
  state.comments.push(comment)
  return comment
}
