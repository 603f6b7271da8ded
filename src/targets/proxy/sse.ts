// Server-sent events out of chunks, in bounded memory. What is no event yet is kept in pieces: a long one is searched once.

import { StringDecoder } from 'node:string_decoder'
import type { Json } from '../../domain.ts'
import { parseJson } from '../outside.ts'

/** One event may be a whole answer, but no more than any answer may be. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024

export type EventReader = {
  /** The data of the events that this chunk completes; `[DONE]` and what is no JSON are left out. */
  read(chunk: Uint8Array): readonly Json[]
  /** Whether there was a `[DONE]`: nothing comes after it. */
  isDone(): boolean
  /** The stream is over: an event that no empty line closes counts if it is whole. */
  end(): readonly Json[]
}

/** Two ends of lines, each of any of the three kinds; `\r\n` is one. */
const EVENT_END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/
/** An end of an event may begin in one chunk and be over in the next. */
const LONGEST_END = 4

export function createEventReader(): EventReader {
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let held = 0
  let tail = ''
  let isFirst = true
  let isDone = false
  const take = (last: string): readonly Json[] => {
    const data = dataOf(pieces.splice(0).join('') + last)
    isDone ||= data.trim() === '[DONE]'
    const parsed = parseJson(data)
    held = 0
    return parsed === undefined ? [] : [parsed]
  }
  const decoded = (chunk: Uint8Array): string => {
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    if (!isFirst || text === '') return text
    isFirst = false
    return text.replace(/^\uFEFF/, '')
  }
  const read = (chunk: Uint8Array): readonly Json[] => {
    let text = tail + decoded(chunk)
    const events: Json[] = []
    for (let end = EVENT_END.exec(text); end !== null; end = EVENT_END.exec(text)) {
      events.push(...take(text.slice(0, end.index)))
      text = text.slice(end.index + end[0].length)
    }
    const kept = Math.max(0, text.length - LONGEST_END + 1)
    if (kept > 0) pieces.push(text.slice(0, kept))
    held += kept
    tail = text.slice(kept)
    if (held > MAX_EVENT_CHARS) {
      pieces.length = 0
      held = 0
    }
    return events
  }
  const end = (): readonly Json[] => {
    const last = tail + decoder.end()
    tail = ''
    return take(last)
  }
  return { read, isDone: () => isDone, end }
}

function dataOf(event: string): string {
  return event
    .split(/\r\n|\n|\r/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
    .join('\n')
}
