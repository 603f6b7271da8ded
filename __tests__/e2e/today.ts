// The day on which the programs under test run. Prices, ends of models and the words about both go by the calendar: on a day
// that stands still they are what they were, whenever and in whatever time zone the tests are run.

import { join } from 'node:path'

export const DAY_MS = 86_400_000
export const TODAY = Date.UTC(2026, 10, 28, 12)

/** Before the script, for a Node whose clock is to be moved. */
export const MOVED = ['--require', join(import.meta.dirname, '..', 'fakes', 'shifted-date.cjs')]

const LOADED_MS = Date.now()

/** Its environment. Time goes on while a test runs: of two programs the later one has the later time. */
export const at = (ms: number = TODAY) => ({ SHIFTED_DATE_MS: String(ms - LOADED_MS) })

/** For what is checked against the machine's own clock, such as signatures. */
export const REAL_TIME = { SHIFTED_DATE_MS: '0' }

/** YYYY-MM-DD, so many days after that day. */
export const day = (offset: number) => new Date(TODAY + offset * DAY_MS).toISOString().slice(0, 10)
