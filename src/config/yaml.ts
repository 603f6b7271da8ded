// YAML 1.2 and JSON with positions. The text is hostile until it has passed here: size, depth, aliases and
// duplicate keys are bounded before anything looks at the value.

import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Json, Place } from '../domain.ts'
import type { Problem } from '../errors.ts'

export const MAX_CONFIG_BYTES = 5_000_000
export const MAX_CASES_BYTES = 64_000_000
const MAX_ALIASES = 100
const MAX_DEPTH = 100

export type Pointer = readonly (string | number)[]

/** A parsed file. `place` finds a value, `keyPlace` a key of the map at the pointer; both fall back to the nearest parent. */
export type ParsedFile = {
  readonly path: string
  readonly value: Json
  place(pointer: Pointer): Place
  keyPlace(pointer: Pointer, key: string): Place
}

export type ParseOutcome =
  | { readonly ok: true; readonly file: ParsedFile }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Parses YAML 1.2 (JSON is part of it). `firstLine` is the line of the file on which `text` starts, for front matter.
 * Merge keys (`<<`) work, duplicate keys are errors.
 */
export function parseYaml(
  path: string,
  text: string,
  { maxBytes = MAX_CONFIG_BYTES, firstLine = 1 }: { readonly maxBytes?: number; readonly firstLine?: number } = {},
): ParseOutcome {
  const tooBig = text.length * 3 > maxBytes ? sizeProblem(path, Buffer.byteLength(text), maxBytes) : undefined
  if (tooBig) return { ok: false, problems: [tooBig] }
  const lines = new LineCounter()
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { path, line: line + firstLine - 1, column: col }
  }
  try {
    const document = parseDocument(stripBom(text), {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
    })
    const problems = documentProblems(document, at)
    if (problems.length > 0) return { ok: false, problems }
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
    const unsafe = unsafeValue(value)
    if (unsafe) return { ok: false, problems: [unsafeProblem(unsafe.what, positionOf(document, unsafe.pointer, at))] }
    return { ok: true, file: parsedFile(path, value as Json, document, at) }
  } catch (error) {
    if (!isBomb(error)) throw error
    return { ok: false, problems: [bombProblem(path, error.message)] }
  }
}

function parsedFile(path: string, value: Json, document: Document, at: (offset: number) => Place): ParsedFile {
  return {
    path,
    value,
    place: (pointer) => positionOf(document, pointer, at),
    keyPlace: (pointer, key) => keyPosition(document, pointer, { key, at }),
  }
}

/** Where the value at `pointer` starts; the nearest enclosing value when it is not in the document. */
export function positionOf(document: Document, pointer: Pointer, at: (offset: number) => Place): Place {
  for (let length = pointer.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(pointer.slice(0, length), true)
    const offset = rangeStart(node)
    if (offset !== undefined) return at(offset)
  }
  return at(0)
}

function keyPosition(
  document: Document,
  pointer: Pointer,
  { key, at }: { readonly key: string; readonly at: (offset: number) => Place },
): Place {
  const map: unknown = pointer.length === 0 ? document.contents : document.getIn(pointer, true)
  if (isMap(map)) {
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    const offset = rangeStart(pair?.key)
    if (offset !== undefined) return at(offset)
  }
  return positionOf(document, pointer, at)
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined
}

function documentProblems(document: Document, at: (offset: number) => Place): Problem[] {
  const directives = document.directives
  if (directives?.yaml.explicit && directives.yaml.version !== '1.2') {
    return [
      {
        what: `The file asks for YAML ${directives.yaml.version}, where "yes" is true and 012 is 10.`,
        expected: 'YAML 1.2',
        remedy: 'Remove the %YAML line.',
        place: at(0),
      },
    ]
  }
  return [...document.errors, ...document.warnings].slice(0, 10).map((error) => ({
    what: syntaxMessage(error.code, error.message),
    remedy: SYNTAX_REMEDY[error.code] ?? 'Correct the syntax there.',
    place: at(error.pos[0]),
  }))
}

const SYNTAX_REMEDY: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'Keep one of the two.',
  MULTIPLE_DOCS: 'Keep one document in the file; remove the --- line.',
  RESOURCE_EXHAUSTION: 'Flatten the value.',
  TAG_RESOLVE_FAILED: 'Write the value without a !tag.',
  TAB_AS_INDENT: 'Indent with spaces.',
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'The file is nested too deeply.'
  if (code === 'DUPLICATE_KEY') return 'The key stands there twice.'
  return `Not valid YAML: ${message.replace(/ at line \d+, column \d+:?\s*$/, '').replace(/\.$/, '')}.`
}

/** A problem when a text is larger than `maxBytes` UTF-8 bytes. */
export function sizeProblem(path: string, bytes: number, maxBytes: number): Problem | undefined {
  if (bytes <= maxBytes) return undefined
  return {
    what: `The file has ${megabytes(bytes)} MB.`,
    expected: `at most ${megabytes(maxBytes)} MB`,
    remedy: 'Split it, or move cases into JSON lines files.',
    place: { path },
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1).replace(/\.0$/, '')
}

/** Text without a leading byte order mark. */
export function stripBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

type Unsafe = { readonly what: 'depth' | 'key'; readonly pointer: Pointer }

/**
 * The first place that is nested deeper than any reader should follow, or whose key is `__proto__` (a later copy of
 * the map by assignment would change its prototype instead).
 */
export function unsafeValue(value: unknown, pointer: Pointer = []): Unsafe | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (pointer.length > MAX_DEPTH) return { what: 'depth', pointer }
  if (Object.hasOwn(value, '__proto__')) return { what: 'key', pointer: [...pointer, '__proto__'] }
  const entries: Iterable<[string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value)
  for (const [key, item] of entries) {
    if (typeof item !== 'object' || item === null) continue
    const found = unsafeValue(item, [...pointer, key])
    if (found) return found
  }
  return undefined
}

export function unsafeProblem(what: 'depth' | 'key', place: Place): Problem {
  return what === 'depth'
    ? { what: 'The value is nested too deeply.', expected: `at most ${MAX_DEPTH} levels`, remedy: 'Flatten it.', place }
    : { what: 'The key "__proto__" is not allowed.', remedy: 'Rename the key.', place }
}

function isBomb(error: unknown): error is Error {
  return error instanceof RangeError || (error instanceof ReferenceError && /alias/i.test(error.message))
}

function bombProblem(path: string, message: string): Problem {
  return /alias/i.test(message)
    ? {
        what: 'The aliases (*name) of the file cannot be expanded, or expand to too much.',
        expected: `at most ${MAX_ALIASES} uses, each of an anchor that exists`,
        remedy: 'Write the values out.',
        place: { path },
      }
    : { what: 'The file is nested too deeply.', remedy: 'Flatten it.', place: { path } }
}
