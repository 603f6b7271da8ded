// What makes one pin the same as another, or likely to have taken its place.

import { kindOf, modelId } from './model-ids.ts'
import { saysModel } from './model-names.ts'
import type { Pin } from './pins.ts'
import { wordsOf } from './words.ts'

export type PinChange = {
  readonly from?: string
  readonly to?: string
  /** `to` with its provider prefix. */
  readonly written?: string
  readonly line: number
  readonly symbol?: string
  /** The name that `to` stands under in another place. */
  readonly by?: string
  /** The file has the id elsewhere, and says it once more in a function or for a variable that is new. */
  readonly again?: true
}

export const arrival = ({ id, line, symbol, written, by }: Pin): PinChange => ({
  to: id,
  line,
  symbol,
  ...(by === undefined ? {} : { by }),
  ...(written === undefined ? {} : { written }),
})
/** What a name stands for is told where that is said: the same name is the same pin. */
const isSameName = ({ by, trust }: Pin, other: Pin) =>
  by !== undefined && by === other.by && trust === 'likely' && other.trust === 'likely'
/** `Model.GPT4` and `OpenAiModelIds.Gpt4` name one model, and so do `LLMModel.GPT_3_5_TURBO` and `gpt-3.5-turbo`. */
export const isSame = (one: Pin, other: Pin) =>
  one.id === other.id ||
  isSameName(one, other) ||
  ((one.constant || other.constant) &&
    (bareName(one) === bareName(other) ||
      lastName(one) === lastName(other) ||
      bare(one.id) === bareName(other) ||
      bareName(one) === bare(other.id)))
const lastName = ({ id, by = id }: Pin) => by.split(/\.(?=[A-Za-z])|::|->/).at(-1)
/** `ANTHROPIC_CLAUDE_INSTANT_V1` is `anthropic.claude-instant-v1`. */
const bareName = ({ id }: Pin) => bare(id.split(/\.(?=[A-Za-z])|::|->/).at(-1) ?? '')
const bare = (id: string) => id.toLowerCase().replace(/[^a-z\d]/g, '')

export const mayReplace = (old: Pin, now: Pin) =>
  (old.trust === 'sure' || now.trust === 'sure' || (isPlausible(old) && isPlausible(now))) &&
  (isOfOneKind(old, now) || isOneName(old, now))
/** `EMBEDDING_MODEL = "gpt-4o"` was wrong. */
const isOneName = (old: Pin, now: Pin) =>
  old.trust === 'sure' &&
  now.trust === 'sure' &&
  old.key === now.key &&
  wordsOf(old.key).length > 1 &&
  saysModel(old.key)
/** What is known to write is not replaced by what makes vectors, or speaks. */
export const isOfOneKind = (old: Pin, now: Pin) =>
  kindOf(old.id) === kindOf(now.id) || [old, now].some(({ id }) => modelId(id) === null)
const isPlausible = ({ trust, asks }: Pin) => trust === 'likely' || asks === true

/** As much of the beginning is a likeness of ids. */
export const MIN_ALIKE = 4

export function sameStart(a: string, b: string): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return same
}
