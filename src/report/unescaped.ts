// What a text says once the escapes of URLs, JSON, HTML, Markdown and programs are read: `%2f`, `\/`, `\u002B`, `\x2f`, `&#x2F;`.

import { readAs, type View } from './found.ts'
import { seen } from './invisible.ts'

/** A message may quote what quoted another one: `%252F`, `\\\/`. */
const MOST_ROUNDS = 3

const WHOLE =
  '%[0-7][0-9a-f]|\\\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[!-/:-@[-`{-~b])|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);'
/** What a cut has left of one is read as nothing, so that what stands before it ends there. */
const CUT = '(?:%[0-7]?|\\\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|&(?:#x?[0-9a-f]{0,6}|[a-z]{1,4})?)(?=$|\\u2026|\\.\\.\\.)'
const ESCAPE = new RegExp(`${WHOLE}|${CUT}`, 'gi')

/** A quote or a line feed as JSON has it is in every body, and needs no reading: keys are looked for in that form, too. */
const SIGN_OF_ONE = /[%&]|\\(?:[!#-/:-@[\]^_`{-~bux\u2026]|$)/i

const NAMED: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Of each round in which there was something to read: what is then seen. */
export function unescaped(text: string): readonly View[] {
  if (!SIGN_OF_ONE.test(text)) return []
  const views: View[] = []
  let view: View = { text, at: null }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const read = readAs(view, ESCAPE, character)
    if (read === view) break
    const shown = seen(read)
    views.push(...(shown.length === 0 ? [read] : shown))
    view = shown[0] ?? read
  }
  return views
}

function character(said: string): string {
  if (said.startsWith('&')) return said.endsWith(';') ? ofEntity(said.slice(1, -1).toLowerCase()) : ''
  if (said.startsWith('%')) return said.length === 3 ? ofCode(said.slice(1), 16) : ''
  // A backspace, which cannot be seen.
  if (said === '\\b') return ''
  if (!/^\\[ux]/i.test(said)) return said.slice(1)
  return said.length === (/^\\u/i.test(said) ? 6 : 4) ? ofCode(said.slice(2), 16) : ''
}

function ofEntity(name: string): string {
  if (name.startsWith('#x')) return ofCode(name.slice(2), 16)
  return name.startsWith('#') ? ofCode(name.slice(1), 10) : (NAMED[name] ?? '')
}

function ofCode(digits: string, base: number): string {
  const code = Number.parseInt(digits, base)
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
}
