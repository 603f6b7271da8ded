// A directory with the files of a side, for targets that execute the application. A commit gets a detached work tree;
// the working tree gets a copy of its tracked and unignored files, so that nothing ever runs in the user's own tree.

import { rmSync } from 'node:fs'
import { copyFile, lstat, mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Sides } from '../domain.ts'
import type { Tree, WorkTrees } from '../ports.ts'
import { gitFailed, runGit } from './git-process.ts'

export type DisposableWorkTrees = WorkTrees & { dispose(): Promise<void> }

export function createWorkTrees(of: { root: string; sides: Sides; workingTree: Tree }): DisposableWorkTrees {
  const made = new Map<string, Promise<string>>()
  let parent: Promise<string> | undefined
  let there: string | undefined
  // A second interrupt does not wait for `dispose`.
  const removeNow = () => {
    if (there !== undefined) rmSync(there, { recursive: true, force: true })
  }
  let last: Promise<unknown> = Promise.resolve()
  const make = async (label: 'base' | 'head') => {
    parent ??= mkdtemp(join(tmpdir(), 'prompt-parity-'))
    there ??= await parent
    process.off('exit', removeNow).once('exit', removeNow)
    const directory = join(there, label)
    const side = label === 'base' ? of.sides.base : of.sides.head
    if (side === null) throw new Error('a side that does not exist has no work tree')
    if (side.sha === null) await copyTree(of.root, directory, await of.workingTree.list())
    else await addWorkTree(of.root, directory, side.sha)
    return directory
  }
  /** One after the other: git reads every entry of .git/worktrees, and fails on one that is half written. */
  const next = (label: 'base' | 'head') => {
    const making = last.then(() => make(label))
    last = making.catch(() => undefined)
    return making
  }
  return {
    directory: (label) => {
      const known = made.get(label) ?? next(label)
      made.set(label, known)
      return known
    },
    dispose: async () => {
      if (parent === undefined) return
      await Promise.allSettled(made.values())
      await rm(await parent, { recursive: true, force: true, maxRetries: 3 })
      process.off('exit', removeNow)
      await runGit({ root: of.root, args: ['worktree', 'prune'], options: { root: of.root } })
    },
  }
}

async function addWorkTree(root: string, directory: string, sha: string): Promise<void> {
  const result = await runGit({
    root,
    args: ['worktree', 'add', '--detach', '--force', '--quiet', directory, sha],
    options: { root },
  })
  if (result.code !== 0) throw gitFailed(`make a work tree of ${sha.slice(0, 12)}`, result.stderr)
}

async function copyTree(root: string, directory: string, entries: readonly { path: string }[]): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const { path } of entries) {
    const [from, to] = [join(root, path), join(directory, path)]
    const stat = await lstat(from).catch(() => null)
    if (stat === null) continue
    await mkdir(dirname(to), { recursive: true })
    if (stat.isSymbolicLink()) await symlink(await readlink(from), to)
    else if (stat.isFile()) await copyFile(from, to)
  }
}
