// The text of a template without what no model ever sees, so that an edit of comments alone can be recognised.

import type { TemplateEngine } from '../domain.ts'
import { scanMustaches } from './mustaches.ts'
import { scanChunks } from './scan.ts'

type Piece = {
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly trimBefore: boolean
  readonly trimAfter: boolean
}

/**
 * Comments removed (with their line when they are alone on it), line ends unified, spaces at the end of lines and
 * blank lines at the end of the text dropped. A template that does not parse is only normalised.
 */
export function stripComments(engine: TemplateEngine, text: string): string {
  return normalized(withoutComments(text, piecesOf(engine, text)))
}

function piecesOf(engine: TemplateEngine, text: string): readonly Piece[] {
  try {
    if (engine === 'nunjucks' || engine === 'prompty') return scanChunks(text)
    return engine === 'dotprompt' ? scanMustaches(text) : []
  } catch {
    return []
  }
}

function withoutComments(text: string, pieces: readonly Piece[]): string {
  let kept = ''
  let at = 0
  for (const piece of pieces) {
    if (piece.kind !== 'comment') continue
    kept += text.slice(at, piece.start)
    at = piece.end
    if (piece.trimBefore) kept = kept.trimEnd()
    if (piece.trimAfter) at += text.length - at - text.slice(at).trimStart().length
    const restOfLine = /^[^\S\n]*(?:\n|$)/.exec(text.slice(at, at + 1000))
    if (restOfLine && /(?:^|\n)[^\S\n]*$/.test(kept)) {
      kept = kept.replace(/[^\S\n]*$/, '')
      at += restOfLine[0].length
    }
  }
  return kept + text.slice(at)
}

function normalized(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}
