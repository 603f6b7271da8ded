// What one eval set's run came to, as the gates see it. Data only.

import type { CaseComparison } from '../compare.ts'
import type { Failure, Finding, GateOutcome, ScoreRule } from '../domain.ts'
import type { LookBack } from '../drift/look-back.ts'
import type { SetPlan } from '../plan.ts'
import type { CostReport, Estimate, GateRow } from '../report/report.ts'
import type { Earlier } from '../run/earlier.ts'
import { type FailedCall, failedCallText, ownFailedCall } from './failed-calls.ts'
import type { ScoreDecision } from './score.ts'

/** Cost per request in USD as numbers for comparing with a limit; the exact figures are in the report. */
export type CostMeasured = {
  readonly report: CostReport
  /** Head over base with its 95 % interval; null when unpriced or unpaired. */
  readonly ratio: { readonly point: number; readonly low: number | null } | null
  /** Head's USD per request. */
  readonly headUsd: { readonly point: number; readonly low: number | null } | null
  /** Why they are null; null when they are not. */
  readonly why: string | null
}

export type Measured = {
  readonly plan: SetPlan
  readonly cases: readonly CaseComparison[]
  /** Null for a set without a base: the head ran alone. */
  readonly decision: ScoreDecision | null
  readonly score: Estimate
  readonly cost: CostMeasured
  /** What earlier base runs say; left out where none are kept. */
  readonly earlier?: Earlier
  /** What the history says; left out where it was not asked. */
  readonly past?: LookBack
  /** The same answers under the other side's scorers, where they differ (`plan.rescored` says whose they are). */
  readonly rescored?: Measured | null
}

/** One gate of one set: its row in the table and, unless it passed quietly, its finding. */
export type GateCheck = {
  readonly row: GateRow | null
  readonly status: GateOutcome
  readonly finding: Finding | null
  readonly rule?: ScoreRule
  /** Set where the gate is not measured because too many of the answers that it needs were lost. */
  readonly lost?: Lost
}

/** Ids of the lost ones, and how many were needed. */
export type Lost = { readonly cases: readonly string[]; readonly of: number }

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

/** Cases of the test that got worse. */
const lostOf = (measured: Measured) => tested(measured).filter((one) => (one.difference ?? 0) < 0)

/** `isFault`: a provider's, which answered the base meanwhile. */
export type SharedFailure = { readonly message: string; readonly isFault: boolean }

/** The failure that most of the lost cases end in on the head: one misspelt model breaks them all. */
export function sharedFailure(measured: Measured): SharedFailure | null {
  const lost = lostOf(measured)
  const same = new Map<string, SharedFailure & { count: number }>()
  for (const { runs } of lost) {
    const failure = runs.head.flatMap(({ outcome }) => (outcome.state === 'failed' ? [outcome.failure] : []))[0]
    if (failure === undefined) continue
    const there = same.get(kindOf(failure))
    const { message, kind } = failure
    if (there === undefined) same.set(kindOf(failure), { message, isFault: kind === 'transient', count: 1 })
    else there.count += 1
  }
  const most = [...same.values()].find(({ count }) => count > lost.length / 2)
  if (most !== undefined) return { message: most.message, isFault: most.isFault }
  const call = sharedFailedCall(measured)
  return call === null ? null : { message: failedCallText(call), isFault: false }
}

/** Providers write ids of requests into what they say. What an application says is all that tells its failures apart. */
function kindOf({ cause, status, message }: Failure): string {
  return cause.startsWith('application-') ? message.replaceAll(/\d+/g, '#') : `${cause} ${status ?? ''}`
}

/** The call that failed behind every lost answer of an application; null where they do not share one. */
export function sharedFailedCall(measured: Measured): FailedCall | null {
  const lost = lostOf(measured)
  let shared: FailedCall | null = null
  for (const { runs } of lost) {
    const calls = runs.head.map((run) => ownFailedCall(run, runs.base))
    const call = calls.find((one) => one !== null && (shared === null || isSame(one, shared)))
    if (call === undefined || call === null) return null
    shared ??= call
  }
  return shared
}

const isSame = (a: FailedCall, b: FailedCall) =>
  a.provider === b.provider && a.model === b.model && a.failure.cause === b.failure.cause

/** The literal way back: what changed, as it was on the base. */
export function wayBack(measured: Measured, baseSha: string | null): string {
  const { base, kinds } = measured.plan
  if (baseSha === null || base === null || base.target.kind !== 'prompt') return ''
  const { prompt, model } = base.target
  const pinned = kinds.has('model') || kinds.has('parameters')
  const pin = prompt.model === model ? prompt.path : base.path
  const paths = [...new Set([...(kinds.has('prompt') ? [prompt.path] : []), ...(pinned ? [pin] : [])])]
  if (paths.length === 0) return ''
  return ` The last good version: \`git checkout ${baseSha.slice(0, 12)} -- ${paths.join(' ')}\`.`
}
