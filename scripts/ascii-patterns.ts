// Regular expressions in ASCII: esbuild escapes the letters of strings, and leaves those of patterns as they are.

import { parseAst } from 'rollup/parseAst'

type Span = { readonly start: number; readonly end: number }

/** The same code: `\uHHHH` in a pattern is the letter itself, and two of them are one letter wherever the letter is one. */
export function inAsciiPatterns(code: string): string {
  let [text, at] = ['', 0]
  for (const { start, end } of patternsIn(parseAst(code)).toSorted((a, b) => a.start - b.start)) {
    text += code.slice(at, start) + inAscii(code.slice(start, end))
    at = end
  }
  return text + code.slice(at)
}

function inAscii(pattern: string): string {
  if (/\\[^\0-\x7f]/.test(pattern)) throw new Error(`${pattern} escapes a letter that needs no escape`)
  return pattern.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function patternsIn(value: unknown): readonly Span[] {
  if (Array.isArray(value)) return value.flatMap(patternsIn)
  if (typeof value !== 'object' || value === null) return []
  return 'regex' in value ? [value as unknown as Span] : Object.values(value).flatMap(patternsIn)
}
