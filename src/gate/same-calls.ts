// Applications cannot be looked into beforehand. Afterwards the recording proxy shows whether both sides asked models the same.

import type { Result } from '../domain.ts'
import type { Measured } from './measured.ts'

/**
 * Both sides sent the same requests, for every case that ran. A case that failed on a side, or without any call that was
 * seen, says nothing, and then neither does the set.
 */
export function askedTheSame({ plan, cases }: Measured): boolean {
  if (plan.head.target.kind !== 'command' || plan.base?.target.kind !== 'command') return false
  const ran = cases.filter((one) => one.role === 'paired' && one.runs.base.length > 0 && one.runs.head.length > 0)
  return (
    ran.length > 0 &&
    ran.every(({ runs }) => {
      const [base, head] = [firstAsked(runs.base), firstAsked(runs.head)]
      return base !== null && base === head
    })
  )
}

/** What the first pass of a case asked, whatever the order of calls made at the same time; null when nothing is known. */
function firstAsked(runs: readonly Result[]): string | null {
  const first = runs.find(({ trial }) => trial.step === 'pass' && trial.index === 0)
  const calls = first?.outcome.state === 'answered' ? (first.outcome.answer.calls ?? []) : []
  return calls.length === 0 ? null : [...new Set(calls.map((call) => call.hash))].sort().join(' ')
}
