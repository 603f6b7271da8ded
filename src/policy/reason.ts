// `policy.reason: required`: every changed prompt says why, in its front matter or in a commit message. Calls nothing.

import type { Change, Finding, Sides } from '../domain.ts'
import type { Git, Tree } from '../ports.ts'
import { REASON_LINE, spokenReason, writtenReason } from '../reason.ts'

export type ReasonInput = {
  readonly required: boolean
  readonly changes: readonly Change[]
  readonly sides: Sides
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly git: Pick<Git, 'commit' | 'messages'>
}

export async function reasonFindings(input: ReasonInput): Promise<readonly Finding[]> {
  const changes = input.required ? input.changes.filter((change) => change.kind === 'prompt') : []
  if (changes.length === 0 || input.sides.base === null) return []
  const silent: Change[] = []
  for (const change of changes) if (!(await isWritten(change, input.trees))) silent.push(change)
  if (silent.length === 0 || (await isSpoken(input))) return []
  return [...new Map(silent.map((change) => [nameOf(change), change])).values()].map(missing)
}

/** A reason in the head's file that the base's does not give. */
async function isWritten(change: Change, { base, head }: ReasonInput['trees']): Promise<boolean> {
  const read = async (tree: Tree | null, path: string) =>
    writtenReason(path, tree === null ? null : await tree.read(path).catch(() => null))
  const now = await read(head, change.path)
  return now !== null && now !== (await read(base, change.previousPath ?? change.path))
}

/** A line in any commit between the sides; for a working tree, those that are already made. */
async function isSpoken({ sides, git }: ReasonInput): Promise<boolean> {
  const base = sides.base?.sha ?? null
  const head = sides.head.sha ?? (await git.commit('HEAD'))
  if (base === null || head === null) return false
  const messages = await git.messages(base, head, REASON_LINE)
  return messages.some((message) => spokenReason(message) !== null)
}

const nameOf = ({ path, symbol }: Change) => (symbol === undefined ? path : `${path}#${symbol}`)

function missing(change: Change): Finding {
  const name = nameOf(change)
  return {
    rule: 'policy-reason',
    level: 'fail',
    evalSet: null,
    message: `The change of ${name} gives no reason.`,
    threshold: 'reason: required',
    value: name,
    remedy: `Say why: a line \`${REASON_LINE} …\` in the message of a commit of this change, or a new \`reason:\` in the front matter of the prompt.`,
    place: { path: change.path, ...(change.line === undefined ? {} : { line: change.line }) },
  }
}
