// Prompty, v1 and the v2 draft: front matter and a body with role markers on lines of their own (formats.md 2.4).

import { isObject } from '../config/cases.ts'
import type { Json, JsonObject } from '../domain.ts'
import { defined, type PromptDraft, readParameters, rolesOf, withProvider } from './draft.ts'
import { splitFrontMatter } from './front-matter.ts'
import { type Files, filled } from './referenced.ts'

export function readPrompty(path: string, text: string, files: Files = new Map()): PromptDraft {
  const { matter: written, body, bodyLine } = splitFrontMatter(path, text)
  const whole = filled(written, files)
  const matter = isObject(whole) ? whole : {}
  const model = matter.model
  const settings = isObject(model) ? model : {}
  const parameters = readParameters(settings.parameters ?? settings.options)
  const format = parameters?.response_format
  return defined<PromptDraft>({
    engine: 'prompty',
    ...rolesOf('prompty', { path, text: body, line: bodyLine }),
    model: modelOf(model ?? null),
    parameters: parameters && without(parameters, ['response_format', 'tools']),
    tools: Array.isArray(parameters?.tools) ? parameters.tools : undefined,
    responseFormat: isObject(format) ? format : undefined,
    defaults: defaultsOf(matter.inputs),
  })
}

const isTypeName = (value: Json) =>
  typeof value === 'string' && /^(string|number|integer|float|boolean|array|list|object|dict)$/.test(value)

/** `inputs` is a map of names, or a list of maps with a name; a plain value stands for its default. */
function defaultsOf(inputs: Json | undefined): JsonObject | undefined {
  const list: readonly (readonly [Json | undefined, Json])[] = Array.isArray(inputs)
    ? inputs.filter(isObject).map((one) => [one.name, one])
    : Object.entries(isObject(inputs) ? inputs : {})
  const found = list.flatMap(([name, input]): [string, Json][] => {
    const value = isObject(input) ? input.default : Array.isArray(input) ? undefined : input
    const isGiven = value !== undefined && value !== null && !(value === input && isTypeName(value))
    return typeof name === 'string' && isGiven ? [[name, value]] : []
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

function without(map: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
}

function modelOf(model: Json): string | undefined {
  if (typeof model === 'string') return withProvider(model, 'openai')
  if (!isObject(model)) return undefined
  const settings = isObject(model.configuration) ? model.configuration : {}
  const deployment = settings.azure_deployment
  if (typeof deployment === 'string' && !deployment.startsWith('${')) return `azure/${deployment}`
  const provider = typeof model.provider === 'string' ? model.provider : 'openai'
  const id = model.id ?? settings.name
  return typeof id === 'string' && !id.startsWith('${') ? withProvider(id, provider) : undefined
}
