// JSX: text between tags is for people and has no tokens; `{…}` is code, and so are attributes that say what is told to a model.

import { advance, code, type Scanner, take } from './lex.ts'
import type { Token } from './tokens.ts'

const TAG = /<(?:>|[A-Za-z][\w.:-]*)(?!\s*(?:,|extends\b))/y

/** Whether `<` starts an element: where an operand may start, followed by a tag's name that is no type parameter. */
export function atTag(s: Scanner, previous: Token | undefined): boolean {
  const after =
    previous === undefined ||
    previous.kind === 'newline' ||
    (previous.kind === 'operator' && !/^[)\]}]$/.test(previous.text)) ||
    (previous.kind === 'name' && /^(return|default|yield|else)$/.test(previous.text))
  if (!after) return false
  TAG.lastIndex = s.at
  return TAG.test(s.text)
}

/** Skips an element and its children, collecting the code in it; elements are counted, not recursed into. */
export function element(s: Scanner, tokens: Token[]): void {
  let open = 0
  const place = { line: s.line, column: s.at - s.lineStart }
  while (s.at < s.text.length) {
    const closing = s.text.startsWith('</', s.at)
    s.at += closing ? 2 : 1
    const selfClosed = tag(s, tokens)
    if (closing) open--
    else if (!selfClosed) open++
    if (open <= 0 || !children(s, tokens)) break
  }
  tokens.push({ kind: 'number', text: '</>', ...place })
}

/** Attributes whose values may be for a model, and the one that shows an example of what may be. */
const TELLING =
  /([A-Za-z][\w-]*(?:prompt|instructions?|message)|prompt|instructions?|system|model|placeholder)\s*=\s*$/i
const MAX_ATTRIBUTE = 60

/** The attribute that the value at this place is given to, if it may be for a model; '' for every other one. */
const attributeBefore = (s: Scanner) => TELLING.exec(s.text.slice(Math.max(0, s.at - MAX_ATTRIBUTE), s.at))?.[1] ?? ''

/** Up to the end of a tag; true when it closes itself. */
function tag(s: Scanner, tokens: Token[]): boolean {
  while (s.at < s.text.length) {
    const char = s.text[s.at] ?? ''
    if (char === '>') {
      s.at++
      return false
    }
    if (s.text.startsWith('/>', s.at)) {
      s.at += 2
      return true
    }
    if (char === '{') hole(s, tokens, attributeBefore(s))
    else if (char === '"' || char === "'") quoted(s, tokens, char)
    else if (take(s, /[^>/{"'\n]+/y) === null) advance(s, s.at + 1)
  }
  return true
}

/** Up to the next tag; false at the end of the file. */
function children(s: Scanner, tokens: Token[]): boolean {
  while (s.at < s.text.length) {
    const char = s.text[s.at]
    if (char === '<') return true
    if (char === '{') hole(s, tokens)
    else if (take(s, /[^<{\n]+/y) === null) advance(s, s.at + 1)
  }
  return false
}

function quoted(s: Scanner, tokens: Token[], quote: string): void {
  const name = attributeBefore(s)
  const place = { line: s.line, column: s.at - s.lineStart }
  const end = s.text.indexOf(quote, s.at + 1)
  const close = end < 0 ? s.text.length : end
  const text = s.text.slice(s.at + 1, close)
  advance(s, Math.min(close + 1, s.text.length))
  if (name === '') return
  for (const token of opened(name, place)) tokens.push(token)
  tokens.push({ kind: 'string', text, ...place, inner: [] }, { kind: 'operator', text: '}', ...place })
}

/** `name="…"` is read as `{ name: "…" }`. */
const opened = (name: string, place: { readonly line: number; readonly column: number }): readonly Token[] => [
  { kind: 'operator', text: '{', ...place },
  ...(name === ''
    ? []
    : [
        { kind: 'name' as const, text: name, ...place },
        { kind: 'operator' as const, text: ':', ...place },
      ]),
]

function hole(s: Scanner, tokens: Token[], name = ''): void {
  const place = { line: s.line, column: s.at - s.lineStart }
  s.at++
  s.depth++
  const inner = code(s, '}')
  s.depth--
  for (const token of [...opened(name, place), ...inner]) tokens.push(token)
  tokens.push({ kind: 'operator', text: '}', line: s.line, column: s.at - s.lineStart })
}
