// Lines for people: on a terminal progress overwrites itself, elsewhere it is a line now and then. Untrusted text cannot
// become a runner command: every line passes the one escaping module.

import type { Log, ProgressLine } from '../ports.ts'
import { cutColumns } from '../report/columns.ts'
import { logLine, logLines } from '../report/escape.ts'
import { systemClock } from './clock.ts'
import { fittingLine, wholeLine } from './progress-line.ts'

const CI_EVERY_MS = 15_000
const UNKNOWN_WIDTH = 80

export function createLog(stream: NodeJS.WriteStream): Log & { end(): void } {
  const canOverwrite = stream.isTTY && isObedient(process.env.TERM)
  let inPlace = 0
  let last = systemClock.now()
  const clear = () => {
    stream.write(upAndClear(inPlace))
    inPlace = 0
  }
  const line = (text: string) => {
    if (inPlace > 0) clear()
    stream.write(`${logLines(text)}\n`)
  }
  const progress = (texts: readonly (string | ProgressLine)[]) => {
    if (canOverwrite) {
      const width = (stream.columns || UNKNOWN_WIDTH) - 1
      const lines = texts.map((text) => fitting(text, width))
      stream.write(`${upAndClear(inPlace)}${lines.join('\n')}`)
      inPlace = lines.length
      return
    }
    const now = systemClock.now()
    const sum = texts.at(-1)
    if (now - last < CI_EVERY_MS || sum === undefined) return
    last = now
    line(typeof sum === 'string' ? sum : wholeLine(sum))
  }
  const end = () => {
    if (inPlace > 0) clear()
  }
  return { info: line, warn: (text) => line(`warning: ${text}`), progress, end }
}

/** A terminal that says that it is none better shows the escapes of others as text. */
const isObedient = (term: string | undefined) => term !== 'dumb'

/** Back to the first of the lines that are shown, and nothing left of them. */
function upAndClear(lines: number): string {
  return lines > 1 ? `\r\u001b[${lines - 1}A\u001b[0J` : '\r\u001b[2K'
}

/** A line that wraps or has a break would be two, and could not be overwritten. */
function fitting(line: string | ProgressLine, width: number): string {
  return typeof line === 'string' ? cutColumns(logLine(line), width) : fittingLine(line, width)
}
