// Ruby's calls without parentheses: `puts "…"`, `chat.with_instructions "…"`, `raise Error, "…"`.

import type { Token } from './tokens.ts'

const KEYWORD =
  /^(?:if|unless|while|until|and|or|not|in|then|do|else|elsif|end|when|case|rescue|ensure|return|yield|super|def|class|module|begin|for|alias|undef|defined\?|nil|true|false|self|break|next|redo|retry)$/
/** Words that end the arguments of a call. */
const ENDS = /^(?:do|if|unless|while|until|rescue|and|or)$/

/** The same tokens with the parentheses that were left out. */
export function withParentheses(tokens: readonly Token[]): readonly Token[] {
  const out: Token[] = []
  const open: number[] = []
  let depth = 0
  const put = (text: string, { line, column }: Token) => out.push({ kind: 'operator', text, line, column })
  const closeAll = (at: Token, isDone: (level: number) => boolean) => {
    while (open.length > 0 && isDone(open.at(-1) ?? 0)) {
      open.pop()
      put(')', at)
    }
  }
  for (const [at, token] of tokens.entries()) {
    const previous = tokens[at - 1]
    if (token.kind === 'newline' && previous?.text !== ',' && previous?.text !== '\\')
      closeAll(token, (level) => level >= depth)
    if (token.kind === 'name' && ENDS.test(token.text)) closeAll(token, (level) => level >= depth)
    if (token.text === ';') closeAll(token, (level) => level >= depth)
    if (token.kind === 'operator' && /^[([{]$/.test(token.text)) depth++
    if (token.kind === 'operator' && /^[)\]}]$/.test(token.text)) {
      closeAll(token, (level) => level >= depth)
      depth = Math.max(0, depth - 1)
    }
    out.push(token)
    const next = tokens[at + 1]
    if (next === undefined || !isCommand(token, previous, next)) continue
    put('(', next)
    open.push(depth)
  }
  return out
}

/** A name that starts a statement or ends a path, followed by its first argument after a blank. */
function isCommand(token: Token, previous: Token | undefined, next: Token): boolean {
  if (token.kind !== 'name' || /^[:@$]/.test(token.text) || KEYWORD.test(token.text)) return false
  if (next.line !== token.line || next.column <= token.column + token.text.length) return false
  if (previous?.kind === 'name' && !/^(?:then|else|do|and|or|not|return|rescue)$/.test(previous.text)) return false
  if (previous?.text === ':' || previous?.text === '?') return false
  return next.kind === 'string' || (next.kind === 'name' && !KEYWORD.test(next.text))
}
