// A write to GitHub that may be refused for now, or done although its answer was lost.

import { GitHubFailure } from '../ports.ts'

const ATTEMPTS = 4
const FIRST_DELAY_MS = 2_000
/** Secondary limits ask for a minute or more. */
const MAX_DELAY_MS = 120_000

export type PatientWrite<T> = {
  readonly write: () => Promise<T>
  /** Looks whether a write whose answer was lost is done; left out where doing it again changes nothing. */
  readonly done?: () => Promise<T | null>
  readonly sleep: (ms: number) => Promise<void>
}

export async function patientWrite<T>({ write, done, sleep }: PatientWrite<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof GitHubFailure)) throw error
      const isLost = error.status === null || error.status >= 500
      if ((!isLost && !isLimit(error)) || attempt >= ATTEMPTS) throw error
      await sleep(Math.min(error.retryAfterMs ?? FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS))
      const found = isLost && done !== undefined ? await done() : null
      if (found !== null) return found
    }
  }
}

const isLimit = ({ status, message }: GitHubFailure) =>
  status === 429 || (status === 403 && /rate limit/i.test(message))
