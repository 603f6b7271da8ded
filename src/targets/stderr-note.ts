// The last words of a process on standard error, with the line that says why it died.

import { oneLine } from './classify.ts'

const LINES = 5
const CHARACTERS = 280
/** Of each line where there is a stack: the first, the last cause and the end fit beside each other. */
const PIECE = 90

/** A call in a stack of Node, Java, .NET or Ruby, which stands below what it is the stack of. Words may begin with "at", too. */
const FRAME = /^\s+(?:at (?=.*(?:\(|:\d|<anonymous>))(?![=+*/-])\S|from \S+:\d+:in |\.{3} \d+ more)/
/** Go's stack has no such mark. */
const PANIC = /^(?:panic|fatal error): /

/** `; it wrote: ...` in one line of at most 300 characters, or empty. Linear in what was written. */
export function stderrNote(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const isFrame = (line: string | undefined) => line !== undefined && FRAME.test(line)
  const heads = lines.filter((line, at) => !isFrame(line) && (isFrame(lines[at + 1]) || PANIC.test(line)))
  const told = lines.filter((line) => !isFrame(line)).slice(-LINES)
  const note =
    heads.length > 0
      ? ofStack(heads, told)
      : told
          .map((line) => line.trim())
          .join(BETWEEN)
          .slice(-CHARACTERS)
  return note === '' ? '' : `; it wrote: ${oneLine(note)}`
}

const BETWEEN = ' | '

/** Of an error and its causes the first says what, the last says why; the last line is how it ended. Others where they fit. */
function ofStack(heads: readonly string[], told: readonly string[]): string {
  const cut = (line: string | undefined) => (line ?? '').trim().slice(0, PIECE)
  const first = [...new Set([cut(heads[0]), cut(heads.at(-1))])]
  const last = [cut(told.at(-1))].filter((line) => line !== '' && !first.includes(line))
  const others = [...new Set(told.map(cut))].filter((line) => ![...first, ...last].includes(line))
  const joined = (count: number) => [...first, ...others.slice(others.length - count), ...last].join(BETWEEN)
  const counts = Array.from({ length: others.length + 1 }, (_, at) => others.length - at)
  return joined(counts.find((count) => joined(count).length <= CHARACTERS) ?? 0)
}
