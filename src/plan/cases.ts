// The head's cases, each with its place in the comparison. Both sides run the head's cases; only those that are the
// same on both sides enter the test, so that editing the exam cannot move its result.

import type { Case, EvalSet } from '../domain.ts'

/** `quarantined`: the same on both sides, shown in the score, and outside the test. */
export type CaseRole = 'paired' | 'quarantined' | 'edited' | 'added' | 'head-only'
/** `before`: the base's case of that id. */
export type PairedCase = { readonly kase: Case; readonly role: CaseRole; readonly before?: Case }
export type CasePairing = {
  readonly cases: readonly PairedCase[]
  readonly removed: readonly Case[]
}

export function pairCases(base: EvalSet | null, head: EvalSet): CasePairing {
  if (base === null) return { cases: head.cases.map((kase) => ({ kase, role: 'head-only' as const })), removed: [] }
  const before = new Map(base.cases.map((kase) => [kase.id, kase]))
  const cases = head.cases.map((kase): PairedCase => {
    const old = before.get(kase.id)
    if (old === undefined) return { kase, role: 'added' }
    return { kase, role: old === kase || old.hash === kase.hash ? 'paired' : 'edited', before: old }
  })
  const kept = new Set(head.cases.map((kase) => kase.id))
  return { cases, removed: base.cases.filter((kase) => !kept.has(kase.id)) }
}

/** Whether `must_pass` names the case, on either side: a tag that a change takes off it frees it from the next change on. */
export function mustPass({ kase, before }: Omit<PairedCase, 'role'>, rules: readonly string[]): boolean {
  return isMustPass(kase, rules) || (before !== undefined && before !== kase && isMustPass(before, rules))
}

export function isMustPass(kase: Case, rules: readonly string[]): boolean {
  return rules.some((rule) =>
    rule.startsWith('tag:') ? kase.tags.includes(rule.slice('tag:'.length)) : kase.id === rule,
  )
}
