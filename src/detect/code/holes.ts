// What stands within a text and beside it and is none: names and answers of calls that are put into it or joined to it.

import type { Text } from '../reading.ts'
import type { Token } from './tokens.ts'
import type { Walk } from './walk.ts'

/** `"…" + name + "…"`, on one line or several; what ends a line is no value. */
export function holesOf({ tokens, at }: Walk): Pick<Text, 'holes' | 'inserted' | 'tag'> {
  const isName = (token: Token | undefined) => token?.kind === 'name' && !LINE_ENDS.test(token.text)
  const beside = (from: number, step: 1 | -1) => {
    let there = from + step
    while (tokens[there]?.kind === 'newline' && Math.abs(there - from) < MAX_LINES) there += step
    return there
  }
  const [plusBefore, plusAfter] = [beside(at, -1), beside(at, 1)]
  const [leftAt, rightAt] = [beside(plusBefore, -1), beside(plusAfter, 1)]
  const [token, left, right] = [tokens[at], tokens[leftAt], tokens[rightAt]]
  // Behind `("…")` there is a text, and behind `System.lineSeparator()` the end of a line.
  const isEnd =
    /^[)\]]$/.test(left?.text ?? '') &&
    tokens[leftAt - 1]?.kind !== 'string' &&
    !LINE_ENDS.test(tokens[leftAt - 2]?.text ?? '')
  const before = tokens[plusBefore]?.text === '+' && (isName(left) || isEnd)
  const after = tokens[plusAfter]?.text === '+' && isName(right)
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
/** Line ends, comments aside, on the way to what is joined. */
const MAX_LINES = 4
const LINE_ENDS = /^(?:System|os|Environment|EOL|NEWLINE|NL|newline|nl|linesep|lineSeparator|NewLine)$/

/** Of `TONES[tone]` and `section(tone)` the name before the bracket, of `self.tone` and `opts.tone` the last one. */
function firstName(hole: readonly Token[]): readonly string[] {
  let at = 0
  while (hole[at]?.kind === 'name' && hole[at + 1]?.text === '.' && hole[at + 2]?.kind === 'name') at += 2
  const token = hole[at]
  return token?.kind === 'name' ? [token.text] : []
}
