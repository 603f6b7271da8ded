// Commits of the history branch read and made from objects alone: neither the index nor the work tree is touched.

import { type BranchContent, type BranchFiles, EMPTY_BRANCH, isHistoryFile, readBranch } from '../drift/branch-files.ts'
import { type ParsedLines, parseLines } from '../drift/lines.ts'
import { UserError } from '../errors.ts'
import { type BlobReader, startBlobReader } from './git-blobs.ts'
import { gitFailed } from './git-process.ts'
import type { RunGit } from './history-remote.ts'

/** GitHub takes no file of more; a month of twenty sets has half a megabyte. */
const MAX_FILE_BYTES = 100 * 1024 * 1024

/** Whoever started the job, the branch is written by the program. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'prompt-parity[bot]',
  GIT_AUTHOR_EMAIL: 'prompt-parity[bot]@users.noreply.github.com',
  GIT_COMMITTER_NAME: 'prompt-parity[bot]',
  GIT_COMMITTER_EMAIL: 'prompt-parity[bot]@users.noreply.github.com',
}

export type HistoryObjects = {
  /** What the branch says at a commit; null = it cannot be read. */
  content(commit: string | null): Promise<BranchContent | null>
  /** A commit with these files changed, and all others as they are at `from`. */
  write(of: {
    readonly from: string | null
    readonly parent: string | null
    readonly files: BranchFiles
    readonly message: string
  }): Promise<string>
}

export function createObjects(root: string, git: RunGit): HistoryObjects {
  const texts = new Map<string, string>()
  const parsed = new Map<string, ParsedLines>()
  const parse = (text: string) => {
    const lines = parsed.get(text) ?? parseLines(text)
    parsed.set(text, lines)
    return lines
  }
  let reader: BlobReader | undefined
  const blob = async (id: string, path: string) => {
    const known = texts.get(id)
    if (known !== undefined) return known
    reader ??= startBlobReader(root)
    const read = await reader.read(id, MAX_FILE_BYTES)
    if ('bytes' in read) throw tooLarge(path, read.bytes)
    texts.set(id, read.text)
    return read.text
  }
  const content = async (commit: string | null) => {
    if (commit === null) return EMPTY_BRANCH
    const entries = await list(git, commit, ['-r'])
    if (entries === null) return null
    const files = new Map<string, string>()
    const wanted = entries.filter(({ path, mode }) => mode.startsWith('100') && isHistoryFile(path))
    for (const { path, id } of wanted) files.set(path, await blob(id, path))
    return readBranch(
      files,
      entries.map(({ path }) => path),
      parse,
    )
  }
  const write: HistoryObjects['write'] = async ({ from, parent, files, message }) => {
    const ids = new Map<string, string>()
    for (const [path, text] of files) ids.set(path, await one(git, ['hash-object', '-w', '--stdin'], text))
    const months = [...ids].filter(([path]) => path.startsWith('runs/'))
    const runs = await treeWith(git, from === null ? null : `${from}:runs`, {
      blobs: months.map(([path, id]) => [path.slice('runs/'.length), id]),
    })
    const tops = [...ids].filter(([path]) => !path.includes('/'))
    const tree = await treeWith(git, from, { blobs: tops, runs })
    const parents = parent === null ? [] : ['-p', parent]
    return one(git, ['commit-tree', tree, ...parents, '-m', message], '', IDENTITY)
  }
  return { content, write }
}

type Entry = { readonly mode: string; readonly type: string; readonly id: string; readonly path: string }

async function list(git: RunGit, treeish: string, flags: readonly string[] = []): Promise<readonly Entry[] | null> {
  const found = await git(['ls-tree', '-z', '--full-tree', ...flags, treeish])
  if (found.code !== 0) return null
  return found.stdout.split('\0').flatMap((line): readonly Entry[] => {
    const [, mode, type, id, path] = /^(\d+) ([a-z]+) ([0-9a-f]+)\t([\s\S]*)$/.exec(line) ?? []
    return mode && type && id && path ? [{ mode, type, id, path }] : []
  })
}

async function treeWith(
  git: RunGit,
  treeish: string | null,
  changes: { readonly blobs: readonly (readonly [string, string])[]; readonly runs?: string },
): Promise<string> {
  const entries = new Map((treeish === null ? null : await list(git, treeish))?.map((entry) => [entry.path, entry]))
  for (const [path, id] of changes.blobs) entries.set(path, { mode: '100644', type: 'blob', id, path })
  if (changes.runs !== undefined) entries.set('runs', { mode: '040000', type: 'tree', id: changes.runs, path: 'runs' })
  const lines = [...entries.values()].map(({ mode, type, id, path }) => `${mode} ${type} ${id}\t${path}\0`)
  return one(git, ['mktree', '-z', '--missing'], lines.join(''))
}

async function one(git: RunGit, args: readonly string[], input: string, env = {}): Promise<string> {
  const done = await git(args, { input, env })
  if (done.code !== 0) throw gitFailed('write the drift history', done.stderr)
  return done.stdout.trim()
}

function tooLarge(path: string, bytes: number): UserError {
  return new UserError({
    what: `${path} of the drift history has ${bytes} bytes.`,
    expected: `at most ${MAX_FILE_BYTES} bytes`,
    remedy:
      'No run of ours writes that much: put an earlier commit of the branch back, or delete the branch to start anew.',
  })
}
