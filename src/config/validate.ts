// Schema validation with errors for people: place, what was found, what was expected, the nearest valid key.

import type { ErrorObject } from 'ajv'
import type { Json } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { SchemaName } from './schemas.ts'
import type { ParsedFile, Pointer } from './yaml.ts'

const MAX_PROBLEMS = 20

export type Checker = (file: ParsedFile, extraKeys?: readonly string[]) => readonly Problem[]

/**
 * Compiles the named schema (loading ajv on first use). The checker returns at most 20 problems; keys in `extraKeys`
 * are let through (fields that `slices` names).
 */
export async function checkerFor(schema: SchemaName): Promise<Checker> {
  const { validator } = await import('./schemas.ts')
  const validate = validator(schema)
  return (file, extraKeys = []) => {
    if (validate(file.value)) return []
    const errors = (validate.errors ?? []).filter((error) => !extraKeys.includes(unknownKey(error) ?? ''))
    return errors.slice(0, MAX_PROBLEMS).map((error) => problemOf(error, file))
  }
}

function unknownKey(error: ErrorObject): string | undefined {
  if (error.keyword === 'propertyNames') return stringOf(error.params.propertyName)
  return error.keyword === 'additionalProperties' ? stringOf(error.params.additionalProperty) : undefined
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function problemOf(error: ErrorObject, file: ParsedFile): Problem {
  const pointer = pointerOf(error.instancePath, file.value)
  const key = unknownKey(error)
  if (key !== undefined) return unknownKeyProblem(key, schemaKeys(error), file.keyPlace(pointer, key))
  const name = pointer.length === 0 ? 'The file' : `"${pointer.join('.')}"`
  const place = file.place(pointer)
  const missing = stringOf(error.params.missingProperty)
  if (error.keyword === 'required' && missing !== undefined) {
    return { what: `${name} has no "${missing}".`, remedy: `Add "${missing}:".`, place }
  }
  const word = error.keyword === 'enum' ? nearest(String(error.data), allowedWords(error)) : null
  return {
    what: `${name} is ${show(error.data)}.`,
    expected: expectation(error),
    remedy: word === null ? 'Correct the value.' : `Did you mean "${word}"?`,
    place,
  }
}

/** An unknown key in one of our own files. */
export function unknownKeyProblem(key: string, known: readonly string[], place: Problem['place']): Problem {
  const near = nearest(key, known)
  return {
    what: `Unknown key "${key.slice(0, 100)}".`,
    ...(known.length > 0 ? { expected: `one of ${known.join(', ')}` } : {}),
    remedy: near === null ? 'Remove it.' : `Did you mean "${near}"?`,
    ...(place ? { place } : {}),
  }
}

function schemaKeys(error: ErrorObject): string[] {
  const properties: unknown = error.parentSchema?.properties
  return typeof properties === 'object' && properties !== null
    ? Object.keys(properties).filter((key) => key !== '$schema')
    : []
}

function allowedWords(error: ErrorObject): string[] {
  const allowed: unknown = error.params.allowedValues
  return Array.isArray(allowed) ? allowed.map(String) : []
}

function expectation(error: ErrorObject): string {
  // The title of a whole file names the file; that of a part says what it should be.
  const title = error.instancePath === '' ? undefined : stringOf(error.parentSchema?.title)
  if (error.keyword === 'enum') return allowedWords(error).join(' or ')
  if (title !== undefined) return title
  if (error.keyword === 'type') return typeWords(error.params.type)
  return (error.message ?? error.keyword).replace(/^must (be )?/, '')
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  array: 'a list',
  object: 'a map of keys',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
}

function typeWords(types: unknown): string {
  const names = Array.isArray(types) ? types : String(types).split(',')
  return names.map((name) => TYPE_WORDS[String(name)] ?? String(name)).join(' or ')
}

/** A short picture of a value for messages. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map of keys'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** Path of a JSON pointer; steps into arrays become numbers, which is what the YAML document wants. */
function pointerOf(instancePath: string, value: Json): Pointer {
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))
  let here: unknown = value
  return steps.map((step) => {
    const index = Array.isArray(here) ? Number(step) : step
    here =
      typeof here === 'object' && here !== null ? Object.entries(here).find(([key]) => key === step)?.[1] : undefined
    return index
  })
}
