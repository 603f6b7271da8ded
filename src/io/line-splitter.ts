// Bytes to lines, in bounded memory whatever arrives.

import { StringDecoder } from 'node:string_decoder'

/** What is kept of a line that is too long: enough to show. */
const KEPT_OF_LONG = 200

/**
 * Feeds lines (without their break) to `onLine`. A line longer than `maxChars` is not whole: it is cut to its beginning plus `…`.
 * `end` feeds what follows the last break.
 */
export function lineSplitter(
  maxChars: number,
  onLine: (line: string, isWhole: boolean) => void,
): ((chunk: Buffer) => void) & { end(): void } {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  const take = (text: string) => {
    if (length <= maxChars) parts.push(text)
    length += text.length
    if (length > maxChars && parts.length > 1) parts = [parts.join('').slice(0, KEPT_OF_LONG)]
  }
  const end = () => {
    const line = parts.join('')
    const isWhole = length <= maxChars
    parts = []
    length = 0
    onLine(isWhole ? line.replace(/\r$/, '') : `${line.slice(0, KEPT_OF_LONG)}…`, isWhole)
  }
  const feed = (chunk: Buffer) => {
    const text = decoder.write(chunk)
    let from = 0
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      take(text.slice(from, to))
      end()
      from = to + 1
    }
    if (from < text.length) take(text.slice(from))
  }
  return Object.assign(feed, { end: () => (length > 0 ? end() : undefined) })
}
