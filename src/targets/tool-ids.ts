// Ids of tool calls for providers that take them in one form only: Mistral wants nine letters and digits. A history that another
// provider's model wrote has longer ones.

import type { Message } from '../domain.ts'
import { sha256 } from './request.ts'

const SHORT = /^[a-zA-Z0-9]{9}$/

/** Ids that fit stay; each other one gets its own, the same for a call and its result, and in every request. */
export function withShortIds(messages: readonly Message[]): readonly Message[] {
  const written = new Set(messages.flatMap(idsOf))
  const taken = new Set([...written].filter((id) => SHORT.test(id)))
  const short = new Map([...written].map((id) => [id, taken.has(id) ? id : newId(id, taken)]))
  const shortened = (id: string) => short.get(id) ?? id
  return messages.map((message) => ({
    ...message,
    ...(message.toolCalls && { toolCalls: message.toolCalls.map((call) => ({ ...call, id: shortened(call.id) })) }),
    ...(message.toolCallId !== undefined && { toolCallId: shortened(message.toolCallId) }),
  }))
}

function idsOf({ toolCalls = [], toolCallId }: Message): readonly string[] {
  return [...toolCalls.map(({ id }) => id), ...(toolCallId === undefined ? [] : [toolCallId])]
}

/** Of the id itself, so that a longer history does not change what was there before. */
function newId(id: string, taken: Set<string>): string {
  for (let round = 0; ; round += 1) {
    const made = sha256(`${round} ${id}`).slice(0, 9)
    if (taken.has(made)) continue
    taken.add(made)
    return made
  }
}
