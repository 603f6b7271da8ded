// One lexer for every language of the table: names, numbers, operators, strings with their holes; comments are gone.
// Every character is looked at once: what is not closed ends at the line or the file, and nothing is tried again.

import type { Hole, Language, StringForm } from './languages.ts'
import { atTag, element } from './markup.ts'
import { namePattern } from './name-patterns.ts'
import type { Token } from './tokens.ts'
import { escaped } from './unescape.ts'

/** Nesting of holes and markup beyond which code in a string is taken as text. */
const MAX_DEPTH = 60
const NUMBER = /\d[\w.]*/y
const OPERATOR = /===|!==|\.\.\.|\?\?=|\|\|=|&&=|\*\*|=>|->|:=|\+=|\.=|==|!=|<=|>=|=~|::|\?\.|\?\?|\|\||&&|<<|[\s\S]/y
const SPACE = /[^\S\n]+/y

type Heredoc = { readonly id: string; readonly plain: boolean; readonly fill: (text: string) => void }

export type Scanner = {
  readonly text: string
  readonly language: Language
  at: number
  line: number
  lineStart: number
  depth: number
  heredocs: Heredoc[]
  /** No regular expression literal is looked for before this position. */
  noRegexBefore: number
}

/** The tokens of a source text. Never throws; broken code gives odd tokens. */
export function lex(text: string, language: Language): readonly Token[] {
  const scanner: Scanner = {
    text,
    language,
    at: 0,
    line: 1,
    lineStart: 0,
    depth: 0,
    heredocs: [],
    noRegexBefore: 0,
  }
  if (language.island) leaveIsland(scanner, 0)
  return code(scanner, null)
}

/** Code up to `close` on its own level (which is taken), or to the end of the text. */
export function code(s: Scanner, close: string | null): Token[] {
  const tokens: Token[] = []
  // `\(f(x))` ends at its own parenthesis.
  const [more, less] = close === ')' ? ['(', ')'] : ['{', '}']
  let braces = 0
  while (s.at < s.text.length) {
    // No comment and no end starts with a letter.
    if (isWordStart(s.text.charCodeAt(s.at))) {
      tokens.push(next(s, tokens.at(-1)))
      continue
    }
    if (skipBlank(s, tokens)) continue
    if (close !== null && braces === 0 && s.text.startsWith(close, s.at)) {
      s.at += close.length
      return tokens
    }
    const char = s.text[s.at]
    if (close !== null && (char === more || char === less)) braces += char === more ? 1 : -1
    if (s.language.jsx && char === '<' && s.depth < MAX_DEPTH && atTag(s, tokens.at(-1))) {
      s.depth++
      element(s, tokens)
      s.depth--
      continue
    }
    tokens.push(next(s, tokens.at(-1)))
  }
  return tokens
}

function next(s: Scanner, previous: Token | undefined): Token {
  const { line } = s
  const column = s.at - s.lineStart
  const start = s.text.charCodeAt(s.at)
  if (!isWordStart(start) || s.language.prefixes) {
    const here = heredoc(s, { line, column }) ?? string(s)
    if (here) return here
    if (s.language.regexes && start === 0x2f && regex(s, previous)) return { kind: 'number', text: '/…/', line, column }
    const number = isDigit(start) ? take(s, NUMBER) : null
    if (number !== null) return { kind: 'number', text: number, line, column }
  }
  const name = take(s, namePattern(s.language.id, start, s.text[s.at - 1] ?? ''))
  if (name !== null) return { kind: 'name', text: name, line, column }
  return { kind: 'operator', text: take(s, OPERATOR) ?? ' ', line, column }
}

/** ASCII letters and `_`. */
const isWordStart = (code: number) => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
const isDigit = (code: number) => code >= 0x30 && code <= 0x39

export function take(s: Scanner, pattern: RegExp): string | null {
  pattern.lastIndex = s.at
  const found = pattern.exec(s.text)?.[0] ?? null
  if (found !== null) s.at += found.length
  return found
}

/** Blanks, line ends, comments. True when something was skipped. */
function skipBlank(s: Scanner, tokens: Token[]): boolean {
  const { text, language } = s
  if (take(s, SPACE) !== null) return true
  const [open, close] = language.blockComment ?? ['', '']
  if (open !== '' && text.startsWith(open, s.at)) return blockComment(s, open, close)
  if (text[s.at] === '\n') {
    tokens.push({ kind: 'newline', text: '\n', line: s.line, column: s.at - s.lineStart })
    advance(s, s.at + 1)
    if (s.heredocs.length > 0) for (const here of s.heredocs.splice(0)) heredocBody(s, here)
    return true
  }
  const [enter, leave] = language.island ?? ['', '']
  if (leave !== '' && text.startsWith(leave, s.at)) return leaveIsland(s, enter === '' ? s.at : s.at + leave.length)
  if (!language.lineComments.some((mark) => text.startsWith(mark, s.at))) return false
  if (language.id === 'php' && text.startsWith('#[', s.at)) return false
  if (language.id === 'toml' || !text.startsWith('#{', s.at)) s.at = lineEnd(s)
  else return false
  return true
}

/** Text outside of `<? … ?>` has no tokens. */
function leaveIsland(s: Scanner, from: number): true {
  const open = s.language.island?.[0] ?? ''
  const next = s.text.indexOf(open, from)
  advance(s, next < 0 ? s.text.length : next + open.length)
  if (s.text.startsWith('php', s.at)) s.at += 3
  // The rest of a tag: `<script setup lang="ts">`.
  if (open.startsWith('<s')) advance(s, Math.max(s.at, s.text.indexOf('>', s.at) + 1))
  return true
}

function blockComment(s: Scanner, open: string, close: string): true {
  let depth = 1
  let at = s.at + open.length
  while (depth > 0) {
    const end = s.text.indexOf(close, at)
    if (end < 0) {
      at = s.text.length
      break
    }
    const inside = s.language.nestedComments ? s.text.slice(at, end).split(open).length - 1 : 0
    depth += inside - 1
    at = end + close.length
  }
  advance(s, at)
  return true
}

/** Moves on and keeps count of lines. */
export function advance(s: Scanner, to: number): void {
  for (let at = s.at; at < to; at++) {
    if (s.text.charCodeAt(at) !== 0x0a) continue
    s.line++
    s.lineStart = at + 1
  }
  s.at = to
}

const lineEnd = (s: Scanner) => {
  const end = s.text.indexOf('\n', s.at)
  return end < 0 ? s.text.length : end
}

/** A regular expression literal is skipped where an operand may start; `/` is a division elsewhere. */
function regex(s: Scanner, previous: Token | undefined): boolean {
  if (s.at < s.noRegexBefore) return false
  const operand =
    previous !== undefined &&
    (previous.kind === 'number' ||
      previous.kind === 'string' ||
      (previous.kind === 'name' && !/^(return|typeof|case|in|of|do|else|void|yield|await)$/.test(previous.text)) ||
      (previous.kind === 'operator' && /^[)\]}]$/.test(previous.text)))
  if (operand) return false
  const end = lineEnd(s)
  let inClass = false
  for (let at = s.at + 1; at < end; at++) {
    const char = s.text[at]
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) {
      s.at = at + 1
      take(s, /[a-z]*/y)
      return true
    }
  }
  s.noRegexBefore = end
  return false
}

function string(s: Scanner): Token | null {
  for (const form of s.language.strings) {
    form.open.lastIndex = s.at
    const match = form.open.exec(s.text)
    if (match) return readString(s, form, match)
  }
  return null
}

function readString(s: Scanner, form: StringForm, match: RegExpExecArray): Token {
  const place = { line: s.line, column: s.at - s.lineStart }
  const close = form.close?.(match) ?? match[0]
  const body: Body = {
    close,
    escapes: form.escapes?.(match) ?? 'backslash',
    multiline: form.multiline?.(match) ?? false,
    hole: s.depth < MAX_DEPTH ? (form.hole?.(match) ?? null) : null,
    dollarNames: form.dollarNames ?? false,
  }
  s.at += match[0].length
  const { text, inner } = readBody(s, body)
  return { kind: 'string', text, ...place, inner }
}

type Body = {
  readonly close: string
  readonly escapes: 'backslash' | 'raw' | 'doubled' | 'none'
  readonly multiline: boolean
  readonly hole: Hole | null
  readonly dollarNames: boolean
}

const DOLLAR_NAME = /\$[A-Za-z_]\w*(?:->\w+|\[\w+\])?/y

function readBody(s: Scanner, body: Body): { text: string; inner: Token[][] } {
  const inner: Token[][] = []
  const pieces: string[] = []
  let from = s.at
  const cut = (to: number, replacement: string, resume: number) => {
    pieces.push(s.text.slice(from, to), replacement)
    advance(s, resume)
    from = resume
  }
  while (s.at < s.text.length) {
    const char = s.text[s.at] ?? ''
    if (char === '\n' && !body.multiline) break
    if (body.hole?.doubled !== undefined && s.text.startsWith(body.hole.doubled, s.at)) cut(s.at, '{', s.at + 2)
    else if (body.hole?.doubled !== undefined && s.text.startsWith('}}', s.at)) cut(s.at, '}', s.at + 2)
    else if (body.hole && s.text.startsWith(body.hole.open, s.at)) {
      cut(s.at, '', s.at + body.hole.open.length)
      s.depth++
      const hole = code(s, body.hole.close)
      s.depth--
      inner.push(hole)
      pieces.push(written(hole))
      from = s.at
    } else if (body.escapes === 'doubled' && s.text.startsWith(body.close.repeat(2), s.at))
      cut(s.at, body.close, s.at + 2)
    else if (char === '\\' && body.escapes === 'backslash') {
      const [text, length] = escaped(s.text, s.at)
      cut(s.at, text, s.at + length)
    } else if (char === '\\' && body.escapes === 'raw') advance(s, s.at + 2)
    else if (s.text.startsWith(body.close, s.at)) {
      cut(s.at, '', s.at + body.close.length)
      return { text: pieces.join(''), inner }
    } else if (body.dollarNames && char === '$' && isDollarName(s)) cut(s.at, '{}', DOLLAR_NAME.lastIndex)
    else advance(s, s.at + 1)
  }
  pieces.push(s.text.slice(from, s.at))
  return { text: pieces.join(''), inner }
}

/** `#{' '}` is a blank, and no place for a value. */
const written = ([first, ...rest]: readonly Token[]) =>
  first?.kind === 'string' && rest.length === 0 && first.text.trim() === '' ? first.text : '{}'

function isDollarName(s: Scanner): boolean {
  DOLLAR_NAME.lastIndex = s.at
  return DOLLAR_NAME.test(s.text)
}

/** The text of a heredoc starts on the next line; its token stands where it is opened. */
function heredoc(s: Scanner, place: { line: number; column: number }): Token | null {
  if (!s.language.heredoc || s.text[s.at] !== '<') return null
  s.language.heredoc.lastIndex = s.at
  const match = s.language.heredoc.exec(s.text)
  const id = match?.groups?.id
  if (match === null || id === undefined) return null
  s.at += match[0].length
  const token = { kind: 'string' as const, text: '', ...place, inner: [], tag: id }
  s.heredocs.push({ id, plain: match[1] === "'", fill: (text) => Object.assign(token, { text }) })
  return token
}

function heredocBody(s: Scanner, here: Heredoc): void {
  const start = s.at
  const end = new RegExp(`^[ \\t]*${here.id}\\b`)
  while (s.at < s.text.length) {
    const to = lineEnd(s)
    const closing = end.exec(s.text.slice(s.at, Math.min(to, s.at + 400)))
    if (closing) {
      here.fill(holesOut(s.text.slice(start, s.at), here.plain))
      s.at += closing[0].length
      return
    }
    advance(s, Math.min(to + 1, s.text.length))
  }
  here.fill(holesOut(s.text.slice(start, s.at), here.plain))
}

function holesOut(text: string, plain: boolean): string {
  return plain
    ? text
    : text
        .replace(/#\{(['"])(\s*)\1\}/g, '$2')
        .replace(/[#$]\{[^{}\n]*\}|\{\$[^{}\n]*\}|\$[A-Za-z_]\w*(?:->\w+)?/g, '{}')
}
