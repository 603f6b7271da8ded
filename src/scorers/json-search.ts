import type { JsonObject } from '../domain.ts'
import { isJsonObject } from './scorer.ts'

/** Characters read in all; beyond it the rest of a hostile text (`{{{{…`) is not searched. */
const MAX_CHARACTERS_READ = 4_000_000

/** Outermost JSON objects in a text, in order. An object inside a string of another one is not found. */
export function jsonObjectsIn(text: string): readonly JsonObject[] {
  return objectsAndRest(text).objects
}

/** The same, and the text around them: what an object stands in that is no JSON is there. */
export function objectsAndRest(text: string): { readonly objects: readonly JsonObject[]; readonly rest: string } {
  const objects: JsonObject[] = []
  const around: string[] = []
  let left = MAX_CHARACTERS_READ
  let done = 0
  let at = text.indexOf('{')
  while (at >= 0 && left > 0) {
    const end = objectEnd(text, at, at + left)
    left -= (end ?? Math.min(text.length, at + left)) - at
    const value = end === null ? null : parsed(text.slice(at, end))
    if (value && end !== null) {
      objects.push(value)
      around.push(text.slice(done, at))
      done = end
    }
    at = text.indexOf('{', value && end !== null ? end : at + 1)
  }
  return { objects, rest: `${around.join('')}${text.slice(done)}` }
}

function objectEnd(text: string, start: number, stop: number): number | null {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length && at < stop; at += 1) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{') depth += 1
    else if (character === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return null
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
