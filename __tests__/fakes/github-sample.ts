// Fills an answer up to what its published schema requires, so that handlers say only what they mean.

import { type JsonSchema, resolve, schemaFile } from './check.ts'

const file = schemaFile('github')

/** `value` with every required property that it lacks; what is given is kept as it is. */
export function complete(schema: JsonSchema, value: unknown): unknown {
  const target = resolve(file, schema)
  if (value === undefined) return sample(target)
  if (value === null || typeof value !== 'object') return value
  const branch = branchFor(target, value)
  if (branch) return complete(branch, value)
  if (Array.isArray(value)) return value.map((item) => complete((target.items ?? {}) as JsonSchema, item))
  const { properties, required } = membersOf(target)
  const made: { [name: string]: unknown } = { ...value }
  for (const [name, inner] of Object.entries(properties)) {
    if (name in made || required.includes(name)) made[name] = complete(inner, made[name])
  }
  for (const name of required) if (!(name in made)) made[name] = null
  return made
}

function sample(schema: JsonSchema): unknown {
  const target = resolve(file, schema)
  if ('const' in target) return target.const
  if ('default' in target) return target.default
  const options = choices(target)
  if (options.length > 0) return options.some(allowsNull) ? null : sample(options[0] ?? {})
  if (allowsNull(target)) return null
  if (Array.isArray(target.enum)) return target.enum[0]
  if (target.type === 'array') return []
  if (target.type === 'boolean') return false
  if (target.type === 'integer' || target.type === 'number') return 0
  if (target.type === 'string') return sampleText(target)
  return complete(target, {})
}

function sampleText(schema: JsonSchema): string {
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z'
  if (schema.format === 'uri') return 'https://api.github.com/not-in-the-fake'
  if (schema.format === 'email') return 'nobody@example.com'
  return 'x'.repeat(Number(schema.minLength ?? 0))
}

function choices(schema: JsonSchema): readonly JsonSchema[] {
  return (schema.anyOf ?? schema.oneOf ?? []) as readonly JsonSchema[]
}

function allowsNull(schema: JsonSchema): boolean {
  const { type } = resolve(file, schema)
  return type === 'null' || (Array.isArray(type) && type.includes('null'))
}

/** Of several forms the one for a list or an object, told apart by `type` where they have it. */
function branchFor(schema: JsonSchema, value: object): JsonSchema | undefined {
  const fitting = choices(schema).filter((option) => {
    const { type } = resolve(file, option)
    const types = Array.isArray(type) ? type : [type]
    return types.includes(Array.isArray(value) ? 'array' : 'object') || (type === undefined && !Array.isArray(value))
  })
  const tag = (value as { readonly type?: unknown }).type
  const tagged = fitting.find((option) => {
    const { properties } = membersOf(resolve(file, option))
    const values = properties.type?.enum
    return Array.isArray(values) && values.includes(tag)
  })
  return tagged ?? fitting[0]
}

type Members = { readonly properties: { readonly [name: string]: JsonSchema }; readonly required: readonly string[] }

function membersOf(schema: JsonSchema): Members {
  const own = {
    properties: (schema.properties ?? {}) as Members['properties'],
    required: (schema.required ?? []) as readonly string[],
  }
  const parts = ((schema.allOf ?? []) as readonly JsonSchema[]).map((part) => membersOf(resolve(file, part)))
  return [...parts, own].reduce((one, other) => ({
    properties: { ...one.properties, ...other.properties },
    required: [...one.required, ...other.required],
  }))
}
