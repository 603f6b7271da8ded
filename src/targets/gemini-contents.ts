// The conversation as Gemini has it, at its own interface and at Vertex AI: turns of parts, results of tools under the names of
// their functions.

import type { JsonObject, Message, Request } from '../domain.ts'
import { isObject, parseJson } from './outside.ts'
import { calledNames, groupResults } from './turns.ts'

/**
 * From Gemini 3 on, the first call of each step since the user last spoke is refused without the signature of the thought behind
 * it. Calls of a history that is written down have none; this is what Google documents for them.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/** A name without a version (`gemini-flash-latest`) is one of the newest. */
function wantsSignatures(model: string): boolean {
  const version = /^gemini-(?:(\d+)|[a-z-]*latest$)/.exec(model)
  return version !== null && Number(version[1] ?? Number.POSITIVE_INFINITY) >= 3
}

export function geminiContents({ messages, model }: Pick<Request, 'messages' | 'model'>): JsonObject {
  const first = messages.findIndex((message) => message.role !== 'system')
  const system = first === -1 ? messages : messages.slice(0, first)
  const rest = messages.slice(system.length)
  const names = calledNames(rest)
  const turns = groupResults(rest)
  const current = wantsSignatures(model ?? '') ? turns.findLastIndex(([one]) => one?.role === 'user') : turns.length
  return {
    ...(system.length > 0 ? { systemInstruction: { parts: system.map((m) => ({ text: m.content })) } } : {}),
    contents: turns.map((turn, index) => geminiTurn(turn, { names, signed: index > current })),
  }
}

type Place = { readonly names: ReadonlyMap<string, string>; readonly signed: boolean }

/** A later system message, a role that Gemini does not have, is sent as written and refused there. */
function geminiTurn(turn: readonly Message[], { names, signed }: Place): JsonObject {
  const [first] = turn
  if (first?.role === 'tool') {
    const parts = turn.map(({ content, toolCallId = '' }) => ({
      functionResponse: { name: names.get(toolCallId) ?? toolCallId, response: resultOf(content) },
    }))
    return { role: 'user', parts }
  }
  const { role = 'user', content = '', toolCalls = [] } = first ?? {}
  const calls = toolCalls.map((call, index) => ({
    functionCall: { name: call.name, args: call.arguments },
    ...(signed && index === 0 ? { thoughtSignature: NO_SIGNATURE } : {}),
  }))
  const said = content === '' && calls.length > 0 ? [] : [{ text: content }]
  return { role: role === 'assistant' ? 'model' : role, parts: [...said, ...calls] }
}

/** It wants an object: what is none becomes one. */
function resultOf(content: string): JsonObject {
  const value = parseJson(content)
  return isObject(value) ? value : { result: value ?? content }
}
