// The turns of a case before the prompt's own, as people write them: the messages of OpenAI's Chat Completions, tool calls and
// their results included. Each result must answer a call, since every provider refuses one that does not.

import type { Json, JsonObject, Message, Place, ToolCall } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { isObject } from './cases.ts'

type Call = ToolCall & { readonly id: string }

/** @param list already checked against the schema */
export function historyOf(list: readonly Json[], place: Place): readonly Message[] {
  const messages = list.filter(isObject).map(messageOf)
  const problem = wrongTurn(messages, place)
  if (problem !== null) throw new UserError(problem)
  return messages
}

function messageOf(turn: JsonObject): Message {
  const { role, content, name, tool_calls: calls, tool_call_id: id } = turn
  return {
    role: role as Message['role'],
    content: typeof content === 'string' ? content : '',
    ...(typeof name === 'string' ? { name } : {}),
    ...(Array.isArray(calls) && calls.length > 0 ? { toolCalls: calls.filter(isObject).map(callOf) } : {}),
    ...(typeof id === 'string' ? { toolCallId: id } : {}),
  }
}

function callOf(call: JsonObject): Call {
  const made = isObject(call.function) ? call.function : {}
  return { id: String(call.id), name: String(made.name), arguments: argumentsOf(made.arguments) }
}

/** Text that is JSON is what it says; what is none stays as it is written. */
function argumentsOf(written: Json | undefined): Json {
  if (typeof written !== 'string') return written ?? {}
  try {
    return JSON.parse(written) as Json
  } catch {
    return written
  }
}

function wrongTurn(messages: readonly Message[], place: Place): Problem | null {
  const open = new Set<string>()
  for (const [index, { role, toolCalls, toolCallId, content }] of messages.entries()) {
    const where = `"messages.${index}"`
    const wrong = (what: string, remedy: string): Problem => ({ what: `${where} ${what}.`, remedy, place })
    if (toolCalls !== undefined && role !== 'assistant')
      return wrong(`calls tools as ${role}`, 'Only a turn of the assistant has `tool_calls`.')
    if (role === 'tool') {
      if (toolCallId === undefined) return wrong('is a result of no call', 'Name the call by `tool_call_id`.')
      if (!open.delete(toolCallId))
        return wrong(
          `answers the call "${toolCallId.slice(0, 60)}", which was not made or is answered already`,
          'Give it the id of a call in a turn of the assistant before it.',
        )
    } else if (toolCallId !== undefined)
      return wrong(`has a \`tool_call_id\` as ${role}`, 'Only a turn of the role tool has one.')
    else if (content === '' && toolCalls === undefined) return wrong('says nothing', 'Give it `content`.')
    for (const { id } of toolCalls ?? []) open.add(id)
  }
  const [left] = open
  if (left === undefined) return null
  return {
    what: `The call "${left.slice(0, 60)}" in messages has no result.`,
    remedy: 'Add a turn of the role tool with its id.',
    place,
  }
}
