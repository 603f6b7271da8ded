// Operations on the repository: commits, diffs, trees, blobs, refs, contents, pull requests.

import { GitFailure, git, gitBytes, tryGit } from './git.ts'
import { commitOf, type DiffFacts, readCommits, readDiff, readTree, type TreeFacts } from './github-git.ts'
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
import { renderCommit, renderDiff, renderGitCommit, renderPull, renderRepository } from './github-render.ts'
import type { FakePull } from './github-state.ts'

const READ: Need = [{ contents: 'read' }]
const WRITE: Need = [{ contents: 'write' }]
const PULLS: Need = [{ pull_requests: 'read' }]

async function commitIn(call: Call, name: string): Promise<string> {
  const sha = await commitOf(call.bare, decodeURIComponent(name))
  if (sha === null) throw new Problem(422, `No commit found for SHA: ${name}`)
  return sha
}

function pullIn(call: Call): FakePull {
  const pull = call.state.pulls.get(numberOf(call.path.pull_number))
  if (!pull) throw notFound()
  return pull
}

async function headOf(call: Call, pull: FakePull): Promise<string> {
  return (await commitOf(call.bare, `refs/pull/${pull.number}/head`)) ?? '0'.repeat(40)
}

async function pullFacts(call: Call, pull: FakePull) {
  const mergeSha = await commitOf(call.bare, `refs/pull/${pull.number}/merge`)
  return { headSha: await headOf(call, pull), mergeSha, apiVersion: call.apiVersion }
}

/** Changes from the merge base with the base branch's tip, as GitHub shows them. */
async function pullDiff(call: Call, pull: FakePull): Promise<readonly DiffFacts[]> {
  const head = await headOf(call, pull)
  const tip = (await commitOf(call.bare, pull.baseRef)) ?? pull.baseSha
  const base = (await tryGit(call.bare, 'merge-base', tip, head)) ?? tip
  return readDiff(call.bare, base, head)
}

async function pullCommits(call: Call, pull: FakePull) {
  const head = await headOf(call, pull)
  const tip = (await commitOf(call.bare, pull.baseRef)) ?? pull.baseSha
  return (await readCommits(call.bare, ['--reverse', `${tip}..${head}`])).slice(0, call.state.caps.compareCommits)
}

async function renderFullPull(call: Call, pull: FakePull) {
  const files = await pullDiff(call, pull)
  const sum = (pick: (file: DiffFacts) => number) => files.reduce((total, file) => total + pick(file), 0)
  const counts = {
    changed_files: files.length,
    additions: sum((file) => file.additions),
    deletions: sum((file) => file.deletions),
    commits: (await pullCommits(call, pull)).length,
  }
  return renderPull(call.state, pull, { ...(await pullFacts(call, pull)), counts })
}

async function compare(call: Call): Promise<Reply> {
  const [left, right, extra] = (call.path.basehead ?? '').split('...')
  if (left === undefined || right === undefined || extra !== undefined) throw notFound()
  const [base, head] = [await comparand(call, left), await comparand(call, right)]
  const common = await tryGit(call.bare, 'merge-base', base, head)
  if (common === null) throw new Problem(404, `No common ancestor between ${left} and ${right}.`)
  const ahead = await readCommits(call.bare, ['--reverse', `${base}..${head}`])
  const behind = await readCommits(call.bare, [`${head}..${base}`])
  const page = Number(call.query.page ?? 1)
  const perPage = Math.min(100, Number(call.query.per_page ?? call.state.caps.compareCommits))
  const isPaged = call.query.page !== undefined || call.query.per_page !== undefined
  const shown = isPaged
    ? ahead.slice((page - 1) * perPage, page * perPage)
    : ahead.slice(0, call.state.caps.compareCommits)
  const files = page > 1 ? [] : (await readDiff(call.bare, common, head)).slice(0, call.state.caps.compareFiles)
  const [baseCommit] = await readCommits(call.bare, ['-1', base])
  const [commonCommit] = await readCommits(call.bare, ['-1', common])
  if (!baseCommit || !commonCommit) throw notFound()
  const status =
    ahead.length > 0 ? (behind.length > 0 ? 'diverged' : 'ahead') : behind.length > 0 ? 'behind' : 'identical'
  const body = {
    base_commit: renderCommit(baseCommit),
    merge_base_commit: renderCommit(commonCommit),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: shown.map(renderCommit),
    files: files.map((file) => renderDiff(call.state, file, head)),
  }
  return { status: 200, body }
}

/** A ref or commit, or `owner:branch` for a fork's head branch, which lives in refs/pull here. */
async function comparand(call: Call, name: string): Promise<string> {
  const colon = name.indexOf(':')
  const [owner, ref] = colon < 0 ? [call.state.owner, name] : [name.slice(0, colon), name.slice(colon + 1)]
  const own = owner === call.state.owner ? await commitOf(call.bare, ref) : null
  if (own !== null) return own
  for (const pull of call.state.pulls.values()) {
    const isIts = owner !== call.state.owner && pull.proposer === 'fork' && pull.headRef === ref
    if (isIts) return headOf(call, pull)
  }
  throw notFound()
}

async function contents(call: Call): Promise<Reply> {
  const at = await commitOf(call.bare, text(call.query.ref ?? call.state.options.defaultBranch ?? 'main'))
  if (at === null) throw new Problem(404, `No commit found for the ref ${text(call.query.ref)}`)
  const path = (call.path.path ?? '').replace(/^\/+|\/+$/g, '')
  const all = (await readTree(call.bare, at, true)) ?? []
  const entry = all.find((one) => one.path === path)
  if (path === '' || entry?.type === 'tree') return { status: 200, body: directory(all, path) }
  if (!entry) throw notFound()
  if (entry.type === 'commit') return { status: 200, body: shownAs(entry, 'submodule') }
  const bytes = await gitBytes(call.bare, ['cat-file', 'blob', entry.sha])
  if (entry.mode === '120000') return linked(call, all, entry, bytes.toString('utf8'))
  return file(call, entry, bytes)
}

function shownAs(entry: TreeFacts, type: string) {
  return { type, name: entry.path.split('/').at(-1), path: entry.path, sha: entry.sha, size: entry.size ?? 0 }
}

/** Submodules come back as files in listings. */
function directory(all: readonly TreeFacts[], path: string) {
  const prefix = path === '' ? '' : `${path}/`
  const inside = all.filter((one) => one.path.startsWith(prefix) && !one.path.slice(prefix.length).includes('/'))
  const typeOf = (one: TreeFacts) => (one.type === 'tree' ? 'dir' : one.mode === '120000' ? 'symlink' : 'file')
  return inside.slice(0, 1000).map((one) => shownAs(one, typeOf(one)))
}

/** A link to a file of the repository is followed, any other is told as a link. */
async function linked(call: Call, all: readonly TreeFacts[], entry: TreeFacts, target: string): Promise<Reply> {
  const url = new URL(target, `file:///${entry.path}`)
  const aim = all.find((one) => one.path === decodeURIComponent(url.pathname).slice(1) && one.mode.startsWith('100'))
  if (!aim || target.startsWith('/')) return { status: 200, body: { ...shownAs(entry, 'symlink'), target } }
  return file(call, { ...aim, path: entry.path }, await gitBytes(call.bare, ['cat-file', 'blob', aim.sha]))
}

function file(call: Call, entry: TreeFacts, bytes: Buffer): Reply {
  if (bytes.length > 100 * 1024 * 1024) throw new Problem(403, 'This API returns blobs up to 100 MB in size.')
  if (/\braw\b/.test(call.accept)) return { status: 200, body: bytes }
  const isInline = bytes.length <= call.state.caps.inlineBytes
  const content = isInline ? wrapped(bytes.toString('base64')) : ''
  return {
    status: 200,
    body: { ...shownAs(entry, 'file'), size: bytes.length, encoding: isInline ? 'base64' : 'none', content },
  }
}

/** GitHub breaks base64 into lines of 60. */
function wrapped(base64: string): string {
  return base64.replace(/(.{60})/g, '$1\n')
}

async function tree(call: Call): Promise<Reply> {
  const treeish = call.path.tree_sha ?? ''
  const form = (await commitOf(call.bare, treeish)) ?? treeish
  // Any value of `recursive` means yes, even 0 and false.
  const all = /^-/.test(form) ? null : await readTree(call.bare, form, call.query.recursive !== undefined)
  if (all === null) throw notFound()
  const sha = await git(call.bare, ['rev-parse', `${form}^{tree}`])
  const shown = all.slice(0, call.state.caps.treeEntries)
  return { status: 200, body: { sha, tree: shown, truncated: shown.length < all.length } }
}

type NewEntry = {
  readonly path?: string
  readonly mode?: string
  readonly sha?: string | null
  readonly content?: string
}

async function createTree(call: Call): Promise<Reply> {
  const index = `${call.bare}/parity-index-${process.pid}-${call.state.nextId()}`
  const env = { GIT_INDEX_FILE: index }
  const base = call.body.base_tree
  if (base !== undefined && (await tryGit(call.bare, 'cat-file', '-e', `${text(base)}^{tree}`)) === null) {
    throw new Problem(422, 'base_tree is not a valid tree oid')
  }
  await git(call.bare, base === undefined ? ['read-tree', '--empty'] : ['read-tree', text(base)], { env })
  for (const entry of call.body.tree as readonly NewEntry[]) await putEntry(call, entry, env)
  const sha = await git(call.bare, ['write-tree'], { env })
  return { status: 201, body: { sha, tree: (await readTree(call.bare, sha, false)) ?? [], truncated: false } }
}

async function putEntry(call: Call, entry: NewEntry, env: { readonly [name: string]: string }): Promise<void> {
  const { path, mode, sha, content } = entry
  if (!path || !mode) throw new Problem(422, 'tree.path and tree.mode are needed')
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..' || part === '.git')) {
    throw new Problem(422, 'tree.path contains a malformed path component')
  }
  if (sha !== undefined && content !== undefined) throw new Problem(422, 'Must supply either tree.sha or tree.content')
  if (sha === null) {
    await git(call.bare, ['update-index', '--force-remove', '--', path], { env })
    return
  }
  const id = sha ?? (await git(call.bare, ['hash-object', '-w', '--stdin'], { input: content ?? '' }))
  if (mode === '040000') {
    await git(call.bare, ['read-tree', `--prefix=${path}/`, id], { env })
    return
  }
  if ((await tryGit(call.bare, 'cat-file', '-e', id)) === null)
    throw new Problem(422, `tree.sha ${id} is not a valid blob`)
  await git(call.bare, ['update-index', '--add', '--cacheinfo', `${mode},${id},${path}`], { env })
}

type Person = { readonly name: string; readonly email: string; readonly date?: string }

async function createCommit(call: Call): Promise<Reply> {
  const { tree: treeSha, message } = call.body
  const parents = (call.body.parents ?? []) as readonly string[]
  const author = (call.body.author ?? { name: call.state.login, email: 'bot@example.com' }) as Person
  const committer = { ...author, ...(call.body.committer as Partial<Person> | undefined) }
  const now = call.state.tick()
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date ?? now,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date ?? now,
  }
  const args = ['commit-tree', text(treeSha), ...parents.flatMap((parent) => ['-p', parent])]
  const sha = await git(call.bare, args, { env, input: text(message) }).catch((failure: unknown) => {
    if (failure instanceof GitFailure) throw new Problem(422, 'Tree SHA or a parent does not exist')
    throw failure
  })
  const [commit] = await readCommits(call.bare, ['-1', sha])
  if (!commit) throw notFound()
  return { status: 201, body: renderGitCommit(commit) }
}

async function readRef(call: Call, full: string): Promise<Reply> {
  const sha = await tryGit(call.bare, 'rev-parse', '--verify', '--quiet', '--end-of-options', full)
  if (sha === null) throw notFound()
  const type = await git(call.bare, ['cat-file', '-t', sha])
  return { status: 200, body: { ref: full, object: { sha, type } } }
}

async function createRef(call: Call): Promise<Reply> {
  const ref = text(call.body.ref)
  const sha = text(call.body.sha)
  if (!/^refs\/[^/]+\/./.test(ref) || (await tryGit(call.bare, 'check-ref-format', ref)) === null) {
    throw new Problem(422, "Reference name must start with 'refs/' and have at least two slashes.")
  }
  if ((await tryGit(call.bare, 'cat-file', '-e', sha)) === null) throw new Problem(422, 'Object does not exist')
  // git itself refuses when it exists by now: two writers, one winner.
  const isMade = await tryGit(call.bare, 'update-ref', ref, sha, '0'.repeat(40))
  if (isMade === null) throw new Problem(422, 'Reference already exists')
  return { ...(await readRef(call, ref)), status: 201 }
}

async function updateRef(call: Call): Promise<Reply> {
  const ref = `refs/${call.path.ref}`
  const sha = text(call.body.sha)
  const old = await tryGit(call.bare, 'rev-parse', '--verify', '--quiet', ref)
  if (old === null) throw new Problem(422, 'Reference does not exist')
  if ((await tryGit(call.bare, 'cat-file', '-e', `${sha}^{commit}`)) === null)
    throw new Problem(422, 'Object does not exist')
  const isForward = (await tryGit(call.bare, 'merge-base', '--is-ancestor', old, sha)) !== null
  if (!isForward && call.body.force !== true) throw new Problem(422, 'Update is not a fast forward')
  const isMoved = await tryGit(call.bare, 'update-ref', ref, sha, old)
  if (isMoved === null) throw new Problem(422, 'Update is not a fast forward')
  return readRef(call, ref)
}

async function matchingRefs(call: Call): Promise<Reply> {
  const prefix = `refs/${call.path.ref}`
  const listed = await git(call.bare, ['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)'])
  const refs = listed.split('\n').map((line) => line.split(' '))
  const body = refs
    .filter(([ref = '']) => ref.startsWith(prefix))
    .map(([ref, sha, type]) => ({ ref, object: { sha, type } }))
  return { status: 200, body }
}

export const repositoryOperations: Operations = {
  'repos/get': { needs: [{}], run: ({ state }) => ({ status: 200, body: renderRepository(state) }) },
  'repos/get-branch': {
    needs: READ,
    run: async (call) => {
      const sha = await tryGit(call.bare, 'rev-parse', '--verify', '--quiet', `refs/heads/${call.path.branch}`)
      const [commit] = sha === null ? [] : await readCommits(call.bare, ['-1', sha])
      if (!commit) throw new Problem(404, 'Branch not found')
      return { status: 200, body: { name: call.path.branch, commit: renderCommit(commit), protected: false } }
    },
  },
  'repos/get-commit': {
    needs: READ,
    run: async (call) => {
      const [commit] = await readCommits(call.bare, ['-1', await commitIn(call, call.path.ref ?? '')])
      if (!commit) throw notFound()
      const files = commit.parents[0] ? await readDiff(call.bare, commit.parents[0], commit.sha) : []
      const shown = files.slice(0, call.state.caps.compareFiles).map((file) => renderDiff(call.state, file, commit.sha))
      return { status: 200, body: { ...renderCommit(commit), files: shown } }
    },
  },
  'repos/list-commits': {
    needs: READ,
    run: async (call) => {
      const start = await commitIn(call, text(call.query.sha ?? call.state.options.defaultBranch ?? 'main'))
      const path = call.query.path === undefined ? [] : ['--', text(call.query.path)]
      return { status: 200, list: (await readCommits(call.bare, [start, ...path])).map(renderCommit) }
    },
  },
  'repos/compare-commits-with-basehead': { needs: READ, run: compare },
  'repos/get-content': { needs: READ, run: contents },
  'git/get-tree': { needs: READ, run: tree },
  'git/create-tree': { needs: WRITE, run: createTree },
  'git/get-blob': {
    needs: READ,
    run: async (call) => {
      const sha = call.path.file_sha ?? ''
      if (!/^[0-9a-f]{40}$/.test(sha) || (await tryGit(call.bare, 'cat-file', 'blob', sha)) === null) throw notFound()
      const bytes = await gitBytes(call.bare, ['cat-file', 'blob', sha])
      if (/\braw\b/.test(call.accept)) return { status: 200, body: bytes }
      return {
        status: 200,
        body: { sha, size: bytes.length, encoding: 'base64', content: wrapped(bytes.toString('base64')) },
      }
    },
  },
  'git/create-blob': {
    needs: WRITE,
    run: async (call) => {
      const encoding = call.body.encoding ?? 'utf-8'
      if (encoding !== 'utf-8' && encoding !== 'base64') throw new Problem(422, 'encoding must be utf-8 or base64')
      const input = Buffer.from(text(call.body.content), encoding === 'base64' ? 'base64' : 'utf8')
      return { status: 201, body: { sha: await git(call.bare, ['hash-object', '-w', '--stdin'], { input }) } }
    },
  },
  'git/get-commit': {
    needs: READ,
    run: async (call) => {
      const sha = call.path.commit_sha ?? ''
      if (!/^[0-9a-f]{40}$/.test(sha) || (await commitOf(call.bare, sha)) === null) throw notFound()
      const [commit] = await readCommits(call.bare, ['-1', sha])
      if (!commit) throw notFound()
      return { status: 200, body: renderGitCommit(commit) }
    },
  },
  'git/create-commit': { needs: WRITE, run: createCommit },
  'git/get-ref': { needs: READ, run: (call) => readRef(call, `refs/${call.path.ref}`) },
  'git/list-matching-refs': { needs: READ, run: matchingRefs },
  'git/create-ref': { needs: WRITE, run: createRef },
  'git/update-ref': { needs: WRITE, run: updateRef },
  'git/delete-ref': {
    needs: WRITE,
    run: async (call) => {
      const gone = await tryGit(call.bare, 'update-ref', '-d', `refs/${call.path.ref}`)
      if (gone === null) throw new Problem(422, 'Reference does not exist')
      return { status: 204 }
    },
  },
  'pulls/get': {
    needs: PULLS,
    run: async (call) => ({ status: 200, body: await renderFullPull(call, pullIn(call)) }),
  },
  'pulls/list': {
    needs: PULLS,
    run: async (call) => {
      const wanted = text(call.query.state ?? 'open')
      const pulls = [...call.state.pulls.values()].filter((pull) => {
        const { state: now = 'open' } = call.state.issues.get(pull.number) ?? {}
        const head = `${pull.proposer === 'own' ? call.state.owner : 'mallory'}:${pull.headRef}`
        if (call.query.head !== undefined && call.query.head !== head) return false
        if (call.query.base !== undefined && call.query.base !== pull.baseRef) return false
        return wanted === 'all' || wanted === now
      })
      const list = await Promise.all(
        pulls.map(async (pull) => renderPull(call.state, pull, await pullFacts(call, pull))),
      )
      return { status: 200, list: list.reverse() }
    },
  },
  'pulls/list-files': {
    needs: PULLS,
    run: async (call) => {
      const pull = pullIn(call)
      const head = await headOf(call, pull)
      const files = (await pullDiff(call, pull)).slice(0, call.state.caps.pullFiles)
      return { status: 200, list: files.map((file) => renderDiff(call.state, file, head)) }
    },
  },
  'pulls/list-commits': {
    needs: PULLS,
    run: async (call) => ({ status: 200, list: (await pullCommits(call, pullIn(call))).map(renderCommit) }),
  },
  // Only pull requests whose head is in this repository.
  'repos/list-pull-requests-associated-with-commit': {
    needs: [{ pull_requests: 'read', contents: 'read' }],
    run: async (call) => {
      const sha = await commitIn(call, call.path.commit_sha ?? '')
      const list: unknown[] = []
      for (const pull of call.state.pulls.values()) {
        const isInside = pull.proposer === 'own' || pull.proposer === 'dependabot'
        const holds = (await tryGit(call.bare, 'merge-base', '--is-ancestor', sha, await headOf(call, pull))) !== null
        const isOld = (await tryGit(call.bare, 'merge-base', '--is-ancestor', sha, pull.baseSha)) !== null
        if (isInside && holds && !isOld) list.push(renderPull(call.state, pull, await pullFacts(call, pull)))
      }
      return { status: 200, list }
    },
  },
}
