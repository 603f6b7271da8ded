// Python files may end in a demonstration of themselves: what runs only when a module is started by hand is left out, unless
// nothing else is in the file.

import type { Token } from './tokens.ts'

/** `if __name__ == "__main__":` and its body. */
export function withoutMain(tokens: readonly Token[]): readonly Token[] {
  const start = tokens.findIndex((token, at) => token.text === '__name__' && tokens[at - 1]?.text === 'if')
  if (start < 1 || (tokens[start - 1]?.column ?? 0) > 0 || !definesMore(tokens.slice(0, start))) return tokens
  let end = start
  while (end < tokens.length && !isNextStatement(tokens, end)) end++
  if (
    end - start > MAX_TOKENS ||
    tokens.slice(start, end).some(({ kind, text }) => kind !== 'newline' && SERVES.test(text))
  )
    return tokens
  return [...tokens.slice(0, start - 1), ...tokens.slice(end)]
}

/** A demonstration is short, and starts no server and no application. */
const MAX_TOKENS = 300
const SERVES = /^(?:app|gr|gradio|launch|server|uvicorn|serve|system|instructions|parser|argparse)$|_app$|system_/i

/** Functions or classes that the block may be a demonstration of. */
const definesMore = (tokens: readonly Token[]) => tokens.some(({ text }) => text === 'def' || text === 'class')

const isNextStatement = (tokens: readonly Token[], at: number) =>
  tokens[at - 1]?.kind === 'newline' && tokens[at]?.kind !== 'newline' && tokens[at]?.column === 0
