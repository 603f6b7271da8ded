// The commits that a pair is made of, as objects in this clone: looked for here first, then fetched from origin. Never a fetch that
// makes a full clone shallow.

import { UserError } from './errors.ts'
import type { Git } from './ports.ts'

/** Deepening steps of a shallow clone; after the last one the whole history is fetched. */
export const DEEPEN = [50, 250, 1000] as const

export async function baseBranch(git: Git, name: string): Promise<string> {
  for (const ref of [`refs/remotes/origin/${name}`, `refs/heads/${name}`]) {
    if ((await git.commit(ref)) !== null) return ref
  }
  await fetchBranch(git, name, await tipOnly(git))
  const ref = `refs/remotes/origin/${name}`
  if ((await git.commit(ref)) === null) throw notFetched(`the branch ${name}`)
  return ref
}

/** A ref or sha that somebody named, local or else from origin. */
export async function fetched(git: Git, ref: string): Promise<string> {
  const here = (await git.commit(ref)) ?? (await git.commit(`refs/remotes/origin/${ref}`))
  if (here !== null) return here
  const options = await tipOnly(git)
  if (!(await fetchBranch(git, ref, options))) await git.fetch([ref], options)
  return commitOf(git, ref)
}

const fetchBranch = (git: Git, name: string, options: Parameters<Git['fetch']>[1]) =>
  git.fetch([`+refs/heads/${name}:refs/remotes/origin/${name}`], options)

/** A shallow clone stays shallow; in a full clone `--depth` would cut the history, so none is given. */
const tipOnly = async (git: Git) => ((await git.isShallow()) ? { depth: DEEPEN[0] } : {})

/** A commit whose object is here, fetched by sha or, where the server refuses shas, by the names it may be found under. */
export async function need(git: Git, sha: string, names: readonly string[]): Promise<string> {
  const found = await tryNeed(git, sha, names)
  if (found !== null) return found
  throw notFetched(`commit ${sha.slice(0, 12)}`)
}

function notFetched(what: string): UserError {
  return new UserError({
    what: `${what} is not in this clone and could not be fetched from origin.`,
    remedy:
      'Check out with `fetch-depth: 0`, or let the job keep its credentials (`persist-credentials`) or pass `github-token` with `contents: read`.',
  })
}

export async function tryNeed(git: Git, sha: string, names: readonly string[]): Promise<string | null> {
  const here = await git.commit(sha)
  if (here !== null) return here
  for (const ref of [sha, ...names]) {
    await git.fetch([ref], await tipOnly(git))
    const found = await git.commit(sha)
    if (found !== null) return found
  }
  return null
}

export async function commitOf(git: Git, ref: string): Promise<string> {
  const sha = (await git.commit(ref)) ?? (await git.commit(`refs/remotes/origin/${ref}`))
  if (sha !== null) return sha
  throw new UserError({
    what: `there is no commit \`${ref}\` in this clone.`,
    remedy: `Fetch it (\`git fetch origin ${ref}\`) or name another one.`,
  })
}

export async function mergeBase(git: Git, tip: string, head: string, refs: readonly string[]): Promise<string> {
  const found = await git.mergeBase(tip, head)
  if (found !== null) return found
  if (!(await git.isShallow())) throw unrelated(tip)
  for (const deepen of [...DEEPEN, 'all'] as const) {
    await deepenAll(git, refs, deepen)
    const base = await git.mergeBase(tip, head)
    if (base !== null) return base
    if (!(await git.isShallow())) break
  }
  throw (await git.isShallow()) ? tooShallow() : unrelated(tip)
}

async function deepenAll(git: Git, refs: readonly string[], deepen: number | 'all'): Promise<void> {
  const [branch, ...others] = refs
  if (branch !== undefined) await fetchBranch(git, branch, { deepen })
  if (others.length > 0 && (await git.isShallow())) await git.fetch(others, { deepen })
}

function unrelated(tip: string): UserError {
  return new UserError({
    what: `the head and ${tip.replace(/^refs\/(remotes\/origin|heads)\//, '')} have no common commit.`,
    remedy: 'Rebase the branch on the base branch, or name the commit to compare with by `base`.',
  })
}

function tooShallow(): UserError {
  return new UserError({
    what: 'the clone is too shallow to find the common commit of base and head, and origin refused to send more.',
    remedy: 'Check out with `fetch-depth: 0`.',
  })
}
