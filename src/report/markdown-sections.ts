// What stands above the fold of the comment, in the order of reading. Each section is a string, empty when there is nothing
// to say.

import type { Finding } from '../domain.ts'
import { cleanCut, markdownFence } from './escape.ts'
import { estimateLines, estimateRows } from './estimate-view.ts'
import { findingFigures, groupFindings, waivedLines, waiveLine } from './finding-groups.ts'
import type { Detail } from './markdown.ts'
import { cell, cellCode, code, firstOf, left, prose, right, table, titled } from './markdown-table.ts'
import { formatPoints, formatPointsChange, formatSeconds, formatUsd, plural } from './numbers.ts'
import type { EvalSetReport, Lever, Report } from './report.ts'
import {
  assumptionSentence,
  baseLabel,
  casesSentence,
  changeTitle,
  firstRuns,
  incompleteSentence,
  leverForComment,
  leverSaving,
  notesOfPlan,
  plannedSentence,
  reproduceCommand,
  routeSentence,
  sideLabel,
  spentUsd,
} from './sentences.ts'
import type { Row } from './view.ts'
import { allRows, blockingNote, movedSlices, STATUS_WORDS, setCounts, verdictSentence } from './view.ts'
import { whySentence } from './why.ts'

/** Rows of the one table above the fold. */
export const TABLE_ROWS = 10

export function verdictSection(report: Report, detail: Detail): string {
  const said = prose(verdictSentence(report), detail.sentence)
  if (report.verdict.outcome === 'nothing-affected') return `**Prompt Parity** · ${said}`
  const waived = waivedLines(report)
    .slice(0, 3)
    .map((message) => `**Waived:** ${prose(message, detail.sentence)}`)
  return [...waived, `### ${said}`, pairLine(report, detail)].join('\n\n')
}

function pairLine(report: Report, detail: Detail): string {
  const { base, head } = report.sides
  const from = base === null ? baseLabel(report) : code(sideLabel(base), detail.cell)
  const parts = [`${from} → ${code(sideLabel(head), detail.cell)}`]
  if (report.evalSets.length > 0) parts.push(casesSentence(report))
  const counts = setCounts(report)
  if (counts !== null) parts.push(counts)
  const note = blockingNote(report)
  return note === null ? parts.join(' · ') : `${parts.join(' · ')}\n\n${note}`
}

/** What a dry run or a fork would cost: calls and price in digits. */
export function planSection(report: Report): string {
  const sentence = report.verdict.outcome === 'planned' ? plannedSentence(report) : null
  if (sentence === null) return ''
  const notes = notesOfPlan(report).map((note) => ` ${prose(note, 300)}`)
  return `**Plan:** ${sentence} Nothing was called.${notes.join('')}`
}

/** What the change would cost, of a run that called nothing. */
export function estimateSection(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(estimateRows(report), 3 * Math.max(1, detail.routes))
  if (shown.length === 0) return ''
  const rows = shown.map((row) => [
    `${cellCode(row.of, detail.cell)} ${row.what}`,
    row.base,
    row.head,
    cell(row.change, detail.cell),
  ])
  const columns = [left('estimated, not measured'), right('base'), right('head'), right('change (error band)')]
  const lines = firstOf(estimateLines(report), Math.max(1, Math.min(8, detail.findings)))
  const below = [
    ...lines.shown.map((line) => `- ${prose(line, detail.sentence)}`),
    ...(lines.more + more > 0 ? [`- ${plural(lines.more + more, 'more line')} in \`report.html\``] : []),
  ]
  return titled('Estimated cost', `${table(columns, rows)}\n\n${below.join('\n')}`)
}

/** One alert block with what a reader must know before believing the numbers. */
export function alertSection(report: Report, detail: Detail): string {
  const { measurement } = groupFindings(report)
  const incomplete = incompleteSentence(report)
  const { shown, more } = firstOf(measurement, Math.min(6, detail.findings))
  const lines = [
    ...(incomplete === null ? [] : [prose(incomplete, detail.sentence)]),
    ...shown.map((finding) => findingLine(finding, detail)),
    ...(more > 0 ? [`${plural(more, 'more warning')} in the report`] : []),
  ]
  if (lines.length === 0) return ''
  const kind = incomplete !== null || measurement.some(({ level }) => level === 'fail') ? 'CAUTION' : 'WARNING'
  return [`> [!${kind}]`, ...lines.map((line) => `> - ${line}`)].join('\n')
}

function findingLine(finding: Finding, detail: Detail): string {
  const set = finding.evalSet === null ? '' : ` in ${code(finding.evalSet, detail.cell)}`
  const place = finding.place === undefined ? '' : ` (${code(placeText(finding.place), detail.cell)})`
  const figures = findingFigures(finding)
  const measured = figures === '' ? '' : ` (${prose(figures, detail.cell)})`
  const remedy = finding.remedy === '' ? '' : ` ${prose(finding.remedy, detail.sentence)}`
  return `**${finding.rule}**${set}${place}: ${prose(finding.message, detail.sentence)}${measured}${remedy}${evidence(finding, detail)}`
}

function placeText(place: { readonly path: string; readonly line?: number }): string {
  return place.line === undefined ? place.path : `${place.path}:${place.line}`
}

function evidence(finding: Finding, detail: Detail): string {
  const { shown, more } = firstOf(finding.evidence ?? [], 5)
  if (shown.length === 0) return ''
  const ids = shown.map((id) => code(id, Math.min(60, detail.cell))).join(', ')
  return ` Seen in ${ids}${more > 0 ? ` and ${more} more` : ''}.`
}

/** A set without a base has no change to judge: its level, what it can see, and gates to start with. */
export function firstRunSection(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(firstRuns(report), Math.max(1, Math.min(5, detail.cases)))
  const parts = shown.map((set) => firstRun(set, detail))
  if (parts.length > 0) parts.push(uncoveredSentence(report, detail))
  return titled(
    'First run',
    [...parts, more > 0 ? `${plural(more, 'more eval set')} in the details.` : '']
      .filter((part) => part !== '')
      .join('\n\n'),
  )
}

/** What the adopting pull request should know about next. */
function uncoveredSentence(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(report.uncovered, 5)
  if (shown.length === 0) return ''
  const places = shown.map((change) => code(changeTitle(change), detail.cell)).join(', ')
  return `Changed and not covered by any eval set: ${places}${more > 0 ? ` and ${more} more` : ''}.`
}

function firstRun(set: EvalSetReport, detail: Detail): string {
  const cost =
    set.cost.perRequestUsd.head === null
      ? 'cost per request not known'
      : `${formatUsd(set.cost.perRequestUsd.head)} per request`
  const level = `${code(set.name, detail.cell)} scores ${formatPoints(set.score.head)} of 100 on the head, ${cost}.`
  const noise = set.evidence === '' ? '' : ` ${prose(set.evidence, detail.sentence)}`
  if (set.proposedGates === null) return `${level}${noise}`
  return `${level}${noise} Gates that fit what was measured:\n\n${markdownFence(cleanCut(set.proposedGates, 1000), 'yaml')}`
}

/** The one table. Failing rows beyond the tenth are named below it, never dropped. */
export function tableSection(report: Report, detail: Detail): string {
  const rows = allRows(report)
  const { shown, more } = firstOf(rows, TABLE_ROWS)
  const columns = [
    left('metric'),
    right('base'),
    right('head'),
    right('change (95 % interval)'),
    right('limit'),
    left('status'),
  ]
  const text = table(
    columns,
    shown.map((row) => rowCells(row, detail)),
  )
  const failing = rows.slice(TABLE_ROWS).filter((row) => row.status === 'fail')
  const also = failing.slice(0, 20).map((row) => `${rowName(row, detail)} ${cell(row.change, detail.cell)}`)
  const rest = more === 0 ? '' : `\n\n${plural(more, 'more row')} in the details and in \`report.html\`.`
  const named = also.length === 0 ? '' : `\n\n**Also failing (${failing.length}):** ${also.join(' · ')}`
  return `${text}${named}${rest}`
}

export function rowCells(row: Row, detail: Detail): readonly string[] {
  const word = STATUS_WORDS[row.status]
  return [
    rowName(row, detail),
    cell(row.base, detail.cell),
    cell(row.head, detail.cell),
    cell(row.change, detail.cell),
    cell(row.limit, detail.cell),
    row.status === 'fail' ? `**${word}**` : word,
  ]
}

function rowName(row: Row, detail: Detail): string {
  const metric = cell(row.metric, detail.cell)
  return row.set === '' ? metric : `${cellCode(row.set, detail.cell)} ${metric}`
}

/** One line below the table. */
export function whySection(report: Report, detail: Detail): string {
  const sentence = whySentence(report)
  return sentence === null ? '' : prose(sentence, detail.sentence)
}

/** Why it fails or warns, each with the way back. */
export function gatesSection(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(groupFindings(report).gates, detail.findings)
  const lines = shown.map((finding) => `- ${findingLine(finding, detail)}`)
  if (more > 0) lines.push(`- ${plural(more, 'more finding')} in \`report.html\``)
  return titled('What to do', lines.join('\n'))
}

export function slicesSection(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(movedSlices(report), detail.slices)
  if (shown.length === 0) return ''
  const rows = shown.map(({ set, slice }) => [
    `${report.evalSets.length > 1 ? `${cellCode(set, detail.cell)} ` : ''}${cellCode(`${slice.dimension}=${slice.value}`, detail.cell)}`,
    String(slice.n),
    formatPoints(slice.score.base),
    formatPoints(slice.score.head),
    formatPointsChange(slice.score),
    STATUS_WORDS[slice.status],
  ])
  const columns = [
    left('slice'),
    right('cases'),
    right('base'),
    right('head'),
    right('change (95 % interval)'),
    left('status'),
  ]
  const rest = more > 0 ? `\n\n${plural(more, 'more slice')} in the details.` : ''
  return titled('Slices that moved', `${table(columns, rows)}${rest}`)
}

export function monthlySection(report: Report, detail: Detail): string {
  const { shown, more } = firstOf(report.routes, detail.routes)
  const lines = shown.map((route) => {
    const assumption = prose(assumptionSentence(route), detail.sentence)
    return `- ${code(route.name, detail.cell)}: ${routeSentence(route)}${assumption}`
  })
  if (more > 0 && shown.length > 0) lines.push(`- ${plural(more, 'more route')} in the details`)
  return titled('Monthly cost', lines.join('\n'))
}

/** In the comment one line, above a floor; in the summary each lever with its evidence. */
export function leverSection(report: Report, detail: Detail): string {
  const all = report.levers ?? []
  if (detail.levers === 1) return commentLever(report, detail)
  const { shown, more } = firstOf(all, detail.levers)
  const lines = shown.map((lever) => `- ${leverLine(lever, detail)}${leverEvidence(lever, detail)}`)
  if (more > 0 && shown.length > 0) lines.push(`- ${plural(more, 'more')} in \`report.html\``)
  return titled('Ways to pay less', lines.join('\n'))
}

function commentLever(report: Report, detail: Detail): string {
  const best = leverForComment(report)
  if (best === null) return ''
  const others = (report.levers?.length ?? 0) - 1
  const more = others > 0 ? ` ${plural(others, 'more way')} to pay less in the job summary.` : ''
  return `**Could save** ${leverLine(best, detail)}${more}`
}

function leverLine(lever: Lever, detail: Detail): string {
  return `${prose(leverSaving(lever), detail.sentence)} in ${code(lever.evalSet, detail.cell)}: ${prose(lever.message, detail.sentence)}`
}

function leverEvidence({ kind, evidence }: Lever, detail: Detail): string {
  return ` (${prose(kind, 40)}; ${evidence.map((one) => prose(one, detail.sentence)).join('; ')})`
}

export function footerSection(report: Report, shortened: boolean): string {
  const { run, sides } = report
  const calls = `${plural(run.calls.target + run.calls.judge, 'call')} in ${formatSeconds(run.seconds)}, ${spentUsd(report)}`
  const shas = [sides.base?.sha ?? null, sides.head.sha].filter((sha) => sha !== null).map((sha) => code(sha, 64))
  const command = reproduceCommand(report)
  const lines = [
    shortened ? 'This comment is shortened: everything is in the job summary and in `report.html`.' : '',
    `${code(report.pair, 120)} ${shas.join(' → ')} · Prompt Parity ${code(report.tool.version, 40)} · config ${code(report.provenance.configHash.slice(0, 12), 12)} · ${calls}${runLink(report)}`,
    command === null ? '' : `Reproduce: \`${command}\``,
    waiveLine(report) ?? '',
  ]
  return `---\n${lines
    .filter((line) => line !== '')
    .map((line) => `<sub>${line}</sub>`)
    .join('<br>\n')}`
}

/** The only link of a report: the run's own page, and only if it looks like one. */
function runLink(report: Report): string {
  const url = report.provenance.runUrl
  return url !== null && /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(url) ? ` · [run](${url})` : ''
}
