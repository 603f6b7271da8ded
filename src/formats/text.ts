// Prompts that are text, and chats written as YAML or JSON.

import { isObject } from '../config/cases.ts'
import { show } from '../config/validate.ts'
import { parseYaml, stripBom } from '../config/yaml.ts'
import type { Case, Json, JsonObject, Message, Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import { templateIncludes, templateVariables } from '../template/index.ts'
import { defined, type PromptDraft, readMessages, readParameters, withProvider } from './draft.ts'
import { failed } from './front-matter.ts'
import { type Files, filled } from './referenced.ts'

/** A text file is one message, whatever it contains: lines like `system:` are never split, since data may hold them. */
export function readText(text: string, line = 1): PromptDraft {
  return { engine: 'nunjucks', messages: [{ role: 'user', content: stripBom(text).replaceAll('\r\n', '\n') }], line }
}

/** An array of {role, content}, or a map with `messages` (or `template`) and perhaps model and parameters. */
export function readChat(path: string, text: string, files: Files = new Map()): PromptDraft {
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failed(path, parsed.problems)
  const { place } = parsed.file
  const value = filled(parsed.file.value, files)
  const map = isObject(value) ? value : {}
  const list: Json | undefined = Array.isArray(value) ? value : map.messages
  if (typeof map.template === 'string') return readText(templateIn(map, map.template), place(['template']).line)
  if (!Array.isArray(list)) {
    throw new UserError({
      what: `The prompt is ${show(value)}.`,
      expected: 'a list of {role, content}, or a map with "messages"',
      remedy: 'Correct the file.',
      place: place([]),
    })
  }
  const prefix = Array.isArray(value) ? [] : ['messages']
  const format = map.response_format
  return defined<PromptDraft>({
    engine: 'nunjucks',
    messages: readMessages(list, (index) => place([...prefix, index])),
    model: withProvider(map.model, 'openai'),
    parameters: readParameters(map.parameters),
    tools: Array.isArray(map.tools) ? map.tools : undefined,
    responseFormat: isObject(format) ? format : undefined,
    line: place([...prefix, 0]).line ?? 1,
  })
}

/** LangChain's prompt files are f-strings, unless they say otherwise: `{name}` is a variable, a doubled brace is one. */
function templateIn(
  { _type: type, input_variables: inputs, template_format: format = 'f-string' }: JsonObject,
  text: string,
) {
  if ((type === undefined && inputs === undefined) || format !== 'f-string') return text
  return text.replace(/\{\{|\}\}|\{([A-Za-z_]\w*)\}/g, (found, name: string | undefined) =>
    name === undefined ? (found === '{{' ? '{{ "{" }}' : '}') : `{{ ${name} }}`,
  )
}

const INPUTS = ['input', 'question', 'prompt', 'query']

/**
 * A text prompt without any variable is a system prompt when the cases bring the input: their `input`, `question`, `prompt`
 * or `query` becomes the user message, or their `messages` the conversation. Otherwise it stays one user message.
 */
export function withCaseInput(prompt: Prompt, cases: readonly Pick<Case, 'vars' | 'messages'>[]): Prompt {
  const [only] = prompt.messages
  const isStatic =
    prompt.engine === 'nunjucks' && prompt.messages.length === 1 && only?.role === 'user' && !hasVariables(only)
  if (!isStatic) return prompt
  const inputs = INPUTS.filter((name) => cases.some(({ vars }) => Object.hasOwn(vars, name)))
  const system: Message = { role: 'system', content: only.content }
  if (inputs.length > 0)
    return { ...prompt, messages: [system, { role: 'user', content: `{{ ${inputs.join(' or ')} }}` }] }
  return cases.some(({ messages }) => messages) ? { ...prompt, messages: [system] } : prompt
}

function hasVariables({ content }: Message): boolean {
  return templateVariables('nunjucks', content).length + templateIncludes('nunjucks', content).length > 0
}
