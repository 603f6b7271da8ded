// Validation against the published descriptions in schemas/.

import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

export type JsonSchema = { readonly [key: string]: unknown }
export type OperationSchema = {
  readonly method: string
  readonly path: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required?: boolean
    readonly schema: JsonSchema
  }[]
  readonly body?: JsonSchema
  readonly bodyRequired?: boolean
  /** By status; null is an answer without a body. */
  readonly responses: { readonly [status: string]: JsonSchema | null }
  readonly category: string
}
export type SchemaFile = {
  readonly source: string
  readonly definitions: { readonly [name: string]: JsonSchema }
  readonly operations: { readonly [operationId: string]: OperationSchema }
}
export type SchemaName = 'openai' | 'anthropic' | 'gemini' | 'bedrock' | 'github'

/** Problems of a value, in words; empty when it is valid. */
export type Check = (value: unknown) => readonly string[]

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const FORMATS = {
  'date-time': (text: string) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
  uri: (text: string) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text),
  email: (text: string) => /^\S+@\S+$/.test(text),
}

const files = new Map<SchemaName, SchemaFile>()
const compilers = new Map<SchemaName, Ajv>()

export function schemaFile(name: SchemaName): SchemaFile {
  const known = files.get(name)
  if (known) return known
  const text = readFileSync(new URL(`./schemas/${name}.json`, import.meta.url), 'utf8')
  const file = JSON.parse(text) as SchemaFile
  files.set(name, file)
  return file
}

/** Compiles a schema whose `$ref`s point into the definitions of `name`. */
export function compileCheck(name: SchemaName, schema: JsonSchema): Check {
  const compiler = compilerFor(name)
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= compiler.compile(pointInto(name, schema))
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => describe(error.instancePath, error.message, error.params))
  }
}

/** Check against a named definition. Messages for unions are cut to the first few. */
export function definitionCheck(name: SchemaName, definition: string): Check {
  const check = compileCheck(name, { $ref: `#/definitions/${definition}` })
  return (value) => [...new Set(check(value))].slice(0, 6)
}

/** Every property name that a definition allows at its top level, unions and references followed. */
export function propertyNames(name: SchemaName, schema: JsonSchema): ReadonlySet<string> {
  const names = new Set<string>()
  collect(schemaFile(name), schema, names)
  return names
}

function collect(file: SchemaFile, schema: JsonSchema, names: Set<string>): void {
  const target = resolve(file, schema)
  for (const key of Object.keys((target.properties ?? {}) as object)) names.add(key)
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    for (const part of (target[word] ?? []) as JsonSchema[]) collect(file, part, names)
  }
}

/** Follows a `$ref` into the definitions of the same file. */
export function resolve(file: SchemaFile, schema: JsonSchema): JsonSchema {
  const ref = schema.$ref
  if (typeof ref !== 'string') return schema
  const target = file.definitions[ref.replace(/^.*#\/definitions\//, '')]
  if (!target) throw new Error(`no definition for ${ref}`)
  return resolve(file, target)
}

function compilerFor(name: SchemaName): Ajv {
  const known = compilers.get(name)
  if (known) return known
  const compiler = new Ajv({ strict: false, allErrors: true, formats: FORMATS, logger: false, inlineRefs: false })
  compiler.addSchema({ definitions: schemaFile(name).definitions }, `${name}.json`)
  compilers.set(name, compiler)
  return compiler
}

function pointInto(name: SchemaName, schema: unknown): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/definitions/', `"${name}.json#/definitions/`)
  return JSON.parse(text) as JsonSchema
}

function describe(path: string, message: string | undefined, params: object): string {
  const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : ''
  return `body${path} ${message ?? 'is not valid'}${extra}`
}
