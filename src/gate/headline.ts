// The first sentence of every report: the verdict and the number that matters. It never says more than was shown.

import type { Finding, RunOutcome } from '../domain.ts'
import { formatCount, formatPoints, formatUsd, formatUsdChange, plural } from '../report/numbers.ts'
import type { CostEstimateReport, RouteReport, UsdEstimate } from '../report/report.ts'
import { type Measured, sharedFailure, tested } from './measured.ts'
import type { SetVerdict } from './set-verdict.ts'
import { silentBase } from './silent-base.ts'

export type HeadlineInput = {
  readonly measured: readonly Measured[]
  readonly verdicts: readonly SetVerdict[]
  readonly routes: readonly RouteReport[]
  readonly plannedCalls: number | null
  readonly plannedUsd: string | null
  /** What the change would cost, of a run that calls nothing. */
  readonly estimate?: CostEstimateReport | null
  /** Calls that answers of earlier runs stand for, beside the planned ones. */
  readonly stored?: number
}

type Ending = { readonly outcome: RunOutcome; readonly blocks: boolean }

export function headlineOf(input: HeadlineInput, { outcome, blocks }: Ending, findings: readonly Finding[]): string {
  const waived = findings.find((one) => one.rule === 'waived')
  const sentence = `${sentenceOf(input, outcome, findings)}${costClause(input.routes, outcome, findings)}.`
  return `${waived ? `${waived.message} ` : ''}${sentence}${outcome === 'fail' && !blocks ? ' Report mode: the check stays green.' : ''}`
}

function sentenceOf(input: HeadlineInput, outcome: RunOutcome, findings: readonly Finding[]): string {
  switch (outcome) {
    case 'nothing-affected':
      return 'No eval set is affected'
    case 'planned':
      return plannedSentence(input)
    case 'fail':
      return failSentence(input, findings)
    case 'not-measured':
      return `Not measured: ${lead(findings, ['not-comparable', 'missing-runs', 'not-measured', 'spend-cap', 'provider-error'], unmeasured(input))}`
    case 'inconclusive':
      return inconclusiveSentence(input)
    case 'pass':
      return passSentence(input)
  }
}

/** What the change would cost comes before what it takes to measure it. */
function plannedSentence({ plannedCalls, plannedUsd, estimate = null, stored = 0 }: HeadlineInput): string {
  const price = plannedUsd === null ? '' : `, about ${formatUsd(plannedUsd)}`
  const less = stored > 0 ? ` (${formatCount(stored)} more have stored answers)` : ''
  const calls = `${plural(plannedCalls ?? 0, 'call')}${price}${less}`
  const change = estimateClause(estimate)
  return `Planned, not run: ${change === null ? calls : `${change}; to measure it takes ${calls}`}`
}

const clause = (text: string) => text.replace(/\.\s*$/, '')

/** A gate of a set can lack what it measures when every call was answered. */
function unmeasured({ verdicts }: HeadlineInput): Finding | undefined {
  const found = verdicts.filter((one) => one.outcome === 'not-measured').flatMap((one) => one.findings)
  return found.find((one) => one.level !== 'note')
}

function lead(findings: readonly Finding[], rules: readonly Finding['rule'][], last?: Finding): string {
  // What holds for the whole run explains what the sets lack.
  const whole = findings.find((one) => one.rule === 'not-measured' && one.evalSet === null && rules.includes(one.rule))
  const found =
    whole ?? findings.find((one) => rules.includes(one.rule)) ?? findings.find((one) => one.level === 'fail') ?? last
  return found === undefined
    ? 'the run ended early'
    : `${found.evalSet === null ? '' : `${found.evalSet}: `}${clause(found.message)}`
}

function failSentence(input: HeadlineInput, findings: readonly Finding[]): string {
  const failed = input.verdicts.filter((one) => one.outcome === 'fail')
  const first = failed.find((one) => one.mode === 'enforce') ?? failed[0]
  const own = input.measured.find((one) => one.plan.name === first?.name)
  const dropped = first?.findings.some((one) => one.level === 'fail' && one.rule === 'score-drop')
  const more = failed.length > 1 ? `${failed.length} of ${input.verdicts.length} eval sets fail. ` : ''
  if (first === undefined || own === undefined || !dropped)
    return `${more}Fails: ${lead(
      findings.filter((one) => one.level === 'fail'),
      [],
    )}`
  const cause = sharedFailure(own)
  return `${more}Fails: ${brokenClause(own)} in ${first.name}${cause === null ? '' : ` (${clause(cause.message)})`}, score ${scoreClause(own)}`
}

function brokenClause(measured: Measured): string {
  const all = tested(measured)
  const broken = all.filter((one) => (one.difference ?? 0) < 0).length
  const fixed = all.filter((one) => (one.difference ?? 0) > 0).length
  return `${broken} of ${plural(all.length, 'case')}${unrun(measured)} broke${fixed > 0 ? ` and ${fixed} got better` : ''}${aside(measured)}`
}

/** They count in the score beside it. */
function aside({ cases }: Measured): string {
  const count = cases.filter((one) => one.role === 'quarantined').length
  return count === 0 ? '' : ` (${count} in quarantine)`
}

/** A verdict that came early was reached on a part of the cases, and says so. */
function unrun(measured: Measured): string {
  const total = measured.plan.order.length
  const run = tested(measured).length
  return run < total && !measured.cases.some((one) => one.missing !== null) ? ` run so far (of ${total})` : ''
}

function scoreClause(measured: Measured): string {
  const { base, head, delta } = measured.score
  const limit = measured.plan.gates.maxDropPoints?.limit
  const change = delta === null ? '' : `${delta > 0 ? '+' : ''}${formatPoints(delta)} points`
  const levels = base === null || head === null ? change : `${formatPoints(base)} to ${formatPoints(head)} (${change}`
  const close = base === null || head === null ? '' : ')'
  return `${levels}${limit === undefined ? '' : `${close === '' ? ' (' : '; '}limit -${limit}`}${limit === undefined ? close : ')'}`
}

function inconclusiveSentence(input: HeadlineInput): string {
  const undecided = input.verdicts.filter((one) => one.outcome === 'inconclusive')
  const [first] = undecided
  const own = input.measured.find((one) => one.plan.name === first?.name)
  if (undecided.length > 1 || own === undefined)
    return `Not decided: ${undecided.length} of ${input.verdicts.length} eval sets could not be settled`
  if (first?.rule === 'pass-losses') return `Not proven: ${lossClause(own)}; so few cases cannot rule out more`
  return `Not decided: ${brokenClause(own)} in ${own.plan.name}, score ${scoreClause(own)}; re-runs could not tell it from chance`
}

function passSentence(input: HeadlineInput): string {
  const undecided = input.verdicts.filter((one) => one.outcome === 'inconclusive').length
  if (input.verdicts.length > 1) {
    const passed = input.verdicts.length - undecided
    const sampled = input.verdicts.filter((one) => one.rule === 'pass-sample').length
    const how = sampled === 0 ? '' : ` (${sampled} by a sample of their cases)`
    return `${passed} of ${input.verdicts.length} eval sets pass${how}${undecided === 0 ? '' : `, ${undecided} undecided`}${silentClause(input)}; ${worstClause(input)}`
  }
  const [own] = input.measured
  return own === undefined ? 'Passes' : passClause(own)
}

function silentClause({ measured }: HeadlineInput): string {
  const silent = measured.filter((one) => silentBase(one) !== null).length
  return silent === 0 ? '' : `, ${silent} without an answer of the base to compare with`
}

function worstClause(input: HeadlineInput): string {
  const worst = [...input.measured]
    .filter((one) => one.score.delta !== null && silentBase(one) === null)
    .sort((a, b) => (a.score.delta ?? 0) - (b.score.delta ?? 0))[0]
  return worst === undefined
    ? 'no change was measured'
    : `the largest change is ${worst.plan.name}, score ${scoreClause(worst)}`
}

/** A set whose scorers all compare two sides has no level where there is one. */
function levelClause({ score, cases }: Measured): string {
  const unscored = cases.some(({ runs }) => runs.head.some((run) => run.state === 'unscored'))
  return score.head === null && unscored
    ? 'nothing was scored, since its scorers compare two sides'
    : `score ${formatPoints(score.head)}`
}

/** Says by which rule it passed: a bound that was reached, losses below the limit, or re-runs that cleared them. */
function passClause(measured: Measured): string {
  const { plan, decision } = measured
  const limit = plan.gates.maxDropPoints?.limit
  if (decision === null) return `${plan.name} ran on the head alone (no base): ${levelClause(measured)}`
  const all = tested(measured)
  if (all.length > 0 && all.every((one) => one.identical))
    return `Passes: both sides send the same requests in all ${plural(all.length, 'case')} of ${plan.name}`
  const silent = silentBase(measured)
  if (silent !== null) return silentSentence(measured, silent)
  if (limit === undefined) return `${plan.name}: score ${scoreClause(measured)}, no limit set`
  if (decision.outcome !== 'pass')
    return `${softened(measured)}: ${brokenClause(measured)} in ${plan.name}, score ${scoreClause(measured)}`
  if (decision.rule === 'pass-all')
    return `Passes: a drop of ${limit} points or more is ruled out in ${plan.name}, score ${scoreClause(measured)}`
  if (decision.rule === 'pass-sample')
    return `Passes: none of ${all.length} sampled cases of ${plan.order.length} got worse in ${plan.name}`
  if (decision.rule === 'pass-rerun')
    return `Passes: ${brokenClause(measured)} at first in ${plan.name}, and re-runs put the loss below the limit, score ${scoreClause(measured)}`
  return `Passes: ${lossClause(measured)}`
}

function silentSentence(measured: Measured, why: string): string {
  const { name } = measured.plan
  const [level, of] =
    measured.score.head === null ? ['', ` of ${name}`] : [`${levelClause(measured)} on the head of ${name}; `, '']
  return `Passes: ${level}no call of the base${of} was answered (${why}), so that there is nothing to compare with`
}

/** What would fail, or was not decided, and does neither: its limit only warns, or somebody has waived it. */
const softened = ({ plan }: Measured) =>
  plan.gates.maxDropPoints?.level === 'warn' ? 'Passes with a warning' : 'Passes'

/** Losses that are fewer than the limit takes, whether or not each is real. */
function lossClause(measured: Measured): string {
  const { name, gates } = measured.plan
  const all = tested(measured)
  if (all.every((one) => (one.difference ?? 0) >= 0))
    return `none of ${plural(all.length, 'case')} got worse${aside(measured)} in ${name}, score ${scoreClause(measured)}`
  return `${brokenClause(measured)} in ${name}, fewer than the limit of ${gates.maxDropPoints?.limit ?? 0} points takes`
}

/** The largest estimated change: of a month where traffic is known, else of a request. */
function estimateClause(estimate: CostEstimateReport | null): string | null {
  const months = (estimate?.routes ?? []).map(({ name, perMonthUsd }) => ({ name, usd: perMonthUsd, per: 'a month' }))
  const requests = (estimate?.evalSets ?? []).map(({ name, perRequestUsd }) => ({
    name,
    usd: perRequestUsd,
    per: 'a request',
  }))
  const size = ({ usd }: { readonly usd: UsdEstimate }) => Math.abs(Number(usd.delta ?? 0))
  const largest = (all: typeof months) => all.filter((one) => size(one) > 0).sort((a, b) => size(b) - size(a))[0]
  const found = largest(months) ?? largest(requests)
  if (found === undefined) return null
  return `cost of ${found.name} about ${formatUsdChange({ ...found.usd, low: null, high: null })} ${found.per} (estimated)`
}

/** The dearest change of a month, unless the sentence is about that already. */
function costClause(routes: readonly RouteReport[], outcome: RunOutcome, findings: readonly Finding[]): string {
  const lead = findings.find(({ level }) => level === 'fail')
  if (lead?.rule === 'route-delta' || lead?.rule === 'route-ceiling') return ''
  if (outcome === 'nothing-affected' || outcome === 'planned' || outcome === 'not-measured') return ''
  const [route] = [...routes]
    .filter((one) => one.perMonthUsd.delta !== null)
    .sort((a, b) => Math.abs(Number(b.perMonthUsd.delta)) - Math.abs(Number(a.perMonthUsd.delta)))
  if (route === undefined || Number(route.perMonthUsd.delta) === 0) return ''
  return `; cost of ${route.name} ${formatUsdChange(route.perMonthUsd)} a month`
}
