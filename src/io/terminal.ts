// Lines for people: on a terminal progress overwrites itself, elsewhere it is a line now and then. Untrusted text cannot
// become a runner command: every line passes the one escaping module.

import type { Log } from '../ports.ts'
import { logLines } from '../report/escape.ts'

const CI_EVERY_MS = 15_000

export function createLog(stream: NodeJS.WriteStream): Log & { end(): void } {
  let inPlace = false
  let last = Date.now()
  const clear = () => {
    if (inPlace) stream.write('\r\u001b[2K')
    inPlace = false
  }
  const line = (text: string) => {
    clear()
    stream.write(`${logLines(text)}\n`)
  }
  const progress = (text: string) => {
    if (stream.isTTY) {
      stream.write(`\r\u001b[2K${logLines(text)}`)
      inPlace = true
      return
    }
    const now = Date.now()
    if (now - last < CI_EVERY_MS) return
    last = now
    line(text)
  }
  return { info: line, warn: (text) => line(`warning: ${text}`), progress, end: clear }
}
