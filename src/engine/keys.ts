// Whether the calls of a run can be made at all: every provider that is asked has an address and a key.

import type { TrialOutcome } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Work } from '../run/work.ts'
import { transient } from '../targets/shape.ts'

/** The first thing that a check finds wrong, in words; null when nothing is. */
export async function problemOf(check: Promise<void>): Promise<string | null> {
  try {
    await check
    return null
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.what ?? error.message
    throw error
  }
}

/** A call that was wanted and cannot be made here. */
export function unmade({ trial, request }: Work, why: string, nowMs: number): TrialOutcome {
  const outcome = transient('authentication', why)
  return { trial, request, outcome, attempts: 0, stored: false, startedAt: new Date(nowMs).toISOString() }
}
