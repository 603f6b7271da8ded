// Elixir's module attributes are set without a sign: `@system "…"` is read as `@system = "…"`.

import type { Token } from './tokens.ts'

export function withAssignments(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1]
    const isSet = token.kind === 'name' && token.text.startsWith('@') && next !== undefined
    if (!isSet || !(next.kind === 'string' || next.kind === 'number' || /^[[%{]$/.test(next.text))) return [token]
    return [token, { kind: 'operator' as const, text: '=', line: token.line, column: token.column }]
  })
}
