// The parts of the drift issue in the order of reading. Each is a string, empty when there is nothing to say.

import { chanceWords } from '../drift/chance.ts'
import { type Confirmation, NEAR_DAYS } from '../drift/earlier-events.ts'
import { type EndedSeries, endedWords } from '../drift/ended.ts'
import type { DriftEvent, DriftReport, DriftSet, Shift } from '../drift/report.ts'
import type { IssueContext, IssueDetail } from './drift-issue.ts'
import { day, dropOf, isFallen, minute, sinceOf } from './drift-issue-words.ts'
import { linkTarget, ownerMention } from './escape.ts'
import { bullets, cell, cellCode, code, firstOf, folded, left, prose, right, table, titled } from './markdown-table.ts'
import { formatPoints, formatPointsChange, formatRatio, plural } from './numbers.ts'
import { sparkline } from './sparkline.ts'

const listed = (lines: readonly string[]) => bullets(lines, lines.length)

/** How sure: standard deviations of the run and of the confirming run, and chance in words. */
export function certaintySection(sets: readonly DriftSet[], { confirmed }: IssueContext): string {
  const worst = sets.find(({ z }) => z !== null)
  if (!worst || worst.z === null || worst.baseline === null) return ''
  const earlier = confirmed?.get(worst.evalSet)
  const many = sets.length > 1 ? 'The deepest fall is' : 'This run is'
  const below = `${many} ${worst.z.toFixed(1)} standard deviations below a baseline of ${plural(worst.baseline.runs, 'run')} (${day(worst.baseline.at)})`
  const seen =
    earlier === undefined
      ? rightAfter(worst.confirmedZ)
      : `. It was found on ${day(earlier.at)}, at ${earlier.z.toFixed(1)}${rightAfter(earlier.confirmedZ)}`
  return `${below}${seen}. The eval set has the same content as then. ${chanceSentence(worst, earlier)}`.trimEnd()
}

const rightAfter = (z: number | null) => (z === null ? '' : `, the confirming run right after it ${z.toFixed(1)}`)

function chanceSentence({ z, confirmedZ, cusum }: DriftSet, earlier: Confirmation | undefined): string {
  const chance = earlier === undefined ? chanceWords(z, confirmedZ) : chanceWords(earlier.z, earlier.confirmedZ)
  if (chance !== null) return `Chance alone gives two runs in a row as low as ${earlier ? 'those' : 'these'} ${chance}.`
  if (cusum === null || cusum <= 0) return ''
  return `It is many small departures in a row that tell: beyond half a standard deviation for each run they add up to ${cusum.toFixed(1)}.`
}

/** What became of sets that were changed while they drifted. */
export function endedSection(sets: readonly DriftSet[], { ended }: IssueContext, detail: IssueDetail): string {
  const lines = sets.flatMap((set) => {
    const series = ended?.get(set.evalSet)
    return series === undefined ? [] : [endedLine(set, series, detail.cell)]
  })
  return listed(lines.slice(0, detail.sets))
}

export function endedLine(set: DriftSet, series: EndedSeries | null, graphemes: number): string {
  const words = series === null ? '' : endedWords(series)
  const last = series === null ? '' : ` (last run of it: ${day(series.at)}${words === '' ? '' : `, ${words}`})`
  const fresh =
    set.baseline === null
      ? 'The new content has no baseline yet'
      : `The new content has a baseline of its own: ${formatPoints(set.baseline.score)} points in ${plural(set.baseline.runs, 'run')} (${day(set.baseline.at)})`
  return `${code(set.evalSet, graphemes)} asks something else since (requests, cases, scorers or judge): the series that drifted has ended${last}. ${fresh}. Whether the fall is part of it, no run can tell; this issue stays until a run is inside the new band, or the level is accepted.`
}

/** GitHub tells fifty people of one text at most. */
const MOST_OWNERS = 40

/** Whose it is: the model and the people. */
export function ownersSection(sets: readonly DriftSet[], context: IssueContext, detail: IssueDetail): string {
  const owners = new Set(sets.flatMap(({ owner }) => (owner ?? '').split(/\s+/).filter((one) => one !== '')))
  const shown = [...owners].slice(0, MOST_OWNERS).map((owner) => {
    const mention = context.mention ? ownerMention(owner) : null
    return mention ?? code(owner, detail.cell)
  })
  const more = owners.size - shown.length
  const model = sharedModel(sets)
  const parts = [
    ...(model === null ? [] : [`Model: ${code(model, detail.cell)}`]),
    ...(context.config === 'parity.yaml' ? [] : [`Configuration: ${code(context.config, detail.cell)}`]),
    ...(shown.length === 0 ? [] : [`Owner: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`]),
  ]
  return parts.join(' · ')
}

/** Said once where it is the same for all sets, so that the table is as narrow as an issue is. */
function sharedModel(sets: readonly DriftSet[]): string | null {
  const models = new Set(sets.map(({ model }) => model))
  return models.size === 1 ? (sets[0]?.model ?? null) : null
}

export function setsSection(sets: readonly DriftSet[], context: IssueContext, detail: IssueDetail): string {
  const { shown, more } = firstOf(sets, detail.sets)
  const hasModels = sharedModel(sets) === null
  const columns = [
    left('eval set'),
    ...(hasModels ? [left('model')] : []),
    right('baseline'),
    right('now'),
    right('points'),
    right('sd below'),
    left('since'),
    ...(detail.trend > 0 ? [left('last runs')] : []),
  ]
  const rows = shown.map((set) => setRow(set, detail, hasModels))
  const measured = new Set(sets.map(({ evalSet }) => evalSet))
  const unmeasured = context.evalSets.filter((name) => !measured.has(name)).slice(0, 5)
  const lines = [
    table(columns, rows),
    more > 0 ? `${plural(more, 'more eval set')} in the summary of the run.` : '',
    ...unmeasured.map((name) => `${code(name, detail.cell)} belongs here too; this run did not measure it.`),
    ...shown.flatMap((set) => liveLine(set, detail)),
  ]
  return lines.filter((line) => line !== '').join('\n\n')
}

function setRow(set: DriftSet, detail: IssueDetail, hasModels: boolean): readonly string[] {
  const isNew = set.state === 'baseline'
  const word = isNew ? 'new baseline' : (set.why ?? set.state)
  const change = isFallen(set) && !isNew ? signedPoints(-dropOf(set)) : cell(word, detail.cell)
  const sd = [set.z, set.confirmedZ].flatMap((z) => (z === null ? [] : [z.toFixed(1)]))
  const bars = sparkline(set.trend, detail.trend)
  return [
    cellCode(set.evalSet, detail.cell),
    ...(hasModels ? [set.model === null ? '-' : cellCode(set.model, detail.cell)] : []),
    formatPoints(set.baseline?.score ?? null),
    formatPoints(set.score),
    change,
    sd.length === 0 ? '-' : sd.join(' / '),
    set.since === null ? '-' : day(set.since),
    ...(detail.trend > 0 ? [bars === '' ? '-' : `\`${bars}\``] : []),
  ]
}

const signedPoints = (points: number) => `${points > 0 ? '+' : ''}${formatPoints(points)}`

/** What the live model did in the same run tells whether it is the pin alone. */
function liveLine(set: DriftSet, detail: IssueDetail): readonly string[] {
  if (set.live === null || set.live.delta === null) return []
  const { model, delta, low, high } = set.live
  const change = formatPointsChange({ base: null, head: null, delta, low, high })
  return [
    `${code(set.evalSet, detail.cell)}: the live model ${code(model, detail.cell)} differs from the pin by ${change} in the same run.`,
  ]
}

/** What to do, the same words for several sets once; adopting is always one of the ways. */
export function adviceSection(sets: readonly DriftSet[], context: IssueContext, detail: IssueDetail): string {
  const told = [...new Set(sets.flatMap(({ advice }) => advice))]
  const adopt = told.some((line) => line.includes('drift accept')) ? [] : [adoptLine(context)]
  const { shown, more } = firstOf(told, detail.advice)
  const lines = [...shown.map((line) => prose(line, detail.sentence)), ...(more > 0 ? [`${more} more in the run`] : [])]
  return titled('What to do', listed([...lines, ...adopt]))
}

function adoptLine({ evalSets, config }: IssueContext): string {
  const of = config === 'parity.yaml' ? '' : ` in the configuration ${code(config, 80)}`
  const what = evalSets.length === 1 ? 'it' : 'them'
  return `If the new answers are fine, adopt ${what}: \`prompt-parity drift accept --reason "why"\`${of}. The baseline starts anew, and this issue is closed.`
}

export function flipsSection(sets: readonly DriftSet[], detail: IssueDetail): string {
  const all = sets.flatMap((set) => set.flips.map((flip) => ({ set, flip })))
  const { shown, more } = firstOf(all, detail.flips)
  const columns = [left('eval set'), left('case'), right('baseline'), right('now')]
  const rows = shown.map(({ set, flip }) => [
    cellCode(set.evalSet, detail.cell),
    cellCode(flip.caseId, detail.cell),
    percent(flip.baseline),
    percent(flip.today),
  ])
  const rest = more > 0 && rows.length > 0 ? `\n\n${plural(more, 'more case')} in the summary of the run.` : ''
  return titled('Cases that usually passed and now do not', `${table(columns, rows)}${rest}`)
}

const percent = (level: number) => `${Math.round(level * 100)} %`

const SHOWN_KINDS: ReadonlySet<DriftEvent['kind']> = new Set([
  'model',
  'fingerprint',
  'tier',
  'shutdown',
  'price',
  'judge',
  'canary',
])

export function eventsSection(report: DriftReport, context: IssueContext, detail: IssueDetail): string {
  const since = sinceOf(report.sets.filter(({ evalSet }) => context.evalSets.includes(evalSet))) ?? context.now
  const from = Date.parse(since) - NEAR_DAYS * 86_400_000
  const near = report.events
    .filter(({ kind, evalSet }) => SHOWN_KINDS.has(kind) && (evalSet === null || context.evalSets.includes(evalSet)))
    .filter(({ at }) => !(Date.parse(at) < from))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const { shown, more } = firstOf(near, detail.events)
  const lines = shown.map(({ at, evalSet, message }) => {
    const set = evalSet === null ? '' : `${code(evalSet, detail.cell)}: `
    return `${minute(at)} · ${set}${prose(message, detail.sentence)}`
  })
  const rest = more > 0 && lines.length > 0 ? [`and ${more} more`] : []
  const isTold = (model: string) => shown.some(({ kind, message }) => kind === 'shutdown' && message.startsWith(model))
  const shutdown =
    detail.events > 0 && !isTold(report.nextShutdown?.model ?? '') ? shutdownLine(report, context, detail) : []
  return titled('Around that time', listed([...lines, ...rest, ...shutdown]))
}

/** An announced end of a model that one of the sets asks. */
function shutdownLine({ nextShutdown }: DriftReport, context: IssueContext, detail: IssueDetail): readonly string[] {
  if (nextShutdown === null || !nextShutdown.evalSets.some((name) => context.evalSets.includes(name))) return []
  const { model, date, precision } = nextShutdown
  const earliest = precision === 'earliest' ? ' at the earliest' : ''
  return [`${code(model, detail.cell)} is to be shut down on ${prose(date, 20)}${earliest}`]
}

export function shiftsSection(sets: readonly DriftSet[], detail: IssueDetail): string {
  const all = sets.flatMap((set) => set.shifts.filter(({ moved }) => moved).map((shift) => ({ set, shift })))
  const rows = all
    .slice(0, detail.shifts)
    .map(({ set, shift }) => [cellCode(set.evalSet, detail.cell), SHIFTS[shift.what], shiftWords(shift)])
  return titled('What moved with it', table([left('eval set'), left('measure'), left('now to baseline')], rows))
}

const SHIFTS: { readonly [what in Shift['what']]: string } = {
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
  latency: 'latency',
  refusals: 'refusals',
  cost: 'cost',
}

function shiftWords({ ratio, low, high }: Shift): string {
  return `${formatRatio(ratio)} (${formatRatio(low)} to ${formatRatio(high)})`
}

export function methodSection(sets: readonly DriftSet[], detail: IssueDetail): string {
  const rows = sets
    .slice(0, detail.shifts)
    .flatMap((set) =>
      set.baseline === null
        ? []
        : [
            `${code(set.evalSet, detail.cell)} (${code(set.path, detail.cell)}): baseline ${formatPoints(set.baseline.score)} of ${plural(set.baseline.runs, 'run')} on ${day(set.baseline.at)}, one run varies by ${formatPoints(set.baseline.sd)} (sd)`,
          ],
    )
  const words =
    'Each scheduled run asks the same cases anew and compares the score with the runs of the baseline. Drift is a run, or a sum of small departures, beyond what those runs differ among themselves, seen again by a second run at once. The limits hold false issues of the whole repository to two a year.'
  return rows.length === 0 ? '' : folded('How this is measured', `${words}\n\n${listed(rows)}`)
}

export function footerSection({ now, runUrl }: IssueContext, shortened: boolean): string {
  const target = runUrl === null ? null : linkTarget(runUrl)
  const run = target === null ? 'the last run' : `[the last run](${target})`
  const lines = [
    shortened ? 'Shortened: everything is in the summary of the run.' : '',
    `As of ${minute(now)}, by ${run}. Prompt Parity edits this text in place. A comment follows only when another eval set joins, when it gets worse, and when it is over; then the issue is closed.`,
    'Closed by hand, it stays closed until one of these happens.',
  ]
  return `---\n${lines
    .filter((line) => line !== '')
    .map((line) => `<sub>${line}</sub>`)
    .join('<br>\n')}`
}
