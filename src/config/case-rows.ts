// A row of a case file -> Draft. A row is either a full case (it has `vars`) or bare: every key is a variable but
// the reserved ones. Usual names of other tools' data sets are understood.

import type { Json, JsonObject, Place, ScorerSpec } from '../domain.ts'
import { type Draft, isObject } from './cases.ts'
import { historyOf } from './history.ts'

/** Names under which data sets keep the expected answer, in order of preference. */
const EXPECTED = ['expected', 'ideal', 'target', 'answer', 'expected_output', 'ground_truth']
const CONTEXT = ['context', 'contexts', 'retrieval_context']
// Words that are common as columns of data have a meaning of their own only in the shape that a case gives them.
const RESERVED: { readonly [key: string]: (value: Json) => boolean } = {
  id: (value) => typeof value !== 'object',
  tags: (value) => Array.isArray(value) || typeof value === 'string',
  metadata: isObject,
  messages: Array.isArray,
  relevant: Array.isArray,
  scorers: Array.isArray,
  assert: Array.isArray,
  threshold: (value) => typeof value === 'number',
}

/** Members of a bare row that are not data. */
export function reservedOf(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([key, value]) => isReserved(key, value)))
}

function isReserved(key: string, value: Json): boolean {
  return Object.hasOwn(RESERVED, key) && RESERVED[key]?.(value) === true
}

/** A case as in SPEC section 3, already checked against the schema. */
export function fullCase(row: JsonObject, place: Place, scorers: readonly ScorerSpec[]): Draft {
  const { vars, scorers: _s, assert: _a, ...fields } = row
  return {
    ...common(fields, place, scorers),
    vars: isObject(vars) ? vars : {},
    ...optional('expected', row.expected),
  }
}

/**
 * A bare row. The expected answer is no variable: a prompt never sees it. Context, language and topic are both, since
 * prompts insert them (`{{context}}`, "answer in {{language}}").
 */
export function bareCase(row: JsonObject, place: Place, scorers: readonly ScorerSpec[]): Draft {
  const named = EXPECTED.filter((name) => Object.hasOwn(row, name))
  const key = named.find((name) => row[name] !== '') ?? named[0]
  const expected = key === undefined || row[key] === '' ? undefined : row[key]
  const inputs = Object.entries(row).filter(([name, value]) => !isReserved(name, value) && name !== key)
  const labels = Object.entries(row).filter(
    ([name]) => name === 'language' || name === 'topic' || CONTEXT.includes(name),
  )
  return {
    ...common(Object.fromEntries([...Object.entries(reservedOf(row)), ...labels]), place, scorers),
    vars: Object.fromEntries(inputs),
    ...optional('expected', expected),
  }
}

function common(fields: JsonObject, place: Place, scorers: readonly ScorerSpec[]): Omit<Draft, 'vars'> {
  const { id, threshold, messages } = fields
  const contextKey = CONTEXT.find((name) => Object.hasOwn(fields, name))
  return {
    ...(id === undefined || id === null || id === '' ? {} : { id: String(id) }),
    ...optional('context', contextKey === undefined ? undefined : texts(fields[contextKey])),
    ...optional('relevant', fields.relevant === undefined ? undefined : texts(fields.relevant)),
    ...(Array.isArray(messages) ? { messages: historyOf(messages, place) } : {}),
    tags: tagsOf(fields.tags),
    fields,
    scorers,
    ...(typeof threshold === 'number' ? { threshold } : {}),
    place,
  }
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [name in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [name in K]?: V }
}

function texts(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  return Array.isArray(value) ? value.map(text) : [text(value as Json)]
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** One for all of the many cases that have none. */
const NO_TAGS: readonly string[] = []

/** A list, or a comma list as tables have it. */
function tagsOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return NO_TAGS
  const parts = typeof value === 'string' ? value.split(',') : texts(value)
  return parts.map((tag) => tag.trim()).filter((tag) => tag !== '')
}
