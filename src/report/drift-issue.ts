// The one issue about drift: title, body and the comments on a change of its state. GitHub-flavoured Markdown; everything that
// is not a literal here goes through escape.ts. Pure.

import { contentHash } from '../config/canonical.ts'
import type { Confirmation } from '../drift/earlier-events.ts'
import type { EndedSeries } from '../drift/ended.ts'
import type { DriftReport, DriftSet } from '../drift/report.ts'
import {
  adviceSection,
  certaintySection,
  endedSection,
  eventsSection,
  flipsSection,
  footerSection,
  methodSection,
  ownersSection,
  setsSection,
  shiftsSection,
} from './drift-issue-sections.ts'
import { day, fallen, fromTo, isFallen, sinceOf } from './drift-issue-words.ts'
import { cleanCut, commentMarker, issueTitle } from './escape.ts'
import { prose } from './markdown-table.ts'
import { plural } from './numbers.ts'

export type IssueContext = {
  /** Names the configuration: working directory and path. */
  readonly config: string
  readonly incident: string
  /** Eval sets of the incident; those that the report has are shown with their figures. */
  readonly evalSets: readonly string[]
  /** Points of the deepest fall that the issue tells of. */
  readonly worst: number | null
  /** Those whose series ended in drift by another content, with what was seen of it last; null = not known. */
  readonly ended?: ReadonlyMap<string, EndedSeries | null>
  /** Of earlier runs: how the drift of a set was found. */
  readonly confirmed?: ReadonlyMap<string, Confirmation>
  /** ISO 8601, UTC. */
  readonly now: string
  readonly runUrl: string | null
  /** Owners are named as live mentions: only in the first body of an issue, and only of a trusted configuration. */
  readonly mention: boolean
}

/** How much of each part is shown; texts in graphemes. 0 leaves the part out. */
export type IssueDetail = {
  readonly sets: number
  readonly advice: number
  readonly flips: number
  readonly events: number
  readonly shifts: number
  readonly trend: number
  readonly sentence: number
  readonly cell: number
}

/** Below GitHub's 65,536 characters, as the comment of a pull request. */
export const ISSUE_BYTES = 60_000
/** GitHub takes 256 characters. */
const TITLE_GRAPHEMES = 60

const FULL: IssueDetail = {
  sets: 40,
  advice: 12,
  flips: 60,
  events: 20,
  shifts: 20,
  trend: 30,
  sentence: 600,
  cell: 120,
}
// What goes first is what costs a reader least: the shifts, old events, then flips, then the tail of the sets.
const LEVELS: readonly IssueDetail[] = [
  FULL,
  { ...FULL, shifts: 5, events: 10, flips: 30 },
  { ...FULL, shifts: 0, events: 5, flips: 15, advice: 8 },
  { ...FULL, shifts: 0, events: 5, flips: 10, sets: 20, advice: 6, sentence: 300, cell: 60 },
  { ...FULL, shifts: 0, events: 3, flips: 5, sets: 10, advice: 4, sentence: 200, cell: 40, trend: 15 },
  { sets: 5, advice: 3, flips: 0, events: 0, shifts: 0, trend: 0, sentence: 120, cell: 24 },
]

/** First line of the body, by which the issue is found again. */
export function issueMarker(config: string): string {
  return commentMarker(`drift:${config}`)
}

/** Hidden in a comment: the change that it tells, so that it is told once. */
export function changeMarker(change: string): string {
  return commentMarker(`drift-change:${change}`)
}

/** What the issue tells of, for a run that finds no history: short hashes of the eval sets, or that it is over. */
export type Told = { readonly over: boolean; readonly worst: number | null; readonly sets: readonly string[] }

const TOLD = /^<!-- prompt-parity:told (over|-|\d+(?:\.\d+)?) ?([0-9a-f,]*) -->$/m
const TOLD_SETS = 1000

export function toldHash(evalSet: string): string {
  return contentHash(evalSet).slice(0, 8)
}

function toldMarker({ evalSets, worst }: Pick<IssueContext, 'evalSets' | 'worst'>): string {
  const points = worst === null ? '-' : Math.max(0, worst).toFixed(2)
  return `<!-- prompt-parity:told ${points} ${evalSets.slice(0, TOLD_SETS).map(toldHash).join(',')} -->`
}

/** The body as it was, with a note to ourselves that the incident is over. */
export function bodyOver(body: string): string {
  return body.replaceAll('\r', '').replace(TOLD, '<!-- prompt-parity:told over -->')
}

export function toldOfBody(body: string): Told | null {
  const found = TOLD.exec(body.replaceAll('\r', ''))
  if (found === null) return null
  const points = Number(found[1])
  const sets = (found[2] ?? '').split(',').filter((hash) => hash !== '')
  return { over: found[1] === 'over', worst: Number.isFinite(points) ? points : null, sets }
}

const INCIDENT = /^<!-- prompt-parity:incident:([\w./:@-]{1,200}) -->$/m

/** The incident that the body of an issue of ours names; null without one. */
export function incidentOfBody(body: string): string | null {
  return INCIDENT.exec(body.slice(0, 2000).replaceAll('\r', ''))?.[1] ?? null
}

export function renderDriftTitle(
  report: DriftReport,
  context: Pick<IssueContext, 'config' | 'evalSets' | 'ended'>,
): string {
  const { evalSets } = context
  const where = placeOf(context.config)
  const drift = where === null ? 'Drift' : `Drift in ${cleanCut(where, TITLE_GRAPHEMES)}`
  const sets = shownSets(report, evalSets)
  const [worst] = sets
  const since = sinceOf(sets)
  const when = since === null ? '' : ` since ${day(since)}`
  const name = cleanCut(worst?.evalSet ?? evalSets[0] ?? 'an eval set', TITLE_GRAPHEMES)
  if (evalSets.length <= 1 && worst !== undefined && context.ended?.has(worst.evalSet))
    return issueTitle(`${drift}: ${name} was changed while it drifted`)
  const points = worst !== undefined && isFallen(worst) ? fallen(worst) : null
  const below = points === null ? 'off its baseline' : `${points} below its baseline`
  if (evalSets.length <= 1) return issueTitle(`${drift}: ${name} is ${below}${when}`)
  const most = points === null ? '' : ` (most: ${name}, ${points})`
  return issueTitle(`${drift}: ${plural(evalSets.length, 'eval set')} below the baseline${when}${most}`)
}

/** The folder of a configuration that is not the one at the root: two issues of one title would be one too many. */
export function placeOf(config: string): string | null {
  return config === 'parity.yaml' ? null : config.replace(/\/parity\.yaml$/, '')
}

/** At most 60,000 UTF-8 bytes, the markers included. */
export function renderDriftBody(report: DriftReport, context: IssueContext): string {
  let text = ''
  for (const [index, detail] of LEVELS.entries()) {
    text = compose(report, context, { detail, shortened: index > 0 })
    if (Buffer.byteLength(text, 'utf8') <= ISSUE_BYTES) return text
  }
  return text
}

function compose(
  report: DriftReport,
  context: IssueContext,
  { detail, shortened }: { readonly detail: IssueDetail; readonly shortened: boolean },
): string {
  const sets = shownSets(report, context.evalSets)
  const markers = `${issueMarker(context.config)}\n${commentMarker(`incident:${context.incident}`)}\n${toldMarker(context)}`
  const sections = [
    markers,
    headline(sets, context, detail),
    endedSection(sets, context, detail),
    certaintySection(sets, context),
    ownersSection(sets, context, detail),
    setsSection(sets, context, detail),
    adviceSection(sets, context, detail),
    flipsSection(sets, detail),
    eventsSection(report, context, detail),
    shiftsSection(sets, detail),
    methodSection(sets, detail),
    footerSection(context, shortened),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** One sentence: what changed, since when. */
function headline(sets: readonly DriftSet[], { evalSets, ended }: IssueContext, detail: IssueDetail): string {
  const [worst] = sets
  const since = sinceOf(sets)
  const when = since === null ? '' : ` since ${day(since)}`
  if (worst === undefined) return `### ${plural(evalSets.length, 'eval set')} drifted; this run did not measure them`
  const name = cleanCut(worst.evalSet, detail.cell)
  if (ended?.has(worst.evalSet))
    return `### ${prose(`${name} was changed while it drifted; whether it recovered cannot be measured`, detail.sentence)}`
  if (!isFallen(worst)) return `### ${prose(`${name} is off its baseline${when}`, detail.sentence)}`
  const own = `${name} fell ${fromTo(worst)}${when}, without a change of its own`
  if (evalSets.length <= 1) return `### ${prose(own, detail.sentence)}`
  const all = `${plural(evalSets.length, 'eval set')} fell${when}, without a change of their own; most of all ${name}, ${fromTo(worst)}`
  return `### ${prose(all, detail.sentence)}`
}

/** Sets of the incident that the report knows, the deepest fall first. */
export function shownSets(report: DriftReport, evalSets: readonly string[]): readonly DriftSet[] {
  const names = new Set(evalSets)
  const drop = (set: DriftSet) =>
    set.state !== 'baseline' && isFallen(set) ? set.baseline.score - set.score : Number.NEGATIVE_INFINITY
  return report.sets
    .filter(({ evalSet }) => names.has(evalSet))
    .sort((a, b) => drop(b) - drop(a) || (a.evalSet < b.evalSet ? -1 : 1))
}
