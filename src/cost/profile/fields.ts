// Values of an export as they are: numbers as text, text as JSON, times in any unit. What cannot be true is refused and
// never read as 0. Absent, null and empty are the same: not given.

import type { Json, JsonObject } from '../../domain.ts'
import { isObject } from '../../targets/outside.ts'
import type { ReadRow, RowTokens } from './row.ts'

/** Why a record is wrong; caught where the record is read. */
export class WrongField extends Error {}

/** A wrong field makes its own row wrong, and no other. */
export function safely(read: () => ReadRow): ReadRow {
  try {
    return read()
  } catch (error) {
    if (error instanceof WrongField) return { state: 'wrong', why: error.message }
    throw error
  }
}

/** No context of any model is near it. */
const MOST_TOKENS = 100_000_000
const MOST_CHARS = 200
const MOST_LABEL_CHARS = 64
const FIRST_MS = Date.parse('2015-01-01T00:00:00Z')
const LAST_MS = Date.parse('2100-01-01T00:00:00Z')

/** The first of some names that is given. */
export function firstOf(record: JsonObject, names: readonly string[]): { name: string; value: Json } | null {
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined
    if (value !== undefined && value !== null && value !== '') return { name, value }
  }
  return null
}

/** A count of tokens, a number or digits; null when no name is given. */
export function tokensIn(record: JsonObject, ...names: readonly string[]): number | null {
  const found = firstOf(record, names)
  return found === null ? null : tokensOf(found.name, found.value)
}

export function tokensOf(name: string, value: Json): number {
  const number = typeof value === 'string' && /^\s*[+-]?[\d.]+(?:e\d+)?\s*$/i.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new WrongField(`${name} is ${shown(value)}, no whole number`)
  if (number < 0) throw new WrongField(`${name} is ${number}, below 0`)
  if (number > MOST_TOKENS) throw new WrongField(`${name} is ${number}, more than any model takes`)
  return number
}

/** What was found; of texts only what is nearly a number or a time, for an export may hold prompts and names. */
function shown(value: Json): string {
  if (typeof value === 'string')
    return /^[\d\s.,:+TZeE/-]{1,40}$|^-?(?:nan|inf(?:inity)?)$/i.test(value) ? JSON.stringify(value) : 'a text'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

/** A short scalar as text; longer ones are no id, name or label. */
export function textIn(record: JsonObject, ...names: readonly string[]): string | null {
  const found = firstOf(record, names)
  return found === null ? null : wordOf(found.value)
}

export function wordOf(value: Json | undefined): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' && value.length <= MOST_CHARS ? value : null
}

export function flagIn(record: JsonObject, ...names: readonly string[]): boolean {
  const found = firstOf(record, names)
  if (found === null) return false
  const { name, value } = found
  if (typeof value === 'boolean') return value
  const word = String(value).trim().toLowerCase()
  if (['true', '1', 'yes'].includes(word)) return true
  if (['false', '0', 'no'].includes(word)) return false
  throw new WrongField(`${name} is ${shown(value)}, neither true nor false`)
}

/** An object, or one written as JSON in a table; empty when there is none. */
export function objectIn(record: JsonObject, ...names: readonly string[]): JsonObject {
  const value = firstOf(record, names)?.value
  if (isObject(value)) return value
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return {}
  try {
    const parsed: Json = JSON.parse(value)
    return isObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/** Milliseconds since the epoch from ISO 8601 (UTC without a zone) or a number of s, ms, µs or ns; null when not given. */
export function timeIn(record: JsonObject, ...names: readonly string[]): number | null {
  const found = firstOf(record, names)
  if (found === null) return null
  const { name, value } = found
  const text = typeof value === 'string' ? value.trim() : ''
  const ms = typeof value === 'number' || /^\d+(?:\.\d+)?$/.test(text) ? epochMs(Number(value)) : isoMs(text)
  if (!(ms >= FIRST_MS && ms < LAST_MS))
    throw new WrongField(`${name} is ${shown(value)}, no time between 2015 and 2100`)
  return ms
}

function epochMs(number: number): number {
  const unit = [1e-3, 1, 1e3, 1e6].find((divisor) => number / divisor < LAST_MS)
  return unit === undefined ? Number.NaN : number / unit
}

function isoMs(text: string): number {
  const iso = text.replace(/^(\d{4}-\d{2}-\d{2})[ T]/, '$1T').replace(/ UTC$/, 'Z')
  if (!/^\d{4}-\d{2}-\d{2}/.test(iso)) return Number.NaN
  return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso) || iso.length === 10 ? iso : `${iso}Z`)
}

type Counts = { readonly [count in 'input' | 'output']: number | null } & {
  readonly [count in 'cached' | 'written5m' | 'written1h']?: number | null
}

/**
 * Counts of a call whose `input` is the total; null when neither direction is given. One of them alone is wrong: the other
 * is not 0.
 */
export function rowTokens({ input, output, cached, written5m, written1h }: Counts): RowTokens | null {
  if (input === null && output === null) return null
  if (input === null || output === null)
    throw new WrongField(
      `${input === null ? 'input' : 'output'} tokens are not given, ${input === null ? 'output' : 'input'} tokens are`,
    )
  const tokens = { input, output, cached: cached ?? 0, written5m: written5m ?? 0, written1h: written1h ?? 0 }
  const parts = tokens.cached + tokens.written5m + tokens.written1h
  if (parts > input) throw new WrongField(`${parts} tokens of the cache in an input of ${input}`)
  return tokens
}

/** Short scalars under the named dimensions, from the first of some places that has one. */
export function labelsIn(
  places: readonly JsonObject[],
  dimensions: readonly string[],
): { [dimension: string]: string } {
  const labels: { [dimension: string]: string } = {}
  for (const dimension of dimensions) {
    const words = places.map((place) => (Object.hasOwn(place, dimension) ? wordOf(place[dimension]) : null))
    const word = words.find((one) => one !== null && one.length <= MOST_LABEL_CHARS)
    if (word != null) labels[dimension] = word
  }
  return labels
}
