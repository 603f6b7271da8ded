// A base that answered no call scores 0 everywhere. A change that mends it may pass, and yet nothing was compared.

import type { Finding } from '../domain.ts'
import { type Measured, tested } from './measured.ts'

/** Why, in the words of the first failure; null where the base answered a case of the test, or was asked none. */
export function silentBase({ cases, plan }: Measured): string | null {
  if (plan.base === null) return null
  let first: string | null = null
  for (const { role, runs } of cases)
    for (const { outcome } of role === 'paired' ? runs.base : []) {
      if (outcome.state === 'answered') return null
      first ??= outcome.failure.message
    }
  return first === null ? null : first.replace(/\.$/, '')
}

/** No case of the head passes either, so that nothing was shown of it; a tie by identity is as good as its base. */
export function isHeadWrong(measured: Measured): boolean {
  const all = tested(measured)
  return all.length > 0 && all.every((one) => !one.identical && one.head === 0)
}

export function silentBaseFindings(measured: Measured): readonly Finding[] {
  const why = silentBase(measured)
  if (why === null) return []
  return [
    {
      ...{ rule: 'provider-error', level: 'warn', evalSet: measured.plan.name, threshold: null, value: null },
      message: `no call of the base was answered (${why}): each counts as 0, and there is nothing to compare with.`,
      remedy: 'Look at the answers of the head for themselves; from the merge on, changes are compared with it.',
    },
  ]
}
