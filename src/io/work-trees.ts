// A directory with the files of a side, for targets that execute the application. A commit gets a detached work tree;
// the working tree gets a copy of its tracked and unignored files, so that nothing ever runs in the user's own tree.

import { copyFile, lstat, mkdir, readlink, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sides } from '../domain.ts'
import type { Tree, TreeEntry, WorkTrees } from '../ports.ts'
import { copyFolder } from './copy-folder.ts'
import { codeOf } from './disk-failure.ts'
import { gitFailed, runGit } from './git-process.ts'
import { makeOwnFolder, noRoomFor, type OwnFolder, removeAbandoned } from './own-folder.ts'

export type DisposableWorkTrees = Required<WorkTrees> & { dispose(): Promise<void> }
export type WorkTreesOf = { readonly root: string; readonly sides: Sides; readonly workingTree: Tree }

/** @param below where in its tree the application is, and runs */
export function createWorkTrees(of: WorkTreesOf, below = ''): DisposableWorkTrees {
  const made = new Map<string, Promise<string>>()
  let there: OwnFolder | undefined
  let isOver = false
  // A second interrupt does not wait for `dispose`.
  const removeNow = () => there?.removeNow()
  let last: Promise<unknown> = Promise.resolve()
  const make = async (label: 'base' | 'head') => {
    there ??= await newFolder(of.root, () => isOver)
    process.off('exit', removeNow).once('exit', removeNow)
    const directory = join(there.path, label)
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
  const directory = async (label: 'base' | 'head') => {
    const known = made.get(label) ?? next(label)
    made.set(label, known)
    return join(await known, below)
  }
  return {
    directory,
    copy: async (from, to, folder) =>
      copyFolder(join(await directory(from), folder), join(await directory(to), folder)),
    dispose: async () => {
      isOver = true
      await Promise.allSettled(made.values())
      if (there === undefined) return
      await there.remove()
      process.off('exit', removeNow)
      await runGit({ root: of.root, args: ['worktree', 'prune'], options: { root: of.root } })
    },
  }
}

async function newFolder(root: string, isOver: () => boolean): Promise<OwnFolder> {
  await removeAbandoned(isOver)
  await forgetGone(root)
  return makeOwnFolder()
}

async function addWorkTree(root: string, directory: string, sha: string): Promise<void> {
  const result = await runGit({
    root,
    // A sparse checkout would make a sparse one, and an application needs its files.
    args: ['-c', 'core.sparseCheckout=false', 'worktree', 'add', '--detach', '--force', '--quiet', directory, sha],
    options: { root },
  })
  if (result.code === 0) return
  throw noRoomFor(directory) ?? gitFailed(`make a work tree of ${sha.slice(0, 12)}`, result.stderr)
}

async function copyTree(root: string, directory: string, entries: readonly TreeEntry[]): Promise<void> {
  await mkdir(directory, { recursive: true })
  await copyLeftOut(
    root,
    directory,
    entries.flatMap(({ path, id }) => (id === '' ? [] : [path])),
  )
  for (const { path } of entries.filter(({ id }) => id === '')) {
    const [from, to] = [join(root, path), join(directory, path)]
    const stat = await lstat(from).catch(() => null)
    if (stat === null) continue
    await mkdir(dirname(to), { recursive: true })
    if (stat.isSymbolicLink()) await symlink(await readlink(from), to)
    else if (stat.isFile()) await copyFile(from, to)
  }
}

/** Files that a sparse checkout leaves out, as they are in the index. Git before 2.36 has no such option, and needs none. */
async function copyLeftOut(root: string, directory: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return
  const checkOut = (...options: string[]) =>
    runGit({
      root,
      args: ['checkout-index', ...options, '-z', '--stdin', `--prefix=${directory}/`],
      options: { root },
      input: paths.map((path) => `${path}\0`).join(''),
    })
  if ((await checkOut('--ignore-skip-worktree-bits')).code === 0) return
  const result = await checkOut()
  if (result.code !== 0) throw noRoomFor(directory) ?? gitFailed('copy the files of the index', result.stderr)
}

/**
 * What git knows of trees that are gone. One whose making was cut off is locked, and would stay so: it is let go where the folder
 * that it was to be in, which is there before git begins, is gone.
 */
async function forgetGone(root: string): Promise<void> {
  const git = (...args: string[]) => runGit({ root, args: ['worktree', ...args], options: { root } })
  for (const about of (await git('list', '--porcelain')).stdout.split('\n\n')) {
    const [, path] = /^worktree (.*[/]prompt-parity-[A-Za-z0-9]{6}[/](?:base|head))$/m.exec(about) ?? []
    if (path === undefined || !/^locked/m.test(about)) continue
    const isGone = await lstat(dirname(path)).then(
      () => false,
      (error) => codeOf(error) === 'ENOENT',
    )
    if (isGone) await git('unlock', path)
  }
  await git('prune')
}
