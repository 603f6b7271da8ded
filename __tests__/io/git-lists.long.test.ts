// Files of commits and what differs between them, out of tree objects: the same as git's own commands say, or left to them.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createGit } from '../../src/io/git.ts'
import { startBlobReader } from '../../src/io/git-blobs.ts'
import { createLists } from '../../src/io/git-lists.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { git } from '../fakes/git.ts'

type Rows = { readonly [path: string]: readonly [mode: string, text: string] }

async function emptyRepository(format = 'sha1'): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'parity-lists-'))
  await git(root, ['init', '-q', `--object-format=${format}`])
  return root
}

async function commit(root: string, rows: Rows): Promise<string> {
  const env = { GIT_INDEX_FILE: join(root, '.git', `index-${Math.random()}`) }
  const lines: string[] = []
  const one = 'a'.repeat((await git(root, ['hash-object', '--stdin'], { input: '' })).length)
  for (const [path, [mode, text]] of Object.entries(rows)) {
    const id = mode === '160000' ? one : await git(root, ['hash-object', '-w', '--stdin'], { input: text })
    lines.push(`${mode} ${id}\t${path}`)
  }
  await git(root, ['update-index', '-z', '--index-info'], { input: lines.map((line) => `${line}\0`).join(''), env })
  const tree = await git(root, ['write-tree'], { env })
  return git(root, ['commit-tree', '-m', 'One', tree])
}

/** What git says, read in another way than the program does. */
async function saidByGit(root: string, base: string, head: string) {
  const listed = async (sha: string) =>
    (await git(root, ['ls-tree', '-r', '-z', sha])).split('\0').flatMap((row) => {
      const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]*)$/.exec(row) ?? []
      return mode?.startsWith('100') ? [{ path, mode, id }] : []
    })
  const flags = ['--name-status', '-z', '-M', '--no-ext-diff', '--ignore-submodules']
  const fields = (await git(root, ['diff', ...flags, base, head])).split('\0')
  const changes: object[] = []
  for (let at = 0; at + 1 < fields.length; ) {
    const letter = (fields[at] ?? '')[0]
    const path = fields[at + 1]
    if (letter === 'R') {
      changes.push({ status: 'renamed', path: fields[at + 2], previousPath: path })
      at += 3
      continue
    }
    changes.push({ status: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified', path })
    at += 2
  }
  return { base: await listed(base), head: await listed(head), changes }
}

const NAMES = [
  'a.md',
  'a',
  'a-b.md',
  'ab',
  'ünï.md',
  '日本.txt',
  'with space',
  '"q"',
  'two\nlines',
  'a\\b',
  '-dash',
  '😀.md',
]
const FOLDERS = ['', 'a/', 'a-/', 'prompts/', 'prompts/deep/er/', 'ü/', 'a b/']
const MODES = ['100644', '100644', '100644', '100755', '120000', '160000']

function randomRows(next: () => number, from: Rows): Rows {
  const pick = <T>(of: readonly T[]) => of[Math.floor(next() * of.length)] as T
  const rows = { ...from }
  for (let change = 0; change < 1 + 8 * next(); change += 1) {
    const path = pick(FOLDERS) + pick(NAMES)
    if (next() < 0.1) delete rows[path]
    else rows[path] = [pick(next() < 0.7 ? ['100644'] : MODES), `text ${Math.floor(4 * next())}\n`.repeat(6)]
  }
  // A path cannot be a file and a folder.
  for (const path of Object.keys(rows))
    if (Object.keys(rows).some((other) => other.startsWith(`${path}/`))) delete rows[path]
  return rows
}

describe('lists of files and of changes', () => {
  for (const format of ['sha1', 'sha256'])
    it(`are git's own, whatever files are called and are (${format})`, async () => {
      const root = await emptyRepository(format)
      const seen = { small: 0, asked: 0 }
      for (let seed = 1; seed <= 20; seed += 1) {
        const next = seededRandom(`lists ${seed}`)
        const first = randomRows(next, {})
        const [base, head] = [await commit(root, first), await commit(root, randomRows(next, first))]
        const here = createGit({ root })
        const truth = await saidByGit(root, base, head)
        expect(await here.changes(base, head), `seed ${seed}`).toEqual(truth.changes)
        const lists = createLists(() => startBlobReader(root))
        for (const [sha, files] of [
          [base, truth.base],
          [head, truth.head],
        ] as const) {
          expect(await here.tree(sha).list(), `seed ${seed}`).toEqual(files)
          expect([...((await lists.list(sha))?.values() ?? [])].filter(({ mode }) => mode.startsWith('100'))).toEqual(
            files,
          )
        }
        seen[(await lists.changes(base, head)) === null ? 'asked' : 'small'] += 1
      }
      expect(Math.min(seen.small, seen.asked)).toBeGreaterThan(3)
      await rm(root, { recursive: true })
    })

  it('are left to git where there are many folders, or a large one', async () => {
    const root = await emptyRepository()
    const file = (index: number): [string, [string, string]] => [`f${index}/a.md`, ['100644', `${index}\n`]]
    const rows = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => file(index)))
    const [few, many] = [await commit(root, rows(63)), await commit(root, rows(64))]
    const lists = createLists(() => startBlobReader(root))
    expect((await lists.list(few))?.size).toBe(63)
    expect(await lists.list(many)).toBe(null)
    expect(await lists.changes(few, many)).toBe(null)
    const here = createGit({ root })
    expect((await here.tree(many).list()).length).toBe(64)
    expect(await here.changes(few, many)).toEqual([{ status: 'added', path: 'f63/a.md' }])
    const id = await git(root, ['hash-object', '-w', '--stdin'], { input: 'One\n' })
    const wide = Array.from({ length: 6000 }, (_, index) => `100644 blob ${id}\tfile-with-a-long-name-${index}`).join(
      '\n',
    )
    const tree = await git(root, ['mktree'], { input: `${wide}\n` })
    const large = await git(root, ['commit-tree', '-m', 'One', tree])
    expect(await lists.list(large)).toBe(null)
    expect((await here.tree(large).list()).length).toBe(6000)
    await rm(root, { recursive: true })
  })

  it('are left to git where a tree is not as git writes it: it knows what such a mode means, and refuses what is torn', async () => {
    const root = await emptyRepository()
    const blob = await git(root, ['hash-object', '-w', '--stdin'], { input: 'One\n' })
    const raw = (...rows: readonly (readonly [mode: string, name: string | Buffer, id: string])[]) =>
      Buffer.concat(
        rows.flatMap(([mode, name, id]) => [
          Buffer.from(`${mode} `),
          Buffer.from(name),
          Buffer.of(0),
          Buffer.from(id, 'hex'),
        ]),
      )
    const written = async (tree: Buffer) => {
      const id = await git(root, ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], { input: tree })
      return { id, sha: await git(root, ['commit-tree', '-m', 'One', id]) }
    }
    const inner = await written(raw(['100644', 'a.md', blob]))
    const odd = {
      padded: raw(['040000', 'evals', inner.id]),
      executableFolder: raw(['40755', 'evals', inner.id]),
      paddedFile: raw(['0100644', 'a.md', blob]),
      groupWritable: raw(['100664', 'a.md', blob]),
      torn: raw(['100644', 'a.md', blob], ['100644', 'b.md', blob.slice(0, 20)]),
      nameless: raw(['100644', '', blob]),
      twice: raw(['100644', 'a.md', blob], ['100644', 'a.md', blob]),
      unsorted: raw(['100644', 'b.md', blob], ['100644', 'a.md', blob]),
      latin1: raw(['100644', Buffer.of(0xfe, 0x61), blob], ['100644', Buffer.of(0xff, 0x61), blob]),
      folderOfText: raw(['40000', 'evals', blob]),
    }
    const lists = createLists(() => startBlobReader(root))
    expect((await lists.list(inner.sha))?.size).toBe(1)
    for (const [name, tree] of Object.entries(odd)) {
      const { sha } = await written(tree)
      expect(await lists.list(sha), name).toBe(null)
      expect(await lists.changes(inner.sha, sha), name).toBe(null)
    }
    const here = createGit({ root })
    for (const name of ['padded', 'executableFolder'] as const)
      expect(await here.tree((await written(odd[name])).sha).list(), name).toMatchObject([{ path: 'evals/a.md' }])
    await expect(here.tree((await written(odd.torn)).sha).list()).rejects.toThrow('could not list the files')
    await rm(root, { recursive: true })
  })

  it('says what cannot be listed', async () => {
    const root = await emptyRepository()
    const missing = '1'.repeat(40)
    await expect(createGit({ root }).tree(missing).list()).rejects.toThrow('could not list the files of commit')
    await rm(root, { recursive: true })
  })
})
