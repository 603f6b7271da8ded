// What the readers of prompt files return, before includes are followed and the version is computed.

import { isObject } from '../config/cases.ts'
import { show } from '../config/validate.ts'
import type { Json, JsonObject, Link, Message, Place, Role, TemplateEngine } from '../domain.ts'
import { UserError } from '../errors.ts'
import { splitRoles } from '../template/index.ts'

export type PromptDraft = {
  readonly engine: TemplateEngine
  readonly messages: readonly Message[]
  readonly model?: string
  readonly parameters?: JsonObject
  readonly tools?: readonly Json[]
  readonly responseFormat?: Json
  readonly defaults?: JsonObject
  readonly line: number
  readonly messageLines?: readonly number[]
  /** Files that went into it already, beside those that its templates include. */
  readonly links?: readonly Link[]
}

const ROLES: { readonly [role: string]: Role } = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  tool: 'tool',
}

/** Our role for the name that a format uses. */
export function roleOf(name: string): Role | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(ROLES, key) ? ROLES[key] : undefined
}

/** Chat messages as data. Content is text, or parts that are all text. Throws a UserError for anything else. */
export function readMessages(list: readonly Json[], placeOf: (index: number) => Place): readonly Message[] {
  if (list.length === 0) {
    throw new UserError({ what: 'The prompt has no messages.', remedy: 'Add one.', place: placeOf(0) })
  }
  return list.map((entry, index) => {
    const role = isObject(entry) && typeof entry.role === 'string' ? roleOf(entry.role) : undefined
    const content = isObject(entry) ? textOf(entry.content) : undefined
    if (role === undefined || content === undefined) {
      throw new UserError({
        what: `A message is ${isObject(entry) ? JSON.stringify(entry).slice(0, 120) : show(entry)}.`,
        expected: '{role: system | user | assistant | tool, content: text}',
        remedy: 'Correct the message; images and other parts cannot be sent.',
        place: placeOf(index),
      })
    }
    return { role, content }
  })
}

function textOf(content: Json | undefined): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : undefined))
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined
}

/** Parameter names that formats write in camel case, as providers' APIs call them. */
const PARAMETER_NAMES: { readonly [name: string]: string } = {
  maxTokens: 'max_tokens',
  maxOutputTokens: 'max_tokens',
  maxCompletionTokens: 'max_completion_tokens',
  topP: 'top_p',
  topK: 'top_k',
  stopSequences: 'stop',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
}

export function readParameters(map: Json | undefined): JsonObject | undefined {
  if (!isObject(map) || Object.keys(map).length === 0) return undefined
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      Object.hasOwn(PARAMETER_NAMES, key) ? (PARAMETER_NAMES[key] ?? key) : key,
      value,
    ]),
  )
}

/** Leaves out members that are undefined, for `exactOptionalPropertyTypes`. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

/** `gpt-4o` of formats that leave the provider out. */
export function withProvider(model: Json | undefined, provider: string): string | undefined {
  if (typeof model !== 'string' || model === '') return undefined
  return model.includes('/') ? model : `${provider}/${model}`
}

/** Messages of a text with role markers, split before any value is in it. Throws a UserError for wrong markers. */
export function rolesOf(
  engine: 'dotprompt' | 'prompty',
  source: { readonly path: string; readonly text: string; readonly line: number },
): Pick<PromptDraft, 'messages' | 'messageLines' | 'line'> {
  const parts = splitRoles(engine, source)
  if (parts.length === 0) {
    throw new UserError({
      what: 'The prompt has no text.',
      remedy: 'Write it below the front matter.',
      place: { path: source.path },
    })
  }
  // Blank lines at the start of a part go, so its line moves.
  const lines = parts.map(({ line, content }) => line + (/^\s*/.exec(content)?.[0].match(/\n/g)?.length ?? 0))
  return {
    messages: parts.map(({ role, content }) => ({ role, content: content.trim() })),
    messageLines: lines,
    line: lines[0] ?? source.line,
  }
}
