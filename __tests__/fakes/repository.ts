// Scratch git repositories from object literals. The same calls give the same commit ids everywhere.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { git, gitBytes, looseRef, tryGit } from './git.ts'

/** Text or bytes of a regular file; a link, an executable, a submodule; null removes. */
export type FileSpec =
  | string
  | Uint8Array
  | null
  | { readonly symlink: string }
  | { readonly executable: string }
  | { readonly submodule: string }
  | { readonly renamedFrom: string }
export type Files = { readonly [path: string]: FileSpec }

export type CommitOptions = {
  /** Default: the branch of the last commit, at first `main`. A new branch starts at `from`. */
  readonly branch?: string
  /** A ref or commit; default: the branch's tip, for a new branch the last commit, null for an orphan. */
  readonly from?: string | null
  readonly author?: { readonly name: string; readonly email: string }
}

export type Pull = {
  readonly number: number
  readonly headSha: string
  readonly baseSha: string
  readonly mergeSha: string | null
}

export type Repository = {
  /** The bare repository: what GitHub has. */
  readonly bare: string
  /** Its `file://` address, for fetches. */
  readonly url: string
  readonly commit: (files: Files, message?: string, options?: CommitOptions) => Promise<string>
  readonly branch: (name: string, at?: string) => Promise<string>
  readonly sha: (ref: string) => Promise<string>
  /** A merge commit as GitHub makes it (first parent base, second parent head); null on conflict. `ref` is set to it if given. */
  readonly merge: (base: string, head: string, ref?: string) => Promise<string | null>
  /** Sets refs/pull/N/head and, without a conflict, refs/pull/N/merge. */
  readonly pull: (number: number, base: string, head: string) => Promise<Pull>
  readonly mergeBase: (one: string, other: string) => Promise<string | null>
  readonly cloneFull: (ref?: string) => Promise<string>
  /** As actions/checkout does it: one fetched ref or commit, nothing else, a detached HEAD. */
  readonly cloneShallow: (depth: number, ref: string) => Promise<string>
  /** An empty directory that goes with the repository. */
  readonly scratch: (name?: string) => Promise<string>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** 2026-01-01T00:00:00Z; every commit is a minute after the one before. */
const FIRST_DATE = 1_767_225_600
const AUTHOR = { name: 'Ada Author', email: 'ada@example.com' }

export async function createRepository(
  options: { readonly files?: Files; readonly branch?: string; readonly message?: string } = {},
): Promise<Repository> {
  const root = await mkdtemp(join(tmpdir(), 'parity-repository-'))
  const bare = join(root, 'origin.git')
  const main = options.branch ?? 'main'
  await git(root, ['init', '--quiet', '--bare', `--initial-branch=${main}`, bare])
  // GitHub serves any commit that it has by its id, and filters.
  await git(bare, ['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  await git(bare, ['config', 'uploadpack.allowFilter', 'true'])
  const url = pathToFileURL(bare).href
  let commits = 0
  let current = main
  const date = () => FIRST_DATE + 60 * commits++
  const scratch = (name = 'scratch') => mkdtemp(join(root, `${name}-`))
  const made = new Set<string>()
  const sha = async (ref: string) =>
    made.has(ref)
      ? ref
      : ((await looseRef(bare, ref)) ?? git(bare, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))

  const commit: Repository['commit'] = async (files, message = 'change', wanted = {}) => {
    const branch = wanted.branch ?? current
    const ref = `refs/heads/${branch}`
    const tip = async (name: string) =>
      (await looseRef(bare, name)) ?? tryGit(bare, 'rev-parse', '--verify', '--quiet', `refs/heads/${name}`)
    const given = wanted.from ? await sha(wanted.from) : wanted.from
    const from = given === undefined || given === '' ? ((await tip(branch)) ?? (await tip(current))) : given
    const stream = importStream({ ref, from, files, message, date: date(), author: wanted.author ?? AUTHOR })
    await gitBytes(bare, ['fast-import', '--quiet', '--force', '--date-format=raw'], { input: stream })
    current = branch
    const commit = await sha(ref)
    made.add(commit)
    return commit
  }
  const branch: Repository['branch'] = async (name, at) => {
    const target = await sha(at ?? current)
    await git(bare, ['update-ref', `refs/heads/${name}`, target])
    current = name
    return target
  }
  const merge: Repository['merge'] = async (base, head, ref) => {
    const [first, second] = [await sha(base), await sha(head)]
    const tree = await tryGit(bare, 'merge-tree', '--write-tree', first, second)
    if (tree === null) return null
    const stamp = `${date()} +0000`
    const env = { GIT_AUTHOR_DATE: stamp, GIT_COMMITTER_DATE: stamp }
    const args = ['commit-tree', tree, '-p', first, '-p', second, '-m', `Merge ${second} into ${first}`]
    const merged = await git(bare, args, { env })
    made.add(merged)
    if (ref) await git(bare, ['update-ref', ref, merged])
    return merged
  }
  if (options.files) await commit(options.files, options.message ?? 'first')
  return {
    bare,
    url,
    commit,
    branch,
    sha,
    merge,
    pull: async (number, base, head) => {
      const [baseSha, headSha] = [await sha(base), await sha(head)]
      await git(bare, ['update-ref', `refs/pull/${number}/head`, headSha])
      return { number, baseSha, headSha, mergeSha: await merge(baseSha, headSha, `refs/pull/${number}/merge`) }
    },
    mergeBase: (one, other) => tryGit(bare, 'merge-base', one, other),
    cloneFull: async (ref = main) => {
      const target = await scratch('full')
      await git(target, ['clone', '--quiet', '--no-checkout', url, '.'])
      await git(target, ['fetch', '--quiet', 'origin', '+refs/pull/*:refs/remotes/pull/*'])
      await git(target, ['checkout', '--quiet', '--force', '--detach', await sha(ref)])
      return target
    },
    cloneShallow: async (depth, ref) => {
      const target = await scratch('shallow')
      await git(target, ['init', '--quiet', '--initial-branch=main', '.'])
      await git(target, ['remote', 'add', 'origin', url])
      const wanted = await sha(ref)
      const local = ref.startsWith('refs/pull/')
        ? ref.replace('refs/pull/', 'refs/remotes/pull/')
        : 'refs/remotes/origin/fetched'
      await git(target, ['fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', `+${wanted}:${local}`])
      await git(target, ['checkout', '--quiet', '--force', '--detach', local])
      return target
    },
    scratch,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  }
}

function importStream(commit: {
  readonly ref: string
  readonly from: string | null
  readonly files: Files
  readonly message: string
  readonly date: number
  readonly author: { readonly name: string; readonly email: string }
}): Buffer {
  const who = `${commit.author.name} <${commit.author.email}> ${commit.date} +0000`
  const head = [
    ...(commit.from === null ? [`reset ${commit.ref}`, ''] : []),
    `commit ${commit.ref}`,
    `author ${who}`,
    `committer ${who}`,
  ].join('\n')
  const parts: Buffer[] = [Buffer.from(`${head}\n`), data(commit.message)]
  if (commit.from !== null) parts.push(Buffer.from(`from ${commit.from}\n`))
  // Renames first: a file that is renamed and changed is listed twice.
  const entries = Object.entries(commit.files)
  const isRename = ([, spec]: readonly [string, FileSpec]) =>
    typeof spec === 'object' && spec !== null && 'renamedFrom' in spec
  for (const [path, spec] of [...entries.filter(isRename), ...entries.filter((entry) => !isRename(entry))]) {
    parts.push(...fileCommands(path, spec))
  }
  return Buffer.concat([...parts, Buffer.from('\n')])
}

function fileCommands(path: string, spec: FileSpec): readonly Buffer[] {
  const name = quote(path)
  const inline = (mode: string, content: string | Uint8Array) => [
    Buffer.from(`M ${mode} inline ${name}\n`),
    data(content),
  ]
  if (spec === null) return [Buffer.from(`D ${name}\n`)]
  if (typeof spec === 'string' || spec instanceof Uint8Array) return inline('100644', spec)
  if ('symlink' in spec) return inline('120000', spec.symlink)
  if ('executable' in spec) return inline('100755', spec.executable)
  if ('submodule' in spec) return [Buffer.from(`M 160000 ${spec.submodule} ${name}\n`)]
  return [Buffer.from(`R ${quote(spec.renamedFrom)} ${name}\n`)]
}

function data(content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')])
}

function quote(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped}"`
}
