// Rules that a waiver can accept.

import type { FindingRule, Place } from '../domain.ts'
import { UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'

/** What a gate of a set, or its integrity, can fail by. Policy, routes and what could not be measured cannot be waived. */
const WAIVABLE: readonly FindingRule[] = [
  ...(['score-drop', 'must-pass', 'min-score', 'slice-drop', 'slice-min-score', 'erosion'] as const),
  ...(['scorer-drop', 'scorer-min-score', 'scorer-rate', 'latency-ratio', 'latency-p95'] as const),
  ...(['tokens-input', 'tokens-output', 'cost-ratio', 'cost-per-request', 'unpriced'] as const),
  ...(['quarantine-expired', 'teaches-to-test', 'duplicate-cases', 'loosened-scorer', 'cases-changed'] as const),
]

export const isWaivable = (rule: string): boolean => WAIVABLE.some((one) => one === rule)

/** A waiver of a rule that is none would be found out when the check that it was for is red. */
export function refuseUnknown(rule: string, place: Place): void {
  if (isWaivable(rule)) return
  const near = nearest(rule, WAIVABLE)
  throw new UserError({
    what: `The waiver names the rule "${rule.slice(0, 100)}", and nothing of that name can be waived.`,
    expected: `one of ${WAIVABLE.join(', ')}`,
    remedy: near === null ? 'Correct it, or take the waiver out.' : `Did you mean "${near}"?`,
    place,
  })
}
