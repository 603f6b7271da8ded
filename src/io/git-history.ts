// The past of files: one `git log` for each name of a file, one `git diff-tree` and one `git cat-file` for many commits.

import type { BlobChange, FileCommit, History } from '../ports.ts'
import type { GitOptions } from './git.ts'
import { type BlobReader, startBlobReader } from './git-blobs.ts'
import { gitFailed, runGit } from './git-process.ts'

/** Larger contents are no prompts, and are not read. */
const MAX_BLOB_BYTES = 2_000_000
const DIFF = ['--raw', '-z', '--no-abbrev', '--no-ext-diff', '--no-textconv', '--ignore-submodules', '--no-color']
const LOG = ['log', '--no-show-signature', '--no-notes', '--encoding=UTF-8']
// Zero bytes are the one thing that a message cannot contain.
const COMMIT = 'format:%x00commit%x00%H%x00%P%x00%aI%x00%aN%x00%s%x00%b%x00'

type Run = (args: readonly string[], input?: string) => Promise<{ code: number; stdout: string; stderr: string }>

export function createHistory(options: GitOptions): History {
  const git: Run = (args, input) =>
    runGit({ root: options.root, args, options, ...(input === undefined ? {} : { input }) })
  let reader: BlobReader | undefined
  const read = async (id: string) => {
    reader ??= startBlobReader(options.root)
    const blob = await reader.read(id, MAX_BLOB_BYTES).catch(() => null)
    return blob !== null && 'text' in blob ? blob.text : null
  }
  return {
    ofFile: async (path, from) => {
      const walk = ['-c', '--root', '--topo-order', '--no-follow', '--no-renames', ...DIFF, `--format=${COMMIT}`]
      const found = await git([...LOG, ...walk, '--end-of-options', from, '--', `:(top,literal)${path}`])
      if (found.code !== 0) throw gitFailed(`read the history of ${path}`, found.stderr)
      // A path that was a folder once also names what was in it.
      return parseLog(found.stdout).filter((commit) => commit.path === path)
    },
    changesIn: async (commits) => {
      if (commits.length === 0) return []
      const lines = `${commits.map(({ sha, parent }) => (parent === undefined ? sha : `${sha} ${parent}`)).join('\n')}\n`
      const changes = (renames: string) =>
        git(['diff-tree', '--stdin', '--always', '-r', renames, '--root', ...DIFF], lines)
      const similar = await changes('-M')
      // In a partial clone contents may be missing: renames without an edit are seen by their ids alone.
      const found = similar.code === 0 ? similar : await changes('-M100%')
      if (found.code !== 0) throw gitFailed('read the changes of a commit', found.stderr)
      return parseChanges(found.stdout)
    },
    texts: async (ids) => new Map(await Promise.all(ids.map(async (id) => [id, await read(id)] as const))),
    fileAt: async (sha, path) => (path.includes('\n') ? null : read(`${sha}:${path}`)),
    graph: async (from, without) => {
      const range = [from, ...without.map((sha) => `^${sha}`)]
      const found = await git([
        ...LOG,
        '--topo-order',
        '-z',
        '--format=format:%H%x00%P%x00%s',
        '--end-of-options',
        ...range,
        '--',
      ])
      return found.code === 0 ? parseGraph(found.stdout) : []
    },
  }
}

function parseLog(text: string): readonly FileCommit[] {
  const fields = text.split('\0')
  const commits: FileCommit[] = []
  let head: Omit<FileCommit, 'path' | 'before' | 'after'> | null = null
  for (let at = 0; at < fields.length; at++) {
    const field = (fields[at] ?? '').trimStart()
    if (field === 'commit') {
      const [sha = '', parents = '', date = '', author = '', subject = '', body = ''] = fields.slice(at + 1, at + 7)
      head = { sha, parents: parents.split(' ').filter((one) => one !== ''), date, author, subject, body }
      at += 6
    } else if (field.startsWith(':') && head !== null) {
      at += 1
      commits.push({ ...head, path: fields[at] ?? '', ...contents(field) })
    }
  }
  return commits
}

/** `:mode mode id id status`; a merge has a colon, a mode and an id for each parent. */
function contents(header: string): Pick<FileCommit, 'before' | 'after'> {
  const count = /^:+/.exec(header)?.[0].length ?? 1
  const words = header.slice(count).split(' ')
  const blob = (at: number) => {
    const id = words[count + 1 + at] ?? ''
    // Links and submodules are other modes, and no text of the repository.
    return words[at]?.startsWith('100') && !/^0+$/.test(id) ? id : null
  }
  return { before: Array.from({ length: count }, (_, at) => blob(at)), after: blob(count) }
}

/** Each commit begins with its id, also one that changed nothing (`--always`). */
function parseChanges(text: string): readonly (readonly BlobChange[])[] {
  const fields = text.split('\0')
  const commits: BlobChange[][] = []
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? ''
    if (!field.startsWith(':')) {
      if (field !== '') commits.push([])
      continue
    }
    const { before, after } = contents(field)
    const moved = /[RC]\d*$/.test(field)
    const [first = '', second = ''] = fields.slice(at + 1, at + 3)
    const ids = { before: before[0] ?? null, after }
    commits.at(-1)?.push(moved ? { path: second, previousPath: first, ...ids } : { path: first, ...ids })
    at += moved ? 2 : 1
  }
  return commits
}

function parseGraph(text: string) {
  const fields = text.split('\0')
  const rows = Math.floor(fields.length / 3)
  return Array.from({ length: rows }, (_, row) => {
    const [sha = '', parents = '', subject = ''] = fields.slice(row * 3, row * 3 + 3)
    return { sha, parents: parents.split(' ').filter((one) => one !== ''), subject }
  })
}
