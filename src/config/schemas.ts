// The compiled JSON Schemas. Loaded by dynamic import only when a file has to be validated: ajv costs start-up time.

import { Ajv, type ValidateFunction } from 'ajv'
import evalSchema from '../../schema/eval.schema.json' with { type: 'json' }
import feedSchema from '../../schema/lifecycle-feed.schema.json' with { type: 'json' }
import paritySchema from '../../schema/parity.schema.json' with { type: 'json' }

export type SchemaName = 'parity' | 'eval' | 'case' | 'waivers' | 'lifecycle'

const REFERENCES: { readonly [name in SchemaName]: string } = {
  parity: paritySchema.$id,
  eval: evalSchema.$id,
  case: `${evalSchema.$id}#/definitions/casesItem`,
  waivers: `${evalSchema.$id}#/definitions/waivers`,
  lifecycle: feedSchema.$id,
}

// One instance for the process: compiled validators hold no state between files.
let ajv: Ajv | undefined

export function validator(name: SchemaName): ValidateFunction {
  ajv ??= new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false }).addSchema([
    evalSchema,
    paritySchema,
    feedSchema,
  ])
  const compiled = ajv.getSchema(REFERENCES[name])
  if (!compiled) throw new Error(`no schema ${name}`)
  return compiled
}
