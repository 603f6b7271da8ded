// One version as a row: everything that is known of it, and null for what is not.

import { UserError } from '../errors.ts'
import { readConstant } from '../formats/module-constants.ts'
import { promptOf, readPrompt } from '../formats/prompts.ts'
import type { History, Tree } from '../ports.ts'
import { spokenReason, writtenReason } from '../reason.ts'
import { wayBack } from './back.ts'
import { movedInto } from './moved.ts'
import { pullRequestOf } from './pull-requests.ts'
import { isOfVersion, type Recorded } from './recorded.ts'
import { hashesAfter, type Spoken, type Wanted } from './spoken.ts'
import type { Change } from './walk.ts'

export type PromptVersion = {
  /** As `detect` prints it; null for a deletion. */
  readonly hash: string | null
  /** Other hashes by which a report or `detect` may call the same version. */
  readonly otherHashes: readonly string[]
  readonly status: 'created' | 'changed' | 'deleted'
  readonly commit: string
  readonly date: string
  readonly author: string
  readonly pullRequest: number | null
  readonly reason: string
  readonly reasonFrom: 'front-matter' | 'commit-line' | 'subject'
  readonly owner: string | null
  readonly path: string
  readonly symbol: string | null
  readonly line: number | null
  /** Where it went that was moved or renamed and not deleted: a path, with the symbol of a text. */
  readonly movedTo: string | null
  /** The lowest recorded score, on 0-100. */
  readonly score: number | null
  /** The highest recorded cost of a request. */
  readonly costUsd: string | null
  readonly recorded: readonly Recorded[]
  readonly back: string
}

export type About = {
  readonly history: History
  readonly owner: string | null
  readonly recorded: readonly Recorded[]
  readonly currentPath: string
  readonly isGone: boolean
  readonly here: string
  pullRequest(sha: string): number | null
}

export async function record(change: Change, about: About): Promise<PromptVersion> {
  const { step, status, wanted, after } = change
  const hashes = after === null ? [] : await hashesOf(change, about.history)
  const [hash = null, ...otherHashes] = hashes
  const { path, symbol } = wanted
  const recorded = about.recorded.filter(
    (one) =>
      (one.path === path || one.path === about.currentPath) &&
      (one.symbol === null || one.symbol === symbol) &&
      isOfVersion(one, hashes),
  )
  const line = symbol === null ? null : (after?.line ?? null)
  return {
    ...{ hash, otherHashes, status, commit: step.sha, date: step.date, author: step.author },
    pullRequest: pullRequestOf(step.subject) ?? about.pullRequest(step.sha),
    ...reasonOf(change),
    ...{ owner: about.owner, path, symbol, line, movedTo: step.movedTo ?? (await newPlace(change, about.history)) },
    ...worst(recorded),
    recorded,
    back: wayBack({ ...about, sha: after === null ? `${step.sha}^` : step.sha, path, symbol, line }),
  }
}

/** Of a text that is gone from its file, which may be there still. */
async function newPlace({ step, before, after }: Change, history: History): Promise<string | null> {
  const found = after === null && before !== null ? await movedInto(before, step, history) : null
  if (found === null) return null
  return found.symbol === null ? found.path : `${found.path}#${found.symbol}`
}

async function hashesOf({ step, wanted, before, after }: Change, history: History): Promise<readonly string[]> {
  if (after === null) return []
  const tree: Tree = { id: step.sha, list: async () => [], read: (path) => history.fileAt(step.sha, path) }
  return versionHashes({ wanted, before, after }, tree)
}

/** The first is what `detect` prints. */
export async function versionHashes(
  of: { readonly wanted: Wanted; readonly before: Spoken | null; readonly after: Spoken },
  tree: Tree,
): Promise<readonly string[]> {
  const loose = hashesAfter(of.before, of.after)
  const declared = of.wanted.manner === 'declared' ? await declaredHash(of.wanted, of.after, tree) : null
  return declared === null ? loose : [declared, ...loose]
}

async function declaredHash({ path, symbol }: Wanted, after: Spoken, tree: Tree): Promise<string | null> {
  try {
    const where = symbol === null ? { path } : { path, symbol }
    const text = after.version.text ?? ''
    const draft = symbol === null ? readPrompt(path, text) : await readConstant(tree, { path, text }, symbol)
    const prompt = await promptOf(tree, where, draft)
    return prompt.hash.slice(0, 12)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

function reasonOf({ step, before, after }: Change): Pick<PromptVersion, 'reason' | 'reasonFrom'> {
  const written = writtenReason(step.path, after?.version.text ?? null)
  const old = writtenReason(step.previousPath ?? step.path, before?.version.text ?? null)
  if (written !== null && written !== old) return { reason: written, reasonFrom: 'front-matter' }
  const spoken = spokenReason(`${step.subject}\n${step.body}`)
  return spoken === null
    ? { reason: step.subject, reasonFrom: 'subject' }
    : { reason: spoken, reasonFrom: 'commit-line' }
}

function worst(recorded: readonly Recorded[]): Pick<PromptVersion, 'score' | 'costUsd'> {
  const scores = recorded.flatMap((one) => one.score ?? [])
  const costs = recorded.flatMap((one) => one.costUsd ?? [])
  return {
    score: scores.length === 0 ? null : Math.min(...scores),
    costUsd: costs.reduce<string | null>((most, one) => (Number(one) > Number(most ?? -1) ? one : most), null),
  }
}
