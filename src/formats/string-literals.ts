// String expressions of source files: literals, implicit and explicit concatenation, dedent; nothing that needs running.

import type { Language } from './constants.ts'

export type Part =
  | { readonly text: string }
  /** A placeholder of an f-string or a template literal. */
  | { readonly expression: string }
  /** A name that is joined to the text, so that its value has to be known. */
  | { readonly name: string }
/** `formatted`: placeholders were marked by the language (f-string, template literal), so braces in text are text. */
export type Literal = { readonly parts: readonly Part[]; readonly formatted: boolean }

/** The string expression at `start`; undefined when it is anything but literals and names joined together. */
export function readExpression(text: string, start: number, language: Language): Literal | undefined {
  const open = /(?:(?:textwrap\s*\.\s*|inspect\s*\.\s*)?(dedent|cleandoc)\s*)?[(\s]*(?:String\s*\.\s*raw)?/y
  open.lastIndex = start
  const dedents = open.exec(text)?.[1] !== undefined
  const list = readJoinedList(text, open.lastIndex, language)
  if (list) return list
  const read = readTerms(text, open.lastIndex, language)
  if (!read || continues(text, read.end)) return undefined
  if (read.parts.some((part) => 'name' in part) && !ends(text, read.end, start)) return undefined
  return { parts: dedents ? dedented(read.parts) : read.parts, formatted: read.formatted }
}

/** Literals and names from `start` on, as far as they are joined. */
function readTerms(text: string, start: number, language: Language): Read | undefined {
  let at = start
  const parts: Part[] = []
  let formatted = false
  for (let count = 0; ; count++) {
    const term = readLiteral(text, at, language) ?? readName(text, at)
    if (!term) return count === 0 ? undefined : { parts, formatted, end: at }
    if (term.parts.some((part) => 'expression' in part && !isPath(part.expression))) return undefined
    parts.push(...term.parts)
    formatted ||= term.formatted
    const joined = joinAfter(text, term.end, language, 'name' in (term.parts[0] ?? {}))
    at = joined ?? term.end
    if (joined === undefined) return { parts, formatted, end: at }
  }
}

const readLiteral = (text: string, at: number, language: Language) =>
  language === 'python' ? pythonLiteral(text, at) : javascriptLiteral(text, at)

const KEYWORDS =
  /^(?:await|async|function|class|lambda|new|not|None|True|False|null|undefined|true|false|typeof|if|yield|void|this|self|import|require)$/
const NAME_END = /\s*(?:[([{]|=>|\?|`)|[\w$]/y

function readName(text: string, at: number): Read | undefined {
  const word = /[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){0,4}/y
  word.lastIndex = at
  const found = word.exec(text)?.[0]
  if (found === undefined || KEYWORDS.test(found.split('.')[0] ?? '')) return undefined
  // `.trim()` and `.strip()` keep what the text says.
  const name = found.replace(/\.(?:trim|strip)$/, '')
  const end = name === found ? word.lastIndex : word.lastIndex + (text.startsWith('()', word.lastIndex) ? 2 : 0)
  NAME_END.lastIndex = end
  return NAME_END.test(text) ? undefined : { parts: [{ name }], formatted: false, end }
}

function joinAfter(text: string, at: number, language: Language, afterName: boolean): number | undefined {
  const patterns = language === 'python' ? (afterName ? [PYTHON_PLUS] : [PYTHON_JOIN, PYTHON_PLUS]) : [JAVASCRIPT_JOIN]
  for (const pattern of patterns) {
    pattern.lastIndex = at
    if (pattern.test(text)) return pattern.lastIndex
  }
  return undefined
}

const LIST_START = /(["'])((?:\\n|[^"'\\\n]){0,20})\1\s*\.\s*join\s*\(\s*[[(]|\[/y
const LIST_SEPARATOR = /(?:\s|#[^\n]*\n|\/\/[^\n]*\n)*,(?:\s|#[^\n]*\n|\/\/[^\n]*\n)*/y
const LIST_END =
  /(?:\s|#[^\n]*\n|\/\/[^\n]*\n)*[\])]\s*(?:\.\s*join\s*\(\s*(["'`])((?:\\n|[^"'`\\\n]){0,20})\1\s*\)|\))/y

/** `"\n".join([A, "b"])`, `[A, 'b'].join('\n')`. */
function readJoinedList(text: string, start: number, language: Language): Literal | undefined {
  LIST_START.lastIndex = start
  const opening = LIST_START.exec(text)
  if (!opening) return undefined
  let at =
    LIST_START.lastIndex + (/^\s*/.exec(text.slice(LIST_START.lastIndex, LIST_START.lastIndex + 200))?.[0].length ?? 0)
  const items: (readonly Part[])[] = []
  for (;;) {
    const item = readTerms(text, at, language)
    if (!item) break
    items.push(item.parts)
    LIST_SEPARATOR.lastIndex = item.end
    at = LIST_SEPARATOR.test(text) ? LIST_SEPARATOR.lastIndex : item.end
  }
  LIST_END.lastIndex = at
  const closing = LIST_END.exec(text)
  // The separator stands on one side: before the list in Python, behind it in JavaScript.
  if (!closing || items.length === 0 || (opening[1] === undefined) === (closing[1] === undefined)) return undefined
  const separator = (opening[2] ?? closing[2] ?? '').replaceAll('\\n', '\n')
  const parts = items.flatMap((item, index) => (index === 0 ? item : [{ text: separator }, ...item]))
  return { parts, formatted: false }
}

const PYTHON_PLUS = /(?:[\s\\]|#[^\n]*\n)*\+(?:[\s\\]|#[^\n]*\n)*(?=[A-Za-z_"'])/y
// Comments may stand between the pieces of a Python concatenation; a plain line break ends the statement, but a
// following literal on its own line can only be inside parentheses.
const PYTHON_JOIN = /(?:[\s\\+]|#[^\n]*\n)*(?=[rRbBfFuU]{0,2}["'])/y
// A block comment is written so that it can end in one way only: else many of them take time beyond all bounds.
const JAVASCRIPT_JOIN =
  /(?:\s|\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*\+(?:\s|\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*(?=["'`A-Za-z_$])/y

/** A `+ call()`, `% values` or `.format(` behind the literals means that the value is computed. */
function continues(text: string, at: number): boolean {
  const rest = text.slice(at, at + 200)
  return (
    /^\s*(\+|%\s*[\w(])/.test(rest) || /^[)\s]*\.(?!strip\(\)|trim\(\)|lstrip\(\)|rstrip\(\)|format\()\w+/.test(rest)
  )
}

/** Whether nothing but closing brackets follows a value with names in it: else it is part of a computation. */
function ends(text: string, at: number, start: number): boolean {
  const inside = /^\s*\(/.test(text.slice(start, start + 100))
  const rest = text.slice(at, at + 200)
  return inside ? /^\s*\)/.test(rest) : /^[ \t]*(?:[;,)\]}\n\r]|$|#|\/\/|as const|satisfies )/.test(rest)
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
