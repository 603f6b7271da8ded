// is-json: the whole output is JSON. contains-json: an object somewhere in it is. Both take a JSON Schema as value.

import type { Json, JsonObject, ScorerSpec } from '../domain.ts'
import { UserError } from '../errors.ts'
import { jsonObjectsIn } from './json-search.ts'
import { type Validator, validatorFor } from './schema.ts'
import { binary, evidence, isJsonObject, type ScoreInput, type Scorer, type Verdict } from './scorer.ts'

export const isJson: Scorer = { value: 'as-is', check: checkSchema, score: scoreWhole }
export const containsJson: Scorer = { value: 'as-is', check: checkSchema, score: scorePart }

async function checkSchema(spec: ScorerSpec): Promise<string | null> {
  const schema = schemaOf(spec.value)
  if (schema === null || typeof schema === 'string') return schema
  const validator = await validatorFor(schema)
  return typeof validator === 'string' ? validator : null
}

/** The schema object; null without one; words when the value is no schema. A text must hold the schema as JSON. */
function schemaOf(value: Json | undefined): JsonObject | string | null {
  if (value === undefined || value === null) return null
  if (isJsonObject(value)) return value
  if (typeof value !== 'string') return 'its value must be a JSON Schema'
  try {
    const parsed: unknown = JSON.parse(value)
    return isJsonObject(parsed) ? parsed : 'its value must be a JSON Schema'
  } catch {
    return 'its value is not a JSON Schema, nor the name of a file that holds one'
  }
}

async function validatorOf({ spec }: ScoreInput): Promise<Validator | null> {
  const schema = schemaOf(spec.value)
  if (schema === null) return null
  const validator = typeof schema === 'string' ? schema : await validatorFor(schema)
  if (typeof validator !== 'string') return validator
  throw new UserError({ what: `${spec.name}: ${validator}.`, place: spec.place, remedy: 'Correct the schema.' })
}

async function scoreWhole(input: ScoreInput): Promise<Verdict> {
  const validate = await validatorOf(input)
  const { text } = input.answer
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    const fenced = /^\s*```/.test(text) ? ' (it is fenced; contains-json looks inside)' : ''
    return binary(false, evidence(`not JSON: ${error instanceof Error ? error.message : ''}${fenced}`))
  }
  return validate ? validated(validate, [data]) : binary(true, 'valid JSON')
}

async function scorePart(input: ScoreInput): Promise<Verdict> {
  const validate = await validatorOf(input)
  const objects = jsonObjectsIn(input.answer.text)
  if (objects.length === 0) return binary(false, 'contains no JSON object')
  return validate ? validated(validate, objects) : binary(true, 'contains a JSON object')
}

function validated(validate: Validator, candidates: readonly unknown[]): Verdict {
  let why = ''
  for (const candidate of candidates) {
    const result = validate(candidate)
    if (result.state === 'valid') return binary(true, 'matches the schema')
    if (result.state === 'refused') return { state: 'missing', why: evidence(result.why) }
    why = result.why
  }
  return binary(false, evidence(`does not match the schema: ${why}`))
}
