// GitHub Models `.prompt.yml` as a prompt: `{{name}}` without spaces is replaced, nothing else (formats.md 2.2).

import { isObject } from '../config/cases.ts'
import { show } from '../config/validate.ts'
import { type ParsedFile, parseYaml } from '../config/yaml.ts'
import type { Json, JsonObject } from '../domain.ts'
import { UserError } from '../errors.ts'
import { defined, type PromptDraft, readMessages, readParameters, withProvider } from './draft.ts'
import { failed } from './front-matter.ts'

export function readPromptYml(path: string, text: string): PromptDraft {
  const { file, map } = parseMap(path, text)
  const messages = map.messages
  if (!Array.isArray(messages)) {
    const place = file.place(['messages'])
    throw new UserError({
      what: `"messages" is ${show(messages)}.`,
      expected: 'a list of {role, content}',
      remedy: 'Add "messages:".',
      place,
    })
  }
  return defined<PromptDraft>({
    engine: 'literal',
    messages: readMessages(messages, (index) => file.place(['messages', index])),
    model: withProvider(map.model, 'openai'),
    parameters: readParameters(map.modelParameters),
    tools: undefined,
    responseFormat: responseFormat(map, file),
    line: file.place(['messages', 0, 'content']).line ?? 1,
  })
}

/** Parses a YAML or JSON file whose top level has to be a map. */
export function parseMap(path: string, text: string): { readonly file: ParsedFile; readonly map: JsonObject } {
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failed(path, parsed.problems)
  const { value } = parsed.file
  if (isObject(value)) return { file: parsed.file, map: value }
  throw new UserError({
    what: `The file is ${show(value)}.`,
    expected: 'a map of keys',
    remedy: 'Correct the file.',
    place: parsed.file.place([]),
  })
}

function responseFormat(map: JsonObject, file: ParsedFile): Json | undefined {
  const format = map.responseFormat
  if (format === undefined || format === 'text') return undefined
  if (format === 'json_object') return { type: 'json_object' }
  const schema = format === 'json_schema' ? schemaOf(map.jsonSchema) : undefined
  if (schema) return { type: 'json_schema', json_schema: schema }
  const wrong = format === 'json_schema' ? 'jsonSchema' : 'responseFormat'
  throw new UserError({
    what: `"${wrong}" is ${show(map[wrong])}.`,
    expected: wrong === 'jsonSchema' ? 'a JSON text with "name" and "schema"' : 'text, json_object or json_schema',
    remedy: 'Correct the value.',
    place: file.place([wrong]),
  })
}

function schemaOf(written: Json | undefined): JsonObject | undefined {
  if (isObject(written)) return written
  if (typeof written !== 'string') return undefined
  try {
    const schema: unknown = JSON.parse(written)
    return isObject(schema) ? schema : undefined
  } catch {
    return undefined
  }
}
