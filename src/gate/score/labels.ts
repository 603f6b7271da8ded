// What the fresh runs say about each re-run case.

import type { Pair } from './ledger.ts'
import { type CaseView, hasChanged, type Suite } from './suite.ts'

export type Label = 'broken' | 'fixed' | 'cleared' | 'flaky'

/** Only cases with a fresh pair have a label: a single loss in a complete pass is not yet a broken case. */
export function labelCases(suite: Suite, views: readonly CaseView[]): { readonly [caseId: string]: Label } {
  return Object.fromEntries(
    views.filter((view) => view.fresh.length > 0).map((view) => [view.id, label(suite, view.fresh)] as const),
  )
}

/** Pass/fail: broken = every base run passes and every head run fails. Graded: every pair loses a fifth or more. */
function label(suite: Suite, fresh: readonly Pair[]): Label {
  const differences = fresh.map((pair) => pair.head - pair.base)
  if (!differences.some((d) => hasChanged(suite, d))) return 'cleared'
  if (differences.every((d) => d < 0 && hasChanged(suite, d))) return 'broken'
  return differences.every((d) => d > 0 && hasChanged(suite, d)) ? 'fixed' : 'flaky'
}
