// JSON Schema validation of outputs. Schemas are input from a pull request: patterns run in linear time, and a
// schema whose references multiply is stopped after a number of steps.

import type { JsonObject } from '../domain.ts'
import { formats } from './formats.ts'
import { linearRegexes } from './linear-regex.ts'
import { isJsonObject } from './scorer.ts'

export type Validation =
  | { readonly state: 'valid' }
  | { readonly state: 'invalid'; readonly why: string }
  | { readonly state: 'refused'; readonly why: string }
export type Validator = (data: unknown) => Validation

const MAX_STEPS = 200_000
const STEP = 'x-parity-step'

const compiled = new WeakMap<JsonObject, Promise<Validator | string>>()

/** A validator for a schema (parsed once per schema object), or why there can be none. */
export function validatorFor(schema: JsonObject): Promise<Validator | string> {
  const known = compiled.get(schema)
  if (known) return known
  const made = compileSchema(schema)
  compiled.set(schema, made)
  return made
}

async function compileSchema(schema: JsonObject): Promise<Validator | string> {
  const dialect = String(schema.$schema ?? '')
  const modern = /2019-09|2020-12/.test(dialect) || '$defs' in schema || 'prefixItems' in schema
  const [{ Ajv, Ajv2020 }, compileRegex] = await Promise.all([import('./ajv.ts'), linearRegexes()])
  const steps = { left: MAX_STEPS }
  const regExp = Object.assign((pattern: string) => usable(compileRegex(pattern)), { code: 'linear' })
  const options = { strict: false, logger: false, formats, validateSchema: false, code: { regExp } } as const
  const ajv = modern ? new Ajv2020(options) : new Ajv(options)
  ajv.addKeyword({ keyword: STEP, schema: false, validate: () => countStep(steps) })
  try {
    const { $schema: _, ...rest } = schema
    const validate = ajv.compile(withSteps(rest))
    return (data) => {
      steps.left = MAX_STEPS
      return run(() => (validate(data) ? null : ajv.errorsText(validate.errors, { dataVar: 'output' })))
    }
  } catch (error) {
    return `the schema cannot be used: ${reason(error)}`
  }
}

function run(validate: () => string | null): Validation {
  try {
    const why = validate()
    return why === null ? { state: 'valid' } : { state: 'invalid', why }
  } catch (error) {
    return { state: 'refused', why: `the schema cannot be used: ${reason(error)}` }
  }
}

function reason(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply'
  return (error instanceof Error ? error.message : String(error)).slice(0, 200)
}

type Regexes = Awaited<ReturnType<typeof linearRegexes>>

function usable(result: ReturnType<Regexes>): { test: (text: string) => boolean } {
  if (result.state === 'refused') throw new Error(`in a pattern, ${result.why}`)
  return result.regex
}

function countStep(steps: { left: number }): true {
  steps.left -= 1
  if (steps.left < 0) throw new Error(`it takes more than ${MAX_STEPS} steps`)
  return true
}

const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'items', 'prefixItems']
const SCHEMA_MAPS = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas']
const SCHEMAS = [
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'additionalItems',
  'additionalProperties',
  'propertyNames',
]

/** A copy in which every subschema counts a step when it is applied. */
function withSteps(schema: JsonObject): JsonObject {
  const copy: Record<string, unknown> = { ...schema, [STEP]: true }
  for (const key of SCHEMAS) if (isJsonObject(schema[key])) copy[key] = withSteps(schema[key])
  for (const key of SCHEMA_LISTS) {
    const list = schema[key]
    if (Array.isArray(list)) copy[key] = list.map((item) => (isJsonObject(item) ? withSteps(item) : item))
  }
  for (const key of SCHEMA_MAPS) if (isJsonObject(schema[key])) copy[key] = mapWithSteps(schema[key])
  return copy as JsonObject
}

function mapWithSteps(map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).map(([key, item]) => [key, isJsonObject(item) ? withSteps(item) : item]),
  )
}
