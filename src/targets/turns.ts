// Messages as turns: what providers want as one turn, and a message's text with all that it calls.

import type { Message } from '../domain.ts'

/** Results of tools that follow each other are one turn of the user at Anthropic, Bedrock and Gemini. */
export function groupResults(messages: readonly Message[]): readonly (readonly Message[])[] {
  const turns: Message[][] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (message.role === 'tool' && last?.[0]?.role === 'tool') last.push(message)
    else turns.push([message])
  }
  return turns
}

/** The name of the function whose call each result answers; Gemini pairs them by it. */
export function calledNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  return new Map(messages.flatMap(({ toolCalls }) => (toolCalls ?? []).map(({ id, name }) => [id, name] as const)))
}

/** For people, estimates and scripts. */
export function textOfMessage({ content, toolCalls }: Message): string {
  const calls = (toolCalls ?? []).map((call) => `${call.name}(${JSON.stringify(call.arguments)})`)
  return [content, ...calls].filter((text) => text !== '').join('\n')
}
