// Where a name of a Python, JavaScript or TypeScript source is given a text, found without running anything.

import { type Literal, readExpression } from './string-literals.ts'

export type Language = 'python' | 'javascript'

export function languageOf(path: string): Language | undefined {
  if (/\.pyi?$/i.test(path)) return 'python'
  return /\.[cm]?[jt]sx?$/i.test(path) ? 'javascript' : undefined
}

/** The last assignment of a name that is text, and whether it stands at the top of its module. */
export type Assignment = { readonly literal: Literal; readonly start: number; readonly top: boolean }

export function* assignments(text: string, symbol: string, language: Language): Generator<Assignment> {
  const word = /[A-Za-z_$][\w$]*/y
  for (let at = 0; at < text.length; ) {
    const skipped = skipIgnored(text, at, language)
    if (skipped > at) {
      at = skipped
      continue
    }
    word.lastIndex = at
    const name = word.exec(text)?.[0]
    if (name === undefined) {
      at++
      continue
    }
    const value = name === symbol && text[at - 1] !== '.' ? afterAssignment(text, at, name) : undefined
    const read = value === undefined ? undefined : readExpression(text, value, language)
    if (read && value !== undefined) yield { literal: read, start: value, top: isTop(text, at) }
    at += name.length
  }
}

/** On a line without indentation, beside `export const` and the like. */
function isTop(text: string, at: number): boolean {
  const line = text.slice(Math.max(0, text.lastIndexOf('\n', at - 1) + 1), at)
  return /^(?:export\s+)?(?:default\s+)?(?:const|let|var)?\s?$/.test(line)
}

/** Offset behind `= ` (or `: type =`, a property's colon, `export default`), undefined when this is no assignment. */
function afterAssignment(text: string, at: number, name: string): number | undefined {
  const assignment =
    name === 'default' ? /\s+(?=["'`A-Za-z_$[(])/y : /\s*(?::[^=;\n"'`]{1,200})?=(?![=>])\s*|\s*:\s*(?=["'`])/y
  assignment.lastIndex = at + name.length
  return assignment.test(text) ? assignment.lastIndex : undefined
}

/** End of the comment, string or regular expression that starts at `at`; `at` itself when none does. */
function skipIgnored(text: string, at: number, language: Language): number {
  const char = text[at]
  if (language === 'python' && char === '#') return lineEnd(text, at)
  if (language === 'javascript' && char === '/') {
    if (text[at + 1] === '/') return lineEnd(text, at)
    if (text[at + 1] === '*') return endOr(text.indexOf('*/', at + 2), 2, text)
    return isRegex(text, at) ? regexEnd(text, at) : at
  }
  if (char !== '"' && char !== "'" && !(char === '`' && language === 'javascript')) return at
  const quote = language === 'python' && text.startsWith(char.repeat(3), at) ? char.repeat(3) : char
  for (let end = at + quote.length; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text.startsWith(quote, end)) return end + quote.length
    else if (text[end] === '\n' && quote.length === 1 && quote !== '`') return end
  }
  return text.length
}

function lineEnd(text: string, at: number): number {
  return endOr(text.indexOf('\n', at), 0, text)
}

function endOr(found: number, length: number, text: string): number {
  return found < 0 ? text.length : found + length
}

function isRegex(text: string, at: number): boolean {
  return /(^|[(,=:[!&|?{};\n]|\breturn)\s*$/.test(text.slice(Math.max(0, at - 20), at))
}

function regexEnd(text: string, at: number): number {
  const literal = /\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n\\[])+\//y
  literal.lastIndex = at
  return literal.test(text) ? literal.lastIndex : at
}
