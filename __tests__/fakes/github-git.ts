// What the API's answers say about commits, trees and diffs, read from the bare repository.

import { git, gitBytes, looseRef, tryGit } from './git.ts'

export type CommitFacts = {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}
export type Signature = { readonly name: string; readonly email: string; readonly date: string }
export type TreeFacts = {
  readonly path: string
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
  readonly size?: number
}
export type DiffFacts = {
  readonly filename: string
  readonly previous_filename?: string
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  readonly sha: string
  readonly additions: number
  readonly deletions: number
  readonly changes: number
  readonly patch?: string
}

/** A branch, tag, full ref or commit id; null when there is none. */
export async function commitOf(bare: string, name: string): Promise<string | null> {
  if (name.startsWith('-')) return null
  const loose = await looseRef(bare, name)
  if (loose !== null) return loose
  for (const form of [name, `refs/heads/${name}`]) {
    const sha = await tryGit(bare, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${form}^{commit}`)
    if (sha !== null) return sha
  }
  return null
}

export async function readCommits(bare: string, range: readonly string[]): Promise<readonly CommitFacts[]> {
  const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01'
  const text = await git(bare, ['log', `--format=${format}`, ...range])
  const records = text.split('\u0001').map((record) => record.replace(/^\n/, ''))
  return records.filter((record) => record !== '').map(commitFacts)
}

function commitFacts(record: string): CommitFacts {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] =
    record.split('\0')
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  }
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`
}

/** Entries of a tree-ish, or null when it is none. */
export async function readTree(
  bare: string,
  treeish: string,
  recursive: boolean,
): Promise<readonly TreeFacts[] | null> {
  const tree = await tryGit(bare, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${treeish}^{tree}`)
  if (tree === null) return null
  const listed = await gitBytes(bare, ['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), tree])
  const lines = listed.toString('utf8').split('\0')
  return lines.flatMap((line) => {
    const found = /^(\d+) (blob|tree|commit) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(line)
    if (!found) return []
    const [, mode = '', type = '', sha = '', size = '', path = ''] = found
    const entry = { path, mode, type: type as TreeFacts['type'], sha }
    return [size === '-' ? entry : { ...entry, size: Number(size) }]
  })
}

const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' } as const

/** What changed from one tree to the other, renames found, in git's order. */
export async function readDiff(bare: string, from: string, to: string): Promise<readonly DiffFacts[]> {
  const options = ['diff', '-M', '--no-abbrev', '--no-ext-diff', '--no-color']
  const raw = (await git(bare, [...options, '--raw', '-z', from, to])).split('\0')
  const numbers = (await git(bare, [...options, '--numstat', '-z', from, to])).split('\0')
  const patches = (await git(bare, [...options, '-U3', from, to])).split(/^diff --git /m).slice(1)
  const files: DiffFacts[] = []
  let at = 0
  let count = 0
  while (raw[at]?.startsWith(':')) {
    const [, , oldSha = '', newSha = '', letter = ''] = (raw[at] ?? '').split(' ')
    const status = STATUS[letter[0] as keyof typeof STATUS] ?? 'changed'
    const isMove = status === 'renamed' || status === 'copied'
    const [first = '', second = ''] = [raw[at + 1], raw[at + 2]]
    at += isMove ? 3 : 2
    const [added = '0', removed = '0', name = ''] = (numbers[count] ?? '').split('\t')
    count += name === '' ? 3 : 1
    const patch = /^@@[\s\S]*/m.exec(patches[files.length] ?? '')?.[0].replace(/\n$/, '')
    const [additions, deletions] = [Number(added) || 0, Number(removed) || 0]
    files.push({
      filename: isMove ? second : first,
      ...(isMove ? { previous_filename: first } : {}),
      status,
      sha: status === 'removed' ? oldSha : newSha,
      additions,
      deletions,
      changes: additions + deletions,
      ...(patch === undefined ? {} : { patch }),
    })
  }
  return files
}
