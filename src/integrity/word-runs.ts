// Texts as runs of words, so that a text is found in another whatever its spacing, case, quotes and punctuation are.
// Linear in both texts: the long one is indexed once, each short one is looked up.

import { once } from '../once.ts'
import { folded } from './look-alikes.ts'

/** Words in a row that are no coincidence, and that a short text needs at least. */
const RUN = 4
/** Letters and digits that a text needs at least; a character of a script without spaces counts for three. */
const SHORTEST = 20
/** From this many words on a few changed ones do not hide a copy. */
const LONG = 24
const LONG_SHARE = 0.8
/** No case text needs more to be recognised. */
const MAX_CHARACTERS = 40_000

/** Scripts without spaces between words: each character is a word. */
const UNSPACED = once(
  () =>
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu,
)
const WORD = once(() => /[\p{L}\p{N}\p{M}]+/gu)

/** Most texts are plain, and then a tenth of the work does. */
const PLAIN = /^[\t-~]*$/
const PLAIN_WORD = /[a-z0-9]+/g

export function wordsIn(text: string): readonly string[] {
  if (PLAIN.test(text)) return text.toLowerCase().replace(/['`]/g, '').match(PLAIN_WORD) ?? []
  const plain = folded(text)
    .replace(/['\u2018\u2019\u00b4\u0060]/g, '')
    .replace(UNSPACED(), ' $& ')
  return plain.match(WORD()) ?? []
}

/** The words of a text that is long enough to be recognised; null for labels, numbers, yes and no. */
export function tellingWords(text: string): readonly string[] | null {
  if (text.length < SHORTEST / 3) return null
  const words = wordsIn(text.slice(0, MAX_CHARACTERS))
  if (words.length < RUN) return null
  const weight = words.reduce((sum, word) => sum + (word.length === 1 && isIdeograph(word) ? 3 : word.length), 0)
  // Spaces between words count, as they do for a reader who counts characters.
  return weight + words.length - 1 >= SHORTEST ? words : null
}

const isIdeograph = (word: string) =>
  word > '\x7f' && /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)

export type WordIndex = { readonly runs: ReadonlySet<string>; readonly joined: string }

export function indexWords(text: string): WordIndex {
  const words = wordsIn(text)
  const runs = new Set<string>()
  for (let at = 0; at + RUN <= words.length; at++) runs.add(runAt(words, at))
  return { runs, joined: ` ${words.join(' ')} ` }
}

const runAt = (words: readonly string[], at: number) =>
  `${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]}`

/** Whether a text stands in the indexed one: word for word when it is short, in most of its runs when it is long. */
export function standsIn(words: readonly string[], { runs, joined }: WordIndex): boolean {
  const all = words.length - RUN + 1
  const wanted = words.length < LONG ? all : Math.ceil(all * LONG_SHARE)
  let missing = 0
  for (let at = 0; at < all; at++) {
    if (runs.has(runAt(words, at))) continue
    missing += 1
    if (all - missing < wanted) return false
  }
  return words.length >= LONG || joined.includes(` ${words.join(' ')} `)
}

/** Number of the first line on which a run of the words begins, from 0; null when it is nowhere whole. */
export function lineOf(words: readonly string[], text: string): number | null {
  const wanted = new Set<string>()
  for (let at = 0; at + RUN <= words.length; at++) wanted.add(runAt(words, at))
  const placed = text.split('\n').flatMap((line, number) => wordsIn(line).map((word) => ({ word, number })))
  const sequence = placed.map(({ word }) => word)
  const at = sequence.findIndex((_, start) => start + RUN <= sequence.length && wanted.has(runAt(sequence, start)))
  return at < 0 ? null : (placed[at]?.number ?? null)
}
