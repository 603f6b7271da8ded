// Configured keys in a text: whole, in every form in which an echoing server or a log shows them, and the beginning of one that
// a cut has left at the end.

import { throughEscapes } from './json-escapes.ts'

/** Shorter "keys" would blacken ordinary words. */
const SHORTEST_KEY = 6
/** What all forms that begin alike are looked up by. */
const HEAD = SHORTEST_KEY
/** Of a key that was cut. Less is no clue to it, and is what many keys begin with. */
const SHORTEST_BEGINNING = 8

const MARK = '[redacted: configured key]'

/** By their first characters, the longest first. `heads` finds those in a text. */
type Forms = { readonly heads: RegExp; readonly byHead: ReadonlyMap<string, readonly string[]> }

/**
 * Text in, the same text without the `known` keys of at least `shortest` characters: plain, URL-encoded, as JSON (in whatever escapes) or HTML,
 * reversed, in base64 and in hex. The list may grow. Linear in the text.
 */
export function hideKeys(known: readonly string[], shortest = SHORTEST_KEY): (text: string) => string {
  let size = -1
  let forms: Forms | null = null
  return (text) => {
    // Made again only when a key has come up since.
    if (known.length !== size) forms = formsOf(known, shortest)
    size = known.length
    const found = forms
    return found === null ? text : throughEscapes(text, (part) => hidden(part, found))
  }
}

function hidden(text: string, { heads, byHead }: Forms): string {
  const parts: string[] = []
  let done = 0
  heads.lastIndex = 0
  for (let found = heads.exec(text); found !== null; found = heads.exec(text)) {
    const end = endOf(text, found.index, byHead.get(found[0]) ?? [])
    heads.lastIndex = end ?? found.index + 1
    if (end === null) continue
    parts.push(text.slice(done, found.index), MARK)
    done = end
  }
  return done === 0 ? text : `${parts.join('')}${text.slice(done)}`
}

/** Of the key that begins there, or of what a cut has left of it; null when it is neither. */
function endOf(text: string, start: number, forms: readonly string[]): number | null {
  const whole = forms.find((form) => text.startsWith(form, start))
  if (whole !== undefined) return start + whole.length
  for (const form of forms) {
    const end = start + alike(text, start, form)
    if (end - start >= SHORTEST_BEGINNING && isCut(text, end) && end - start >= leastOf(form)) return end
  }
  return null
}

/** A URL or a path may have a secret in it, and begins as many others do. */
const OPENLY =
  /^(?:[a-z][a-z+.-]{1,20}:\/\/|\/(?:home|root|tmp|opt|usr|var|etc|mnt|srv|run|data|app|builds|workspaces?|private|Users|Volumes|github|__w)\/(?:[\w.-]+\/)*)/
const leastOf = (form: string) => (OPENLY.exec(form)?.[0].length ?? 0) + SHORTEST_BEGINNING

function alike(text: string, start: number, form: string): number {
  let length = HEAD
  while (length < form.length && text[start + length] === form[length]) length += 1
  return length
}

const isCut = (text: string, at: number) => at === text.length || text[at] === '…' || text.startsWith('...', at)

function formsOf(known: readonly string[], shortest: number): Forms | null {
  const keys = known.map((key) => key.trim()).filter((key) => key.length >= Math.max(shortest, SHORTEST_KEY))
  const forms = [...new Set(keys.flatMap(encodings))].filter((form) => form.length >= SHORTEST_KEY)
  if (forms.length === 0) return null
  const byHead = new Map<string, string[]>()
  for (const form of forms.sort((a, b) => b.length - a.length)) {
    const head = form.slice(0, HEAD)
    byHead.set(head, [...(byHead.get(head) ?? []), form])
  }
  return { heads: new RegExp([...byHead.keys()].map(quoted).join('|'), 'g'), byHead }
}

/** The forms in which an echoing server or a log shows a key. */
function encodings(key: string): readonly string[] {
  const well = key.replace(/\p{Cs}/gu, '')
  const bytes = Buffer.from(well, 'utf8')
  const json = JSON.stringify(well).slice(1, -1)
  const reversed = [...well].reverse().join('')
  return [
    well,
    encodeURIComponent(well),
    json,
    asHtml(well),
    reversed,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Forms(bytes),
  ]
}

/** As a page of an error has it. */
const asHtml = (key: string) => key.replace(/[&<>"]/g, (character) => HTML[character] ?? character)
const HTML: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Base64 of the key alone and inside other data: the part that does not depend on its neighbours, for each of three offsets. */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = [bytes.toString('base64'), bytes.toString('base64url')]
  const inside = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    const start = Math.ceil((offset * 8) / 6)
    const end = Math.floor((shifted.length * 8) / 6)
    return [shifted.toString('base64').slice(start, end), shifted.toString('base64url').slice(start, end)]
  })
  return [...whole, ...inside].filter((form) => form.length >= 8)
}

function quoted(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
