// How the fake's state looks in the API's answers. Only what means something is set; the schema asks for the rest.

import { proposerOf } from './events.ts'
import type { CommitFacts, DiffFacts } from './github-git.ts'
import type { FakeCheck, FakeComment, FakeIssue, FakeLabel, FakePull, FakeStatus, GitHubState } from './github-state.ts'

export type Made = { readonly [name: string]: unknown }

const WEB = 'https://github.com'

export function renderUser(login: string): Made {
  const id = [...login].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_000_000, 7)
  const type = login.endsWith('[bot]') ? 'Bot' : login === 'acme' ? 'Organization' : 'User'
  return {
    login,
    id,
    type,
    node_id: `U_${id}`,
    url: `https://api.github.com/users/${login}`,
    html_url: `${WEB}/${login}`,
  }
}

export function renderRepository(state: GitHubState, fullName = `${state.owner}/${state.name}`): Made {
  const [owner = '', name = ''] = fullName.split('/')
  return {
    id: owner === state.owner ? 5001 : 5002,
    name,
    full_name: fullName,
    owner: renderUser(owner),
    private: true,
    visibility: 'private',
    fork: owner !== state.owner,
    default_branch: state.options.defaultBranch ?? 'main',
    html_url: `${WEB}/${fullName}`,
    has_issues: !state.options.issuesDisabled,
  }
}

export function renderPull(
  state: GitHubState,
  pull: FakePull,
  facts: {
    readonly headSha: string
    readonly mergeSha: string | null
    readonly apiVersion: string
    readonly counts?: Made
  },
): Made {
  const full = `${state.owner}/${state.name}`
  const { headRepository, actor } = proposerOf({ ...pull, headSha: facts.headSha }, full)
  const issue = state.issues.get(pull.number)
  const headOwner = headRepository?.split('/')[0] ?? 'mallory'
  const old = facts.apiVersion < '2026-03-10' ? { merge_commit_sha: facts.mergeSha, assignee: null } : {}
  const side = (ref: string, sha: string, owner: string, repo: Made | null) => ({
    ref,
    sha,
    label: `${owner}:${ref}`,
    user: renderUser(owner),
    repo,
  })
  return {
    id: 600_000 + pull.number,
    number: pull.number,
    title: issue?.title ?? pull.title,
    body: issue?.body ?? null,
    state: issue?.state ?? 'open',
    locked: issue?.locked ?? false,
    draft: pull.draft,
    user: renderUser(actor),
    author_association: pull.proposer === 'own' ? 'MEMBER' : 'NONE',
    labels: (issue?.labels ?? []).map((name) => renderLabel(state, name)),
    html_url: `${WEB}/${full}/pull/${pull.number}`,
    issue_url: `https://api.github.com/repos/${full}/issues/${pull.number}`,
    created_at: issue?.createdAt,
    updated_at: issue?.updatedAt,
    base: side(pull.baseRef, pull.baseSha, state.owner, renderRepository(state)),
    head: side(
      pull.headRef,
      facts.headSha,
      headOwner,
      headRepository === null ? null : renderRepository(state, headRepository),
    ),
    mergeable: facts.mergeSha !== null,
    mergeable_state: facts.mergeSha === null ? 'dirty' : 'clean',
    ...old,
    ...facts.counts,
  }
}

export function renderIssue(state: GitHubState, issue: FakeIssue): Made {
  const full = `${state.owner}/${state.name}`
  const kind = issue.isPull ? 'pull' : 'issues'
  const html_url = `${WEB}/${full}/${kind}/${issue.number}`
  const url = `https://api.github.com/repos/${full}/pulls/${issue.number}`
  const pull = { url, html_url, diff_url: `${html_url}.diff`, patch_url: `${html_url}.patch` }
  return {
    id: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    labels: issue.labels.map((name) => renderLabel(state, name)),
    locked: issue.locked,
    user: renderUser(issue.author),
    comments: state.comments.filter((comment) => comment.issue === issue.number).length,
    html_url,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.state === 'closed' ? issue.updatedAt : null,
    author_association: 'NONE',
    ...(issue.isPull ? { pull_request: pull } : {}),
  }
}

export function renderComment(state: GitHubState, comment: FakeComment): Made {
  const full = `${state.owner}/${state.name}`
  const kind = state.issues.get(comment.issue)?.isPull ? 'pull' : 'issues'
  return {
    id: comment.id,
    node_id: comment.nodeId,
    body: comment.body,
    user: renderUser(comment.author),
    url: `https://api.github.com/repos/${full}/issues/comments/${comment.id}`,
    html_url: `${WEB}/${full}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `https://api.github.com/repos/${full}/issues/${comment.issue}`,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'NONE',
  }
}

export function renderLabel(state: GitHubState, name: string): Made {
  const label: FakeLabel | undefined = state.labels.find((known) => known.name === name)
  return {
    id: label?.id ?? 0,
    name,
    color: label?.color ?? 'ededed',
    description: label?.description ?? null,
    default: false,
  }
}

export function renderCheck(state: GitHubState, check: FakeCheck): Made {
  const { output, ...fields } = check.fields as { readonly output?: Made }
  return {
    started_at: null,
    completed_at: null,
    status: 'queued',
    conclusion: null,
    external_id: null,
    ...fields,
    id: check.id,
    head_sha: check.headSha,
    html_url: `${WEB}/${state.owner}/${state.name}/runs/${check.id}`,
    output: {
      title: output?.title ?? null,
      summary: output?.summary ?? null,
      text: output?.text ?? null,
      annotations_count: check.annotations,
    },
    pull_requests: [],
  }
}

export function renderStatus(state: GitHubState, status: FakeStatus): Made {
  return {
    context: 'default',
    description: null,
    target_url: null,
    ...status.fields,
    id: status.id,
    creator: renderUser(state.login),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  }
}

export function renderGitCommit(commit: CommitFacts): Made {
  return {
    sha: commit.sha,
    tree: { sha: commit.tree },
    parents: commit.parents.map((sha) => ({ sha })),
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
  }
}

/** The longer form of the commits and compare endpoints. */
export function renderCommit(commit: CommitFacts): Made {
  const { author, committer, message, tree } = commit
  return {
    sha: commit.sha,
    parents: commit.parents.map((sha) => ({ sha })),
    commit: { author, committer, message, tree: { sha: tree }, comment_count: 0 },
    author: null,
    committer: null,
  }
}

export function renderDiff(state: GitHubState, file: DiffFacts, ref: string): Made {
  const path = file.filename.split('/').map(encodeURIComponent).join('/')
  const base = `${WEB}/${state.owner}/${state.name}`
  const contents = `https://api.github.com/repos/${state.owner}/${state.name}/contents/${path}?ref=${ref}`
  return {
    ...file,
    blob_url: `${base}/blob/${ref}/${path}`,
    raw_url: `${base}/raw/${ref}/${path}`,
    contents_url: contents,
  }
}
