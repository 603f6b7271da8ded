// Cases that must pass and are new or edited: they are in no record, so that a report's word for them stands where it can.

import type { EvalSetReport } from '../report/report.ts'
import type { Verification } from './verify.ts'

/** What the record comes to together with what the report says of these cases, and whether that went beyond the record. */
export type BeyondRecord = { readonly found: Verification; readonly isBeyond: boolean }

/** @param unknown cases that must pass and that the record does not have */
export function beyondRecord(set: EvalSetReport, found: Verification, unknown: readonly string[]): BeyondRecord {
  const isOpen = found.outcome === 'pass' || found.outcome === 'inconclusive'
  const isLost = isOpen && lostIn(set, unknown)
  // No record can contradict a verdict by a case that it does not have.
  const isSaid = unknown.length > 0 && set.rule === 'must-pass' && found.rule !== 'must-pass'
  if (!isLost && !isSaid) return { found, isBeyond: false }
  const status = set.gates.find(({ rule }) => rule === 'must-pass')?.status
  const outcome = isLost && status !== 'fail' ? 'not-measured' : 'fail'
  return { found: { ...found, outcome, rule: 'must-pass' }, isBeyond: true }
}

/** One of them has no result of its complete passes: then the set cannot have passed. */
function lostIn({ missing, added, edited }: EvalSetReport, unknown: readonly string[]): boolean {
  const lost = new Set(missing.flatMap((one) => (one.identical ? [] : [one.caseId])))
  return [...added, ...edited].some(
    (one) => (one.base === null || one.head === null) && lost.has(one.caseId) && unknown.includes(one.caseId),
  )
}
