// Takes keys out of a stream on its way. An event goes on as soon as it is whole: half a one is of no use to anybody.

import type { Json } from '../../domain.ts'
import { starred } from '../model.ts'
import { isObject, parseJson } from '../outside.ts'
import { createBlockReader, dataOf, withData } from './sse.ts'

export type Mask = {
  /** What may go on of what has come so far. */
  take(chunk: Uint8Array): Uint8Array
  /** The stream is over: what no empty line closes. */
  end(): Uint8Array
}

const STARS = '***'

/**
 * How much of a key that comes in pieces may have gone out before it is taken for one: keys of a provider begin alike, and answers
 * speak of that. Events are not held back for it.
 */
const shownOf = (secret: string) => Math.min(16, Math.floor(secret.length / 2))

export function createMask(secrets: readonly string[]): Mask {
  if (secrets.length === 0) return { take: (chunk) => chunk, end: () => new Uint8Array() }
  const blocks = createBlockReader()
  const joins = secrets.map(createJoin)
  const masked = (block: string): string => {
    const plain = starred(block, secrets)
    const event = parseJson(dataOf(plain))
    if (event === undefined) return plain
    const kept = joins.reduce((rest, join) => mapTexts(rest, '', join), event)
    return kept === event ? plain : withData(plain, JSON.stringify(kept))
  }
  return {
    take: (chunk) => Buffer.from(blocks.read(chunk).map(masked).join(''), 'utf8'),
    end: () => Buffer.from(masked(blocks.end()), 'utf8'),
  }
}

/** Texts of events that stand at the same place are one text in parts: a key may begin in one and end in another. */
function createJoin(secret: string): (text: string, path: string) => string {
  const begun = new Map<string, number>()
  const shown = shownOf(secret)
  return (text, path) => {
    const before = begun.get(path) ?? 0
    const all = secret.slice(0, before) + text
    const at = before === 0 ? -1 : all.indexOf(secret)
    const wholeTo = at === -1 ? before : at + secret.length
    const tail = beginning(secret, all)
    if (tail > 0) begun.set(path, tail)
    else begun.delete(path)
    const tailFrom = tail > shown ? Math.max(wholeTo, all.length - tail + shown) : all.length
    return (wholeTo > before ? STARS : '') + all.slice(wholeTo, tailFrom) + (tailFrom < all.length ? STARS : '')
  }
}

/** How many characters at the end of a text may be the first ones of the key. */
function beginning(secret: string, text: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length
  return 0
}

/** The same object where no text changes. */
function mapTexts(value: Json, path: string, change: (text: string, path: string) => string): Json {
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) {
    const items = value.map((item, index) => mapTexts(item, `${path}/${index}`, change))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(
    ([name, item]) => [name, mapTexts(item, `${path}/${name}`, change)] as const,
  )
  return entries.every(([name, item]) => item === value[name]) ? value : Object.fromEntries(entries)
}
