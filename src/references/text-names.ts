// Texts that a program reads, as far as it writes their names: whole, in pieces (`join(dir, "prompts", "a.md")`), with a
// hole (`prompts/${language}.md`), or as a pattern (`prompts/*.md`).

import { posix } from 'node:path'
import { endingsOf, inFolders, isInside } from './candidates.ts'
import { TEXT_ENDS } from './linkable.ts'
import type { Named } from './named.ts'

const MAX_FOUND = 500
const LITERAL = new RegExp(`["'\`]([\\w@./:-]{1,200}\\.(?:${TEXT_ENDS}))["'\`?]`, 'gi')
const HOLE = '(?:\\$?\\{[^}"\'`\\n]{1,80}\\}|#\\{[^}"\'\\n]{1,80}\\}|%s|\\*{1,2}(?:/\\*{1,2})?)'
const OPEN = new RegExp(`["'\`]([\\w@./:-]{0,200}/)?[\\w.-]{0,80}${HOLE}[\\w.-]{0,80}\\.(${TEXT_ENDS})["'\`]`, 'gi')
/** The piece before a literal: `"prompts" / "a.md"`, `'prompts', 'a.md'`. */
const PIECE = /["'`]([\w@./-]{1,100})["'`]\s{0,20}[,/+]\s{0,20}[fFrRbB]{0,2}$/

export function textNames(path: string, text: string): readonly Named[] {
  const whole = [...text.matchAll(LITERAL)].slice(0, MAX_FOUND).map((match): Named => {
    const names = inPieces(plain(match[1] ?? ''), text, match.index).filter(isInside)
    return { how: 'reads', candidates: inFolders(path, names), endings: endingsOf(names) }
  })
  const open = [...text.matchAll(OPEN)].slice(0, MAX_FOUND).flatMap((match): Named[] => {
    const folders = inPieces(plain(match[1] ?? ''), text, match.index).filter((one) => one !== '' && isInside(one))
    if (folders.length === 0) return []
    const deep = match[0].includes('**')
    return [{ how: 'reads', candidates: [], folders: inFolders(path, folders), ends: endOf(match[2] ?? ''), deep }]
  })
  return [...whole, ...open]
}

export const endOf = (end: string) => new RegExp(`\\.${end.replaceAll('.', '\\.')}$`, 'i')

/** `classpath:/prompts/a.st` is found under a root of the program, as `/prompts/a.st` is. */
const plain = (name: string) => name.replace(/^(?:classpath\*?:|resources?:|file:)?\/{0,3}/i, '')

/** With the pieces before it, the longest first. */
function inPieces(name: string, text: string, at: number): readonly string[] {
  const names = [name]
  for (let from = at; names.length < 5; ) {
    const piece = PIECE.exec(text.slice(Math.max(0, from - 150), from))
    if (piece === null) break
    names.unshift(posix.join(piece[1] ?? '', names[0] ?? ''))
    from -= piece[0].length
  }
  return names
}
