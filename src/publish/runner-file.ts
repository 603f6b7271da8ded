// The runner's own files: job summary and outputs. What they cannot take is said, and changes no verdict.

import type { Log } from '../ports.ts'

/** @param what is written, as the subject of a sentence */
export async function tellRunner(log: Pick<Log, 'warn'>, what: string, write: () => unknown): Promise<void> {
  try {
    await write()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.warn(`${what} could not be written (${why}); the verdict stands, and the report is in report-dir.`)
  }
}
