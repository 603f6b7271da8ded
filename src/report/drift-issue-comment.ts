// Comments under the drift issue: one for each change of its state, and the last one when it is over. Pure.

import { type EndedSeries, endedWords } from '../drift/ended.ts'
import { type IncidentStep, isUnseen, type Leaving } from '../drift/incident.ts'
import type { DriftReport, DriftSet } from '../drift/report.ts'
import { changeMarker, ISSUE_BYTES, type IssueContext, type IssueDetail, shownSets } from './drift-issue.ts'
import { adviceSection, endedSection, setsSection } from './drift-issue-sections.ts'
import { day, isFallen, pointsWords } from './drift-issue-words.ts'
import { linkTarget } from './escape.ts'
import { bullets, code, prose } from './markdown-table.ts'
import { formatPoints } from './numbers.ts'

type CommentDetail = IssueDetail & { readonly lines: number }

const NO_LISTS = { flips: 0, events: 0, shifts: 0 } as const
const LEVELS: readonly CommentDetail[] = [
  { ...NO_LISTS, sets: 20, advice: 8, trend: 30, sentence: 300, cell: 80, lines: 100 },
  { ...NO_LISTS, sets: 10, advice: 4, trend: 15, sentence: 200, cell: 40, lines: 20 },
  { ...NO_LISTS, sets: 3, advice: 2, trend: 0, sentence: 100, cell: 24, lines: 5 },
]

function fitted(compose: (detail: CommentDetail) => readonly string[]): string {
  let text = ''
  for (const detail of LEVELS) {
    text = `${compose(detail)
      .filter((section) => section !== '')
      .join('\n\n')}\n`
    if (Buffer.byteLength(text, 'utf8') <= ISSUE_BYTES) return text
  }
  return text
}

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
  const isNew = step.joined.length === step.evalSets.length
  const worse =
    step.worse && step.worst !== null
      ? `**It got worse:** ${pointsWords(step.worst)} below the baseline at most${before === null ? '' : `, ${formatPoints(before)} before`}.`
      : ''
  const shown = step.worse ? shownSets(report, context.evalSets) : joined
  return fitted((detail) => [
    changeMarker(change),
    joined.length === 0 ? '' : `**Drift in ${names(step.joined, detail)}${isNew ? ' again' : ' too'}.**`,
    worse,
    endedSection(shownSets(report, step.newlyEnded), context, detail),
    leftSection(step.left, { report, ended: context.ended }, detail),
    shown.length === 0 ? '' : setsSection(shown, { ...context, evalSets: [] }, detail),
    joined.length === 0 ? '' : adviceSection(joined, { ...context, evalSets: step.joined }, detail),
    footer(context),
  ])
}

/** The last comment: why the issue is closed. */
export function renderDriftOver({ report, step, context, change }: Omit<Told, 'before'>): string {
  return fitted((detail) => [
    changeMarker(change),
    isUnseen(step) ? '**Closed: nothing is left to measure this drift by.**' : '**The drift is over.**',
    leftSection(step.left, { report, ended: context.ended }, detail),
    footer(context),
  ])
}

/** Says which issue stays when two were opened at the same time. */
export function renderDriftDouble(stays: number): string {
  return `Opened twice at the same moment: #${stays} stays.\n`
}

function names(evalSets: readonly string[], { cell }: CommentDetail): string {
  const shown = evalSets.slice(0, 5).map((name) => code(name, cell))
  const more = evalSets.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** One line for each set, but one for all that an accept took together. */
type Known = { readonly report: DriftReport; readonly ended: ReadonlyMap<string, EndedSeries | null> | undefined }

function leftSection(left: readonly Leaving[], { report, ended }: Known, detail: CommentDetail): string {
  const sets = new Map(report.sets.map((set) => [set.evalSet, set]))
  const accepts = new Map<string, Leaving[]>()
  for (const one of left)
    if (one.accept !== null) accepts.set(one.accept.id, [...(accepts.get(one.accept.id) ?? []), one])
  const lines = [
    ...left
      .filter(({ accept }) => accept === null)
      .map((one) => leftLine(one, { set: sets.get(one.evalSet), series: ended?.get(one.evalSet) ?? null }, detail)),
    ...[...accepts.values()].map((group) => acceptLine(group, detail)),
  ]
  return lines.length === 0 ? '' : bullets(lines, detail.lines)
}

function acceptLine(group: readonly Leaving[], detail: CommentDetail): string {
  const all = names(
    group.map(({ evalSet }) => evalSet),
    detail,
  )
  const accept = group[0]?.accept
  if (!accept) return all
  const who = accept.actor === null ? '' : ` by ${code(accept.actor, 60)}`
  const what = group.length === 1 ? 'was accepted' : 'were accepted'
  return `${all} ${what}${who} on ${day(accept.at)}: ${prose(accept.reason, detail.sentence)}`
}

type LeftSet = { readonly set: DriftSet | undefined; readonly series: EndedSeries | null }

function leftLine({ evalSet, how }: Leaving, { set, series }: LeftSet, { cell }: CommentDetail): string {
  const name = code(evalSet, cell)
  if (how === 'removed') return `${name} is no longer there.`
  if (how === 'new-content') return newContentLine(name, set, series)
  if (how === 'new-baseline')
    return `${name} is inside the band of a baseline that is younger than this drift${levels(set)}: the one that it drifted from is no longer known, so it was not seen to recover.`
  if (set === undefined || !isFallen(set)) return `${name} is back inside its band.`
  const confirmed = set.confirmedZ === null ? '' : ', and so is the run that confirms it'
  return `${name} is back inside its band${confirmed}: ${formatPoints(set.score)} points, ${formatPoints(set.baseline.score)} in the baseline.`
}

function newContentLine(name: string, set: DriftSet | undefined, series: EndedSeries | null): string {
  const words = series === null ? '' : endedWords(series)
  const last = series === null ? '' : ` (last run of it: ${day(series.at)}${words === '' ? '' : `, ${words}`})`
  return `${name} was not seen to recover: what it asks was changed while it drifted${last}. The new content is inside a band of its own${levels(set)}. Whether the fall went with the old content or is part of the new baseline, compare these figures; no run can tell.`
}

const levels = (set: DriftSet | undefined) =>
  set === undefined || !isFallen(set)
    ? ''
    : `: ${formatPoints(set.score)} points, ${formatPoints(set.baseline.score)} in its baseline of ${day(set.baseline.at)}`

function footer({ runUrl }: IssueContext): string {
  const target = runUrl === null ? null : linkTarget(runUrl)
  return target === null ? '' : `<sub>By [this run](${target}).</sub>`
}
