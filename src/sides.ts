// Which two sides a run compares: the legal pairs and no others. Never the tip of the base branch against the head,
// never the payload's frozen `base.sha`.

import { baseBranch, commitOf, fetched, mergeBase, need, tryNeed } from './commits.ts'
import type { Side, Sides } from './domain.ts'
import { UserError } from './errors.ts'
import type { Git } from './ports.ts'

/** What the event or the command line says; everything else is asked of git. */
export type SideRequest =
  | {
      readonly kind: 'pull-request'
      readonly pr: number
      readonly headSha: string
      readonly headRef: string
      readonly baseRef: string
      /** Sha of the checked-out merge commit, where the runner made one. */
      readonly mergeSha: string | null
      readonly score: 'head' | 'merge'
      readonly base: string | null
      readonly fork: boolean
    }
  | { readonly kind: 'merge-group'; readonly baseSha: string; readonly headSha: string }
  | {
      readonly kind: 'push'
      readonly before: string
      readonly after: string
      readonly ref: string
      /** Name of the repository's default branch, as the event has it. */
      readonly defaultBranch: string | null
    }
  | {
      readonly kind: 'dispatch'
      readonly sha: string
      readonly ref: string
      readonly base: string | null
      /** As the event names it: a shallow clone knows no other branch. */
      readonly defaultBranch: string | null
    }
  | { readonly kind: 'untrusted'; readonly pr: number; readonly sha: string; readonly baseRef: string }
  | { readonly kind: 'laptop'; readonly base: string | null; readonly head: string | null }

const ZEROS = /^0+$/

export async function resolveSides(request: SideRequest, git: Git): Promise<Sides> {
  switch (request.kind) {
    case 'pull-request':
      return pullRequest(request, git)
    case 'merge-group':
      return fixedPair(git, {
        kind: 'merge-group',
        how: "the merge queue's own pair",
        base: request.baseSha,
        head: request.headSha,
      })
    case 'push':
      return push(request, git)
    case 'dispatch':
      return againstDefaultBranch(git, { ...request, kind: 'dispatch' })
    case 'untrusted':
      return untrusted(request, git)
    case 'laptop':
      return laptop(request, git)
  }
}

/** The head alone, for what compares models on one commit: nothing is looked for that a base would need. */
export async function resolveHead(request: SideRequest, git: Git): Promise<Side> {
  const side = (ref: string, sha: string | null, trust: Side['trust'] = 'trusted'): Side => ({
    ...{ label: 'head', ref, sha, trust },
  })
  switch (request.kind) {
    case 'pull-request': {
      const sha = await need(git, request.headSha, [`refs/pull/${request.pr}/head`, request.headRef])
      return side(request.headRef, sha, request.fork ? 'untrusted' : 'trusted')
    }
    case 'untrusted':
      return side(
        `pull request ${request.pr}`,
        await need(git, request.sha, [`refs/pull/${request.pr}/head`]),
        'untrusted',
      )
    case 'merge-group':
      return side(request.headSha, await need(git, request.headSha, []))
    case 'push':
      return side(request.ref, await need(git, request.after, [request.ref]))
    case 'dispatch':
      return side(request.ref, await need(git, request.sha, [request.ref]))
    case 'laptop':
      return request.head === null ? side('working tree', null) : side(request.head, await commitOf(git, request.head))
  }
}

type PullRequest = Extract<SideRequest, { kind: 'pull-request' }>

async function pullRequest(request: PullRequest, git: Git): Promise<Sides> {
  if (request.score === 'merge') return mergeResult(request, git)
  const head = await need(git, request.headSha, [`refs/pull/${request.pr}/head`, request.headRef])
  const baseTip = request.base === null ? await baseBranch(git, request.baseRef) : await fetched(git, request.base)
  const base = await mergeBase(git, baseTip, head, [request.base ?? request.baseRef, `refs/pull/${request.pr}/head`])
  return sides('merge-base', `merge base of ${request.base ?? request.baseRef} and the head`, {
    base: { ref: request.base ?? request.baseRef, sha: base },
    head: { ref: request.headRef, sha: head },
    untrusted: request.fork,
  })
}

async function mergeResult(request: PullRequest, git: Git): Promise<Sides> {
  const merge = request.mergeSha === null ? null : await git.commit(request.mergeSha)
  const parents = merge === null ? [] : await git.parents(merge)
  const [first, second] = parents
  if (merge === null || first === undefined || second !== request.headSha) {
    throw new UserError({
      what: '`score: merge` needs the merge commit of the pull request, and it is not checked out.',
      remedy: 'Use the default checkout of actions/checkout for `pull_request`, or `score: head`.',
    })
  }
  const base = await need(git, first, [request.baseRef])
  return sides('merge-commit', 'first parent of the merge commit and the merge commit', {
    base: { ref: request.baseRef, sha: base },
    head: { ref: `refs/pull/${request.pr}/merge`, sha: merge },
    untrusted: request.fork,
  })
}

async function push(request: Extract<SideRequest, { kind: 'push' }>, git: Git): Promise<Sides> {
  const head = await need(git, request.after, [request.ref])
  const before = ZEROS.test(request.before) ? null : await tryNeed(git, request.before, [])
  if (before !== null) {
    return sides('push', 'the pushed range', {
      base: { ref: request.before, sha: before },
      head: { ref: request.ref, sha: head },
    })
  }
  return firstParent(git, head, request.ref, 'push')
}

async function untrusted(request: Extract<SideRequest, { kind: 'untrusted' }>, git: Git): Promise<Sides> {
  const head = await need(git, request.sha, [`refs/pull/${request.pr}/head`])
  const base = await mergeBase(git, await baseBranch(git, request.baseRef), head, [
    request.baseRef,
    `refs/pull/${request.pr}/head`,
  ])
  return sides('merge-base', `merge base of ${request.baseRef} and the reviewed commit`, {
    base: { ref: request.baseRef, sha: base },
    head: { ref: `pull request ${request.pr}`, sha: head },
    untrusted: true,
  })
}

async function laptop(request: Extract<SideRequest, { kind: 'laptop' }>, git: Git): Promise<Sides> {
  if (request.head !== null) {
    const sha = await commitOf(git, request.head)
    return againstDefaultBranch(git, { kind: 'laptop', sha, ref: request.head, base: request.base })
  }
  const current = await git.commit('HEAD')
  const head = { ref: 'working tree', sha: null }
  if (current === null) return sides('working-tree', 'no commit yet', { base: null, head })
  if (request.base !== null) {
    const base = await commitOf(git, request.base)
    return sides('working-tree', `${request.base} and the working tree`, {
      base: { ref: request.base, sha: base },
      head,
    })
  }
  const branch = await git.defaultBranch()
  const merged = branch === null ? null : await git.mergeBase(branch, current)
  return sides(
    'working-tree',
    merged === null ? 'HEAD and the working tree' : `merge base with ${branch} and the working tree`,
    {
      base: merged === null ? { ref: 'HEAD', sha: current } : { ref: branch ?? 'HEAD', sha: merged },
      head,
    },
  )
}

/** Merge base with the default branch; on the default branch itself, the first parent. */
async function againstDefaultBranch(
  git: Git,
  of: { kind: 'dispatch' | 'laptop'; sha: string; ref: string; base: string | null; defaultBranch?: string | null },
): Promise<Sides> {
  const head = await need(git, of.sha, [of.ref])
  if (of.base !== null) {
    const base = await (of.kind === 'laptop' ? commitOf : fetched)(git, of.base)
    return sides('dispatch', `${of.base} and ${of.ref}`, {
      base: { ref: of.base, sha: base },
      head: { ref: of.ref, sha: head },
    })
  }
  const named = of.defaultBranch ? await baseBranch(git, of.defaultBranch) : await git.defaultBranch()
  const branch = named?.replace(/^refs\/(remotes|heads)\//, '') ?? null
  const tip = branch === null ? null : await git.commit(branch)
  if (branch === null || tip === null || tip === head) return firstParent(git, head, of.ref, 'dispatch')
  const base = await mergeBase(git, tip, head, [branch.replace(/^origin\//, ''), of.ref])
  if (base === head) return firstParent(git, head, of.ref, 'dispatch')
  return sides('dispatch', `merge base with ${branch} and ${of.ref}`, {
    base: { ref: branch, sha: base },
    head: { ref: of.ref, sha: head },
  })
}

async function firstParent(git: Git, head: string, ref: string, kind: 'push' | 'dispatch'): Promise<Sides> {
  const [parent] = await git.parents(head)
  if (parent === undefined)
    return sides(kind, 'the first commit: nothing to compare with', { base: null, head: { ref, sha: head } })
  const base = await need(git, parent, [ref])
  return sides(kind, 'first parent and the commit', { base: { ref: `${ref}^`, sha: base }, head: { ref, sha: head } })
}

async function fixedPair(
  git: Git,
  of: { kind: 'merge-group'; how: string; base: string; head: string },
): Promise<Sides> {
  const [base, head] = [await need(git, of.base, []), await need(git, of.head, [])]
  return sides(of.kind, of.how, { base: { ref: of.base, sha: base }, head: { ref: of.head, sha: head } })
}

type Ends = {
  readonly base: { readonly ref: string; readonly sha: string } | null
  readonly head: { readonly ref: string; readonly sha: string | null }
  readonly untrusted?: boolean
}

function sides(kind: Sides['pair']['kind'], how: string, ends: Ends): Sides {
  return {
    pair: { kind, how },
    base: ends.base === null ? null : { label: 'base', trust: 'trusted', ...ends.base },
    head: { label: 'head', trust: ends.untrusted ? 'untrusted' : 'trusted', ...ends.head },
  }
}
