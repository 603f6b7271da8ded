// Two texts beside each other with what differs marked, computed here so that the page needs no script for it.

import { diffLines, diffWordsWithSpace } from 'diff'
import { cleanCut, htmlText } from './escape.ts'

type Piece = { readonly value: string; readonly added: boolean; readonly removed: boolean }
export type Budget = { readonly graphemes: number; readonly edits: number }

/** Both sides as HTML. Texts that differ too much to be compared in bounded time are shown unmarked. */
export function sideBySide(base: string | null, head: string | null, budget: Budget): string {
  const [left, right] = [shown(base, budget), shown(head, budget)]
  const pieces = left === null || right === null ? null : differences(left, right, budget.edits)
  const column = (side: 'base' | 'head', text: string | null) => {
    return `<div><div class="soft">${side}</div><div class="text" tabindex="0" role="region" aria-label="${side} text">${columnHtml(side, text, pieces)}</div></div>`
  }
  return `<div class="pair">${column('base', left)}${column('head', right)}</div>`
}

function shown(text: string | null, budget: Budget): string | null {
  return text === null ? null : cleanCut(text, budget.graphemes)
}

function columnHtml(side: 'base' | 'head', text: string | null, pieces: readonly Piece[] | null): string {
  if (text === null) return '<span class="soft">(no text)</span>'
  if (text === '') return '<span class="soft">(empty)</span>'
  return pieces === null ? htmlText(text) : pieces.map((piece) => pieceHtml(side, piece)).join('')
}

function pieceHtml(side: 'base' | 'head', { value, added, removed }: Piece): string {
  if (side === 'base') return added ? '' : removed ? `<del>${htmlText(value)}</del>` : htmlText(value)
  return removed ? '' : added ? `<ins>${htmlText(value)}</ins>` : htmlText(value)
}

/** By words, else by lines, else not at all. `edits` bounds the work: the algorithm is quadratic in the edit distance. */
function differences(base: string, head: string, edits: number): readonly Piece[] | null {
  if (edits === 0) return null
  const options = { maxEditLength: edits }
  return diffWordsWithSpace(base, head, options) ?? diffLines(base, head, options) ?? null
}
