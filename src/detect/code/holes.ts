// What stands within a text and beside it and is none: names and answers of calls that are put into it or joined to it.

import type { Text } from '../reading.ts'
import type { Token } from './tokens.ts'
import type { Walk } from './walk.ts'

/** `"…" + name + "…"`; what ends a line is no value. */
export function holesOf({ tokens, at }: Walk): Pick<Text, 'holes' | 'inserted' | 'tag'> {
  const isName = (token: Token | undefined) => token?.kind === 'name' && !LINE_ENDS.test(token.text)
  // Behind `("…")` there is a text, and behind `System.lineSeparator()` the end of a line.
  const isEnd = (token: Token | undefined) =>
    /^[)\]]$/.test(token?.text ?? '') &&
    tokens[at - 3]?.kind !== 'string' &&
    !LINE_ENDS.test(tokens[at - 4]?.text ?? '')
  const before = tokens[at - 1]?.text === '+' && (isName(tokens[at - 2]) || isEnd(tokens[at - 2]))
  const after = tokens[at + 1]?.text === '+' && isName(tokens[at + 2])
  const [token, left, right] = [tokens[at], tokens[at - 2], tokens[at + 2]]
  const inner = token?.kind === 'string' ? token.inner.flatMap(firstName) : []
  const inserted = [
    ...inner,
    ...(before && left?.kind === 'name' ? [left.text] : []),
    ...(after && right ? [right.text] : []),
  ]
  return {
    ...(before || after ? { holes: { before, after } } : {}),
    ...(inserted.length > 0 ? { inserted } : {}),
    ...(token?.kind === 'string' && token.tag !== undefined ? { tag: token.tag } : {}),
  }
}
const LINE_ENDS = /^(?:System|os|Environment|EOL|NEWLINE|NL|newline|nl|linesep|lineSeparator|NewLine)$/

/** Of `TONES[tone]` and `section(tone)` the name before the bracket, of `self.tone` and `opts.tone` the last one. */
function firstName(hole: readonly Token[]): readonly string[] {
  let at = 0
  while (hole[at]?.kind === 'name' && hole[at + 1]?.text === '.' && hole[at + 2]?.kind === 'name') at += 2
  const token = hole[at]
  return token?.kind === 'name' ? [token.text] : []
}
