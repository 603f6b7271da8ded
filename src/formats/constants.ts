// String constants of Python, JavaScript and TypeScript sources, read without running anything.

import { UserError } from '../errors.ts'
import type { PromptDraft } from './draft.ts'
import { type Literal, readExpression } from './string-literals.ts'

export type Language = 'python' | 'javascript'

export function languageOf(path: string): Language | undefined {
  if (/\.pyi?$/i.test(path)) return 'python'
  return /\.[cm]?[jt]sx?$/i.test(path) ? 'javascript' : undefined
}

/** The string assigned to `symbol`. Throws a UserError when there is none or it cannot be known without running code. */
export function readConstant(path: string, text: string, symbol: string): PromptDraft {
  const language = languageOf(path)
  if (!language) {
    throw new UserError({
      what: `Constants of "${path}" cannot be read.`,
      expected: 'a .py, .js, .mjs, .cjs, .ts, .mts, .cts, .jsx or .tsx file',
      remedy: 'Move the prompt into a text file.',
      place: { path },
    })
  }
  const found = findAssignment(text, symbol, language)
  if (found === undefined) {
    throw new UserError({
      what: `There is no constant "${symbol.slice(0, 100)}" that is a plain string.`,
      expected: `${symbol.slice(0, 100)} = "…"`,
      remedy: 'Correct the name after #, or write the prompt as one string.',
      place: { path },
    })
  }
  const line = text.slice(0, found.start).split('\n').length
  return { engine: 'nunjucks', messages: [{ role: 'user', content: templateOf(found.literal) }], line }
}

function findAssignment(
  text: string,
  symbol: string,
  language: Language,
): { readonly literal: Literal; readonly start: number } | undefined {
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
    const value = name === symbol && text[at - 1] !== '.' ? afterAssignment(text, at + name.length) : undefined
    const read = value === undefined ? undefined : readExpression(text, value, language)
    if (read && value !== undefined) return { literal: read, start: value }
    at += name.length
  }
  return undefined
}

/** Offset behind `= ` (or `: type =`, or a property's colon), undefined when this is no assignment. */
function afterAssignment(text: string, at: number): number | undefined {
  const assignment = /\s*(?::[^=;\n"'`]{1,200})?=(?![=>])\s*|\s*:\s*(?=["'`])/y
  assignment.lastIndex = at
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

/** As a template: `{name}` of f-strings and format strings and `${name}` become `{{ name }}`. */
function templateOf({ parts, formatted }: Literal): string {
  const written = parts.map((part) => ('text' in part ? part.text : `{{ ${part.expression} }}`)).join('')
  if (formatted || /\{\{\s*[A-Za-z_]/.test(written)) return written
  return written.replace(/(?<![{$\w])\{([A-Za-z_]\w*)\}(?!\})/g, '{{ $1 }}')
}
