// The head's cases, each with its place in the comparison. Both sides run the head's cases; only those that are the
// same on both sides enter the test, so that editing the exam cannot move its result.

import type { Case, EvalSet } from '../domain.ts'

/** `quarantined`: the same on both sides, shown in the score, and outside the test. */
export type CaseRole = 'paired' | 'quarantined' | 'edited' | 'added' | 'head-only'
export type CasePairing = {
  readonly cases: readonly { readonly kase: Case; readonly role: CaseRole }[]
  readonly removed: readonly Case[]
}

export function pairCases(base: EvalSet | null, head: EvalSet): CasePairing {
  if (base === null) return { cases: head.cases.map((kase) => ({ kase, role: 'head-only' as const })), removed: [] }
  const before = new Map(base.cases.map((kase) => [kase.id, kase]))
  const cases = head.cases.map((kase) => {
    const old = before.get(kase.id)
    const role: CaseRole = old === undefined ? 'added' : old === kase || old.hash === kase.hash ? 'paired' : 'edited'
    return { kase, role }
  })
  const kept = new Set(head.cases.map((kase) => kase.id))
  return { cases, removed: base.cases.filter((kase) => !kept.has(kase.id)) }
}
