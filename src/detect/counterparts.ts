// What is a prompt on one side is one on the other, too, under the same name: however little its words there say.

import { type FoundPrompt, findTexts } from './prompts.ts'
import type { Reading } from './reading.ts'
import { isNoSentence, wordCount } from './words.ts'

type Side = { readonly reading: Reading; readonly prompts: readonly FoundPrompt[] }

/** Words, not the name of a prompt that is kept elsewhere. */
const isText = ({ pieces }: FoundPrompt) =>
  wordCount(pieces.map((piece) => piece.value).join(' ')) >= 2 && !pieces.every((piece) => isNoSentence(piece.value))

const keyOf = ({ owner, symbol }: FoundPrompt) => `${owner}\0${symbol}`

/** The prompts of a side, with its texts under the names of the other side's prompts, where a name stands only once. */
export function withCounterparts(side: Side, other: Side): readonly FoundPrompt[] {
  const own = new Set(side.prompts.map(keyOf))
  const wanted = new Set(other.prompts.filter(({ symbol }) => symbol !== '').map(keyOf))
  const missing = new Set([...wanted].filter((key) => !own.has(key)))
  if (missing.size === 0) return side.prompts
  const found = new Map<string, FoundPrompt[]>()
  for (const text of findTexts(side.reading)) {
    const key = keyOf(text)
    if (missing.has(key) && isText(text)) found.set(key, [...(found.get(key) ?? []), text])
  }
  const single = [...found.values()].flatMap((texts) => (texts.length === 1 ? texts : []))
  return [...side.prompts, ...single]
}
