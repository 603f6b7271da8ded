// What stands under a name, as text that is put together when it is asked for.

import type { Entry, Frame } from '../reading.ts'
import type { Walk } from './walk.ts'

/** Longest text that is kept, in tokens. */
const MAX_ENTRY_TOKENS = 3_000

/** A call that is named after a setting of a model: what stands in its parentheses is the value. */
export const SETS =
  /[A-Za-z_]*(?:temperature|tokens?(?:_?count)?|top_?[pk]|penalty|tools?|tool_?choice|format|schema|effort|thinking|reasoning|stop|stop_?sequences?|seed|structured_?output|num_?ctx|num_?predict|verbosity|max_?steps)$/i

type Written = { readonly frame: Frame; readonly name: string; readonly line: number; readonly from: number }

/** What stands from a token to the current one, as text when it is asked for. */
export function entryOf({ tokens, at }: Walk, { frame, name, line, from }: Written): Entry {
  const to = Math.min(at, from + MAX_ENTRY_TOKENS)
  return {
    name,
    line,
    frame,
    get text() {
      return tokens
        .slice(from, to)
        .filter((token) => token.kind !== 'newline')
        .map((token) => (token.kind === 'string' ? JSON.stringify(token.text) : token.text))
        .join(' ')
        .replace(/ ,(?= [)\]}]|$)/g, '')
    },
  }
}
