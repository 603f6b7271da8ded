// Server-sent events out of chunks, in bounded memory.

import { StringDecoder } from 'node:string_decoder'
import type { Json } from '../../domain.ts'
import { parseJson } from '../outside.ts'

/** One event may be a whole answer, but no more than any answer may be. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024

export type EventReader = {
  /** The data of the events that this chunk completes; `[DONE]` and what is no JSON are left out. */
  read(chunk: Uint8Array): readonly Json[]
}

export function createEventReader(): EventReader {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const read = (chunk: Uint8Array): readonly Json[] => {
    rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    const events: Json[] = []
    for (let end = EVENT_END.exec(rest); end !== null; end = EVENT_END.exec(rest)) {
      const data = dataOf(rest.slice(0, end.index))
      rest = rest.slice(end.index + end[0].length)
      const parsed = data === '' ? undefined : parseJson(data)
      if (parsed !== undefined) events.push(parsed)
    }
    if (rest.length > MAX_EVENT_CHARS) rest = ''
    return events
  }
  return { read }
}

const EVENT_END = /\r?\n\r?\n/

function dataOf(event: string): string {
  return event
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
    .join('\n')
}
