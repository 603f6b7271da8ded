// An eval set may ask for a stream, as its application does: what arrives is put together to the answer that would have come
// at once. Loaded where one comes.

import type { HttpResponse } from '../ports.ts'
import { at, isObject, textAt } from './outside.ts'
import { createAssembler } from './proxy/assemble.ts'
import type { Interface } from './proxy/routes.ts'
import { createEventReader } from './proxy/sse.ts'

const CUT = { error: { message: 'the stream ended before the answer did' } }

export function atOnce(response: HttpResponse, api: Interface): HttpResponse {
  const whole = createAssembler(api)
  const events = createEventReader().read(Buffer.from(response.body, 'utf8'))
  const fault = events.find((event) => isObject(at(event, 'error')) || textAt(event, 'type') === 'error')
  for (const event of events) whole.take(event)
  return { ...response, body: JSON.stringify(fault ?? whole.whole() ?? CUT) }
}
