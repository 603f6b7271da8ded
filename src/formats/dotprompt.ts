// Dotprompt `.prompt`: front matter and a Handlebars body whose role markers separate messages (formats.md 2.3).

import { isObject } from '../config/cases.ts'
import type { Json } from '../domain.ts'
import { defined, type PromptDraft, readParameters, rolesOf } from './draft.ts'
import { splitFrontMatter } from './front-matter.ts'
import { type Files, filled } from './referenced.ts'

export function readDotprompt(path: string, text: string, files: Files = new Map()): PromptDraft {
  const { matter: written, body, bodyLine } = splitFrontMatter(path, text)
  const whole = filled(written, files)
  const matter = isObject(whole) ? whole : {}
  return defined<PromptDraft>({
    engine: 'dotprompt',
    ...rolesOf('dotprompt', { path, text: body, line: bodyLine }),
    model: modelOf(matter.model),
    parameters: readParameters(matter.config),
    tools: Array.isArray(matter.toolDefs) ? matter.toolDefs : undefined,
    responseFormat: formatOf(matter.output),
    defaults: isObject(matter.input) && isObject(matter.input.default) ? matter.input.default : undefined,
  })
}

// Genkit's plugin names for the providers that we call otherwise.
const PREFIXES: { readonly [prefix: string]: string } = { googleai: 'gemini', google: 'gemini', vertexai: 'vertex' }

function modelOf(model: Json | undefined): string | undefined {
  if (typeof model !== 'string' || model === '') return undefined
  const [prefix = '', ...rest] = model.split('/')
  return rest.length === 0 ? model : [Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : prefix, ...rest].join('/')
}

// Picoschema says too little to constrain a call; a JSON Schema is passed on.
function formatOf(output: Json | undefined): Json | undefined {
  if (!isObject(output)) return undefined
  const { schema, format } = output
  if (isObject(schema) && typeof schema.type === 'string' && isObject(schema.properties)) {
    return { type: 'json_schema', json_schema: { name: 'output', schema } }
  }
  return format === 'json' ? { type: 'json_object' } : undefined
}
