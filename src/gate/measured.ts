// What one eval set's run came to, as the gates see it. Data only.

import type { CaseComparison } from '../compare.ts'
import type { Finding, GateOutcome, ScoreRule } from '../domain.ts'
import type { SetPlan } from '../plan.ts'
import type { CostReport, Estimate, GateRow } from '../report/report.ts'
import type { ScoreDecision } from './score.ts'

/** Cost per request in USD as numbers for comparing with a limit; the exact figures are in the report. */
export type CostMeasured = {
  readonly report: CostReport
  /** Head over base with its 95 % interval; null when unpriced or unpaired. */
  readonly ratio: { readonly point: number; readonly low: number | null } | null
  /** Head's USD per request. */
  readonly headUsd: { readonly point: number; readonly low: number | null } | null
}

export type Measured = {
  readonly plan: SetPlan
  readonly cases: readonly CaseComparison[]
  /** Null for a set without a base: the head ran alone. */
  readonly decision: ScoreDecision | null
  readonly score: Estimate
  readonly cost: CostMeasured
}

/** One gate of one set: its row in the table and, unless it passed quietly, its finding. */
export type GateCheck = {
  readonly row: GateRow | null
  readonly status: GateOutcome
  readonly finding: Finding | null
  readonly rule?: ScoreRule
}

export function check(row: GateRow, finding: Omit<Finding, 'rule' | 'level' | 'threshold' | 'value'>): GateCheck {
  const quiet = row.status === 'pass'
  const level = row.status === 'fail' ? 'fail' : 'warn'
  return {
    row,
    status: row.status,
    finding: quiet
      ? null
      : { rule: row.rule, level, threshold: row.limit, value: row.change === '' ? row.head : row.change, ...finding },
  }
}

/** Cases that enter the paired test and have both sides. */
export const tested = (measured: Measured) =>
  measured.cases.filter((one) => one.role === 'paired' && one.difference !== null)

/** Scored head runs of the complete passes, one list per case. */
export const headCases = (measured: Measured) =>
  measured.cases.filter((one) => one.head !== null && one.role !== 'edited')

/** The literal way back to the base's prompt. */
export function wayBack(measured: Measured, baseSha: string | null): string {
  const path = measured.plan.base?.target.kind === 'prompt' ? measured.plan.base.target.prompt.path : ''
  return baseSha === null || path === ''
    ? ''
    : ` The last good version: \`git checkout ${baseSha.slice(0, 12)} -- ${path}\`.`
}
