// Comments under the drift issue: one for each change of its state, and the last one when it is over. Pure.

import type { IncidentStep, Leaving } from '../drift/incident.ts'
import type { DriftReport, DriftSet } from '../drift/report.ts'
import { changeMarker, type IssueContext, type IssueDetail, shownSets } from './drift-issue.ts'
import { adviceSection, setsSection } from './drift-issue-sections.ts'
import { day, isFallen, pointsWords } from './drift-issue-words.ts'
import { linkTarget } from './escape.ts'
import { bullets, code, prose } from './markdown-table.ts'
import { formatPoints } from './numbers.ts'

const DETAIL: IssueDetail = {
  sets: 20,
  advice: 8,
  flips: 0,
  events: 0,
  shifts: 0,
  trend: 30,
  sentence: 300,
  cell: 80,
}
const MAX_LINES = 100

export type Told = {
  readonly report: DriftReport
  readonly step: IncidentStep
  readonly context: IssueContext
  /** Names the change, so that it is told once. */
  readonly change: string
  /** Points that the issue told of before; null = the issue tells of nothing yet. */
  readonly before: number | null
}

/** What changed while drift lasts: sets that joined, sets that are over, a deeper fall. */
export function renderDriftChange({ report, step, context, change, before }: Told): string {
  const joined = shownSets(report, step.joined)
  const more = joined.length > 0 ? `**Drift in ${names(step.joined)} too.**` : ''
  const worse =
    step.worse && step.worst !== null
      ? `**It got worse:** ${pointsWords(step.worst)} below the baseline at most${before === null ? '' : `, ${formatPoints(before)} before`}.`
      : ''
  const shown = step.worse ? shownSets(report, context.evalSets) : joined
  const rows = shown.length === 0 ? '' : setsSection(shown, { ...context, evalSets: [] }, DETAIL)
  const sections = [
    changeMarker(change),
    more,
    worse,
    leftSection(step.left, report),
    rows,
    adviceSection(joined, { ...context, evalSets: step.joined }, DETAIL),
    footer(context),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** The last comment: why the issue is closed. */
export function renderDriftOver({ report, step, context, change }: Omit<Told, 'before'>): string {
  const sections = [changeMarker(change), '**The drift is over.**', leftSection(step.left, report), footer(context)]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** Says which issue stays when two were opened at the same time. */
export function renderDriftDouble(stays: number): string {
  return `Opened twice at the same moment: #${stays} stays.\n`
}

function names(evalSets: readonly string[]): string {
  const shown = evalSets.slice(0, 5).map((name) => code(name, DETAIL.cell))
  const more = evalSets.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function leftSection(left: readonly Leaving[], report: DriftReport): string {
  const sets = new Map(report.sets.map((set) => [set.evalSet, set]))
  const lines = left.map((leaving) => `${code(leaving.evalSet, DETAIL.cell)} ${leftWords(leaving, sets)}`)
  return lines.length === 0 ? '' : bullets(lines, MAX_LINES)
}

function leftWords({ evalSet, how, accept }: Leaving, sets: ReadonlyMap<string, DriftSet>): string {
  const set = sets.get(evalSet)
  if (how === 'accepted') {
    const who = accept?.actor ? ` by ${code(accept.actor, 60)}` : ''
    const when = accept === null ? '' : ` on ${day(accept.at)}`
    const why = accept === null ? '' : `: ${prose(accept.reason, DETAIL.sentence)}`
    return `was accepted${who}${when}${why}`
  }
  if (how === 'removed') return 'is no longer there.'
  if (how === 'new-baseline')
    return 'has another content since (requests, cases, scorers or judge): it starts with a new baseline.'
  if (set === undefined || !isFallen(set)) return 'is back inside its band.'
  const confirmed = set.confirmedZ === null ? '' : ', and so is the run that confirms it'
  return `is back inside its band${confirmed}: ${formatPoints(set.score)} points, ${formatPoints(set.baseline.score)} in the baseline.`
}

function footer({ runUrl }: IssueContext): string {
  const target = runUrl === null ? null : linkTarget(runUrl)
  return target === null ? '' : `<sub>By [this run](${target}).</sub>`
}
