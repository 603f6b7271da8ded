// An eval set may ask for a stream, as its application does: what arrives is put together to the answer that would have come
// at once. Loaded where one comes.

import type { HttpResponse } from '../ports.ts'
import { isFault } from './answered.ts'
import { createAssembler } from './proxy/assemble.ts'
import type { Interface } from './proxy/routes.ts'
import { createEventReader } from './proxy/sse.ts'

const CUT = { error: { message: 'the stream ended before the answer did' } }

export function atOnce(response: HttpResponse, api: Interface): HttpResponse {
  const whole = createAssembler(api)
  const reader = createEventReader()
  const events = [...reader.read(Buffer.from(response.body, 'utf8')), ...reader.end()]
  const fault = events.find(isFault)
  for (const event of events) whole.take(event)
  return { ...response, body: JSON.stringify(fault ?? whole.whole() ?? CUT) }
}
