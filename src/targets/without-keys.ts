// What a provider or an application said, without the configured keys. Done before anything of it is cut, judged or written: what is
// scored today is what a later run finds in the record.

import type { Outcome } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import type { Attempt } from './call.ts'
import { parseJson } from './outside.ts'
import { transient } from './shape.ts'

/** Text in, the same text without configured keys in any of their forms. */
export type WithoutKeys = (text: string) => string

/** The texts in a value changed, names included; the same value where none of them changes. */
export function withTexts<T>(value: T, change: (text: string) => string): T {
  return changed(value, change) as T
}

// Throws a RangeError for what is deeper than the stack.
function changed(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  let isSame = true
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value as readonly unknown[]) {
      const made = changed(item, change)
      isSame &&= made === item
      items.push(made)
    }
    return isSame ? value : items
  }
  const entries: [string, unknown][] = []
  for (const [name, item] of Object.entries(value)) {
    const entry: [string, unknown] = [change(name), changed(item, change)]
    isSame &&= entry[0] === name && entry[1] === item
    entries.push(entry)
  }
  return isSame ? value : Object.fromEntries(entries)
}

/**
 * Escapes that are no others than those of `JSON.stringify` need no reading: the keys are looked for in that form, too. A backspace
 * cannot be seen, and is not in a key.
 */
const FOREIGN_ESCAPE = /\\[u/b]/

/** A body, JSON or not. It stays JSON: a number that happens to be a key is left. */
export function bodyWithoutKeys(body: string, withoutKeys: WithoutKeys): string {
  const plain = withoutKeys(body)
  if (plain === body && !FOREIGN_ESCAPE.test(body)) return body
  const parsed = parseJson(body)
  if (parsed === undefined) return plain
  try {
    const hidden = withTexts(parsed, withoutKeys)
    return hidden === parsed ? body : JSON.stringify(hidden)
  } catch (error) {
    // Deeper than the stack: then as text.
    if (error instanceof RangeError) return plain
    throw error
  }
}

export function responseWithoutKeys(response: HttpResponse, withoutKeys: WithoutKeys): HttpResponse {
  const body = bodyWithoutKeys(response.body, withoutKeys)
  return body === response.body ? response : { ...response, body }
}

/** The last sieve of every attempt: headers, and what only stands in an answer once its pieces are put together. */
export function attemptWithoutKeys(made: Attempt, withoutKeys: WithoutKeys): Attempt {
  const outcome = outcomeWithoutKeys(made.outcome, withoutKeys)
  // The bytes may have the key in pieces that nobody finds: of these none is kept.
  if (outcome !== made.outcome) return { ...made, outcome, raw: '' }
  // Here it need not stay JSON.
  const raw = withoutKeys(bodyWithoutKeys(made.raw, withoutKeys))
  return raw === made.raw ? made : { ...made, raw }
}

function outcomeWithoutKeys(outcome: Outcome, withoutKeys: WithoutKeys): Outcome {
  try {
    return withTexts(outcome, withoutKeys)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // Arguments of a tool that nobody could write down either.
    return transient('malformed-answer', 'the answer is nested too deeply')
  }
}
