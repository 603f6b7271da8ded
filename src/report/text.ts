// The report on a terminal or in a log. Every outside text is one inert line.

import type { Finding } from '../domain.ts'
import { formatPlace } from '../errors.ts'
import { columnsOf } from './columns.ts'
import { differenceLines } from './difference-lines.ts'
import { cleanCut, logLine } from './escape.ts'
import { estimateLines, estimateRows } from './estimate-view.ts'
import { findingFigures, groupFindings, waivedLines, waiveLine } from './finding-groups.ts'
import { allUnlisted, unlistedNote } from './listed.ts'
import { formatPoints, formatPointsChange, formatSeconds, formatUsd, plural } from './numbers.ts'
import type { Report } from './report.ts'
import {
  assumptionSentence,
  baseLabel,
  casesSentence,
  changeTitle,
  changeValues,
  firstRuns,
  incompleteSentence,
  leverSaving,
  plannedSentence,
  reproduceCommand,
  routeSentence,
  sideLabel,
  spentUsd,
} from './sentences.ts'
import type { Row, RowStatus } from './view.ts'
import {
  allRows,
  blockingNote,
  flipsOf,
  isDrifting,
  movedSlices,
  STATUS_WORDS,
  setCounts,
  verdictSentence,
} from './view.ts'
import { whySentence } from './why.ts'

export type TextOptions = {
  readonly color?: boolean
  /** Lines of a drift run, in the place of what compares two sides (`drift-sections.ts`). */
  readonly drift?: readonly string[]
}

const CASES = 20
const ROWS = 40
const SENTENCE = 600

/** Plain lines with a final line feed; `color` adds ANSI colours to marks and the verdict only. */
export function renderText(report: Report, options: TextOptions = {}): string {
  const paint = painter(options.color === true)
  const { drift } = options
  const sections = [
    verdictLines(report, paint),
    planLines(report),
    estimateText(report),
    warningLines(report, paint),
    ...(drift === undefined
      ? [
          firstRunLines(report),
          tableLines(report, paint),
          whyLines(report),
          findingLines('What to do', groupFindings(report).gates),
          brokenLines(report, paint),
          sliceLines(report),
          routeLines(report),
          leverLines(report),
          changeLines(report),
        ]
      : [drift]),
    noteLines(report),
    footerLines(report),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

type Paint = (status: RowStatus | 'bold' | 'quiet', text: string) => string

const CODES = {
  pass: '32',
  warn: '33',
  fail: '31',
  inconclusive: '33',
  'not-measured': '35',
  shown: '2',
  bold: '1',
  quiet: '2',
} as const satisfies { readonly [style in Parameters<Paint>[0]]: string }

function painter(color: boolean): Paint {
  return color ? (style, text) => `\u001B[${CODES[style]}m${text}\u001B[0m` : (_, text) => text
}

function inert(text: string, graphemes = SENTENCE): string {
  return logLine(cleanCut(text, graphemes))
}

function verdictLines(report: Report, paint: Paint): readonly string[] {
  const sentence = inert(verdictSentence(report))
  const waived = waivedLines(report).map((message) => `Waived: ${inert(message)}`)
  if (report.verdict.outcome === 'nothing-affected') return [...waived, paint('pass', sentence)]
  const style = report.verdict.outcome === 'planned' ? 'bold' : isDrifting(report) ? 'warn' : report.verdict.outcome
  const { head } = report.sides
  const facts = [inert(`${baseLabel(report)} -> ${sideLabel(head)}`, 200), inert(report.pair, 200)]
  if (report.evalSets.length > 0) facts.push(casesSentence(report))
  const more = [setCounts(report), blockingNote(report)].filter((line) => line !== null)
  return [...waived, paint(style, sentence), paint('quiet', facts.join(' · ')), ...more]
}

function planLines(report: Report): readonly string[] {
  const sentence = report.verdict.outcome === 'planned' ? plannedSentence(report) : null
  return sentence === null ? [] : [`Plan: ${sentence} Nothing was called.`]
}

function estimateText(report: Report): readonly string[] {
  const rows = estimateRows(report)
  if (rows.length === 0) return []
  const shown = rows.slice(0, ROWS).map((row) => {
    const change = row.change === '-' ? '' : `, ${inert(row.change, 80)}`
    return `  ${inert(row.of, 60)}: ${row.what} ${inert(row.base, 30)} -> ${inert(row.head, 30)}${change}`
  })
  const lines = estimateLines(report).slice(0, CASES)
  const below = lines.map((line) => `  ${inert(line)}`)
  return ['Estimated cost, not measured', ...shown, ...rest(rows.length, ROWS, 'row'), ...below]
}

function warningLines(report: Report, paint: Paint): readonly string[] {
  const incomplete = incompleteSentence(report)
  const first = incomplete === null ? [] : [paint('warn', inert(incomplete))]
  return [...first, ...findingLines('Warnings about the measurement', groupFindings(report).measurement)]
}

function findingLines(title: string, findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return []
  return [title, ...findings.slice(0, CASES).flatMap(findingText), ...rest(findings.length, CASES, 'finding')]
}

function findingText(finding: Finding): readonly string[] {
  const set = finding.evalSet === null ? '' : ` ${inert(finding.evalSet, 80)}`
  const place = finding.place === undefined ? '' : ` ${inert(formatPlace(finding.place), 200)}`
  const figures = findingFigures(finding)
  const evidence = (finding.evidence ?? []).slice(0, 10).map((id) => inert(id, 80))
  return [
    `  ${finding.rule}${set}${place}: ${inert(finding.message)}${figures === '' ? '' : ` (${inert(figures, 200)})`}`,
    ...(finding.remedy === '' ? [] : [`    ${inert(finding.remedy)}`]),
    ...(evidence.length === 0 ? [] : [`    seen in ${evidence.join(', ')}`]),
  ]
}

function rest(total: number, shown: number, what: string): readonly string[] {
  return total > shown ? [`  and ${plural(total - shown, `more ${what}`)} in report.html`] : []
}

function firstRunLines(report: Report): readonly string[] {
  return firstRuns(report)
    .slice(0, 5)
    .flatMap((set) => {
      const cost =
        set.cost.perRequestUsd.head === null
          ? 'cost per request not known'
          : `${formatUsd(set.cost.perRequestUsd.head)} per request`
      const gates =
        set.proposedGates === null
          ? []
          : set.proposedGates.split('\n').map((line) => `    ${line.match(/^ */)?.[0] ?? ''}${inert(line, 200)}`)
      return [
        `First run of ${inert(set.name, 80)}: ${formatPoints(set.score.head)} of 100 on the head, ${cost}.${set.evidence === '' ? '' : ` ${inert(set.evidence)}`}`,
        ...(gates.length === 0 ? [] : ['  Gates that fit what was measured:', ...gates]),
      ]
    })
}

function tableLines(report: Report, paint: Paint): readonly string[] {
  const rows = allRows(report)
  if (rows.length === 0) return []
  const cells = rows.slice(0, ROWS).map(rowTexts)
  const header = ['metric', 'base', 'head', 'change', 'limit', 'status']
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => columnsOf(row[column] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => aligned(text, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd()
  const body = rows.slice(0, ROWS).map((row, index) => {
    const texts = cells[index] ?? []
    const status = STATUS_WORDS[row.status]
    return `${line(texts.slice(0, -1))}  ${paint(row.status, status)}`
  })
  return [paint('quiet', line(header)), ...body, ...rest(rows.length, ROWS, 'row')]
}

function rowTexts(row: Row): readonly string[] {
  const name = row.set === '' ? row.metric : `${row.set}: ${row.metric}`
  return [
    inert(name, 60),
    inert(row.base, 30),
    inert(row.head, 30),
    inert(row.change, 60),
    inert(row.limit, 40),
    STATUS_WORDS[row.status],
  ]
}

function aligned(text: string, columns: number, column: number): string {
  const pad = ' '.repeat(Math.max(0, columns - columnsOf(text)))
  return column === 0 || column === 5 ? text + pad : pad + text
}

function whyLines(report: Report): readonly string[] {
  const sentence = whySentence(report)
  return sentence === null ? [] : [inert(sentence)]
}

function brokenLines(report: Report, paint: Paint): readonly string[] {
  const broken = flipsOf(report, 'broken')
  if (broken.length === 0) return []
  const lines = broken.slice(0, CASES).flatMap(({ set, flip }) => {
    const where = report.evalSets.length > 1 ? `${inert(set, 60)} ` : ''
    const scores =
      flip.baseScore === null && flip.headScore === null
        ? ''
        : ` ${formatPoints(flip.baseScore)} -> ${formatPoints(flip.headScore)}`
    const why = flip.why === '' ? '' : ` · ${inert(flip.why, 160)}`
    return [
      `  ${where}${inert(flip.caseId, 80)}${scores}${why}`,
      ...answerLines('base', flip.base, paint),
      ...answerLines('head', flip.head, paint),
      ...differenceLines(flip, (text) => inert(text, 80)).map((line) => `    ${line}`),
    ]
  })
  const left = allUnlisted(report, 'broken')
  const more = [...rest(broken.length, CASES, 'broken case'), ...(left === 0 ? [] : [`  ${unlistedNote(left)}`])]
  return [`Broken cases (${broken.length + left})`, ...lines, ...more]
}

function answerLines(side: string, text: string | null, paint: Paint): readonly string[] {
  return text === null ? [] : [`    ${paint('quiet', `${side}:`)} ${inert(text, 160)}`]
}

function sliceLines(report: Report): readonly string[] {
  const slices = movedSlices(report)
  if (slices.length === 0) return []
  const lines = slices.slice(0, CASES).map(({ set, slice }) => {
    const where = report.evalSets.length > 1 ? `${inert(set, 60)} ` : ''
    const name = inert(`${slice.dimension}=${slice.value}`, 80)
    return `  ${where}${name} (${plural(slice.n, 'case')}): ${formatPointsChange(slice.score)}, ${STATUS_WORDS[slice.status]}`
  })
  return ['Slices that moved', ...lines, ...rest(slices.length, CASES, 'slice')]
}

function routeLines(report: Report): readonly string[] {
  if (report.routes.length === 0) return []
  const lines = report.routes.slice(0, CASES).map((route) => {
    return `  ${inert(route.name, 80)}: ${routeSentence(route)}${inert(assumptionSentence(route))}`
  })
  return ['Monthly cost', ...lines, ...rest(report.routes.length, CASES, 'route')]
}

function leverLines(report: Report): readonly string[] {
  const levers = report.levers ?? []
  if (levers.length === 0) return []
  const lines = levers
    .slice(0, CASES)
    .map((lever) => `  ${inert(lever.evalSet, 80)}: ${inert(leverSaving(lever))}. ${inert(lever.message)}`)
  return ['Ways to pay less', ...lines, ...rest(levers.length, CASES, 'way')]
}

function changeLines(report: Report): readonly string[] {
  const all = [
    ...report.changes.filter(({ covered }) => covered).map((change) => ({ change, mark: '' })),
    ...report.uncovered.map((change) => ({ change, mark: ' (not covered by any eval set)' })),
  ]
  if (all.length === 0) return []
  const lines = all.slice(0, CASES).map(({ change, mark }) => {
    const values = changeValues(change)
    return `  ${change.kind} ${inert(changeTitle(change), 200)}${values === null ? '' : ` ${inert(values, 200)}`}${mark}: ${inert(change.why, 200)}`
  })
  return ['Changes', ...lines, ...rest(all.length, CASES, 'change')]
}

function noteLines(report: Report): readonly string[] {
  const notRun = report.notRun.map(({ evalSet, why }) => `Not run: ${evalSet}: ${why}`)
  const notes = groupFindings(report).notes.map((finding) => `${finding.rule}: ${finding.message} ${finding.remedy}`)
  return [...notRun, ...notes, ...report.run.notes].slice(0, ROWS).map((note) => inert(note))
}

function footerLines(report: Report): readonly string[] {
  const { run } = report
  if (report.verdict.outcome === 'nothing-affected') return []
  const calls = `${plural(run.calls.target + run.calls.judge, 'call')} in ${formatSeconds(run.seconds)}, ${spentUsd(report)}`
  const command = reproduceCommand(report)
  const howToWaive = waiveLine(report)
  return [
    `${calls} · Prompt Parity ${inert(report.tool.version, 40)} · config ${inert(report.provenance.configHash.slice(0, 12), 12)}`,
    ...(command === null ? [] : [`Reproduce: ${command}`]),
    ...(howToWaive === null ? [] : [howToWaive.replaceAll('`', '')]),
  ]
}
