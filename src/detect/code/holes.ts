// What is joined to a text and is none: a name or the answer of a call, on either side.

import type { Text } from '../reading.ts'
import type { Token } from './tokens.ts'
import type { Walk } from './walk.ts'

/** `"…" + name + "…"`; what ends a line is no value. */
export function holesOf({ tokens, at }: Walk): Pick<Text, 'holes'> {
  const isName = (token: Token | undefined) => token?.kind === 'name' && !LINE_ENDS.test(token.text)
  // Behind `("…")` there is a text, and behind `System.lineSeparator()` the end of a line.
  const isEnd = (token: Token | undefined) =>
    /^[)\]]$/.test(token?.text ?? '') &&
    tokens[at - 3]?.kind !== 'string' &&
    !LINE_ENDS.test(tokens[at - 4]?.text ?? '')
  const before = tokens[at - 1]?.text === '+' && (isName(tokens[at - 2]) || isEnd(tokens[at - 2]))
  const after = tokens[at + 1]?.text === '+' && isName(tokens[at + 2])
  return before || after ? { holes: { before, after } } : {}
}
const LINE_ENDS = /^(?:System|os|Environment|EOL|NEWLINE|NL|newline|nl|linesep|lineSeparator|NewLine)$/
