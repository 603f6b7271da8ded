// Answers of the head that a gate needs and that nobody gave. More than 2 % of them, and the gate is not measured, whether the
// cases are pairs, ties that were called for their level, or new ones: what was lost may be just what was wrong.

import type { CaseComparison } from '../compare.ts'
import type { Finding, Result } from '../domain.ts'
import { plural } from '../report/numbers.ts'
import type { GateCheck, Lost, Measured } from './measured.ts'
import { isTooMany, MISSING_SHARE } from './score/levels.ts'

const NAMED = 5
const EVIDENCE = 10

/**
 * Of the cases that a gate looks at. Those that an early verdict left unrun are not lost, ties that nothing asked count as there,
 * and those in quarantine miss nothing.
 */
export function lostOf(cases: readonly CaseComparison[], isLost: (one: CaseComparison) => boolean): Lost {
  const needed = cases.filter(
    (one) => one.role !== 'quarantined' && (one.identical || one.runs.head.length > 0 || isLost(one)),
  )
  return { cases: needed.filter(isLost).map((one) => one.kase.id), of: needed.length }
}

/** It has no score: the call failed, or its answer could not be graded. */
export const lacksScore = (one: CaseComparison) => ofPasses(one).some(({ state }) => state === 'missing')

/** It has no answer, so that nothing is known of its time, tokens and cost. */
export const lacksAnswer = (one: CaseComparison) =>
  ofPasses(one).some(({ state, outcome }) => state === 'missing' && outcome.state === 'failed')

/** It has no pair. */
export const lacksPair = (one: CaseComparison) => !one.identical && one.missing !== null && one.difference === null

const ofPasses = ({ runs }: CaseComparison): readonly Result[] =>
  runs.head.filter(({ trial }) => trial.step === 'identical' || (trial.step === 'pass' && trial.index < runs.passes))

/** @param stays the gate fails whatever the lost answers would have been */
export function unlessLost(check: GateCheck, lost: Lost, stays = false): GateCheck {
  if (!isTooMany(lost.cases.length, lost.of) || (check.status === 'fail' && stays)) return check
  const row = check.row === null ? null : { ...check.row, head: '', change: '', status: 'not-measured' as const }
  return { ...check, row, status: 'not-measured', finding: null, lost }
}

/** One for all gates of a set: they mostly lack the same answers. */
export function lostFindings({ plan }: Measured, checks: readonly GateCheck[]): readonly Finding[] {
  const lacking = checks.flatMap(({ row, lost }) => (lost === undefined ? [] : [{ metric: row?.metric ?? '', lost }]))
  if (lacking.length === 0) return []
  const ids = [...new Set(lacking.flatMap(({ lost }) => lost.cases))]
  const named = lacking.slice(0, NAMED).map(({ metric, lost }) => `${metric} (${lost.cases.length} of ${lost.of})`)
  const more = lacking.length > NAMED ? ` and ${lacking.length - NAMED} more` : ''
  return [
    {
      rule: 'missing-runs',
      level: 'warn',
      evalSet: plan.name,
      message: `More than ${100 * MISSING_SHARE} % of the answers that ${lacking.length === 1 ? 'a gate needs' : `${plural(lacking.length, 'gate')} need`} are missing: ${named.join(', ')}${more}.`,
      threshold: `${100 * MISSING_SHARE} %`,
      value: String(ids.length),
      remedy: 'Run it again when the provider answers; stored answers are kept.',
      evidence: ids.slice(0, EVIDENCE),
    },
  ]
}
