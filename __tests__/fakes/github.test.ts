import { getOctokit } from '@actions/github'
import { afterEach, describe, expect, test } from 'vitest'
import { git } from './git.ts'
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from './github.ts'
import { createRepository, type Repository } from './repository.ts'

type Disposable = { readonly [Symbol.asyncDispose]: () => Promise<void> }
const open: Disposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

async function world(options: Partial<FakeGitHubOptions> = {}, files: { readonly [path: string]: string } = {}) {
  const repository = await createRepository({
    files: { 'prompts/a.md': 'one\n'.repeat(20), 'old.md': 'x\n'.repeat(20), ...files },
  })
  open.push(repository)
  await repository.branch('change')
  await repository.commit({
    'prompts/a.md': `${'one\n'.repeat(20)}two\n`,
    'new.md': { renamedFrom: 'old.md' },
    'added.md': 'a\n',
  })
  const pull = await repository.pull(1, 'main', 'change')
  await repository.commit({ 'elsewhere.md': 'main goes on\n' }, 'later', { branch: 'main' })
  const issues = [{ number: 2, title: 'an issue', labels: ['drift'] }]
  const github = await startFakeGitHub({ bare: repository.bare, pulls: [pull], issues, ...options })
  open.push(github)
  return { repository, github, pull }
}

const REPO = '/repos/acme/app'

async function call(
  github: FakeGitHub,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(path.startsWith('http') ? path : `${github.apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${github.token}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'test',
      'x-github-api-version': '2022-11-28',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as Answer) : ({} as Answer)
  return { status: response.status, headers: response.headers, text, json }
}
// Answers are looked at field by field; their shape is checked by the fake itself.
type Answer = { readonly [key: string]: never } & readonly { readonly [key: string]: unknown }[]

describe('requests are checked', () => {
  test.each([
    ['an unknown key', { body: 'x', boddy: 1 }],
    ['a wrong type', { body: 7 }],
    ['a missing key', {}],
  ])('%s in a body', async (_, body) => {
    const { github } = await world()
    expect((await call(github, 'POST', `${REPO}/issues/1/comments`, body)).status).toBe(422)
    expect(github.violations).toHaveLength(1)
    expect(github.state.comments).toEqual([])
  })

  test('unknown and wrong query parameters', async () => {
    const { github } = await world()
    for (const query of ['perpage=5', 'per_page=many', 'page=0']) {
      expect((await call(github, 'GET', `${REPO}/issues/1/comments?${query}`)).status, query).toBe(422)
    }
    expect((await call(github, 'GET', `${REPO}/issues?state=opened`)).status).toBe(422)
    expect(github.violations).toHaveLength(4)
  })

  test('headers: token, user agent, version, type', async () => {
    const { github } = await world()
    const path = `${REPO}/issues/1/comments`
    expect((await call(github, 'GET', path, undefined, { authorization: 'Bearer wrong' })).status).toBe(401)
    expect(github.violations).toEqual([])
    expect((await call(github, 'GET', path, undefined, { authorization: '' })).status).toBe(401)
    expect((await call(github, 'GET', path, undefined, { 'user-agent': '' })).status).toBe(403)
    expect((await call(github, 'GET', path, undefined, { 'x-github-api-version': '2020-01-01' })).status).toBe(400)
    expect((await call(github, 'POST', path, '{"body": ')).status).toBe(400)
    expect((await call(github, 'POST', path, { body: 'x' }, { 'content-type': 'text/plain' })).status).toBe(201)
    expect(github.violations).toHaveLength(5)
  })

  test('operations and repositories that are not there', async () => {
    const { github } = await world()
    expect((await call(github, 'GET', `${REPO}/nonsense`)).status).toBe(404)
    expect(github.violations).toHaveLength(1)
    expect((await call(github, 'GET', '/repos/acme/other')).status).toBe(404)
    expect((await call(github, 'GET', `${REPO}/pulls/99`)).status).toBe(404)
    expect(github.violations).toHaveLength(1)
  })

  test.each([
    ['query { viewer { login } }', undefined],
    ['query { viewer { logn } }', "Field 'logn' doesn't exist"],
    ['query { viewer { login }', 'Parse error'],
    [
      'mutation { minimizeComment(input: {subjectId: "IC_none", classifier: LOUD}) { clientMutationId } }',
      'invalid value',
    ],
    [
      'mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }',
      'not provided',
    ],
  ])('graphql %s', async (query, problem) => {
    const { github } = await world()
    const { json, text } = await call(github, 'POST', github.graphqlUrl, { query })
    if (problem) expect(text).toContain(problem)
    else expect(json).toEqual({ data: { viewer: { login: 'github-actions[bot]' } } })
    expect(github.violations).toHaveLength(problem ? 1 : 0)
  })
})

describe('permissions', () => {
  test.each([
    [
      'POST',
      `${REPO}/issues/1/comments`,
      { body: 'x' },
      { pull_requests: 'read', issues: 'read' },
      'issues=write; pull_requests=write',
    ],
    ['POST', `${REPO}/issues/2/comments`, { body: 'x' }, { pull_requests: 'write', issues: 'read' }, 'issues=write'],
    ['POST', `${REPO}/issues`, { title: 'x' }, { issues: 'read' }, 'issues=write'],
    ['GET', `${REPO}/pulls/1`, undefined, { pull_requests: 'none' }, 'pull_requests=read'],
    ['GET', `${REPO}/contents/old.md`, undefined, { contents: 'none' }, 'contents=read'],
    ['POST', `${REPO}/git/blobs`, { content: 'x' }, { contents: 'read' }, 'contents=write'],
    ['POST', `${REPO}/check-runs`, { name: 'x', head_sha: 'y' }, { checks: 'read' }, 'checks=write'],
    ['POST', `${REPO}/statuses/main`, { state: 'success' }, { statuses: 'none' }, 'statuses=write'],
  ] as const)('%s %s', async (method, path, body, permissions, accepted) => {
    const { github } = await world({ permissions })
    const refused = await call(github, method, path, body)
    expect(refused.status).toBe(403)
    expect(refused.json).toMatchObject({ message: 'Resource not accessible by integration' })
    expect(refused.headers.get('x-accepted-github-permissions')).toBe(accepted)
    expect(github.violations).toEqual([])
    expect(github.state.writes).toEqual([])
  })

  test('one of two permissions is enough for a comment on a pull request', async () => {
    const { github } = await world({ permissions: { pull_requests: 'write', issues: 'none' } })
    expect((await call(github, 'POST', `${REPO}/issues/1/comments`, { body: 'x' })).status).toBe(201)
  })

  test('a GITHUB_TOKEN may not ask who it is, a user may; minimizing needs writing', async () => {
    const { github } = await world({
      permissions: { pull_requests: 'read', issues: 'read' },
      comments: [{ issue: 1, body: 'c' }],
    })
    expect((await call(github, 'GET', '/user')).status).toBe(403)
    const user = await world({ tokenKind: 'user', login: 'ada' })
    expect((await call(user.github, 'GET', '/user')).json).toMatchObject({ login: 'ada' })
    const query =
      'mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }'
    const variables = { id: github.state.comments[0]?.nodeId }
    const refused = await call(github, 'POST', github.graphqlUrl, { query, variables })
    expect(refused.json).toMatchObject({ errors: [{ type: 'FORBIDDEN' }] })
    expect(github.state.comments[0]?.minimized).toBeNull()
  })
})

describe('comments and issues', () => {
  test('too long, empty, locked, disabled', async () => {
    const { github } = await world({ issues: [{ number: 3, title: 'l', locked: true }] })
    const at = `${REPO}/issues/1/comments`
    expect((await call(github, 'POST', at, { body: 'x'.repeat(65_536) })).status).toBe(201)
    expect((await call(github, 'POST', at, { body: 'x'.repeat(65_537) })).text).toContain('too long')
    expect((await call(github, 'POST', at, { body: ' ' })).status).toBe(422)
    expect((await call(github, 'POST', `${REPO}/issues/3/comments`, { body: 'x' })).json).toMatchObject({
      message: 'Unable to create comment because issue is locked.',
    })
    const closed = await world({ issuesDisabled: true })
    expect((await call(closed.github, 'POST', `${REPO}/issues`, { title: 'x' })).status).toBe(410)
    expect(github.violations).toEqual([])
  })

  test('lists come in pages with Link headers that lead to all of them', async () => {
    const comments = Array.from({ length: 65 }, (_, index) => ({ issue: 1, body: `c${index}`, author: 'ada' }))
    const { github } = await world({ comments })
    const seen: unknown[] = []
    const sizes: number[] = []
    let next: string | undefined = `${REPO}/issues/1/comments?per_page=30`
    while (next) {
      const page: Awaited<ReturnType<typeof call>> = await call(github, 'GET', next)
      sizes.push(page.json.length)
      seen.push(...page.json.map((comment) => comment.body))
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
    }
    expect(sizes).toEqual([30, 30, 5])
    expect(seen).toEqual(comments.map(({ body }) => body))
    expect((await call(github, 'GET', `${REPO}/issues/1/comments?per_page=500`)).json).toHaveLength(65)
  })

  test('pull requests are among the issues; state and label filters hold', async () => {
    const { github } = await world()
    const numbers = async (query: string) =>
      (await call(github, 'GET', `${REPO}/issues?${query}`)).json.map(({ number }) => number)
    expect((await numbers('')).sort()).toEqual([1, 2])
    expect(await numbers('labels=drift')).toEqual([2])
    await call(github, 'PATCH', `${REPO}/issues/2`, { state: 'closed' })
    expect(await numbers('labels=drift')).toEqual([])
    expect(await numbers('labels=drift&state=closed')).toEqual([2])
  })

  test('Octokit of @actions/github can comment, find, change, minimize and delete', async () => {
    const { github } = await world({
      comments: [{ issue: 1, body: 'stranger', author: 'mallory' }],
      requireApiVersion: false,
    })
    const octokit = getOctokit(github.token, { baseUrl: github.apiUrl })
    const where = { owner: 'acme', repo: 'app' }
    const { data } = await octokit.rest.issues.createComment({ ...where, issue_number: 1, body: 'hello' })
    expect(data.user?.login).toBe('github-actions[bot]')
    await octokit.rest.issues.updateComment({ ...where, comment_id: data.id, body: 'changed' })
    const all = await octokit.paginate(octokit.rest.issues.listComments, { ...where, issue_number: 1, per_page: 1 })
    expect(all.map(({ body }) => body)).toEqual(['stranger', 'changed'])
    const query =
      'mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } } }'
    await octokit.graphql(query, { id: data.node_id })
    expect(github.state.comments[1]?.minimized).toBe('OUTDATED')
    await octokit.rest.issues.deleteComment({ ...where, comment_id: data.id })
    expect(github.state.comments).toHaveLength(1)
    expect(github.violations).toEqual([])
  })
})

describe('git behind it', () => {
  test('a pull request, its files and commits, and compare agree with git', async () => {
    const { github, pull } = await world()
    const { json } = await call(github, 'GET', `${REPO}/pulls/1`)
    expect(json).toMatchObject({
      head: { sha: pull.headSha },
      base: { sha: pull.baseSha },
      changed_files: 3,
      merge_commit_sha: pull.mergeSha,
    })
    const files = (await call(github, 'GET', `${REPO}/pulls/1/files`)).json
    expect(files.map(({ filename, status, previous_filename }) => [filename, status, previous_filename])).toEqual([
      ['added.md', 'added', undefined],
      ['new.md', 'renamed', 'old.md'],
      ['prompts/a.md', 'modified', undefined],
    ])
    expect(files[2]?.patch).toContain('+two')
    const compared = (await call(github, 'GET', `${REPO}/compare/main...change`)).json
    expect(compared).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      merge_base_commit: { sha: pull.baseSha },
    })
    expect(
      (await call(github, 'GET', `${REPO}/commits/${pull.headSha}/pulls`)).json.map(({ number }) => number),
    ).toEqual([1])
    const next = await call(github, 'GET', `${REPO}/pulls/1`, undefined, { 'x-github-api-version': '2026-03-10' })
    expect(next.text).toContain('"sha"')
    expect(github.violations).toEqual([])
  })

  test('caps cut lists as GitHub does', async () => {
    const { github } = await world({ caps: { compareFiles: 2, treeEntries: 2, pullFiles: 1, inlineBytes: 10 } })
    expect((await call(github, 'GET', `${REPO}/compare/main...change`)).json.files).toHaveLength(2)
    expect((await call(github, 'GET', `${REPO}/pulls/1/files`)).json).toHaveLength(1)
    expect((await call(github, 'GET', `${REPO}/git/trees/change?recursive=1`)).json).toMatchObject({ truncated: true })
    expect((await call(github, 'GET', `${REPO}/contents/prompts/a.md?ref=change`)).json).toMatchObject({
      encoding: 'none',
      content: '',
    })
    const raw = await call(github, 'GET', `${REPO}/contents/prompts/a.md?ref=change`, undefined, {
      accept: 'application/vnd.github.raw+json',
    })
    expect(raw.text).toBe(`${'one\n'.repeat(20)}two\n`)
  })

  test('contents of files, directories, links and nothing', async () => {
    const { github, repository } = await world()
    await repository.commit({
      'in.md': { symlink: 'elsewhere.md' },
      'out.md': { symlink: '/etc/passwd' },
      sub: { submodule: '1'.repeat(40) },
    })
    const get = async (path: string) => (await call(github, 'GET', `${REPO}/contents/${path}`)).json
    expect(Buffer.from(String((await get('in.md')).content), 'base64').toString()).toBe('main goes on\n')
    expect(await get('out.md')).toMatchObject({ type: 'symlink', target: '/etc/passwd' })
    expect(await get('sub')).toMatchObject({ type: 'submodule' })
    expect((await get('prompts')).map(({ name, type }) => [name, type])).toEqual([['a.md', 'file']])
    expect((await call(github, 'GET', `${REPO}/contents/none.md`)).status).toBe(404)
    expect(github.violations).toEqual([])
  })

  async function append(github: FakeGitHub, parent: string | null, text: string): Promise<string> {
    const blob = (await call(github, 'POST', `${REPO}/git/blobs`, { content: text })).json.sha
    const entry = { path: 'h.jsonl', mode: '100644', type: 'blob', sha: blob }
    const tree = (await call(github, 'POST', `${REPO}/git/trees`, { tree: [entry] })).json.sha
    const parents = parent === null ? [] : [parent]
    return String((await call(github, 'POST', `${REPO}/git/commits`, { message: 'm', tree, parents })).json.sha)
  }

  test('a branch is written by blob, tree, commit and ref; the second of two writers is refused', async () => {
    const { github, repository } = await world({ permissions: { contents: 'write' } })
    const first = await append(github, null, 'one\n')
    const ref = 'refs/heads/history'
    expect((await call(github, 'POST', `${REPO}/git/refs`, { ref, sha: first })).status).toBe(201)
    expect((await call(github, 'POST', `${REPO}/git/refs`, { ref, sha: first })).json).toMatchObject({
      message: 'Reference already exists',
    })
    const [mine, theirs] = [await append(github, first, 'mine\n'), await append(github, first, 'theirs\n')]
    expect((await call(github, 'PATCH', `${REPO}/git/refs/heads/history`, { sha: theirs })).status).toBe(200)
    expect((await call(github, 'PATCH', `${REPO}/git/refs/heads/history`, { sha: mine })).json).toMatchObject({
      message: 'Update is not a fast forward',
    })
    expect(await git(repository.bare, ['show', 'history:h.jsonl'])).toBe('theirs')
    expect((await call(github, 'GET', `${REPO}/git/ref/heads/none`)).status).toBe(404)
    expect(github.violations).toEqual([])
  })

  test('checks and statuses keep to their limits', async () => {
    const { github, pull } = await world()
    const output = { title: 't', summary: 's' }
    const made = await call(github, 'POST', `${REPO}/check-runs`, { name: 'parity', head_sha: pull.headSha, output })
    const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'm' }
    const patch = (count: number, summary = 's') =>
      call(github, 'PATCH', `${REPO}/check-runs/${made.json.id}`, {
        conclusion: 'failure',
        output: { title: 't', summary, annotations: Array.from({ length: count }, () => annotation) },
      })
    expect((await patch(50)).json).toMatchObject({ status: 'completed', output: { annotations_count: 50 } })
    expect((await patch(51)).status).toBe(422)
    expect((await patch(0, 'x'.repeat(65_536))).status).toBe(422)
    const status = (description: string) =>
      call(github, 'POST', `${REPO}/statuses/${pull.headSha}`, { state: 'success', context: 'parity', description })
    expect((await status('x'.repeat(141))).status).toBe(422)
    expect((await status('fine')).status).toBe(201)
    expect((await call(github, 'GET', `${REPO}/commits/${pull.headSha}/status`)).json).toMatchObject({
      state: 'success',
    })
  })

  test('a fork: its head is served by owner:branch, a deleted one by number only', async () => {
    const of = async (proposer: 'fork' | 'deleted-fork') => {
      const { repository, pull } = await world()
      const github = await startFakeGitHub({ bare: repository.bare, pulls: [{ ...pull, proposer }] })
      open.push(github)
      return github
    }
    const [fork, gone] = [await of('fork'), await of('deleted-fork')]
    expect((await call(fork, 'GET', `${REPO}/compare/main...mallory:change`)).status).toBe(200)
    expect((await call(gone, 'GET', `${REPO}/compare/main...mallory:change`)).status).toBe(404)
    expect((await call(gone, 'GET', `${REPO}/pulls/1`)).json).toMatchObject({ head: { repo: null } })
    expect((await call(gone, 'GET', `${REPO}/pulls/1/files`)).json).toHaveLength(3)
  })
})

describe('limits and faults', () => {
  const comment = (github: FakeGitHub) => call(github, 'POST', `${REPO}/issues/1/comments`, { body: 'x' })

  test('hit the named operation, as often as said, after as many as said', async () => {
    const { github } = await world({
      faults: [{ operation: 'issues/create-comment', kind: 'status', after: 1, times: 2 }],
    })
    const said: number[] = []
    for (let n = 0; n < 4; n++) said.push((await comment(github)).status)
    expect(said).toEqual([201, 502, 502, 201])
    expect((await call(github, 'GET', `${REPO}/issues/1/comments`)).json).toHaveLength(2)
  })

  test('a lost answer means the write is done, a 502 that it is not, unless said', async () => {
    const { github } = await world({ faults: [{ operation: /create-comment/, kind: 'lost' }] })
    await expect(comment(github)).rejects.toThrow()
    expect(github.state.comments).toHaveLength(1)
    github.faults.push({ kind: 'status', status: 500 }, { kind: 'status', worked: true }, { kind: 'reset' })
    expect((await comment(github)).status).toBe(500)
    expect(github.state.comments).toHaveLength(1)
    expect((await comment(github)).status).toBe(502)
    expect(github.state.comments).toHaveLength(2)
    await expect(comment(github)).rejects.toThrow()
    expect(github.state.comments).toHaveLength(2)
  })

  test('secondary and primary limits, garbage', async () => {
    const { github } = await world({
      faults: [
        { kind: 'secondary', retryAfter: 7 },
        { kind: 'secondary', status: 429, retryAfter: null },
      ],
    })
    const first = await comment(github)
    expect([first.status, first.headers.get('retry-after')]).toEqual([403, '7'])
    const second = await comment(github)
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, null])
    github.faults.push({ kind: 'garbage' })
    await expect(comment(github)).rejects.toThrow('JSON')
    const few = await world({ requestsPerHour: 2, contentPerMinute: 1 })
    expect((await comment(few.github)).status).toBe(201)
    expect((await comment(few.github)).headers.get('retry-after')).toBe('60')
    const last = await comment(few.github)
    expect([last.status, last.headers.get('x-ratelimit-remaining')]).toEqual([403, '0'])
    expect((await call(few.github, 'GET', '/rate_limit')).json).toMatchObject({ rate: { limit: 2, remaining: 0 } })
  })

  test('a hang never ends, and a test can change the world between two calls', async () => {
    const { github, repository } = await world({ faults: [{ operation: 'issues/get', kind: 'hang' }] })
    const hung = call(github, 'GET', `${REPO}/issues/1`)
    hung.catch(() => {})
    const early = await Promise.race([hung.then(() => 'ended'), new Promise((done) => setTimeout(done, 150, 'open'))])
    expect(early).toBe('open')
    const moved = async (repo: Repository) => {
      const sha = await repo.commit({ 'late.md': 'x' }, 'late', { branch: 'change' })
      await git(repo.bare, ['update-ref', 'refs/pull/1/head', sha])
      return sha
    }
    let sha = ''
    github.before('pulls/get', async () => {
      sha = await moved(repository)
    })
    expect((await call(github, 'GET', `${REPO}/pulls/1`)).json).toMatchObject({
      head: { sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
    })
    expect(await repository.sha('refs/pull/1/head')).toBe(sha)
  })

  test('Enterprise paths', async () => {
    const { github } = await world({ enterprise: true })
    expect(github.apiUrl.endsWith('/api/v3')).toBe(true)
    expect((await call(github, 'GET', REPO)).json).toMatchObject({ full_name: 'acme/app' })
    expect((await call(github, 'POST', github.graphqlUrl, { query: '{ viewer { login } }' })).status).toBe(200)
    expect(github.violations).toEqual([])
  })

  test('every operation of the description has a handler whose answer fits its schema', async () => {
    const { github, pull } = await world({
      permissions: { contents: 'write' },
      comments: [{ issue: 1, body: 'c' }],
      tokenKind: 'user',
    })
    const id = github.state.comments[0]?.id
    const paths = [
      '/user',
      '/rate_limit',
      REPO,
      `${REPO}/branches/main`,
      `${REPO}/commits`,
      `${REPO}/commits/main`,
      `${REPO}/pulls`,
      `${REPO}/pulls/1/commits`,
      `${REPO}/labels`,
      `${REPO}/labels/drift`,
      `${REPO}/issues/1`,
      `${REPO}/issues/comments/${id}`,
      `${REPO}/git/commits/${pull.headSha}`,
      `${REPO}/git/matching-refs/heads`,
      `${REPO}/git/ref/heads/main`,
      `${REPO}/git/trees/main`,
      `${REPO}/commits/main/check-runs`,
      `${REPO}/commits/main/statuses`,
      `${REPO}/collaborators/ada/permission`,
    ]
    for (const path of paths) expect([path, (await call(github, 'GET', path)).status]).toEqual([path, 200])
    expect((await call(github, 'POST', `${REPO}/labels`, { name: 'new', color: 'ff0000' })).status).toBe(201)
    expect((await call(github, 'POST', `${REPO}/issues/1/labels`, { labels: ['new'] })).status).toBe(200)
    expect((await call(github, 'DELETE', `${REPO}/issues/1/labels/new`)).status).toBe(200)
    expect((await call(github, 'DELETE', `${REPO}/git/refs/heads/change`)).status).toBe(204)
    expect(github.violations).toEqual([])
  })
})
