// The heuristic behind every estimate, asked once per text: the two sides of a case share most of their messages, and a plan, a
// scale, a prefix and a table of sections count the same ones.

import { estimateTokenCount } from 'tokenx'

/** What is held of texts that were counted; past it all are forgotten. A hundred thousand cases must not stay in memory. */
const MOST_CHARACTERS = 1_000_000

const counts = new Map<string, number>()
let held = 0

/** Estimated tokens of a text in OpenAI's vocabulary (facts: cost, section 4). */
export function countTokens(text: string): number {
  const known = counts.get(text)
  if (known !== undefined) return known
  const tokens = estimateTokenCount(text)
  if (held + text.length > MOST_CHARACTERS) {
    counts.clear()
    held = 0
  }
  if (text.length <= MOST_CHARACTERS) {
    counts.set(text, tokens)
    held += text.length
  }
  return tokens
}
