// Operations on issues, comments, labels, checks, statuses, and the account behind the token.

import { commitOf } from './github-git.ts'
import {
  type Call,
  type Need,
  notFound,
  numberOf,
  type Operations,
  Problem,
  type Reply,
  text,
} from './github-operation.ts'
import { renderCheck, renderComment, renderIssue, renderLabel, renderStatus, renderUser } from './github-render.ts'
import { addComment, addIssue, type FakeCheck, type FakeComment, type FakeIssue, knowLabel } from './github-state.ts'

const MAX_BODY = 65_536

function issueIn(call: Call): FakeIssue {
  const number = numberOf(call.path.issue_number)
  if (call.state.deleted.has(number)) throw new Problem(410, 'This issue was deleted')
  const issue = call.state.issues.get(number)
  if (!issue) throw notFound()
  if (call.state.options.issuesDisabled && !issue.isPull) throw new Problem(410, 'Issues are disabled for this repo')
  return issue
}

function commentIn(call: Call): FakeComment {
  const comment = call.state.comments.find((one) => one.id === numberOf(call.path.comment_id))
  if (!comment) throw notFound()
  return comment
}

/** On a pull request either permission will do. */
function either(level: 'read' | 'write', isPull: boolean): Need {
  return isPull ? [{ issues: level }, { pull_requests: level }] : [{ issues: level }]
}

function needsOfIssue(level: 'read' | 'write') {
  return (call: Call) => either(level, call.state.issues.get(numberOf(call.path.issue_number))?.isPull ?? true)
}

function needsOfComment(level: 'read' | 'write') {
  return (call: Call) => {
    const comment = call.state.comments.find((one) => one.id === numberOf(call.path.comment_id))
    return either(level, call.state.issues.get(comment?.issue ?? 0)?.isPull ?? true)
  }
}

function bodyIn(call: Call, resource: string): string {
  const body = text(call.body.body)
  if (body.length > MAX_BODY) {
    const message = `body is too long (maximum is ${MAX_BODY} characters)`
    throw new Problem(422, 'Validation Failed', [{ resource, code: 'unprocessable', field: 'data', message }])
  }
  if (resource === 'IssueComment' && body.trim() === '') {
    throw new Problem(422, 'Validation Failed', [{ resource, code: 'missing_field', field: 'body' }])
  }
  return body
}

function refuseLocked(issue: FakeIssue): void {
  if (issue.locked) throw new Problem(403, 'Unable to create comment because issue is locked.')
}

function labelNames(value: unknown): readonly string[] {
  return ((value ?? []) as readonly (string | { readonly name?: string })[]).map((label) =>
    typeof label === 'string' ? label : (label.name ?? ''),
  )
}

function listIssues(call: Call): Reply {
  if (call.state.options.issuesDisabled) throw new Problem(410, 'Issues are disabled for this repo')
  const { state: wanted = 'open', labels, creator, since, sort = 'created', direction = 'desc' } = call.query
  const names = labels === undefined ? [] : text(labels).split(',')
  const found = [...call.state.issues.values()].filter((issue) => {
    if (wanted !== 'all' && issue.state !== wanted) return false
    if (creator !== undefined && issue.author !== creator) return false
    if (since !== undefined && issue.updatedAt < text(since)) return false
    return names.every((name) => issue.labels.some((label) => label.toLowerCase() === name.trim().toLowerCase()))
  })
  const key = (issue: FakeIssue) => (sort === 'updated' ? issue.updatedAt : issue.createdAt)
  found.sort((one, other) => (key(one) < key(other) ? -1 : 1) * (direction === 'asc' ? 1 : -1))
  return { status: 200, list: found.map((issue) => renderIssue(call.state, issue)) }
}

function createIssue(call: Call): Reply {
  if (call.state.options.issuesDisabled) throw new Problem(410, 'Issues are disabled for this repo')
  const title = text(call.body.title)
  if (title.trim() === '')
    throw new Problem(422, 'Validation Failed', [{ resource: 'Issue', code: 'missing_field', field: 'title' }])
  const body = call.body.body === undefined ? undefined : bodyIn(call, 'Issue')
  const labels = labelNames(call.body.labels)
  const issue = addIssue(call.state, { title, body, labels, author: call.state.login, isPull: false })
  return { status: 201, body: renderIssue(call.state, issue) }
}

function updateIssue(call: Call): Reply {
  const issue = issueIn(call)
  const { title, state, state_reason, labels } = call.body
  if (call.body.body !== undefined) issue.body = call.body.body === null ? null : bodyIn(call, 'Issue')
  if (title !== undefined && title !== null) issue.title = text(title)
  if (state === 'open' || state === 'closed') {
    issue.state = state
    issue.stateReason = state === 'closed' ? text(state_reason ?? 'completed') : 'reopened'
  }
  if (labels !== undefined) {
    issue.labels = [...labelNames(labels)]
    for (const name of issue.labels) knowLabel(call.state, name)
  }
  issue.updatedAt = call.state.tick()
  return { status: 200, body: renderIssue(call.state, issue) }
}

type CheckBody = { readonly output?: { readonly annotations?: readonly object[] }; readonly conclusion?: string }

/** A conclusion completes a run; annotations of later updates are added to those before. */
function checkFields(call: Call, before: FakeCheck['fields']): { fields: FakeCheck['fields']; annotations: number } {
  const body = call.body as CheckBody
  const { annotations = [], ...output } = body.output ?? {}
  const status = body.conclusion === undefined ? {} : { status: 'completed', completed_at: call.state.tick() }
  const kept = (before.output ?? {}) as object
  return {
    fields: { ...before, ...status, ...call.body, output: { ...kept, ...output } },
    annotations: annotations.length,
  }
}

function checkIn(call: Call): FakeCheck {
  const check = call.state.checks.find((one) => one.id === numberOf(call.path.check_run_id))
  if (!check) throw notFound()
  return check
}

function refuseLongAnnotations(call: Call): void {
  const { output } = call.body as {
    readonly output?: { readonly annotations?: readonly { readonly [name: string]: unknown }[] }
  }
  for (const { message, title, raw_details } of output?.annotations ?? []) {
    const isLong = text(message).length > 65_536 || text(title).length > 255 || text(raw_details).length > 65_536
    if (isLong) throw new Problem(422, 'Invalid request.\n\nAnnotation message, title or raw_details is too long.')
  }
}

async function createStatus(call: Call): Promise<Reply> {
  const sha = await commitOf(call.bare, call.path.sha ?? '')
  if (sha === null) throw new Problem(422, `No commit found for SHA: ${call.path.sha}`)
  if (text(call.body.description).length > 140) {
    throw new Problem(422, 'Validation Failed', [
      { resource: 'Status', code: 'custom', message: 'description is too long (maximum is 140 characters)' },
    ])
  }
  const status = { id: call.state.nextId(), sha, fields: call.body, createdAt: call.state.tick() }
  call.state.statuses.push(status)
  return { status: 201, body: renderStatus(call.state, status) }
}

async function statusesAt(call: Call) {
  const sha = await commitOf(call.bare, decodeURIComponent(call.path.ref ?? ''))
  if (sha === null) throw notFound()
  return { sha, found: call.state.statuses.filter((status) => status.sha === sha).reverse() }
}

export const issueOperations: Operations = {
  'issues/list-for-repo': { needs: [{ issues: 'read' }, { pull_requests: 'read' }], run: listIssues },
  'issues/create': { needs: [{ issues: 'write' }], run: createIssue, creates: true },
  'issues/get': {
    needs: needsOfIssue('read'),
    run: (call) => ({ status: 200, body: renderIssue(call.state, issueIn(call)) }),
  },
  'issues/update': { needs: needsOfIssue('write'), run: updateIssue },
  'issues/list-comments': {
    needs: needsOfIssue('read'),
    run: (call) => {
      const { number } = issueIn(call)
      const since = text(call.query.since ?? '')
      const found = call.state.comments.filter((comment) => comment.issue === number && comment.updatedAt >= since)
      return { status: 200, list: found.map((comment) => renderComment(call.state, comment)) }
    },
  },
  'issues/create-comment': {
    needs: needsOfIssue('write'),
    creates: true,
    run: (call) => {
      const issue = issueIn(call)
      refuseLocked(issue)
      const comment = addComment(call.state, issue.number, {
        body: bodyIn(call, 'IssueComment'),
        author: call.state.login,
      })
      return { status: 201, body: renderComment(call.state, comment) }
    },
  },
  'issues/get-comment': {
    needs: needsOfComment('read'),
    run: (call) => ({ status: 200, body: renderComment(call.state, commentIn(call)) }),
  },
  'issues/update-comment': {
    needs: needsOfComment('write'),
    run: (call) => {
      const comment = commentIn(call)
      comment.body = bodyIn(call, 'IssueComment')
      comment.updatedAt = call.state.tick()
      return { status: 200, body: renderComment(call.state, comment) }
    },
  },
  'issues/delete-comment': {
    needs: needsOfComment('write'),
    run: (call) => {
      call.state.comments.splice(call.state.comments.indexOf(commentIn(call)), 1)
      return { status: 204 }
    },
  },
  'issues/list-labels-for-repo': {
    needs: [{ issues: 'read' }, { pull_requests: 'read' }],
    run: ({ state }) => ({ status: 200, list: state.labels.map((label) => renderLabel(state, label.name)) }),
  },
  'issues/get-label': {
    needs: [{ issues: 'read' }, { pull_requests: 'read' }],
    run: ({ state, path }) => {
      const label = state.labels.find((one) => one.name.toLowerCase() === path.name?.toLowerCase())
      if (!label) throw notFound()
      return { status: 200, body: renderLabel(state, label.name) }
    },
  },
  'issues/create-label': {
    needs: [{ issues: 'write' }, { pull_requests: 'write' }],
    creates: true,
    run: ({ state, body }) => {
      const name = text(body.name)
      if (state.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
        throw new Problem(422, 'Validation Failed', [{ resource: 'Label', code: 'already_exists', field: 'name' }])
      }
      const color = text(body.color ?? 'ededed')
      if (!/^[0-9a-f]{6}$/i.test(color))
        throw new Problem(422, 'Validation Failed', [{ resource: 'Label', code: 'invalid', field: 'color' }])
      const description = body.description === undefined ? null : text(body.description)
      if ((description ?? '').length > 100)
        throw new Problem(422, 'Validation Failed', [{ resource: 'Label', code: 'invalid', field: 'description' }])
      state.labels.push({ id: state.nextId(), name, color, description })
      return { status: 201, body: renderLabel(state, name) }
    },
  },
  'issues/add-labels': {
    needs: needsOfIssue('write'),
    run: (call) => {
      const issue = issueIn(call)
      for (const name of labelNames(call.body.labels)) {
        knowLabel(call.state, name)
        if (!issue.labels.includes(name)) issue.labels.push(name)
      }
      return { status: 200, body: issue.labels.map((name) => renderLabel(call.state, name)) }
    },
  },
  'issues/remove-label': {
    needs: needsOfIssue('write'),
    run: (call) => {
      const issue = issueIn(call)
      const name = call.path.name ?? ''
      if (!issue.labels.includes(name)) throw new Problem(404, 'Label does not exist')
      issue.labels = issue.labels.filter((label) => label !== name)
      return { status: 200, body: issue.labels.map((label) => renderLabel(call.state, label)) }
    },
  },
  'checks/create': {
    needs: [{ checks: 'write' }],
    creates: true,
    run: async (call) => {
      refuseLongAnnotations(call)
      const headSha = text(call.body.head_sha)
      if ((await commitOf(call.bare, headSha)) === null) throw new Problem(422, `No commit found for SHA: ${headSha}`)
      const check = { id: call.state.nextId(), headSha, ...checkFields(call, {}) }
      call.state.checks.push(check)
      return { status: 201, body: renderCheck(call.state, check) }
    },
  },
  'checks/update': {
    needs: [{ checks: 'write' }],
    run: (call) => {
      refuseLongAnnotations(call)
      const check = checkIn(call)
      const { fields, annotations } = checkFields(call, check.fields)
      check.fields = fields
      check.annotations += annotations
      return { status: 200, body: renderCheck(call.state, check) }
    },
  },
  'checks/get': {
    needs: [{ checks: 'read' }],
    run: (call) => ({ status: 200, body: renderCheck(call.state, checkIn(call)) }),
  },
  'checks/list-for-ref': {
    needs: [{ checks: 'read' }],
    run: async (call) => {
      const sha = await commitOf(call.bare, decodeURIComponent(call.path.ref ?? ''))
      if (sha === null) throw new Problem(422, `No commit found for SHA: ${call.path.ref}`)
      const name = call.query.check_name
      const found = call.state.checks.filter(
        (check) => check.headSha === sha && (name === undefined || check.fields.name === name),
      )
      return { status: 200, list: found.map((check) => renderCheck(call.state, check)), listKey: 'check_runs' }
    },
  },
  'repos/create-commit-status': { needs: [{ statuses: 'write' }], run: createStatus, creates: true },
  'repos/list-commit-statuses-for-ref': {
    needs: [{ statuses: 'read' }],
    run: async (call) => ({
      status: 200,
      list: (await statusesAt(call)).found.map((status) => renderStatus(call.state, status)),
    }),
  },
  'repos/get-combined-status-for-ref': {
    needs: [{ statuses: 'read' }],
    run: async (call) => {
      const { sha, found } = await statusesAt(call)
      const newest = found.filter(
        (one, index) => found.findIndex((other) => other.fields.context === one.fields.context) === index,
      )
      const states = newest.map((status) => status.fields.state)
      const bad = states.some((state) => state === 'failure' || state === 'error')
      const state = bad ? 'failure' : states.length === 0 || states.includes('pending') ? 'pending' : 'success'
      const statuses = newest.map((status) => renderStatus(call.state, status))
      return { status: 200, body: { state, sha, statuses, total_count: newest.length } }
    },
  },
  'repos/get-collaborator-permission-level': {
    needs: [{}],
    run: ({ state, path }) => {
      const login = path.username ?? ''
      const permission = state.options.collaborators?.[login] ?? 'none'
      return { status: 200, body: { permission, role_name: permission, user: renderUser(login) } }
    },
  },
  'users/get-authenticated': {
    needs: [{}],
    run: ({ state }) => {
      if (state.options.tokenKind !== 'user') throw new Problem(403, 'Resource not accessible by integration')
      return { status: 200, body: renderUser(state.login) }
    },
  },
}
