// The score gate of a set: the paired verdict as a row and a finding. The numbers come from `decideScore`; here they get words.

import type { CaseComparison } from '../compare.ts'
import type { Finding, GateOutcome } from '../domain.ts'
import { formatPoints, formatPointsChange, plural } from '../report/numbers.ts'
import type { GateRow } from '../report/report.ts'
import { modelOf } from './failed-calls.ts'
import { capped } from './limits.ts'
import { check, type GateCheck, type Measured, sharedFailedCall, sharedFailure, tested, wayBack } from './measured.ts'
import { lostMustPass, type Unanswered, unanswered } from './unanswered.ts'
import { undecided } from './undecided.ts'

const EVIDENCE = 10

export function scoreCheck(measured: Measured, baseSha: string | null): GateCheck {
  const { decision, plan } = measured
  const limit = plan.gates.maxDropPoints
  const silent = unanswered(measured)
  if (decision === null) return aloneCheck(measured, silent)
  const raw = silent === null ? rawStatus(measured) : 'not-measured'
  const status = byMustPass(measured)
    ? raw
    : limit === undefined
      ? raw === 'not-measured'
        ? raw
        : 'pass'
      : capped(limit, proofRequired(measured, raw))
  const row: GateRow = {
    rule: byMustPass(measured) ? 'must-pass' : 'score-drop',
    metric: plan.head.compare === 'pass' ? 'pass rate' : 'mean score',
    base: formatPoints(measured.score.base),
    head: formatPoints(measured.score.head),
    change: formatPointsChange(measured.score),
    limit: limit === undefined ? '' : `-${formatPoints(limit.limit)} points`,
    status,
  }
  const made = check(row, {
    evalSet: plan.name,
    ...words(measured, status),
    remedy: remedyOf(measured, status) + wayBackIf(status, measured, baseSha),
    ...(silent ?? {}),
    evidence: evidenceOf(measured, status),
  })
  const missing = silent?.rule ?? (isUntested(measured) ? 'not-measured' : 'missing-runs')
  const rule: Finding['rule'] =
    status === 'inconclusive' ? 'inconclusive' : status === 'not-measured' ? missing : row.rule
  // No drop of the others says anything about them.
  const isLost = status === 'not-measured' && decision.rule === 'must-pass' ? { threshold: null, value: null } : {}
  return { ...made, rule: decision.rule, finding: made.finding === null ? null : { ...made.finding, ...isLost, rule } }
}

/** No drop can be seen without a base; that nothing was measured can. */
function aloneCheck({ plan }: Measured, silent: Unanswered | null): GateCheck {
  const finding: Finding | null =
    silent === null ? null : { level: 'warn', evalSet: plan.name, threshold: null, value: null, ...silent }
  return { row: null, status: silent === null ? 'pass' : 'not-measured', finding, rule: 'no-base' }
}

/** `must_pass` is a gate of its own: it needs no limit on drops, and one that only warns does not soften it. */
function byMustPass({ decision, plan }: Measured): boolean {
  const limit = plan.gates.maxDropPoints
  const alone = limit === undefined || limit.level === 'warn'
  return decision?.rule === 'must-pass' || (alone && (decision?.mustPassBroken.length ?? 0) > 0)
}

function rawStatus({ decision }: Measured): GateOutcome {
  if (decision === null || decision.outcome === 'undecided') return 'not-measured'
  return decision.outcome
}

/** `require: proof`: a PASS by lack of proof counts as inconclusive. The same requests on both sides need no proof. */
function proofRequired(measured: Measured, status: GateOutcome): GateOutcome {
  const same = tested(measured).every((one) => one.identical)
  const unproven = measured.decision?.rule === 'pass-losses' && measured.plan.gates.require === 'proof' && !same
  return status === 'pass' && unproven ? 'inconclusive' : status
}

const wayBackIf = (status: GateOutcome, measured: Measured, baseSha: string | null) =>
  status === 'fail' ? wayBack(measured, baseSha) : ''

function evidenceOf(measured: Measured, status: GateOutcome): readonly string[] {
  const unknown = status === 'not-measured' ? lostMustPass(measured) : []
  return unknown.length > 0 ? unknown.slice(0, EVIDENCE) : lostCases(measured)
}

export function lostCases(measured: Measured): readonly string[] {
  const broken = Object.entries(measured.decision?.labels ?? {})
    .filter(([, label]) => label === 'broken')
    .map(([id]) => id)
  const lost = tested(measured)
    .filter((one) => (one.difference ?? 0) < 0)
    .sort((a, b) => (a.difference ?? 0) - (b.difference ?? 0))
    .map((one) => one.kase.id)
  return [...new Set([...broken, ...lost])].slice(0, EVIDENCE)
}

function words(measured: Measured, status: GateOutcome): { message: string } {
  const { decision, plan } = measured
  const limit = plan.gates.maxDropPoints?.limit
  const change = formatPointsChange(measured.score)
  const lost = tested(measured).filter((one) => (one.difference ?? 0) < 0).length
  const cause = sharedFailure(measured)
  if (status === 'inconclusive') return undecided(measured)
  if (status === 'not-measured') return { message: missingMessage(measured) }
  if (decision !== null && decision.mustPassBroken.length > 0 && byMustPass(measured))
    return {
      message: `A case that must pass broke and stayed broken when it was run again: ${decision.mustPassBroken.join(', ')}.`,
    }
  return {
    message: `${cause === null ? '' : `${sentence(cause.message)} `}The ${plan.head.compare === 'pass' ? 'pass rate' : 'mean score'} drops: ${change}, limit ${limit} points; ${plural(lost, 'case')} of ${tested(measured).length} got worse.`,
  }
}

const sentence = (text: string) => text.replace(/\.?\s*$/, '.')

/** No case is the same on both sides: nothing is missing, and nothing can be compared. */
const isUntested = ({ plan }: Measured) => plan.order.length === 0

const OUTSIDE = { edited: 'edited', added: 'added', quarantined: 'in quarantine' } as const

function untestedMessage({ cases, plan }: Measured): string {
  const counts = Object.entries(OUTSIDE).flatMap(([role, word]) => {
    const count = cases.filter((one) => one.role === role).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  const removed = plan.removed.length === 0 ? [] : [`${plan.removed.length} removed`]
  const all = [...counts, ...removed].join(', ')
  return `No case of ${plan.name} is the same on both sides, so that nothing can be compared${all === '' ? '' : ` (${all})`}.`
}

function missingMessage(measured: Measured): string {
  const { cases, plan } = measured
  if (isUntested(measured)) return untestedMessage(measured)
  if (measured.decision?.rule === 'must-pass') return mustPassMessage(lostMustPass(measured))
  if (measured.decision?.outcome === 'undecided') return 'The runs that would have decided could not be made.'
  // Also those that were not asked any more: the run, or the set, was over.
  const isUnmeasured = (one: CaseComparison) => one.missing !== null || one.difference === null
  const missing = cases.filter((one) => one.role === 'paired' && !one.identical && isUnmeasured(one)).length
  return `${plural(missing, 'case')} of ${plan.order.length} could not be measured, more than 2 %.`
}

function mustPassMessage(ids: readonly string[]): string {
  const more = ids.length > EVIDENCE ? ` and ${ids.length - EVIDENCE} more` : ''
  return `${ids.slice(0, EVIDENCE).join(', ')}${more} must pass, and could not be measured.`
}

function remedyOf(measured: Measured, status: GateOutcome): string {
  if (status === 'not-measured' && isUntested(measured))
    return 'Keep the cases that there were: add new ones under ids of their own, and remove the old ones after the merge.'
  if (status === 'not-measured') return 'Run it again when the provider answers; stored answers are kept.'
  if (status === 'inconclusive') return undecided(measured).remedy
  if (sharedFailure(measured)?.isFault)
    return 'The base was answered meanwhile: run it again, and if that stays so, look at the model and the parameters of the head.'
  if (measured.plan.head.target.kind === 'prompt')
    return 'Fix the prompt for the cases listed, or accept the change with a waiver that names reason, owner and expiry.'
  const call = sharedFailedCall(measured)
  const what = call === null ? 'the application for the cases listed' : `the application's call of ${modelOf(call)}`
  return `Fix ${what}, or accept the change with a waiver that names reason, owner and expiry.`
}
