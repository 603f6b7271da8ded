// Scorers that the pull request changes: what the same answers come to under the version that does not decide.

import type { Finding } from '../domain.ts'
import { formatPoints, formatPointsChange } from '../report/numbers.ts'
import { minScoreCheck, scorersOf } from './level-checks.ts'
import type { Measured } from './measured.ts'
import { lostCases, scoreCheck } from './score-check.ts'
import { slicesOf } from './slice-check.ts'

export function scorerFindings(measured: Measured): readonly Finding[] {
  const other = measured.rescored
  const rescored = measured.plan.rescored
  if (!other || !rescored) return []
  const failures = failuresOf(other)
  return rescored.of === 'head' ? [judgeChanged(other, failures)] : byTheBase(other, failures)
}

/** The gates that rest on scores; a drop that only re-runs could settle is named with what is known of it. */
function failuresOf(other: Measured): readonly string[] {
  const checks = [
    scoreCheck(other, null),
    ...minScoreCheck(other),
    ...slicesOf(other).checks,
    ...scorersOf(other).checks,
  ].filter((one) => one.status === 'fail')
  const open = other.decision?.outcome === 'undecided' || other.decision?.outcome === 'inconclusive'
  const limit = other.plan.gates.maxDropPoints?.limit
  const drop = -(other.score.delta ?? 0)
  const leaning =
    open && limit !== undefined && drop > 0 && drop >= limit
      ? [
          `The ${metricName(other)} would drop by ${formatPoints(drop)} points (limit ${limit}); no case was run again for it.`,
        ]
      : []
  return [...checks.map((one) => one.finding?.message ?? ''), ...leaning].filter((message) => message !== '')
}

function byTheBase(other: Measured, failures: readonly string[]): readonly Finding[] {
  const common = findingOf(other)
  if (failures.length > 0) {
    return [
      {
        ...common,
        level: 'warn',
        message: `The scorers changed, and by those of the base this change would fail: ${failures.join(' ')}`,
        remedy: 'Change scorers in a pull request of their own, or say why the old ones were wrong.',
        evidence: lostCases(other),
      },
    ]
  }
  if (other.score.head === null) return []
  const message = `The scorers changed. By those of the base the same answers come to ${figures(other)}, which breaks no limit.`
  return [{ ...common, level: 'note', message, remedy: 'Nothing to do, if it is meant.' }]
}

function judgeChanged(other: Measured, failures: readonly string[]): Finding {
  const shown =
    other.score.delta === null
      ? 'there is no figure by those of the head'
      : `by those of the head it is ${figures(other)}`
  const fails = failures.length === 0 ? '' : ` By them it would fail: ${failures.join(' ')}`
  return {
    ...findingOf(other),
    level: 'warn',
    message: `A judge or its rubric changed. The scorers of the base decide on both sides of this change; ${shown}.${fails}`,
    remedy: 'Change judges in a pull request of their own; the new one decides after the merge.',
    evidence: lostCases(other),
  }
}

function findingOf(other: Measured): Pick<Finding, 'rule' | 'evalSet' | 'threshold' | 'value'> {
  const limit = other.plan.gates.maxDropPoints?.limit
  return {
    rule: 'scorer-changed',
    evalSet: other.plan.name,
    threshold: limit === undefined ? null : `-${formatPoints(limit)} points`,
    value: other.score.delta === null ? null : formatPointsChange(other.score),
  }
}

const metricName = (one: Measured) => (one.plan.head.compare === 'pass' ? 'pass rate' : 'mean score')

function figures(other: Measured): string {
  const { base, head } = other.score
  const levels = base === null || head === null ? '' : `${formatPoints(base)} → ${formatPoints(head)}, `
  return `a ${metricName(other)} of ${levels}${formatPointsChange(other.score)}`
}
