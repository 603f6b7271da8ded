// The compiled JSON Schemas. Loaded by dynamic import only when a file has to be validated. The build puts the validators in
// the place of this module as they are when compiled (scripts/validators.ts): compiling them takes longer than a small run.

import { Ajv, type Options, type ValidateFunction } from 'ajv'
import evalSchema from '../../schema/eval.schema.json' with { type: 'json' }
import feedSchema from '../../schema/lifecycle-feed.schema.json' with { type: 'json' }
import paritySchema from '../../schema/parity.schema.json' with { type: 'json' }

export type SchemaName = 'parity' | 'eval' | 'case' | 'waivers' | 'lifecycle'

export const SCHEMAS = [evalSchema, paritySchema, feedSchema]

export const REFERENCES: { readonly [name in SchemaName]: string } = {
  parity: paritySchema.$id,
  eval: evalSchema.$id,
  case: `${evalSchema.$id}#/definitions/casesItem`,
  waivers: `${evalSchema.$id}#/definitions/waivers`,
  lifecycle: feedSchema.$id,
}

/** `verbose`: errors carry what was found and the schema around it, for the message. The others keep the code small. */
export const OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strictRequired: false,
  inlineRefs: false,
  loopRequired: 2,
  loopEnum: 2,
}

// One instance for the process: compiled validators hold no state between files.
let ajv: Ajv | undefined

export function validator(name: SchemaName): ValidateFunction {
  ajv ??= new Ajv(OPTIONS).addSchema(SCHEMAS)
  const compiled = ajv.getSchema(REFERENCES[name])
  if (!compiled) throw new Error(`no schema ${name}`)
  return compiled
}
