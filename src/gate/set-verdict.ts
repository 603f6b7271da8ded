// All gates of one eval set, and the outcome that they add up to.

import { isPathReason } from '../detect/coverage.ts'
import type { Finding, GateOutcome, ScoreRule, SetOutcome, Waiver } from '../domain.ts'
import type { GateRow, LatencyReport, ScorerReport, SliceReport } from '../report/report.ts'
import { erosionChecks } from './erosion-check.ts'
import { minScoreCheck, scorersOf } from './level-checks.ts'
import { lostFindings } from './lost-answers.ts'
import type { GateCheck, Measured } from './measured.ts'
import { movedFindings } from './provider-moved.ts'
import { flakyMustPass, quarantineChecks, quarantineFindings } from './quarantine.ts'
import { costChecks, latencyOf, tokensChecks } from './resource-checks.ts'
import { askedTheSame } from './same-calls.ts'
import { scoreCheck } from './score-check.ts'
import { scorerFindings } from './scorer-findings.ts'
import { silentBaseFindings } from './silent-base.ts'
import { slicesOf } from './slice-check.ts'
import { refusedOnBoth } from './unanswered.ts'
import { applyWaivers } from './waivers.ts'

export type SetVerdict = {
  readonly name: string
  readonly outcome: SetOutcome
  readonly rule: ScoreRule | null
  readonly mode: 'enforce' | 'report'
  readonly rows: readonly GateRow[]
  readonly findings: readonly Finding[]
  readonly slices: readonly SliceReport[]
  readonly scorers: readonly ScorerReport[]
  readonly latency: LatencyReport
}

export type SetContext = {
  readonly baseSha: string | null
  readonly waivers: readonly Waiver[]
  readonly today: string
}

export function judgeSet(measured: Measured, context: SetContext): SetVerdict {
  const score = scoreCheck(measured, context.baseSha)
  const slices = slicesOf(measured)
  const scorers = scorersOf(measured)
  const latency = latencyOf(measured)
  const checks: readonly GateCheck[] = [
    score,
    ...erosionChecks(measured),
    ...minScoreCheck(measured),
    ...slices.checks,
    ...scorers.checks,
    ...latency.checks,
    ...tokensChecks(measured),
    ...costChecks(measured),
    ...quarantineChecks(measured, context.today),
  ]
  const waived = applyWaivers(checks, { evalSet: measured.plan.name, waivers: context.waivers, today: context.today })
  const comparable = !isNotComparable(measured)
  return {
    name: measured.plan.name,
    outcome: comparable ? worst(waived.checks.map((one) => one.status)) : 'not-comparable',
    rule: score.rule ?? null,
    mode: measured.plan.mode,
    rows: comparable ? waived.checks.flatMap((one) => (one.row === null ? [] : [one.row])) : [],
    findings: [
      ...waived.findings,
      ...waived.checks.flatMap((one) => one.finding ?? []),
      // The score gate has said why nothing was measured.
      ...(score.status === 'not-measured' ? [] : lostFindings(measured, waived.checks)),
      ...setFindings(measured, comparable),
      ...scorerFindings(measured),
      ...quarantineFindings(measured),
      ...flakyMustPass(measured),
      ...refusedOnBoth(measured),
      // What was not measured for it says so already.
      ...(score.status === 'not-measured' ? [] : silentBaseFindings(measured)),
      ...movedFindings(measured),
    ],
    slices: slices.reports,
    scorers: scorers.reports,
    latency: latency.report,
  }
}

const SEVERITY: { readonly [outcome in GateOutcome]: number } = {
  fail: 4,
  'not-measured': 3,
  inconclusive: 2,
  warn: 1,
  pass: 0,
}

export function worst(statuses: readonly GateOutcome[]): GateOutcome {
  return statuses.reduce<GateOutcome>((most, status) => (SEVERITY[status] > SEVERITY[most] ? status : most), 'pass')
}

/**
 * A prompt, model or parameters changed by name, and yet every request is the same: the comparison would be of nothing. So would
 * that of an application behind a URL, whose files changed, if both sides have one address.
 */
export function isNotComparable(measured: Measured): boolean {
  const { kinds, cases } = measured.plan
  const shown = kinds.has('prompt') || kinds.has('model') || kinds.has('parameters') || changedBehindUrl(measured)
  return shown && cases.size > 0 && ([...cases.values()].every((one) => one.identical) || askedTheSame(measured))
}

function incomparableRemedy(measured: Measured): string {
  const { base, head, kinds } = measured.plan
  if (askedTheSame(measured))
    return 'Check that the application uses what changed (a copy, a cache, another file), and that the cases reach it.'
  // The set names one model on both sides: what changed is what the name stands for.
  if (kinds.has('model') && head.target.kind === 'prompt' && head.target.model === base?.target.model)
    return `Both sides ask ${head.target.model}: give what it stands for now a name of its own (a second deployment), so that each side can be asked.`
  return 'Say by `models:` in parity.yaml what the deployment or alias stands for on each side, or give base and head their own address.'
}

const changedBehindUrl = ({ plan }: Measured) => plan.head.target.kind === 'http' && plan.because.some(isPathReason)

function setFindings(measured: Measured, comparable: boolean): readonly Finding[] {
  const { plan } = measured
  const common = { evalSet: plan.name, threshold: null, value: null }
  const found: Finding[] = []
  if (!comparable) {
    found.push({
      ...common,
      rule: 'not-comparable',
      level: 'fail',
      message: `${plan.kinds.size === 0 ? 'The application' : [...plan.kinds].join(' and ')} changed, but both sides ${askedTheSame(measured) ? 'sent' : 'would send'} the same requests, so that there is nothing to compare.`,
      remedy: incomparableRemedy(measured),
    })
  }
  if (plan.base === null) {
    found.push({
      ...common,
      rule: 'no-base',
      level: 'note',
      message: 'The base has no such eval set: the head ran alone, and no drop can be seen.',
      remedy: 'From the merge on, changes are compared with it.',
    })
  }
  return found
}
