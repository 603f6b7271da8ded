// The time that a whole run may take: what is not answered by then is missing, and what was learnt is reported.

import type { Clock } from '../ports.ts'

export const OUT_OF_TIME = 'the time limit of the run was reached'

export type Deadline = { readonly signal: AbortSignal; stop(): void }

export function startDeadline(clock: Clock, minutes: number | undefined): Deadline {
  const deadline = new AbortController()
  const over = new AbortController()
  if (minutes !== undefined) {
    const strike = () => deadline.abort(OUT_OF_TIME)
    clock.sleep(minutes * 60_000, over.signal).then(strike, () => undefined)
  }
  return { signal: deadline.signal, stop: () => over.abort() }
}
