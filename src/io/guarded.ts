// The end of the program, whatever ends it. Node's own exit code of an error that nobody caught is 1, and that of a program which
// has nothing left to wait for is 0: here the one is "a gate failed" and the other "pass", which neither of them means.

import { EXIT, UserError } from '../errors.ts'
import { codeOf } from './disk-failure.ts'

/** Runs `main`, which sets the exit code; whatever else comes to pass, nothing was measured. `tell` says what it was. */
export function guarded(main: () => Promise<void>, tell: (error: unknown) => void | Promise<void>): void {
  let over = false
  const failed = async (error: unknown) => {
    over = true
    const code = error instanceof UserError ? error.exit : EXIT.notMeasured
    process.exitCode = code
    // What tells a runner that a step failed sets a code of its own.
    await Promise.resolve(tell(error)).finally(() => {
      process.exitCode = code
    })
  }
  process.on('uncaughtException', (error) => {
    failed(error).finally(() => process.exit())
  })
  process.on('beforeExit', () => {
    if (!over) void failed(new Error('the program came to its end before its work was done'))
  })
  process.stdout.on('error', (error) => {
    // Whoever reads no further has seen enough.
    if (codeOf(error) !== 'EPIPE') failed(unwritable(error)).finally(() => process.exit())
  })
  // Progress is not the result: whoever does not hear of it misses nothing.
  process.stderr.on('error', () => undefined)
  main().then(() => {
    over = true
  }, failed)
}

export function defectText(error: unknown): string {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `Prompt Parity failed by a defect of its own.\n${what}`
}

function unwritable(error: Error): UserError {
  return new UserError({
    what: `the result could not be written to standard output (${codeOf(error) ?? error.message}).`,
    remedy: 'Make room where it is redirected to; the report itself is in report-dir.',
    exit: EXIT.notMeasured,
  })
}
