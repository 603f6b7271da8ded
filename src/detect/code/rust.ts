// Rust keeps unit tests beside the code: modules and functions under `#[cfg(test)]` and `#[test]` are left out.

import type { Token } from './tokens.ts'

export function withoutTests(tokens: readonly Token[]): readonly Token[] {
  const out: Token[] = []
  for (let at = 0; at < tokens.length; at++) {
    const end = isTest(tokens, at) ? bodyEnd(tokens, at) : -1
    if (end >= 0) at = end
    else if (tokens[at]) out.push(tokens[at] as Token)
  }
  return out
}

/** `#[cfg(test)]` or `#[test]`, also `#[tokio::test]`. */
function isTest(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== '#' || tokens[at + 1]?.text !== '[') return false
  const words = tokens.slice(at + 2, at + 7).map((token) => token.text)
  return words[0] === 'test' || words[2] === 'test'
}

/** The brace that closes the next body; -1 when the item ends without one. */
function bodyEnd(tokens: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token
    if (kind !== 'operator') continue
    if (text === ';' && depth === 0) return -1
    if (text === '{') depth++
    if (text === '}' && --depth <= 0) return at
  }
  return tokens.length - 1
}
