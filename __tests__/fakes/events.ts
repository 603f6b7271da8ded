// Event payloads and the environment that goes with them, as GitHub gives them to a workflow run.

import type { ActionRun } from './runner.ts'

export type Permission = 'none' | 'read' | 'write'
/** Names as in the x-accepted-github-permissions header. */
export type Permissions = {
  readonly contents: Permission
  readonly pull_requests: Permission
  readonly issues: Permission
  readonly checks: Permission
  readonly statuses: Permission
}
export const WRITE_TOKEN: Permissions = {
  contents: 'read',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'write',
}
export const READ_TOKEN: Permissions = {
  contents: 'read',
  pull_requests: 'read',
  issues: 'read',
  checks: 'read',
  statuses: 'read',
}
export const NO_TOKEN: Permissions = {
  contents: 'none',
  pull_requests: 'none',
  issues: 'none',
  checks: 'none',
  statuses: 'none',
}

/** Who proposes: a branch of the same repository, a fork, a fork deleted since, or Dependabot. */
export type Proposer = 'own' | 'fork' | 'deleted-fork' | 'dependabot'
export type PullFacts = {
  readonly number: number
  readonly title?: string
  /** Frozen when the pull request was made. */
  readonly baseSha: string
  readonly baseRef?: string
  readonly headSha: string
  readonly headRef?: string
  /** The test merge commit; null with a conflict. */
  readonly mergeSha?: string | null
  readonly proposer?: Proposer
}
export type EventFacts = { readonly repository?: string; readonly defaultBranch?: string }
/** What `runAction` takes of an event, the token that the run would get, and whether secrets reach it. */
export type FakeEvent = Required<Pick<ActionRun, 'event' | 'payload' | 'sha' | 'ref' | 'repository' | 'actor'>> &
  Pick<ActionRun, 'headRef' | 'baseRef'>
export type EventWithTrust = FakeEvent & { readonly permissions: Permissions; readonly secrets: boolean }

function place({ repository = 'acme/app', defaultBranch = 'main' }: EventFacts) {
  const [owner = '', name = ''] = repository.split('/')
  return {
    id: 5001,
    name,
    full_name: repository,
    private: true,
    fork: false,
    default_branch: defaultBranch,
    html_url: `https://github.com/${repository}`,
    owner: { login: owner, id: 2001, type: 'Organization' },
  }
}

export function proposerOf(facts: PullFacts, repository = 'acme/app') {
  const proposer = facts.proposer ?? 'own'
  const name = repository.split('/')[1] ?? ''
  const actor = { own: 'ada', fork: 'mallory', 'deleted-fork': 'mallory', dependabot: 'dependabot[bot]' }[proposer]
  const headRepository = { own: repository, dependabot: repository, fork: `mallory/${name}`, 'deleted-fork': null }[
    proposer
  ]
  const isTrusted = proposer === 'own'
  return { proposer, actor, headRepository, isTrusted, type: proposer === 'dependabot' ? 'Bot' : 'User' }
}

function pullPayload(facts: PullFacts, where: EventFacts) {
  const repo = place(where)
  const { actor, headRepository, proposer, type } = proposerOf(facts, repo.full_name)
  const fork = headRepository === null ? null : place({ ...where, repository: headRepository })
  const headRepo = fork && proposer === 'fork' ? { ...fork, id: 5002, fork: true } : fork
  const owner = headRepository?.split('/')[0] ?? 'mallory'
  return {
    number: facts.number,
    state: 'open',
    title: facts.title ?? 'Change the prompt',
    draft: false,
    locked: false,
    html_url: `https://github.com/${repo.full_name}/pull/${facts.number}`,
    user: { login: actor, id: 1001, type },
    author_association: proposer === 'own' ? 'MEMBER' : 'NONE',
    labels: [],
    merge_commit_sha: facts.mergeSha ?? null,
    base: {
      ref: facts.baseRef ?? 'main',
      sha: facts.baseSha,
      label: `${repo.owner.login}:${facts.baseRef ?? 'main'}`,
      repo,
    },
    head: {
      ref: facts.headRef ?? 'change',
      sha: facts.headSha,
      label: `${owner}:${facts.headRef ?? 'change'}`,
      repo: headRepo,
    },
  }
}

export function pullRequestEvent(
  facts: PullFacts,
  where: EventFacts & { readonly action?: string; readonly label?: string } = {},
): EventWithTrust {
  const { actor, isTrusted, type } = proposerOf(facts, where.repository)
  const { mergeSha } = facts
  if (mergeSha === null) throw new Error('a pull_request event does not exist for a pull request with a conflict')
  return {
    event: 'pull_request',
    payload: {
      action: where.action ?? 'synchronize',
      number: facts.number,
      pull_request: pullPayload(facts, where),
      repository: place(where),
      sender: { login: actor, id: 1001, type },
      ...(where.label ? { label: { name: where.label } } : {}),
    },
    sha: mergeSha ?? facts.headSha,
    ref: `refs/pull/${facts.number}/merge`,
    headRef: facts.headRef ?? 'change',
    baseRef: facts.baseRef ?? 'main',
    repository: place(where).full_name,
    actor,
    permissions: isTrusted ? WRITE_TOKEN : READ_TOKEN,
    secrets: isTrusted,
  }
}

/** Runs on the default branch with secrets, whoever proposes. */
export function pullRequestTargetEvent(
  facts: PullFacts,
  where: EventFacts & { readonly defaultSha: string },
): EventWithTrust {
  const made = pullRequestEvent({ ...facts, mergeSha: facts.mergeSha ?? facts.headSha }, where)
  return {
    ...made,
    event: 'pull_request_target',
    sha: where.defaultSha,
    ref: `refs/heads/${place(where).default_branch}`,
    permissions: WRITE_TOKEN,
    secrets: true,
  }
}

function onDefaultBranch(
  event: string,
  payload: object,
  where: EventFacts & { readonly defaultSha: string },
): EventWithTrust {
  return {
    event,
    payload,
    sha: where.defaultSha,
    ref: `refs/heads/${place(where).default_branch}`,
    repository: place(where).full_name,
    actor: 'ada',
    permissions: { ...WRITE_TOKEN, contents: 'write' },
    secrets: true,
  }
}

export function mergeGroupEvent(
  facts: { readonly baseSha: string; readonly headSha: string; readonly number?: number; readonly baseRef?: string },
  where: EventFacts = {},
): EventWithTrust {
  const base = facts.baseRef ?? 'main'
  const ref = `refs/heads/gh-readonly-queue/${base}/pr-${facts.number ?? 1}-${facts.baseSha}`
  const merge_group = {
    head_sha: facts.headSha,
    head_ref: ref,
    base_sha: facts.baseSha,
    base_ref: `refs/heads/${base}`,
    head_commit: { id: facts.headSha, message: 'Merge pull request' },
  }
  const payload = {
    action: 'checks_requested',
    merge_group,
    repository: place(where),
    sender: { login: 'ada', id: 1001, type: 'User' },
  }
  return { ...onDefaultBranch('merge_group', payload, { ...where, defaultSha: facts.headSha }), ref }
}

/** `before` is forty zeros for a new branch. */
export function pushEvent(
  facts: { readonly before: string; readonly after: string; readonly branch?: string; readonly forced?: boolean },
  where: EventFacts = {},
): EventWithTrust {
  const ref = `refs/heads/${facts.branch ?? 'main'}`
  const payload = {
    ref,
    before: facts.before,
    after: facts.after,
    created: /^0+$/.test(facts.before),
    deleted: false,
    forced: facts.forced ?? false,
    head_commit: { id: facts.after, message: 'change' },
    commits: [],
    repository: place(where),
    pusher: { name: 'ada' },
    sender: { login: 'ada', id: 1001, type: 'User' },
  }
  return { ...onDefaultBranch('push', payload, { ...where, defaultSha: facts.after }), ref }
}

/** The payload has the cron line and little else. */
export function scheduleEvent(
  where: EventFacts & { readonly defaultSha: string; readonly cron?: string },
): EventWithTrust {
  return onDefaultBranch('schedule', { schedule: where.cron ?? '17 4 * * 1' }, where)
}

export function dispatchEvent(
  where: EventFacts & {
    readonly sha: string
    readonly ref?: string
    readonly inputs?: { readonly [name: string]: string }
  },
): EventWithTrust {
  const ref = where.ref ?? `refs/heads/${place(where).default_branch}`
  const payload = {
    ref,
    inputs: where.inputs ?? null,
    workflow: '.github/workflows/parity.yml',
    repository: place(where),
    sender: { login: 'ada', id: 1001, type: 'User' },
  }
  return { ...onDefaultBranch('workflow_dispatch', payload, { ...where, defaultSha: where.sha }), ref }
}

/** `pull_requests` is empty for forks. */
export function workflowRunEvent(
  facts: PullFacts,
  where: EventFacts & { readonly defaultSha: string },
): EventWithTrust {
  const pull = pullPayload(facts, where)
  const { proposer } = proposerOf(facts, where.repository)
  const isInside = proposer === 'own' || proposer === 'dependabot'
  const side = ({ ref, sha }: { ref: string; sha: string }) => ({
    ref,
    sha,
    repo: { id: 5001, name: place(where).name },
  })
  const workflow_run = {
    id: 7_000_000_000,
    name: 'parity',
    event: 'pull_request',
    status: 'completed',
    conclusion: 'success',
    head_branch: pull.head.ref,
    head_sha: facts.headSha,
    head_repository: pull.head.repo,
    pull_requests: isInside ? [{ id: 1, number: facts.number, head: side(pull.head), base: side(pull.base) }] : [],
  }
  const payload = { action: 'completed', workflow_run, repository: place(where), sender: pull.user }
  return onDefaultBranch('workflow_run', payload, where)
}

/** No commit at all in it; also fires for plain issues (`onIssue`). */
export function issueCommentEvent(
  facts: PullFacts & {
    readonly body: string
    readonly author?: string
    readonly action?: string
    readonly onIssue?: boolean
  },
  where: EventFacts & { readonly defaultSha: string },
): EventWithTrust {
  const user = { login: facts.author ?? 'ada', id: 1001, type: 'User' }
  const { full_name } = place(where)
  const link = { url: `https://api.github.com/repos/${full_name}/pulls/${facts.number}` }
  const issue = {
    number: facts.number,
    title: facts.title ?? 'Change the prompt',
    state: 'open',
    locked: false,
    user: { login: proposerOf(facts, full_name).actor, id: 1002, type: 'User' },
    ...(facts.onIssue ? {} : { pull_request: link }),
  }
  const comment = { id: 9001, body: facts.body, user, author_association: facts.author ? 'NONE' : 'MEMBER' }
  const payload = { action: facts.action ?? 'created', issue, comment, repository: place(where), sender: user }
  return { ...onDefaultBranch('issue_comment', payload, where), actor: user.login }
}
