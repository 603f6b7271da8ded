// Protocol v1 between us and an application: one JSON object per line each way.

import type { Answer, Json, Outcome, Request, Retrieved, SideLabel, ToolCall, Usage } from '../domain.ts'
import { TOKEN_COUNTS } from '../prices/cost-of-usage.ts'
import { messagesUsage } from './anthropic.ts'
import { oneLine } from './classify.ts'
import { converseUsage } from './cloud/converse-usage.ts'
import { geminiUsage } from './gemini.ts'
import { chatUsage } from './openai-chat.ts'
import { responsesUsage } from './openai-responses.ts'
import { at, countAt, given, isObject, listAt, textAt } from './outside.ts'
import { behavioural, toolArguments, transient } from './shape.ts'

/** `{v: 1, id, vars, messages?, side}` of a request for a command target. */
export function commandLine(request: Request, side: SideLabel): { readonly id: string; readonly line: string } {
  const input = at(request.application, 'input') ?? request.application
  const id = textAt(input, 'id') ?? request.hash
  const message = { v: 1, id, vars: at(input, 'vars') ?? {}, ...given({ messages: at(input, 'messages') }), side }
  return { id, line: oneJsonLine(message) }
}

/** JSON lets these stand as they are, and Node's `readline` (Python's `splitlines`, too) ends a line at them. */
const ENDS_OF_LINES = /[\u0085\u2028\u2029]/g

function oneJsonLine(message: Json): string {
  return JSON.stringify(message).replace(
    ENDS_OF_LINES,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A process may say that its start is over: what it answers from then on takes the time of an answer. */
export const isReadyLine = (line: Json | undefined) => at(line, 'id') === undefined && at(line, 'ready') === true

/** The outcome that a line stands for; null when it has neither an output nor an error. */
export function readCommandAnswer(line: Json): Outcome | null {
  const error = at(line, 'error')
  // Encoders that know no absent field write an empty one.
  const isNone = error === undefined || error === null || error === '' || error === false
  if (!isNone) return errorOutcome(line, error)
  const output = at(line, 'output')
  return output === undefined || output === null ? null : { state: 'answered', answer: commandAnswer(line, output) }
}

/** `transient: true` on the line, or inside an error object, means: not this side's doing, try again. */
function errorOutcome(line: Json, error: Json): Outcome {
  const message = oneLine(typeof error === 'string' ? error : (textAt(error, 'message') ?? JSON.stringify(error)))
  const passing = at(line, 'transient') === true || at(error, 'transient') === true
  return passing
    ? transient('server', `the application reports a passing error: ${message}`)
    : behavioural('application-error', `the application reports an error: ${message}`)
}

function commandAnswer(line: Json, output: Json): Answer {
  const retrieved = listAt(line, 'retrieved').flatMap(readRetrieved)
  const calls = listAt(line, 'tool_calls').flatMap(readToolCall)
  return {
    text: typeof output === 'string' ? output : JSON.stringify(output),
    latencyMs: null,
    ...given({
      usage: readUsage(at(line, 'usage')),
      model: textAt(line, 'model'),
      retrieved: Array.isArray(at(line, 'retrieved')) ? retrieved : undefined,
      toolCalls: Array.isArray(at(line, 'tool_calls')) ? calls : undefined,
      timings: readTimings(at(line, 'timings')),
    }),
  }
}

function readRetrieved(item: Json): readonly Retrieved[] {
  const id = textAt(item, 'id') ?? (typeof item === 'string' ? item : undefined)
  const score = at(item, 'score')
  if (id === undefined) return []
  return [{ id, ...given({ text: textAt(item, 'text'), score: typeof score === 'number' ? score : undefined }) }]
}

function readToolCall(item: Json): readonly ToolCall[] {
  const name = textAt(item, 'name')
  return name === undefined ? [] : [{ name, arguments: toolArguments(at(item, 'arguments')) }]
}

function readTimings(value: Json | undefined): Record<string, number> | undefined {
  if (!isObject(value)) return undefined
  const known = Object.entries(value).filter(([, ms]) => typeof ms === 'number' && ms >= 0)
  return Object.fromEntries(known) as Record<string, number>
}

/** Our own field names, or those of a provider, which applications hand on as they got them. */
function readUsage(usage: Json | undefined): Usage | undefined {
  const isAnthropic = ANTHROPIC_ONLY.some((name) => at(usage, name) !== undefined && at(usage, name) !== null)
  if (isAnthropic) return messagesUsage(usage)
  return ownUsage(usage) ?? openaiUsage(usage) ?? geminiUsage(usage) ?? converseUsage(usage)
}

/** Tokens that stand beside `input_tokens`, which have the same name where they are part of it. */
const ANTHROPIC_ONLY = ['cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation']

function ownUsage(usage: Json | undefined): Usage | undefined {
  const input = countAt(usage, 'input')
  const output = countAt(usage, 'output')
  if (input === undefined || output === undefined) return undefined
  const counts = TOKEN_COUNTS.flatMap((name) => {
    const count = countAt(usage, name)
    return count === undefined ? [] : [[name, count] as const]
  })
  return { input, output, ...Object.fromEntries(counts) }
}

/** Chat or Responses; some libraries write the cached tokens beside the others. */
function openaiUsage(usage: Json | undefined): Usage | undefined {
  const counted = chatUsage(usage) ?? responsesUsage(usage)
  return counted === undefined ? undefined : { ...given({ cachedInput: countAt(usage, 'cached_tokens') }), ...counted }
}
