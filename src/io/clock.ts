// The real clock. It runs evenly: what is set on the machine meanwhile (a time server, an hour of somebody's summer) would end
// waits early, or use up the deadlines of calls that only just began.

import { setMaxListeners } from 'node:events'
import type { Clock } from '../ports.ts'

/** Longer timers overflow in Node and fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** Not by `performance`, which Node loads when it is asked first. */
const [startedMs, started] = [Date.now(), process.hrtime()]

/** `sleep` rejects with the signal's reason when it is aborted. */
export const systemClock: Clock = {
  now: () => {
    const [seconds, nanoseconds] = process.hrtime(started)
    return startedMs + 1000 * seconds + Math.floor(nanoseconds / 1e6)
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
        Math.min(Math.max(0, ms), MAX_TIMER_MS),
      )
      if (signal === undefined) return
      // Calls that wait for one provider all wait with its signal: Node takes more than ten for a leak, and says so on stderr.
      setMaxListeners(0, signal)
      signal.addEventListener('abort', stop, { once: true })
    }),
}
