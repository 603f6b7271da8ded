// Rows of `INSERT INTO prompts (name, content) VALUES ('a', '…')` under the names of table and columns.

import type { Token } from './tokens.ts'

type Insert = { readonly table: string; readonly columns: readonly string[] }

/** The same tokens with rows as `prompts = (name: 'a', content: '…')`. */
export function withColumns(tokens: readonly Token[]): readonly Token[] {
  const out: Token[] = []
  let insert: Insert | null = null
  let [depth, column, inRows] = [0, 0, false]
  const put = (kind: 'name' | 'operator', text: string, { line, column: at }: Token) =>
    out.push({ kind, text, line, column: at })
  const name = (at: Token) => {
    const own = insert?.columns[column]
    if (own === undefined) return
    put('name', own, at)
    put('operator', ':', at)
  }
  for (const [at, token] of tokens.entries()) {
    if (isWord(token, 'into')) insert = insertAt(tokens, at)
    if (isWord(token, 'values')) inRows = insert !== null && depth === 0
    if (token.text === ';' && depth === 0) inRows = false
    const opens = token.kind === 'operator' && token.text === '('
    if (inRows && opens && depth === 0) {
      put('name', insert?.table ?? '', token)
      put('operator', '=', token)
    }
    out.push(token)
    if (opens) depth++
    if (token.kind === 'operator' && token.text === ')') depth = Math.max(0, depth - 1)
    if (!inRows || depth !== 1 || !(opens || token.text === ',')) continue
    column = opens ? 0 : column + 1
    name(token)
  }
  return out
}

const isWord = (token: Token, word: string) => token.kind === 'name' && token.text.toLowerCase() === word

/** `schema.prompts (name, content)` after `INTO`; null without columns. */
function insertAt(tokens: readonly Token[], into: number): Insert | null {
  let at = into + 1
  let table = ''
  while (at < into + 12 && tokens[at] && tokens[at]?.text !== '(') {
    if (isName(tokens[at])) table = tokens[at]?.text ?? ''
    at++
  }
  if (table === '' || tokens[at]?.text !== '(') return null
  const end = Math.min(tokens.length, at + 400)
  const columns: string[] = []
  for (at++; at < end && tokens[at]?.text !== ')'; at++) if (isName(tokens[at])) columns.push(tokens[at]?.text ?? '')
  return { table, columns }
}

const isName = (token: Token | undefined) =>
  token !== undefined && (token.kind === 'name' || token.kind === 'string') && /^\w+$/.test(token.text)
