// The last words of a process on standard error, with the line that says why it died.

import { oneLine } from './classify.ts'

const LINES = 5
const CHARACTERS = 280

/** A call in a stack of Node, Java, .NET or Ruby, which stands below what it is the stack of. */
const FRAME = /^\s+(?:at (?![=+*/-])\S|from \S+:\d+:in |\.{3} \d+ more)/
/** Go's stack has no such mark. */
const PANIC = /^(?:panic|fatal error): /

/** `; it wrote: ...` in one line of at most 300 characters, or empty. Linear in what was written. */
export function stderrNote(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const isFrame = (line: string | undefined) => line !== undefined && FRAME.test(line)
  const heads = lines.filter((line, at) => !isFrame(line) && (isFrame(lines[at + 1]) || PANIC.test(line)))
  const told = lines.filter((line) => !isFrame(line)).slice(-LINES)
  // Of an error and its causes the first says what, the last says why; without a stack the last words are the end.
  const named = [...new Set([...heads.slice(-2), ...told])].map((line) => line.trim()).join(' | ')
  const note = heads.length > 0 ? named.slice(0, CHARACTERS) : named.slice(-CHARACTERS)
  return note === '' ? '' : `; it wrote: ${oneLine(note)}`
}
