// The events of a stream put together to the answer that the provider would have given at once, so that one reader serves both.
// An answer without its end stays without it: it was cut off.

import type { Json, JsonObject } from '../../domain.ts'
import { argumentsText, contentText } from '../openai-chat.ts'
import { at, given, isObject, listAt, textAt } from '../outside.ts'
import type { Interface } from './routes.ts'

export type Assembler = {
  take(event: Json): void
  /** Null when the stream did not come to its end. */
  whole(): Json | null
  /** The answer and its counts are here: what may still come adds nothing to them. */
  isOver(): boolean
}

export function createAssembler(api: Interface): Assembler {
  if (api === 'messages') return assembleMessages()
  if (api === 'responses') return assembleResponses()
  if (api === 'generate') return assembleGenerate()
  return assembleChat(api)
}

type Call = { readonly index: number; id: string | undefined; name: string; arguments: string }

/** Legacy completions stream as Chat does, with texts in the place of messages. */
function assembleChat(api: Interface): Assembler {
  let first: JsonObject | null = null
  let usage: Json | undefined
  let finish: string | undefined
  let isCounted = false
  let fingerprint: string | undefined
  let [id, model]: (string | undefined)[] = []
  let error: Json | undefined
  let hasParts = false
  // Gateways that cannot stream send all of it at once; some that can say the whole beside its parts.
  let message: JsonObject | undefined
  const [text, refusal]: [string[], string[]] = [[], []]
  const calls: Call[] = []
  const take = (event: Json) => {
    if (!isObject(event)) return
    first ??= event
    // Groq counts in an object of its own.
    const counts = [at(event, 'usage'), at(event, 'x_groq', 'usage')].find(isObject)
    if (counts !== undefined) usage = counts
    fingerprint = textAt(event, 'system_fingerprint') ?? fingerprint
    // Azure's first event is about the prompt, and says neither.
    id ||= textAt(event, 'id')
    model ||= textAt(event, 'model')
    const choice = listAt(event, 'choices').find((one) => (at(one, 'index') ?? 0) === 0)
    finish = textAt(choice, 'finish_reason') ?? finish
    // Some count in every event: only what comes with the end, or after it, is all.
    isCounted ||= finish !== undefined && counts !== undefined
    error ??= at(choice, 'error')
    text.push(contentText(at(choice, 'delta', 'content')) || (textAt(choice, 'text') ?? ''))
    refusal.push(textAt(choice, 'delta', 'refusal') ?? '')
    const said = at(choice, 'message')
    if (isObject(said)) message = said
    hasParts ||= isObject(at(choice, 'delta'))
    for (const call of listAt(choice, 'delta', 'tool_calls')) addCall(calls, call)
    // The form before there were lists of calls.
    const only = at(choice, 'delta', 'function_call')
    if (isObject(only)) addCall(calls, { index: OLD_FORM, function: only })
  }
  const whole = () => {
    if (first === null || finish === undefined) return null
    const said = refusal.join('')
    const tool_calls = calls.map(({ name, arguments: written }) => ({
      type: 'function',
      function: { name, arguments: written },
    }))
    const content = text.join('')
    const parts = {
      role: 'assistant',
      content,
      ...(said === '' ? {} : { refusal: said }),
      ...(tool_calls.length === 0 ? {} : { tool_calls }),
    }
    const isSilent = content === '' && said === '' && tool_calls.length === 0
    // One that never had a message has none put together either.
    const answer = isSilent ? (message ?? (hasParts ? parts : undefined)) : parts
    const choice = api === 'completions' ? { text: content } : given({ message: answer, error })
    return {
      ...first,
      ...given({ id, model, usage, system_fingerprint: fingerprint }),
      choices: [{ index: 0, finish_reason: finish, ...choice }],
    }
  }
  return { take, whole, isOver: () => isCounted }
}

/** The one call of the older form has no index: this one belongs to no other. */
const OLD_FORM = 999

/** Most say by the index which call a part belongs to; some have the same index in all, and another id for each call. */
function addCall(calls: Call[], part: Json): void {
  const index = at(part, 'index')
  const place = typeof index === 'number' && index >= 0 && index < 1000 ? Math.floor(index) : 0
  const id = textAt(part, 'id') || undefined
  const last = calls.findLast((call) => call.index === place)
  const isNew = last === undefined || (id !== undefined && last.id !== undefined && id !== last.id)
  const call = isNew ? { index: place, id, name: '', arguments: '' } : last
  if (isNew) calls.push(call)
  call.id ??= id
  call.name += textAt(part, 'function', 'name') ?? textAt(part, 'custom', 'name') ?? ''
  call.arguments += argumentsOf(part)
}

function argumentsOf(part: Json): string {
  const written = at(part, 'function', 'arguments') ?? at(part, 'custom', 'input')
  return written === undefined || written === null ? '' : argumentsText(written)
}

/** The last event carries the whole response; a gateway that cannot stream sends nothing but that. */
function assembleResponses(): Assembler {
  let last: Json | null = null
  const take = (event: Json) => {
    const type = textAt(event, 'type')
    if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed')
      last = at(event, 'response') ?? null
    else if (isWholeResponse(event)) last ??= event
  }
  return { take, whole: () => last, isOver: () => last !== null }
}

const isWholeResponse = (event: Json) =>
  textAt(event, 'object') === 'response' &&
  ['completed', 'incomplete', 'failed'].includes(textAt(event, 'status') ?? '')

type Block = { readonly start: JsonObject; readonly text: string[]; readonly json: string[] }

function assembleMessages(): Assembler {
  let message: JsonObject | null = null
  let entire: Json | null = null
  let usage: JsonObject = {}
  let stop: string | undefined
  let isStopped = false
  const blocks: Block[] = []
  const addUsage = (said: Json | undefined) => {
    const known = Object.entries(isObject(said) ? said : {}).filter(([, value]) => value !== null)
    usage = { ...usage, ...Object.fromEntries(known) }
  }
  const take = (event: Json) => {
    const type = textAt(event, 'type')
    isStopped ||= type === 'message_stop'
    const started = at(event, 'message')
    if (type === 'message_start' && isObject(started)) {
      message = started
      addUsage(at(started, 'usage'))
    }
    // Of a gateway that cannot stream.
    if (type === 'message' && textAt(event, 'stop_reason') !== undefined) entire = event
    const block = at(event, 'content_block')
    if (type === 'content_block_start' && isObject(block)) blocks.push({ start: block, text: [], json: [] })
    const current = blocks.at(-1)
    current?.text.push(textAt(event, 'delta', 'text') ?? '')
    current?.json.push(textAt(event, 'delta', 'partial_json') ?? '')
    if (type !== 'message_delta') return
    stop = textAt(event, 'delta', 'stop_reason') ?? stop
    addUsage(at(event, 'usage'))
  }
  const whole = () => {
    if (message === null || stop === undefined) return entire
    return { ...(message as JsonObject), stop_reason: stop, usage, content: blocks.map(blockOf) }
  }
  return { take, whole, isOver: () => isStopped || entire !== null }
}

function blockOf({ start, text, json }: Block): Json {
  if (textAt(start, 'type') === 'text') return { ...start, text: (textAt(start, 'text') ?? '') + text.join('') }
  const written = json.join('')
  if (textAt(start, 'type') !== 'tool_use' || written === '') return start
  try {
    return { ...start, input: JSON.parse(written) as Json }
  } catch {
    return { ...start, input: written }
  }
}

/** Every event is an answer of its own with the next parts; counts and the end are those of the last that has them. */
function assembleGenerate(): Assembler {
  let last: JsonObject | null = null
  let usage: Json | undefined
  let finish: string | undefined
  let grounds: Json | undefined
  let isCounted = false
  const parts: Json[] = []
  const take = (event: Json) => {
    if (!isObject(event)) return
    last = { ...last, ...event }
    usage = at(event, 'usageMetadata') ?? usage
    finish = textAt(event, 'candidates', 0, 'finishReason') ?? finish
    // Every event counts up to itself.
    isCounted ||= finish !== undefined && at(event, 'usageMetadata') !== undefined
    grounds = at(event, 'candidates', 0, 'groundingMetadata') ?? grounds
    parts.push(...listAt(event, 'candidates', 0, 'content', 'parts'))
  }
  const whole = () => {
    if (last === null) return null
    if (finish === undefined) return textAt(last, 'promptFeedback', 'blockReason') === undefined ? null : last
    return {
      ...(last as JsonObject),
      ...given({ usageMetadata: usage }),
      candidates: [
        { finishReason: finish, content: { role: 'model', parts }, ...given({ groundingMetadata: grounds }) },
      ],
    }
  }
  return { take, whole, isOver: () => isCounted }
}

/** Whether an event has a part of the answer in it: streams begin with others. */
export function isToken(api: Interface, event: Json): boolean {
  const type = textAt(event, 'type') ?? ''
  if (api === 'messages') return type === 'content_block_delta' || type === 'message'
  if (api === 'responses') return type.endsWith('.delta') || isWholeResponse(event)
  if (api === 'generate') return listAt(event, 'candidates', 0, 'content', 'parts').length > 0
  const said = Object.entries(delta(event)).filter(([name]) => name !== 'role')
  return (textAt(event, 'choices', 0, 'text') ?? '') !== '' || said.some(([, value]) => value !== null && value !== '')
}

function delta(event: Json): JsonObject {
  const found = [at(event, 'choices', 0, 'delta'), at(event, 'choices', 0, 'message')].find(isObject)
  return found ?? {}
}
