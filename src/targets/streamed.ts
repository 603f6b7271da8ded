// An eval set may ask for a stream, as its application does: what arrives is put together to the answer that would have come
// at once. Loaded where one comes.

import type { HttpResponse } from '../ports.ts'
import { isFault } from './answered.ts'
import { textAt } from './outside.ts'
import { createAssembler } from './proxy/assemble.ts'
import type { Interface } from './proxy/routes.ts'
import { createEventReader } from './proxy/sse.ts'

const CUT = { error: { message: 'the stream ended before the answer did' } }

/** Events after which nothing follows. Chat ends with `[DONE]`; Gemini's streams end with their connection. */
const LAST = new Set(['message_stop', 'response.completed', 'response.failed', 'response.incomplete'])

/** Told the pieces of one stream, in order: true once its last event is there whole. */
export function streamEnd(): (piece: Uint8Array) => boolean {
  const reader = createEventReader()
  return (piece) => {
    const events = reader.read(piece)
    return reader.isDone() || events.some((event) => isFault(event) || LAST.has(textAt(event, 'type') ?? ''))
  }
}

export function atOnce(response: HttpResponse, api: Interface): HttpResponse {
  const whole = createAssembler(api)
  const reader = createEventReader()
  const events = [...reader.read(Buffer.from(response.body, 'utf8')), ...reader.end()]
  const fault = events.find(isFault)
  for (const event of events) whole.take(event)
  return { ...response, body: JSON.stringify(fault ?? whole.whole() ?? CUT) }
}
