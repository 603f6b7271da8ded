// Cuts Handlebars text into text, comments and `{{ mustaches }}`, with `~` and the rule that a block tag alone on its line leaves no line.

import { TemplateFault } from './fault.ts'

export type Mustache = {
  readonly kind: 'text' | 'mustache' | 'comment'
  readonly text: string
  readonly at: number
  readonly start: number
  readonly end: number
  readonly trimBefore: boolean
  readonly trimAfter: boolean
}

/** @throws TemplateFault for `{{` without `}}` */
export function scanMustaches(source: string): readonly Mustache[] {
  const pieces: Mustache[] = []
  let at = 0
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    const start = open < 0 ? source.length : open
    if (open > 0 && source[open - 1] === '\\') {
      at = escaped(source, at, open, pieces)
      continue
    }
    if (start > at) pieces.push(textPiece(source.slice(at, start), at, start))
    if (open < 0) break
    const piece = mustache(source, open)
    pieces.push(piece)
    at = piece.end
  }
  return pieces.map((piece, index) => (piece.kind === 'text' ? trimmed(pieces, index) : piece))
}

function textPiece(text: string, start: number, end: number): Mustache {
  return { kind: 'text', text, at: start, start, end, trimBefore: false, trimAfter: false }
}

/** `\{{x}}` is the characters `{{x}}`. */
function escaped(source: string, from: number, open: number, pieces: Mustache[]): number {
  const close = source.indexOf('}}', open)
  const end = close < 0 ? source.length : close + 2
  pieces.push(textPiece(source.slice(from, open - 1) + source.slice(open, end), from, end))
  return end
}

function mustache(source: string, start: number): Mustache {
  const triple = source.startsWith('{{{', start)
  const opener = start + (triple ? 3 : 2)
  const trimBefore = source[opener] === '~'
  const inner = opener + (trimBefore ? 1 : 0)
  const long = source.startsWith('!--', inner)
  const closer = long ? '--' : triple ? '}}}' : '}}'
  const close = source.indexOf(closer, inner + (long ? 3 : 0))
  const end = long && close >= 0 ? source.indexOf('}}', close) : close
  if (end < 0) {
    throw new TemplateFault(start, '`{{` is never closed.', 'Close it with `}}`, or write \\{{ to mean the characters.')
  }
  const trimAfter = source[end - 1] === '~' && end - 1 >= inner
  const text = source.slice(inner, end - (trimAfter ? 1 : 0))
  const kind = text.startsWith('!') ? 'comment' : 'mustache'
  return { kind, text, at: inner, start, end: end + (triple && !long ? 3 : 2), trimBefore, trimAfter }
}

function trimmed(pieces: readonly Mustache[], index: number): Mustache {
  const piece = pieces[index]
  if (!piece) throw new Error('index within the pieces')
  const before = pieces[index - 1]
  const after = pieces[index + 1]
  let text = piece.text
  if (after && standsAlone(pieces, index + 1)) text = text.replace(/[^\S\n]*$/, '')
  if (before && standsAlone(pieces, index - 1)) text = text.replace(/^[^\S\n]*\n?/, '')
  if (before?.trimAfter) text = text.trimStart()
  if (after?.trimBefore) text = text.trimEnd()
  return { ...piece, text }
}

/** Whether a block tag, comment or partial is alone on its line. */
function standsAlone(pieces: readonly Mustache[], index: number): boolean {
  const piece = pieces[index]
  if (!piece || piece.kind === 'text') return false
  if (piece.kind === 'mustache' && !/^\s*(?:[#/^>]|else\b)/.test(piece.text)) return false
  const before = pieces[index - 1]
  const after = pieces[index + 1]
  const lineStart = !before || (before.kind === 'text' && blankEnd(before.text, index === 1))
  const lineEnd = !after || (after.kind === 'text' && blankStart(after.text, index === pieces.length - 2))
  return lineStart && lineEnd
}

function blankEnd(text: string, first: boolean): boolean {
  const lineStart = text.lastIndexOf('\n') + 1
  return (lineStart > 0 || first) && text.slice(lineStart).trim() === ''
}

function blankStart(text: string, last: boolean): boolean {
  const lineEnd = text.indexOf('\n')
  return (lineEnd >= 0 || last) && text.slice(0, lineEnd < 0 ? text.length : lineEnd).trim() === ''
}
