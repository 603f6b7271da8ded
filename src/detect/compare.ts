// Prompts of two versions of a file, compared by what they say: spacing, quotes, joins, order and names do not count.

import { createHash } from 'node:crypto'
import type { FoundPrompt } from './prompts.ts'

export type PromptChange = {
  readonly symbol: string
  readonly line: number
  readonly from?: string
  readonly to?: string
}

/** The text without its spacing: equal for equal prompts, however they are written. */
export const essence = (text: string) => text.replace(/\s+/g, '')
/** What all pieces of a prompt say. */
export const whole = (prompt: FoundPrompt) => essence(prompt.pieces.map((piece) => piece.value).join(''))

/** First digits of the SHA-256 over the text without its spacing. */
export const shortHash = (text: string) => createHash('sha256').update(essence(text)).digest('hex').slice(0, 12)

/** Texts that both sides have somewhere among the changed files: what is only moved or renamed. */
export type Elsewhere = { readonly base: ReadonlySet<string>; readonly head: ReadonlySet<string> }

export function changedPrompts(
  base: readonly FoundPrompt[],
  head: readonly FoundPrompt[],
  elsewhere: Elsewhere,
): readonly PromptChange[] {
  const gone = base.filter((prompt) => !elsewhere.head.has(whole(prompt)))
  const come = head.filter((prompt) => !elsewhere.base.has(whole(prompt)))
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

/** Essences with the same beginning or end: one text that was edited. */
export const similar = (a: string, b: string) => a.slice(0, 40) === b.slice(0, 40) || a.slice(-40) === b.slice(-40)

function changeOf(gone: readonly FoundPrompt[], come: readonly FoundPrompt[]): readonly PromptChange[] {
  const [from, to] = [gone.map(whole).join(''), come.map(whole).join('')]
  if (from === to) return []
  const known = new Set(gone.flatMap((prompt) => prompt.pieces.map((piece) => essence(piece.value))))
  const piece = come.flatMap((prompt) => prompt.pieces).find((one) => !known.has(essence(one.value)))
  const shown = come[0] ?? gone[0]
  if (shown === undefined) return []
  return [
    {
      symbol: shown.symbol,
      line: piece?.line ?? shown.line,
      ...(gone.length > 0 ? { from: shortHash(from) } : {}),
      ...(come.length > 0 ? { to: shortHash(to) } : {}),
    },
  ]
}

/** Everything that a side says, for `Elsewhere`. */
export function essences(prompts: readonly FoundPrompt[], texts: readonly { readonly value: string }[]): string[] {
  return [...prompts.map(whole), ...texts.filter((text) => text.value.length >= 12).map((text) => essence(text.value))]
}
