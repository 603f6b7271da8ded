// What the fresh runs say about each re-run case.

import type { Pair } from './ledger.ts'
import { type CaseView, hasChanged, type Suite } from './suite.ts'

export type Label = 'broken' | 'fixed' | 'cleared' | 'flaky'

/**
 * Only cases with a fresh pair have a label: a single loss in a complete pass is not yet a broken case. Without a prototype: a case
 * may be called `constructor`.
 */
export function labelCases(suite: Suite, views: readonly CaseView[]): { readonly [caseId: string]: Label } {
  const labels: { [caseId: string]: Label } = Object.create(null)
  for (const view of views) if (view.fresh.length > 0) labels[view.id] = label(suite, view.fresh)
  return labels
}

/** Pass/fail: broken = every base run passes and every head run fails. Graded: every pair loses a fifth or more. */
function label(suite: Suite, fresh: readonly Pair[]): Label {
  const differences = fresh.map((pair) => pair.head - pair.base)
  if (!differences.some((d) => hasChanged(suite, d))) return 'cleared'
  if (differences.every((d) => d < 0 && hasChanged(suite, d))) return 'broken'
  return differences.every((d) => d > 0 && hasChanged(suite, d)) ? 'fixed' : 'flaky'
}
