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

/** Whole events as they were written, with the empty line that closes them. */
export type BlockReader = {
  read(chunk: Uint8Array): readonly string[]
  /** What no empty line closes. */
  end(): string
}

export function createBlockReader(): BlockReader {
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let held = 0
  let tail = ''
  const take = (last: string): string => {
    held = 0
    return pieces.splice(0).join('') + last
  }
  const read = (chunk: Uint8Array): readonly string[] => {
    let text = tail + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    const blocks: string[] = []
    for (let end = EVENT_END.exec(text); end !== null; end = EVENT_END.exec(text)) {
      const over = end.index + end[0].length
      blocks.push(take(text.slice(0, over)))
      text = text.slice(over)
    }
    const kept = Math.max(0, text.length - LONGEST_END + 1)
    if (kept > 0) pieces.push(text.slice(0, kept))
    held += kept
    tail = text.slice(kept)
    if (held > MAX_EVENT_CHARS) {
      pieces.length = 0
      held = 0
    }
    return blocks
  }
  const end = (): string => {
    const last = take(tail + decoder.end())
    tail = ''
    return last
  }
  return { read, end }
}

export function createEventReader(): EventReader {
  const blocks = createBlockReader()
  let isFirst = true
  let isDone = false
  const take = (block: string): readonly Json[] => {
    const data = dataOf(isFirst ? block.replace(/^\uFEFF/, '') : block)
    isFirst = false
    isDone ||= data.trim() === '[DONE]'
    const parsed = parseJson(data)
    return parsed === undefined ? [] : [parsed]
  }
  return {
    read: (chunk) => blocks.read(chunk).flatMap(take),
    end: () => take(blocks.end()),
    isDone: () => isDone,
  }
}

const LINE_END = /\r\n|\n|\r/

export function dataOf(event: string): string {
  return event
    .split(LINE_END)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
    .join('\n')
}

/** The event with other data, in one line. */
export function withData(event: string, data: string): string {
  const others = event.split(LINE_END).filter((line) => line !== '' && !line.startsWith('data:'))
  return `${[...others, `data: ${data}`].join('\n')}\n\n`
}
