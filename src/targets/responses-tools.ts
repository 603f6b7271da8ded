// Tools and their choice as OpenAI Responses has them: what Chat puts under the name of its type stands beside the type there.

import type { Json } from '../domain.ts'
import { at, isObject, textAt } from './outside.ts'

/** Without a word on it a function is strict there, and not in Chat, whose form this is. */
export function flatTool(tool: Json): Json {
  const definition = at(tool, 'function')
  if (isObject(definition)) return { type: 'function', strict: false, parameters: null, ...definition }
  const custom = flat(tool)
  const format = at(custom, 'format')
  return isObject(custom) && format !== undefined ? { ...custom, format: flat(format) } : custom
}

export function flatChoice(written: Json): Json {
  const choice = flat(written)
  const tools = at(choice, 'tools')
  return isObject(choice) && Array.isArray(tools) ? { ...choice, tools: (tools as readonly Json[]).map(flat) } : choice
}

/** `{type: x, x: {…}}` as `{type: x, …}`; anything else stays as it was written. */
function flat(written: Json): Json {
  const type = textAt(written, 'type')
  const inner = type === undefined ? undefined : at(written, type)
  if (type === undefined || !isObject(written) || !isObject(inner)) return written
  const { [type]: _, ...beside } = written
  return { ...beside, ...inner }
}
