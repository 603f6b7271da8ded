// Reading JSON that somebody else wrote: every step may be missing or of another type, and then the answer is undefined.

import type { Json, JsonObject } from '../domain.ts'

/** The value under a path of names and positions; undefined as soon as a step is missing. Own properties only. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here = value
  // By index: asked for every field of every answer, where an iterator costs more than the step.
  for (let i = 0; i < path.length; i++) {
    const step = path[i]
    if (step === undefined) return undefined
    if (typeof step === 'number') here = Array.isArray(here) ? (here as readonly Json[]).at(step) : undefined
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined
  }
  return here
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** A count (tokens): a whole number of at least 0, else undefined. */
export function countAt(value: Json | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined
}

export function numberAt(value: Json | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? (found as readonly Json[]) : []
}

/** `added` on top of what was written; what was written and is no object stays as it is, for the provider to refuse. */
export function withFields(written: Json | undefined, added: JsonObject): Json {
  if (written === undefined) return added
  return isObject(written) ? { ...written, ...added } : written
}

/** The parsed text, or undefined when it is not JSON (JSON itself has no undefined). Some servers put a byte order mark first. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Json
  } catch {
    return undefined
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same object without the fields that are undefined: "not said" is an absent field. */
export function given<T extends object>(fields: T): Given<T> {
  const said: Given<T> = {}
  // Asked for each call and each case: lists of entries would cost more than the objects.
  for (const name of Object.keys(fields) as (keyof T)[]) {
    const value = fields[name]
    if (value !== undefined) said[name] = value as Exclude<T[keyof T], undefined>
  }
  return said
}
