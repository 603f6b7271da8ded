// Prompts of two versions of a file, compared by what they say: spacing, quotes, joins, order and names do not count.

import { createHash } from 'node:crypto'
import { essence, whole } from './essence.ts'
import type { FoundPrompt } from './prompts.ts'
import { withoutRetold } from './retold.ts'

export type PromptChange = {
  readonly symbol: string
  readonly line: number
  readonly from?: string
  readonly to?: string
  /** What both sides say there; left out of a prompt that is gone. */
  readonly said?: Said
  /** What a prompt that is gone said, in its pieces. */
  readonly gone?: readonly string[]
}

/** The head's text in its pieces, and all of the base's; '' when the base has none. */
export type Said = {
  readonly before: string
  readonly pieces: readonly { readonly value: string; readonly line: number }[]
}

/** First digits of the SHA-256 over the text without its spacing. */
export const shortHash = (text: string) => createHash('sha256').update(essence(text)).digest('hex').slice(0, 12)

/** How often each side says a text among the changed files: what one side says no oftener is only moved or renamed. */
export type Elsewhere = { readonly base: ReadonlyMap<string, number>; readonly head: ReadonlyMap<string, number> }

/** A text that the other side has as often: it moved. A copy beside the original is new. */
export function hasMoved(said: string, from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>): boolean {
  return (to.get(said) ?? 0) >= (from.get(said) ?? 0) && to.has(said)
}

export function changedPrompts(
  base: readonly FoundPrompt[],
  head: readonly FoundPrompt[],
  elsewhere: Elsewhere,
): readonly PromptChange[] {
  // In one file a text may be said twice or once: the branches of a condition, say.
  const [was, is] = [new Set(base.map(whole)), new Set(head.map(whole))]
  const { gone, come } = withoutRetold({
    gone: base.filter((prompt) => !is.has(whole(prompt)) && !hasMoved(whole(prompt), elsewhere.base, elsewhere.head)),
    come: head.filter((prompt) => !was.has(whole(prompt)) && !hasMoved(whole(prompt), elsewhere.head, elsewhere.base)),
  })
  const changes: PromptChange[] = []
  const groups = new Map<string, { gone: FoundPrompt[]; come: FoundPrompt[] }>()
  const groupOf = (prompt: FoundPrompt) => {
    const key = `${prompt.owner}\0${prompt.symbol}`
    const group = groups.get(key) ?? { gone: [], come: [] }
    groups.set(key, group)
    return group
  }
  for (const prompt of gone) groupOf(prompt).gone.push(prompt)
  for (const prompt of come) groupOf(prompt).come.push(prompt)
  const left: { gone: FoundPrompt[]; come: FoundPrompt[] } = { gone: [], come: [] }
  for (const group of groups.values()) {
    if (group.gone.length > 0 && group.come.length > 0) changes.push(...changeOf(group.gone, group.come))
    else {
      left.gone.push(...group.gone)
      left.come.push(...group.come)
    }
  }
  return [...changes, ...renamed(left)]
}

/** What lost its name: paired by symbol, then by order, so that one edit is one change. */
function renamed({ gone, come }: { gone: FoundPrompt[]; come: FoundPrompt[] }): readonly PromptChange[] {
  const changes: PromptChange[] = []
  for (const now of come) {
    const at = gone.findIndex((old) => old.symbol === now.symbol || similar(whole(old), whole(now)))
    const [old] = at < 0 ? [] : gone.splice(at, 1)
    changes.push(...changeOf(old ? [old] : [], [now]))
  }
  return [...changes, ...gone.flatMap((old) => changeOf([old], []))]
}

/** Essences with the same beginning or end, or which share half of what they say: one text that was edited. */
export function similar(a: string, b: string): boolean {
  const least = Math.min(LONG, a.length, b.length)
  let start = 0
  while (start < least && a[start] === b[start]) start++
  let end = 0
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return start === LONG || a.slice(-LONG) === b.slice(-LONG) || (start + end) * 2 >= Math.max(a.length, b.length)
}
const LONG = 40

function changeOf(gone: readonly FoundPrompt[], come: readonly FoundPrompt[]): readonly PromptChange[] {
  const [from, to] = [gone.map(whole).join(''), come.map(whole).join('')]
  if (from === to) return []
  const known = new Set(gone.flatMap((prompt) => prompt.pieces.map((piece) => essence(piece.value))))
  const pieces = come.flatMap((prompt) => prompt.pieces)
  const piece = pieces.find((one) => !known.has(essence(one.value)))
  const before = gone.flatMap((prompt) => prompt.pieces.map((one) => one.value)).join('\n')
  const shown = come[0] ?? gone[0]
  if (shown === undefined) return []
  return [
    {
      symbol: shown.symbol,
      line: piece?.line ?? shown.line,
      ...(gone.length > 0 ? { from: shortHash(from) } : {}),
      ...(come.length > 0
        ? { to: shortHash(to), said: { before, pieces } }
        : { gone: gone.flatMap((prompt) => prompt.pieces.map((one) => one.value)) }),
    },
  ]
}

/** Everything that a file says, each occurrence once: single texts, and prompts that are put together from several. */
export function essences(prompts: readonly FoundPrompt[], texts: readonly { readonly value: string }[]): string[] {
  const single = texts.filter((text) => text.value.length >= 12).map((text) => essence(text.value))
  const isOwn = ({ pieces: [first, ...rest] }: FoundPrompt) =>
    first !== undefined && (rest.length > 0 || first.holes !== undefined || first.value.length < 12)
  const joined = prompts.filter(isOwn)
  return [...single, ...joined.map(whole)]
}
