// git as a child process: the sides' commits and files. No hooks, no external diff drivers, no prompts for credentials,
// and never `--depth` in a full clone (that would cut its history and destroy the merge base for the rest of the job).

import { createHash } from 'node:crypto'
import type { FileChange, Git } from '../ports.ts'
import { type BlobReader, startBlobReader, startedAhead } from './git-blobs.ts'
import { createLists } from './git-lists.ts'
import { gitFailed, runGit } from './git-process.ts'
import { commitTree, workingTree } from './git-tree.ts'

export type GitOptions = {
  readonly root: string
  /** For private repositories whose checkout did not keep its credentials. Passed by environment, never by argument. */
  readonly authorization?: { readonly serverUrl: string; readonly token: string }
}

export function createGit(options: GitOptions): Git {
  const git = (args: readonly string[], input?: string) =>
    runGit({ root: options.root, args, options, ...(input === undefined ? {} : { input }) })
  const line = async (args: readonly string[]) => {
    const result = await git(args)
    return result.code === 0 ? result.stdout.trim() || null : null
  }
  const here = { git, root: options.root }
  let reader = startedAhead(options.root)
  const blobs = () => {
    reader ??= startBlobReader(options.root)
    return reader
  }
  const lists = createLists(blobs)
  return {
    failure: () => reader?.failure() ?? null,
    commit: (ref) => blobs().resolve(`${ref}^{commit}`),
    parents: async (sha) => (await rawParents(git, sha)) ?? [],
    mergeBase: (a, b) => line(['merge-base', a, b]),
    isShallow: async () => (await line(['rev-parse', '--is-shallow-repository'])) === 'true',
    fetch: async (refs, fetchOptions = {}) => {
      const { depth: tipDepth, deepen } = fetchOptions
      const deeper = deepen === undefined ? [] : deepen === 'all' ? ['--unshallow'] : [`--deepen=${deepen}`]
      const depth = tipDepth === undefined ? deeper : [`--depth=${tipDepth}`]
      // What is running has read what a shallow clone lacks.
      reader = undefined
      const result = await git([
        'fetch',
        '--no-tags',
        '--no-recurse-submodules',
        '--quiet',
        ...depth,
        '--end-of-options', // a branch of a pull request may be called like an option
        'origin',
        ...refs,
      ])
      return result.code === 0
    },
    defaultBranch: () => defaultBranch(line),
    currentBranch: () => line(['symbolic-ref', '--short', '--quiet', 'HEAD']),
    changes: async (base, head) =>
      (head === null ? null : await lists.changes(base, head)) ?? changes(here, base, head),
    tree: (sha) => commitTree({ sha, git, blobs, lists }),
    workingTree: () => workingTree({ git, root: options.root, blobs }),
    contentId: (sha) => contentId({ ...here, blobs }, sha),
    tags: (sha) => tags(git, sha),
    remoteTags: async () =>
      remoteTags(await runGit({ root: options.root, args: LIST_TAGS, options, timeoutMs: LONGEST_LIST_MS })),
    ancestry: async (sha) => {
      const found = await git(['rev-list', '--topo-order', '--max-count=20000', '--end-of-options', sha, '--'])
      return found.code === 0 ? found.stdout.split('\n').filter((one) => one !== '') : []
    },
    subject: (sha) =>
      line(['log', '-1', '--no-show-signature', '--encoding=UTF-8', '--format=%s', '--end-of-options', sha, '--']),
    messages: (base, head, lineStart) => messages(git, `${base}..${head}`, lineStart),
  }
}

type RunGit = (args: readonly string[], input?: string) => Promise<{ code: number; stdout: string; stderr: string }>
type Line = (args: readonly string[]) => Promise<string | null>

/** Parents as the commit object names them: a shallow clone hides them from `rev-list`, and their objects may be missing. */
async function rawParents(git: RunGit, sha: string): Promise<readonly string[] | null> {
  const result = await git(['cat-file', 'commit', sha])
  if (result.code !== 0) return null
  const header = result.stdout.split('\n\n', 1)[0] ?? ''
  return header
    .split('\n')
    .filter((row) => row.startsWith('parent '))
    .map((row) => row.slice('parent '.length))
}

async function defaultBranch(line: Line): Promise<string | null> {
  const remote = await line(['symbolic-ref', '--short', '--quiet', 'refs/remotes/origin/HEAD'])
  if (remote) return remote
  for (const name of ['origin/main', 'origin/master', 'main', 'master']) {
    if (await line(['rev-parse', '--verify', '--quiet', `${name}^{commit}`])) return name
  }
  return null
}

export type Here = { readonly git: RunGit; readonly root: string }

async function changes({ git, root }: Here, base: string, head: string | null): Promise<readonly FileChange[]> {
  const flags = ['diff', '--raw', '-z', '-M', '--no-ext-diff', '--no-textconv', '--ignore-submodules', '--no-abbrev']
  const result = await git([...flags, base, ...(head === null ? [] : [head]), '--'])
  if (result.code !== 0) throw gitFailed('compare the two sides', result.stderr)
  const rows = parseRaw(result.stdout)
  if (head !== null) return rows.map(({ oldId: _, ...row }) => row)
  return withUntracked({ git, root }, rows)
}

type RawRow = FileChange & { readonly oldId: string }

function parseRaw(text: string): RawRow[] {
  const fields = text.split('\0')
  const rows: RawRow[] = []
  for (let i = 0; i < fields.length; ) {
    const header = fields[i]
    if (!header?.startsWith(':')) break
    const [, , oldId = '', , letter = 'M'] = header.split(' ')
    const first = fields[i + 1] ?? ''
    if (letter.startsWith('R') || letter.startsWith('C')) {
      const second = fields[i + 2] ?? ''
      rows.push(
        letter.startsWith('R')
          ? { status: 'renamed', path: second, previousPath: first, oldId }
          : { status: 'added', path: second, oldId },
      )
      i += 3
    } else {
      rows.push({ status: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified', path: first, oldId })
      i += 2
    }
  }
  return rows
}

/** Untracked files are part of a working tree; one with the content of a deleted file is that file, moved. */
async function withUntracked({ git, root }: Here, rows: readonly RawRow[]): Promise<readonly FileChange[]> {
  const listed = await git(['ls-files', '-z', '--others', '--exclude-standard'])
  const untracked = listed.stdout.split('\0').filter((path) => path !== '')
  if (untracked.length === 0) return rows.map(({ oldId: _, ...row }) => row)
  const deleted = new Map(rows.filter((row) => row.status === 'deleted').map((row) => [row.oldId, row.path]))
  const ids = deleted.size === 0 ? [] : await idsOf({ git, root }, untracked)
  const moved = new Set<string>()
  const added = untracked.map((path, i): FileChange => {
    const previousPath = deleted.get(ids[i] ?? '')
    if (previousPath === undefined) return { status: 'added', path }
    moved.add(previousPath)
    return { status: 'renamed', path, previousPath }
  })
  return [...rows.filter((row) => !moved.has(row.path)).map(({ oldId: _, ...row }) => row), ...added]
}

async function messages(git: RunGit, range: string, lineStart: string): Promise<readonly string[]> {
  const only = ['-i', '-E', `--grep=^[[:space:]]*${lineStart}`, '-z', '--format=format:%B']
  const log = ['log', '--no-show-signature', '--no-notes', '--encoding=UTF-8', ...only, '--end-of-options', range, '--']
  const found = await git(log)
  if (found.code !== 0) throw gitFailed('read the messages between the two sides', found.stderr)
  return found.stdout.split('\0').filter((message) => message !== '')
}

async function tags(git: RunGit, sha: string) {
  const format = '--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)'
  const found = await git(['for-each-ref', `--merged=${sha}`, '--sort=-creatordate', format, 'refs/tags'])
  if (found.code !== 0) return []
  return found.stdout.split('\n').flatMap((row) => {
    const [name = '', type, id = '', peeledType, peeled = ''] = row.split('\0')
    const commit = type === 'commit' ? id : peeledType === 'commit' ? peeled : ''
    return commit === '' ? [] : [{ name, commit }]
  })
}

const LIST_TAGS = ['ls-remote', '--tags', '--quiet', '--end-of-options', 'origin']
/** An origin that does not answer must not keep a run. */
const LONGEST_LIST_MS = 20_000

/** An annotated tag has a second line, with the commit that it stands for. */
function remoteTags({ code, stdout }: { readonly code: number; readonly stdout: string }) {
  if (code !== 0) return null
  const tags = new Map<string, string>()
  for (const row of stdout.split('\n')) {
    const [id = '', ref = ''] = row.split('\t')
    const name = ref.replace(/^refs\/tags\//, '').replace(/\^\{\}$/, '')
    if (id !== '' && name !== '' && (ref.endsWith('^{}') || !tags.has(name))) tags.set(name, id)
  }
  return [...tags].map(([name, commit]) => ({ name, commit }))
}

const idsOf = async (here: Here, paths: readonly string[]) => (await import('./git-ids.ts')).idsOf(here, paths)

async function contentId(tools: Here & { blobs: () => BlobReader }, sha: string | null): Promise<string> {
  const tree = await tools.blobs().resolve(`${sha ?? 'HEAD'}^{tree}`)
  if (sha !== null) return tree ?? sha
  const diff = await tools.git(['diff', '--raw', '-z', '--no-abbrev', '--no-ext-diff', 'HEAD', '--'])
  const touched = parseRaw(diff.stdout).filter((row) => row.status !== 'deleted')
  const listed = await tools.git(['ls-files', '-z', '--others', '--exclude-standard'])
  const paths = [...touched.map((row) => row.path), ...listed.stdout.split('\0').filter((path) => path !== '')]
  if (diff.stdout === '' && paths.length === 0) return tree ?? 'empty'
  const ids = await idsOf(tools, paths)
  return createHash('sha1')
    .update(JSON.stringify([tree, diff.stdout, paths, ids]))
    .digest('hex')
}
