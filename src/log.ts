// The versions of one prompt, newest first: what each says is compared, so that a commit without a word is no version.

import { readCodeowners } from './config/codeowners.ts'
import type { Prompt } from './domain.ts'
import { UserError } from './errors.ts'
import { candidates, noSuchFile, noSuchPrompt, type Place, wantedOf } from './log/find.ts'
import { broughtBy, pullRequestOf } from './log/pull-requests.ts'
import { type PromptVersion, record, versionHashes } from './log/record.ts'
import { fromRegistry, fromReport, type Recorded } from './log/recorded.ts'
import { sayTheSame, spokenIn, versionOf, type Wanted } from './log/spoken.ts'
import { type Change, walk } from './log/walk.ts'
import type { Git, History } from './ports.ts'

export type LogRequest = {
  readonly place: Place
  /** Folder that the command was called in, relative to the root. */
  readonly here: string
  readonly limit: number
  /** Prompts of the eval sets that are there now. */
  readonly declared: readonly Prompt[]
  /** Text of the last report.json, when there is one. */
  readonly report: string | null
}

export type PromptLog = {
  readonly prompt: {
    readonly path: string
    readonly symbol: string | null
    readonly owner: string | null
    readonly deleted: boolean
  }
  readonly versions: readonly PromptVersion[]
  /** There are older versions than those that were asked for. */
  readonly more: boolean
  /** Version of the working tree, when it says something else than the last commit. */
  readonly uncommitted: { readonly hash: string } | null
  /** Oldest commit of a shallow clone: what was before it is not known. */
  readonly shallow: { readonly commit: string } | null
}

const HISTORY_BRANCHES = ['refs/heads/prompt-parity-history', 'refs/remotes/origin/prompt-parity-history']

export async function promptLog(request: LogRequest, git: Git, history: History): Promise<PromptLog> {
  const head = await headOf(git)
  const wanted = await find(request, { git, history, head })
  const { changes, more } = await walk(wanted, head, { history, limit: request.limit })
  if (changes.length === 0) throw await noSuchPrompt(wanted, await git.tree(head).read(wanted.path))
  const owner = (await readCodeowners(git.tree(head)))(wanted.path) ?? null
  const deleted = changes[0]?.status === 'deleted'
  const about = {
    ...{ history, owner, currentPath: wanted.path, isGone: deleted, here: request.here },
    recorded: [...fromReport(request.report), ...(await registry(git, history))],
    pullRequest: await pullRequests(changes, head, history),
  }
  const versions = await Promise.all(changes.map((change) => record(change, about)))
  return {
    prompt: { path: wanted.path, symbol: wanted.symbol, owner, deleted },
    versions,
    more,
    uncommitted: await uncommitted(wanted, changes[0], git),
    shallow: more ? null : await endOfShallow(changes, git),
  }
}

async function headOf(git: Git): Promise<string> {
  const head = await git.commit('HEAD')
  if (head !== null) return head
  const empty = (await git.currentBranch()) !== null
  throw new UserError({
    what: empty ? 'this repository has no commit yet.' : 'this is not a git repository.',
    remedy: empty ? 'Commit the prompt first.' : 'Call it in the checkout that has the prompt.',
  })
}

type Repository = { readonly git: Git; readonly history: History; readonly head: string }

/** The file that is there now, else one that was there once. */
async function find({ place, declared }: LogRequest, { git, history, head }: Repository): Promise<Wanted> {
  const files = await git.tree(head).list()
  const paths = new Set(files.map((file) => file.path))
  const named = candidates(place)
  const now = named.find((one) => paths.has(one.path))
  if (now !== undefined) return wantedOf(now, declared)
  for (const one of named) {
    if ((await history.ofFile(one.path, head)).length > 0) return wantedOf(one, declared)
  }
  const working = new Set((await git.workingTree().list()).map((file) => file.path))
  const uncommitted = named.find((one) => working.has(one.path))
  if (uncommitted === undefined) throw noSuchFile(place, [...paths])
  throw new UserError({
    what: `${uncommitted.path} is not committed yet: it has no versions.`,
    remedy: 'Commit it first.',
  })
}

async function registry(git: Git, history: History): Promise<readonly Recorded[]> {
  for (const branch of HISTORY_BRANCHES) {
    const sha = await git.commit(branch)
    if (sha !== null) return fromRegistry(await history.fileAt(sha, 'registry.json'))
  }
  return []
}

/** The history is only read where a subject leaves the question open. */
async function pullRequests(changes: readonly Change[], head: string, history: History) {
  if (changes.every(({ step }) => pullRequestOf(step.subject) !== null)) return () => null
  const oldest = changes.at(-1)?.step.parents ?? []
  const brought = broughtBy(await history.graph(head, oldest), head)
  return (sha: string) => pullRequestOf(brought.get(sha)?.subject ?? '')
}

async function uncommitted(wanted: Wanted, newest: Change | undefined, git: Git): Promise<PromptLog['uncommitted']> {
  const tree = git.workingTree()
  const text = await tree.read(wanted.path).catch(() => null)
  const after = text === null ? null : spokenIn(wanted, await versionOf(wanted.path, text))
  if (after === null || newest === undefined) return null
  const before = newest.after
  if (before !== null && sayTheSame(before, after)) return null
  const [hash] = await versionHashes({ wanted, before, after }, tree)
  return hash === undefined ? null : { hash }
}

/** A shallow clone hides the parents of its oldest commits; their objects still name them. */
async function endOfShallow(changes: readonly Change[], git: Git): Promise<PromptLog['shallow']> {
  const oldest = changes.at(-1)?.step
  if (oldest === undefined || oldest.parents.length > 0 || !(await git.isShallow())) return null
  return (await git.parents(oldest.sha)).length > 0 ? { commit: oldest.sha } : null
}
