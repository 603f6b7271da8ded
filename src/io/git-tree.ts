// The files of a side: a commit's through one long-lived `git cat-file`, the working tree's from disk.
// Regular files only: what a symlink, a submodule or an LFS pointer stands for is not part of the repository.

import { promises, type Stats } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { codeOf } from './disk-failure.ts'
import type { BlobReader } from './git-blobs.ts'
import type { Entry, Listing, Lists } from './git-lists.ts'
import { gitFailed } from './git-process.ts'
import { isLargeText } from './heap.ts'

const MEGABYTE = 1024 * 1024
const MAX_FILE_BYTES = 64 * MEGABYTE
type RunGit = (args: readonly string[], input?: string) => Promise<{ code: number; stdout: string; stderr: string }>

/** @param of.blobs starts the reader where none has been asked yet */
export function commitTree(of: { sha: string; git: RunGit; blobs: () => BlobReader; lists: Lists }): Tree {
  let entries: Promise<Listing> | undefined
  const load = () => {
    entries ??= of.lists.list(of.sha).then((known) => known ?? listCommit(of.git, of.sha))
    return entries
  }
  const read = async (path: string, maxBytes = MAX_FILE_BYTES, take?: (piece: string) => void) => {
    const entry = (await load()).get(path)
    return entry === undefined ? null : readBlob(of.blobs(), entry, { maxBytes, take })
  }
  return {
    id: of.sha,
    list: async () => [...(await load()).values()].filter((entry) => entry.mode.startsWith('100')),
    read: (path, maxBytes) => read(path, maxBytes),
    readInPieces: async (path, take, maxBytes) => {
      const text = await read(path, maxBytes, take)
      if (text !== null) take(text)
      return text !== null
    },
    contentId: async (path) => {
      const entry = (await load()).get(path)
      return entry?.mode.startsWith('100') ? entry.id : null
    },
  }
}

type Reading = { readonly maxBytes: number; readonly take?: ((piece: string) => void) | undefined }

async function readBlob(blobs: BlobReader, entry: Entry, { maxBytes, take }: Reading): Promise<string> {
  refuseSpecial(entry.path, entry)
  const blob = await blobs.read(entry.id, maxBytes, take)
  if ('bytes' in blob) throw tooLarge(entry.path, blob.bytes, maxBytes)
  return checkPointer(entry.path, blob.text)
}

async function listCommit(git: RunGit, sha: string): Promise<Listing> {
  const result = await git(['ls-tree', '-r', '-z', '--full-tree', sha])
  if (result.code !== 0) throw gitFailed(`list the files of commit ${sha.slice(0, 12)}`, result.stderr)
  return entriesIn(result.stdout)
}

/** `<mode> <type> <id>\t<path>\0` of each file; sizes would be looked up one by one (half a second for 50,000 files). */
function entriesIn(listing: string): Listing {
  const entries = new Map<string, Entry>()
  for (let start = 0; start < listing.length; ) {
    const tab = listing.indexOf('\t', start)
    const end = listing.indexOf('\0', tab)
    if (tab < 0 || end < 0) break
    const type = listing.indexOf(' ', start)
    const id = listing.indexOf(' ', type + 1)
    const path = listing.slice(tab + 1, end)
    const mode = listing.startsWith(REGULAR, start) ? REGULAR : listing.slice(start, type)
    entries.set(path, { path, mode, id: listing.slice(id + 1, tab) })
    start = end + 1
  }
  return entries
}
const REGULAR = '100644'

function refuseSpecial(path: string, entry: Entry): void {
  if (entry.mode === '120000') throw notRegular(path, 'a symbolic link')
  if (entry.mode === '160000') throw notRegular(path, 'a submodule')
}

/** What a sparse checkout leaves out is as in the index, which is how git compares it, too. */
export function workingTree(of: { git: RunGit; root: string; blobs: () => BlobReader }): Tree {
  let files: Promise<WorkingFiles> | undefined
  const load = () => {
    files ??= listWorkingTree(of.git)
    return files
  }
  const find = async (path: string, maxBytes: number) =>
    (await load()).has(path) ? findOnDisk(of.root, path, maxBytes) : null
  const leftOut = async (path: string) => (await load()).get(path) ?? null
  return {
    id: 'working-tree',
    list: async () => [...(await load())].map(([path, entry]) => ({ path, id: entry?.id ?? '' })),
    read: async (path, maxBytes = MAX_FILE_BYTES) => {
      const entry = await leftOut(path)
      if (entry !== null) return readBlob(of.blobs(), entry, { maxBytes })
      const found = await find(path, maxBytes)
      return found === null ? null : readWhole(path, found)
    },
    readInPieces: async (path, take, maxBytes = MAX_FILE_BYTES) => {
      const entry = await leftOut(path)
      if (entry !== null) {
        take(await readBlob(of.blobs(), entry, { maxBytes, take }))
        return true
      }
      const found = await find(path, maxBytes)
      if (found === null) return false
      if (!isLargeText(found.size)) take(await readWhole(path, found))
      else await (await import('./file-pieces.ts')).takePieces(path, found, take)
      return true
    },
    hidden: async (path) =>
      (await load()).has(path) ? null : hiddenBy(await promises.lstat(join(of.root, path)).catch(() => null)),
  }
}

async function readWhole(path: string, { file }: OnDisk): Promise<string> {
  const text = await promises.readFile(file, 'utf8').catch((error: unknown) => {
    throw codeOf(error) === 'EACCES' ? notReadable(path) : error
  })
  return checkPointer(path, text)
}

/** By path; with its entry of the index what is not on disk on purpose (the skip-worktree bit), null what is there. */
type WorkingFiles = ReadonlyMap<string, Entry | null>

async function listWorkingTree(git: RunGit): Promise<WorkingFiles> {
  const [all, gone] = await Promise.all([
    git(['ls-files', '-z', '-t', '--cached', '--others', '--exclude-standard']),
    git(['ls-files', '-z', '--deleted']),
  ])
  if (all.code !== 0) throw gitFailed('list the files of the working tree', all.stderr)
  const deleted = new Set(gone.stdout.split('\0'))
  const files = new Map<string, Entry | null>()
  let isSparse = false
  for (const row of all.stdout.split('\0')) {
    const path = row.slice(TAG.length)
    if (path !== '' && !deleted.has(path)) files.set(path, null)
    isSparse ||= row.startsWith(TAG)
  }
  return isSparse ? withLeftOut(git, files) : files
}

/** Before the path of a file with the bit; others have another letter. */
const TAG = 'S '

/** `S <mode> <id> <stage>\t<path>` */
async function withLeftOut(git: RunGit, files: Map<string, Entry | null>): Promise<WorkingFiles> {
  const staged = await git(['ls-files', '-z', '-t', '--stage'])
  if (staged.code !== 0) throw gitFailed('list the files of the index', staged.stderr)
  for (const row of staged.stdout.split('\0')) {
    if (!row.startsWith(TAG)) continue
    const tab = row.indexOf('\t')
    const [mode = '', id = ''] = row.slice(TAG.length, tab).split(' ')
    const path = row.slice(tab + 1)
    files.set(path, { path, mode, id })
  }
  return files
}

type OnDisk = { readonly file: string; readonly size: number; readonly mtimeMs: number }

async function findOnDisk(root: string, path: string, maxBytes: number): Promise<OnDisk | null> {
  const file = join(root, path)
  const stat = await promises.lstat(file).catch(() => null)
  if (!stat) return null
  if (!stat.isFile()) throw notRegular(path, stat.isSymbolicLink() ? 'a symbolic link' : 'not a regular file')
  if (stat.size > maxBytes) throw tooLarge(path, stat.size, maxBytes)
  const [real, realRoot] = await Promise.all([promises.realpath(file), promises.realpath(root)])
  if (!real.startsWith(realRoot + sep)) throw notRegular(path, 'behind a symbolic link that leaves the repository')
  return { file, size: stat.size, mtimeMs: stat.mtimeMs }
}

function hiddenBy(there: Stats | null): string | null {
  if (there === null) return null
  if (there.isFile()) return 'git ignores it (`git check-ignore -v` names the rule), so that no commit would have it'
  return there.isDirectory() ? 'it is a folder' : 'it is not a regular file'
}

function checkPointer(path: string, text: string): string {
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return text
  throw new UserError({
    what: 'the file is stored in Git LFS, and only its pointer is here.',
    place: { path },
    remedy: 'Check out with `lfs: true`, or keep prompts and cases in plain git.',
  })
}

function notRegular(path: string, what: string): UserError {
  return new UserError({
    what: `the path is ${what}.`,
    place: { path },
    remedy: 'Only regular files of the repository are read; put the file itself here.',
  })
}

function notReadable(path: string): UserError {
  return new UserError({
    what: 'the file may not be read by this user (EACCES).',
    place: { path },
    remedy: 'Give read permission, or run as its owner.',
  })
}

function tooLarge(path: string, bytes: number, maxBytes: number): UserError {
  return new UserError({
    what: `the file has ${(bytes / MEGABYTE).toFixed(1)} MB.`,
    place: { path },
    expected: `at most ${Math.round(maxBytes / MEGABYTE)} MB`,
    remedy: 'Split it.',
  })
}
