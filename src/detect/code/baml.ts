// BAML writes `model "…"` and `prompt #"…"#`: a name and its value, with nothing between. A client that is named by a string
// is a model with its provider.

import type { Token } from './tokens.ts'

export function withColons(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1]
    if (token.kind !== 'name' || next === undefined || token.line !== next.line) return [token]
    if (next.kind !== 'string' && !(next.kind === 'number' && tokens[at - 1]?.kind === 'newline')) return [token]
    const name = token.text === 'client' ? { ...token, text: 'model' } : token
    return [name, { kind: 'operator' as const, text: ':', line: token.line, column: token.column }]
  })
}
