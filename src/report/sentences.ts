// The report's facts as sentences, the same in every rendering. Plain text: each renderer escapes it for its own sink.

import type { Change } from '../domain.ts'
import {
  formatCount,
  formatPointsChange,
  formatSeconds,
  formatUsd,
  formatUsdInterval,
  formatUsdSigned,
  plural,
  shortSha,
} from './numbers.ts'
import type {
  CostReport,
  EvalSetReport,
  Lever,
  PlanRange,
  Report,
  RouteReport,
  ScorerReport,
  SidesUsd,
} from './report.ts'
import { orderedSets } from './view.ts'
import { partsText } from './why.ts'

/** Median and 95th percentile of a request, or the greatest cost seen where there are few cases; '' when nothing was priced. */
export function spreadSentence({ spread }: Pick<CostReport, 'spread'>): string {
  if (spread === undefined) return ''
  const sides = ({ base, head }: SidesUsd) =>
    base === null ? formatUsd(head) : `${formatUsd(base)} → ${formatUsd(head)}`
  const top = spread.p95 === null ? `at most ${sides(spread.max)} seen` : `p95 ${sides(spread.p95)}`
  return `Per request over ${plural(spread.cases, 'case')}: p50 ${sides(spread.p50)}, ${top}`
}

/** What the figures per request rest on. Why a cost is not known stands among the events. */
export function costSentence({ state, provenance, priceDate, perRequestUsd }: CostReport): string {
  if (state === 'unpriced') return 'The cost is not known.'
  if (perRequestUsd.head === null) return 'The cost per request is unchanged: both sides send the same requests.'
  const alone = 'No route with traffic names this eval set, so that there is no monthly figure. '
  const dated = priceDate === null ? '' : ` (prices of ${priceDate})`
  return `${state === 'no-traffic' ? alone : ''}The cost per request comes from ${provenance}${dated}.`
}

/** `base 1a2b3c4 (main) -> head 5d6e7f8 (feature), merge base …`. */
export function sideLabel(side: { readonly ref: string; readonly sha: string | null } | null): string {
  return side === null ? 'no base' : `${shortSha(side.sha)} (${side.ref})`
}

/** The side that the other one is held against: a scheduled run has recorded runs there. */
export function baseLabel({ sides, drift }: Report): string {
  return drift === undefined ? sideLabel(sides.base) : 'frozen baseline'
}

export function casesSentence(report: Report): string {
  if (report.drift !== undefined) return plural(report.drift.sets.length, 'eval set')
  const sum = (pick: (set: EvalSetReport) => number) => report.evalSets.reduce((total, set) => total + pick(set), 0)
  const parts: readonly (readonly [number, string])[] = [
    [sum((set) => set.cases.identical), 'with identical requests'],
    [sum((set) => set.cases.edited), 'edited'],
    [sum((set) => set.cases.added), 'added'],
    [sum((set) => set.cases.removed), 'removed'],
    [sum((set) => set.cases.missing), 'missing'],
  ]
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  const unasked = sum(unaskedPairs)
  const rest = unasked === 0 ? [] : [`${unasked} not run`]
  return [`${plural(sum((set) => set.cases.paired) - unasked, 'case')} in pairs`, ...rest, ...said].join(', ')
}

/** Cases of the test that a set without a verdict never came to. */
function unaskedPairs({ outcome, cases, pairs, passes }: EvalSetReport): number {
  if (outcome !== 'not-measured') return 0
  return Math.max(0, cases.paired - cases.identical - Math.ceil(pairs / passes))
}

/** `+10 points`; of scorers that compare answers with how the head's did: `+10 points (3 won, 1 lost, 16 ties)`. */
export function scorerChange({ score, pairwise }: ScorerReport): string {
  const change = formatPointsChange(score)
  if (pairwise === undefined) return change
  return `${change} (${pairwise.wins} won, ${pairwise.losses} lost, ${plural(pairwise.ties, 'tie')})`
}

/** `$0.42 for 200 calls and 40 judge calls in 3 min 2 s`. */
export function spentUsd(report: Report): string {
  const { target, judge } = report.run.usd
  if (target === null) return 'cost not known'
  if (judge === null) return `${formatUsd(target)} without the judge`
  return formatUsd(String(Number(target) + Number(judge)))
}

export function plannedSentence(report: Report): string | null {
  return report.run.plan === null ? null : planSentence(report.run.plan)
}

const NOTES_OF_PLAN = 3

/** Notes that stand beside the plan of a run that called nothing. */
export function notesOfPlan({ verdict, run }: Report): readonly string[] {
  return verdict.outcome === 'planned' && run.plan !== null ? run.notes.slice(0, NOTES_OF_PLAN) : []
}

export function notesBelow(report: Report): readonly string[] {
  return report.run.notes.slice(notesOfPlan(report).length)
}

type Plan = NonNullable<Report['run']['plan']>

/** `200 calls and 40 judge calls planned, for about $0.42, …`; the worst case counts every re-run and the longest answers. */
export function planSentence(plan: Plan): string {
  const money = priceOf(plan, 'expected')
  const price = money === null ? 'at a price that is not known' : `for about ${money}`
  const tokens = tokensOf(plan, 'expected')
  const minutes = ` in about ${formatSeconds(Math.max(1, Math.round(plan.minutes.expected * 60)))}`
  const size = tokens === '' ? '' : `${money === null ? ',' : ''}${minutes}${tokens}`
  return `${callsOf(plan, 'expected')} planned, ${price}${size}; ${worstOf(plan)}.`
}

function worstOf(plan: Plan): string {
  const money = priceOf(plan, 'worst')
  const price = money === null ? '' : `, for ${money}`
  return `with every re-run at most ${callsOf(plan, 'worst')}${price}${tokensOf(plan, 'worst')}`
}

function priceOf({ usd, worstUsd, judge }: Plan, of: keyof PlanRange): string | null {
  const whole = of === 'expected' ? usd : worstUsd
  if (whole === null) return null
  return judge.calls[of] === 0
    ? formatUsd(whole)
    : `${formatUsd(whole)}, of which ${formatUsd(judge.usd[of])} for judges,`
}

function callsOf({ target, judge }: Plan, of: keyof PlanRange): string {
  const judges = judge.calls[of] > 0 ? ` and ${plural(judge.calls[of], 'judge call')}` : ''
  return `${plural(target.calls[of], 'call')}${judges}`
}

/** '' where no call of ours is to a model: what an application will ask is not known. */
function tokensOf({ target, judge }: Plan, of: keyof PlanRange): string {
  const input = target.inputTokens[of] + judge.inputTokens[of]
  const output = target.outputTokens[of] + judge.outputTokens[of]
  return input + output === 0 ? '' : ` (${plural(input, 'token')} in, ${formatCount(output)} out)`
}

export function incompleteSentence(report: Report): string | null {
  const incomplete = report.run.incomplete
  if (incomplete === undefined) return null
  return `The run is incomplete (${incomplete.reason}): ${plural(incomplete.done, 'call')} of ${incomplete.planned} done. What was learnt so far is below.`
}

/** What a month takes for granted, or why it is not known; behind the sentence, with its full stop. */
export function assumptionSentence({ assumption, perMonthUsd }: RouteReport): string {
  if (assumption === '') return ''
  const isUnknown = perMonthUsd.head === null && perMonthUsd.delta === null
  return isUnknown ? `. ${assumption.replace(/; add it to `prices:`$/, '')}` : `. Assumes ${assumption}`
}

export function routeSentence(route: RouteReport): string {
  const { base, head, delta } = route.perMonthUsd
  const interval = formatUsdInterval(route.perMonthUsd)
  const limits = [
    route.limitUsd.monthly === null ? '' : `ceiling ${formatUsd(route.limitUsd.monthly)} a month`,
    route.limitUsd.monthlyDelta === null
      ? ''
      : `limit ${formatUsdSigned(route.limitUsd.monthlyDelta)} for a change${delta === null && head !== null ? ' (not checked)' : ''}`,
  ].filter((limit) => limit !== '')
  const change = delta === null ? '' : `, ${formatUsdSigned(delta)}${interval}`
  const bound = limits.length === 0 ? '' : `; ${limits.join(', ')}`
  if (head === null && delta === null) return `cost not known${bound}`
  if (base === null && head === null) return `no change${bound}`
  if (base === null)
    return `${formatUsd(head)} a month${change === '' ? '' : `${change} where there is a base`}${bound}`
  if (delta !== null && Number(delta) === 0 && base === head && interval === '')
    return `${formatUsd(head)} a month, unchanged${bound}`
  const parts = partsText(route.parts)
  return `${formatUsd(base)} to ${formatUsd(head)} a month${change}${parts === '' ? '' : `: ${parts}`}${bound}`
}

/** `about $120 a month (at least $96), 12 % of support`. */
export function leverSaving({ usd, per, percent, route }: Lever): string {
  const time = per === 'month' ? 'a month' : 'for 1,000 requests'
  const whole = per === 'month' && route !== null ? `of ${route}` : 'of what they cost'
  const [about, least] = [formatUsd(usd.point), formatUsd(usd.low)]
  const bound = about === least ? '' : ` (at least ${least})`
  return `about ${about} ${time}${bound}, ${percent} % ${whole}`
}

/** What a comment may spend a line on: large enough in money, and as a part of the route. */
export function leverForComment(report: Report): Lever | null {
  const found = report.levers?.find(
    ({ per, usd, percent }) => per === 'month' && Number(usd.low) >= LEVER_USD && percent >= LEVER_PERCENT,
  )
  return found ?? null
}

const LEVER_USD = 50
const LEVER_PERCENT = 5

export function changeTitle(change: Change): string {
  const place = change.line === undefined ? change.path : `${change.path}:${change.line}`
  const symbol = change.symbol === undefined ? '' : `#${change.symbol}`
  return `${place}${symbol}`
}

/** `from → to` of a pin or parameter, null when the change has neither. */
export function changeValues(change: Change): string | null {
  if (change.from === undefined && change.to === undefined) return null
  return `${change.from ?? 'nothing'} → ${change.to ?? 'nothing'}`
}

/** Sets that ran on the head alone, so that there is nothing to compare yet. */
export function firstRuns(report: Report): readonly EvalSetReport[] {
  return orderedSets(report).filter(
    (set) => set.rule === 'no-base' || (report.sides.base === null && set.score.head !== null),
  )
}

/** A command that repeats the run on a laptop; null when a side is not a commit. Refs are commits, so nothing needs quoting. */
export function reproduceCommand(report: Report): string | null {
  if (report.drift !== undefined || isDriftPlan(report)) return 'prompt-parity drift'
  const base = report.sides.base?.sha
  const head = report.sides.head.sha
  const isSha = (sha: string | null | undefined): sha is string => /^[0-9a-f]{7,64}$/.test(sha ?? '')
  if (!isSha(head)) return null
  return isSha(base) ? `prompt-parity run --base ${base} --head ${head}` : `prompt-parity run --head ${head}`
}

/** A dry run of the scheduled job has no drift to tell of. */
const isDriftPlan = ({ sides, pair }: Report) => sides.base === null && pair === 'today'

/** The model of a set on both sides; null where none is named. Where there was none before, nothing is said of it. */
export function modelWords({ base, head }: EvalSetReport['model']): string | null {
  if (head === null) return base === null ? null : `${base}, no longer named`
  return base === null || base === head ? head : `${base} → ${head}`
}
