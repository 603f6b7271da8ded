// Tokens of the expression language inside `{{ }}` and `{% %}`.

import { once } from '../once.ts'
import { TemplateFault } from './fault.ts'

export type Token = {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end'
  /** The name, the digits, the string's value, or the symbol. */
  readonly text: string
  readonly at: number
}

/** Of names in ASCII: the tables of Unicode need not be there for them. */
const PLAIN =
  /\s+|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_$][\w$]*)|(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(?<symbol>===|!==|==|!=|<=|>=|\/\/|\*\*|[~|()[\]{}.,:+\-*/%<>=])/y
const ANY = once(() => new RegExp(PLAIN.source.replace('[A-Za-z_$][\\w$]*', '[\\p{L}_$][\\p{L}\\p{N}_$]*'), 'uy'))

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r' }

/**
 * @param base offset of `text` in the template, so that tokens carry template offsets
 * @throws TemplateFault for a character that no expression has
 */
export function tokenize(text: string, base: number): readonly Token[] {
  const tokens: Token[] = []
  const pattern = new RegExp(/^[\0-\x7f]*$/.test(text) ? PLAIN : ANY())
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const groups = pattern.exec(text)?.groups
    if (!groups) {
      const remedy = 'Only names, literals, operators and filters may stand in an expression.'
      throw new TemplateFault(base + start, `Unexpected \`${text[start]}\` in an expression.`, remedy)
    }
    const token = tokenOf(groups, base + start)
    if (token) tokens.push(token)
  }
  tokens.push({ kind: 'end', text: '', at: base + text.length })
  return tokens
}

function tokenOf(groups: { readonly [name: string]: string | undefined }, at: number): Token | null {
  if (groups.name !== undefined) return { kind: 'name', text: groups.name, at }
  if (groups.number !== undefined) return { kind: 'number', text: groups.number, at }
  if (groups.symbol !== undefined) return { kind: 'symbol', text: groups.symbol, at }
  if (groups.string === undefined) return null
  const value = groups.string.slice(1, -1).replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter)
  return { kind: 'string', text: value, at }
}

/** A position in a list of tokens; the only thing that moves while parsing. */
export type Cursor = { readonly tokens: readonly Token[]; index: number; depth: number }

export function cursorOver(text: string, base: number): Cursor {
  return { tokens: tokenize(text, base), index: 0, depth: 0 }
}

export function peek(cursor: Cursor): Token {
  const token = cursor.tokens[Math.min(cursor.index, cursor.tokens.length - 1)]
  if (!token) throw new Error('a token list always has an end')
  return token
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.index += 1
  return token
}

/** Whether the next token is this symbol or keyword. */
export function at(cursor: Cursor, text: string): boolean {
  const token = peek(cursor)
  return (token.kind === 'symbol' || token.kind === 'name') && token.text === text
}

/** Takes the symbol or keyword if it is next. */
export function take(cursor: Cursor, text: string): boolean {
  if (!at(cursor, text)) return false
  cursor.index += 1
  return true
}

export function expect(cursor: Cursor, text: string): void {
  if (!take(cursor, text)) throw unexpected(cursor, `\`${text}\``)
}

export function expectName(cursor: Cursor): string {
  if (peek(cursor).kind !== 'name') throw unexpected(cursor, 'a name')
  return next(cursor).text
}

export function expectEnd(cursor: Cursor): void {
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, 'the end of the expression')
}

export function unexpected(cursor: Cursor, wanted: string): TemplateFault {
  const token = peek(cursor)
  const found = token.kind === 'end' ? 'the end of the expression' : `\`${token.text}\``
  return new TemplateFault(token.at, `Found ${found} where ${wanted} was expected.`, 'Correct the expression.')
}
