// String expressions of source files: literals, implicit and explicit concatenation, dedent; nothing that needs running.

import type { Language } from './constants.ts'

export type Part = { readonly text: string } | { readonly expression: string }
/** `formatted`: placeholders were marked by the language (f-string, template literal), so braces in text are text. */
export type Literal = { readonly parts: readonly Part[]; readonly formatted: boolean }

/** The string expression at `start`; undefined when it is anything but literals joined together. */
export function readExpression(text: string, start: number, language: Language): Literal | undefined {
  const open = /(?:(?:textwrap\s*\.\s*|inspect\s*\.\s*)?(dedent|cleandoc)\s*)?[(\s]*(?:String\s*\.\s*raw)?/y
  open.lastIndex = start
  const dedents = open.exec(text)?.[1] !== undefined
  let at = open.lastIndex
  const parts: Part[] = []
  let formatted = false
  let count = 0
  for (; ; count++) {
    const literal = language === 'python' ? pythonLiteral(text, at) : javascriptLiteral(text, at)
    if (!literal) break
    if (literal.parts.some((part) => 'expression' in part && !isPath(part.expression))) return undefined
    parts.push(...literal.parts)
    formatted ||= literal.formatted
    const joined = language === 'python' ? PYTHON_JOIN : JAVASCRIPT_JOIN
    joined.lastIndex = literal.end
    at = joined.test(text) ? joined.lastIndex : literal.end
  }
  if (count === 0 || continues(text, at)) return undefined
  return { parts: dedents ? dedented(parts) : parts, formatted }
}

// Comments may stand between the pieces of a Python concatenation; a plain line break ends the statement, but a
// following literal on its own line can only be inside parentheses.
const PYTHON_JOIN = /(?:[\s\\+]|#[^\n]*\n)*(?=[rRbBfFuU]{0,2}["'])/y
const JAVASCRIPT_JOIN = /(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*\+(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*(?=["'`])/y

/** A `+ NAME`, `% values` or `.format(` behind the literals means that the value is computed. */
function continues(text: string, at: number): boolean {
  const rest = text.slice(at, at + 200)
  return (
    /^\s*(\+|%\s*[\w(])/.test(rest) || /^[)\s]*\.(?!strip\(\)|trim\(\)|lstrip\(\)|rstrip\(\)|format\()\w+/.test(rest)
  )
}

function isPath(expression: string): boolean {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(expression)
}

type Read = Literal & { readonly end: number }

function pythonLiteral(text: string, at: number): Read | undefined {
  const opening = /([rRbBfFuU]{0,2})("""|'''|"|')/y
  opening.lastIndex = at
  const [, prefix = '', quote = ''] = opening.exec(text) ?? []
  if (quote === '') return undefined
  const body = closedBody(text, opening.lastIndex, quote)
  if (body === undefined) return undefined
  const raw = /r/i.test(prefix)
  const formatted = /f/i.test(prefix)
  const plain = (piece: string) => (raw ? piece : unescapePython(piece))
  const parts = formatted ? fieldParts(body, plain) : [{ text: plain(body) }]
  return parts && { parts, formatted, end: opening.lastIndex + body.length + quote.length }
}

function javascriptLiteral(text: string, at: number): Read | undefined {
  const quote = text[at]
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined
  const body = closedBody(text, at + 1, quote)
  if (body === undefined) return undefined
  const raw = /String\s*\.\s*raw\s*$/.test(text.slice(Math.max(0, at - 20), at))
  const plain = (piece: string) => (raw ? piece : unescapeJavascript(piece))
  const parts: Part[] = []
  let start = 0
  for (const field of quote === '`' ? body.matchAll(/(?<!\\)\$\{([^}]*)\}/g) : []) {
    parts.push({ text: plain(body.slice(start, field.index)) }, { expression: (field[1] ?? '').trim() })
    start = field.index + field[0].length
  }
  parts.push({ text: plain(body.slice(start)) })
  return { parts, formatted: parts.length > 1, end: at + body.length + 2 }
}

/** Text up to the closing quote; undefined when it is never closed (or the line ends before a single quote). */
function closedBody(text: string, start: number, quote: string): string | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text.startsWith(quote, at)) return text.slice(start, at)
    else if (text[at] === '\n' && quote.length === 1 && quote !== '`') return undefined
  }
  return undefined
}

/** f-string fields; conversions and formats (`!r`, `:.2f`) cannot be kept and are cut. */
function fieldParts(body: string, plain: (piece: string) => string): Part[] | undefined {
  const parts: Part[] = []
  let start = 0
  const text = (end: number) =>
    parts.push({ text: plain(body.slice(start, end)).replaceAll('{{', '{').replaceAll('}}', '}') })
  for (const field of body.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    if (field[1] === undefined) continue
    text(field.index)
    parts.push({ expression: field[1].replace(/[!:].*$/s, '').trim() })
    start = field.index + field[0].length
  }
  text(body.length)
  return parts
}

const SIMPLE: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  0: '\0',
  '\n': '',
}

function unescapePython(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g, (whole, x, u, U, other) => {
      const code: string | undefined = x ?? u ?? U
      if (code !== undefined) return codePoint(code)
      return other === '\\' || other === '"' || other === "'" ? other : (SIMPLE[other] ?? whole)
    })
}

function unescapeJavascript(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/g,
      (_, x, u, braced, other) => {
        const code: string | undefined = x ?? u ?? braced
        return code !== undefined ? codePoint(code) : (SIMPLE[other] ?? other)
      },
    )
}

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

/** Common indentation removed from all lines but blank ones, the ends trimmed, as dedent and cleandoc are used. */
function dedented(parts: readonly Part[]): Part[] {
  const lines = parts.flatMap((part) => ('text' in part ? part.text.split('\n').slice(1) : []))
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const indent = indents.length > 0 ? Math.min(...indents) : 0
  const cut = new RegExp(`\\n {0,${indent}}`, 'g')
  return parts.map((part) => ('text' in part ? { text: part.text.replace(cut, '\n') } : part))
}
