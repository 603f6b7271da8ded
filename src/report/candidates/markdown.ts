// A comparison of models for the job summary. GitHub-flavoured Markdown; every outside text goes through escape.ts.

import { commentMarker, markdownFence } from '../escape.ts'
import { SUMMARY_BYTES } from '../markdown.ts'
import { bullets, cell, cellCode, code, folded, left, prose, right, summaryCode, table } from '../markdown-table.ts'
import { formatPoints, formatPointsChange, formatSeconds, plural } from '../numbers.ts'
import type { EvalSetReport, Report } from '../report.ts'
import { incompleteSentence, plannedSentence, sideLabel, spentUsd } from '../sentences.ts'
import { blockingNote, verdictSentence } from '../view.ts'
import type { CandidateSet, CandidatesReport, PinDiff } from './report.ts'
import { pairsNote, sliceCost, sliceName } from './slices.ts'
import {
  adviceOf,
  type Cells,
  cellsOf,
  holdingWords,
  judgedByItself,
  NAMED,
  parameterNotes,
  problemOf,
  TITLES,
} from './words.ts'

const CELL = 120
const SENTENCE = 600

type Detail = { readonly cases: number; readonly slices: number; readonly diffs: number }
/** What goes first: cases, then slices, then diffs. The tables stay. */
const LEVELS: readonly Detail[] = [
  { cases: 20, slices: 100, diffs: 20 },
  { cases: 3, slices: 20, diffs: 5 },
  { cases: 0, slices: 0, diffs: 0 },
]

export function candidatesMarkdown(
  report: Report,
  found: CandidatesReport,
  { marker, bytes = SUMMARY_BYTES }: { readonly marker?: string; readonly bytes?: number } = {},
): string {
  let text = ''
  for (const detail of LEVELS) {
    const first = marker === undefined ? [] : [commentMarker(marker)]
    text = [...first, ...compose(report, found, detail)]
      .filter((part) => part !== '')
      .join('\n\n')
      .concat('\n')
    if (Buffer.byteLength(text, 'utf8') <= bytes) return text
  }
  return text
}

function compose(report: Report, found: CandidatesReport, detail: Detail): readonly string[] {
  const lines = [
    incompleteSentence(report),
    blockingNote(report),
    report.verdict.outcome === 'planned' ? plannedSentence(report) : null,
  ]
  const notes = [...report.notRun.map(({ evalSet, why }) => `Not run: ${evalSet}: ${why}.`), ...report.run.notes]
  return [
    `### ${prose(verdictSentence(report), SENTENCE)}`,
    prose(`${sideLabel(report.sides.head)} · candidates ${NAMED[found.named].replaceAll('`', '')}`, SENTENCE),
    ...lines.map((line) => (line === null ? '' : prose(line, SENTENCE))),
    ...found.sets.flatMap((set) => setSections(set, report, detail)),
    bullets(
      notes.map((note) => prose(note, SENTENCE)),
      20,
    ),
    footer(report),
  ]
}

function setSections(set: CandidateSet, report: Report, detail: Detail): readonly string[] {
  const itself = judgedByItself(set)
  const advice = adviceOf(set)
  const problems = set.rows.flatMap((row) => {
    const problem = problemOf(row)
    return problem === null ? [] : [`${code(row.model, CELL)}: ${prose(problem, SENTENCE)}`]
  })
  return [
    `#### ${code(set.evalSet, CELL)} (limit ${formatPoints(set.limit)} points)`,
    modelTable(set, report),
    advice === null ? '' : `**${prose(advice, SENTENCE)}**`,
    bullets([...problems, ...parameterNotes(set).map((note) => prose(note, SENTENCE))], 20),
    itself === null ? '' : prose(itself, SENTENCE),
    bullets(
      set.splits.map((split) => prose(`Split: ${split}.`, SENTENCE)),
      20,
    ),
    prose(pairsNote(set) ?? '', SENTENCE),
    sliceTable(set, detail.slices),
    ...set.rows.map((row) => brokenCases(report, row.comparison, detail.cases)),
    ...set.pins.map((pin) => pinSection(pin, detail.diffs)),
  ]
}

const COLUMNS = ['holds', 'score', 'cases', 'cost', 'month', 'latency', 'p95', 'tokens', 'marks'] as const
const NUMBERS: ReadonlySet<string> = new Set(['cost', 'month', 'p95', 'tokens'])

function modelTable(set: CandidateSet, report: Report): string {
  const rows = cellsOf(set, report)
  const columns = COLUMNS.filter((column) => rows.some((row) => row[column] !== '' && row[column] !== '-'))
  const titles = columns.map((column) => (NUMBERS.has(column) ? right(TITLES[column]) : left(TITLES[column])))
  return table(
    [left('model'), ...titles],
    rows.map((row: Cells) => [cellCode(row.model, CELL), ...columns.map((column) => cell(row[column], CELL))]),
  )
}

function sliceTable({ rows }: CandidateSet, most: number): string {
  const all = rows.flatMap((row) => row.slices.map((slice) => ({ row, slice })))
  if (all.length === 0 || most === 0) return ''
  const lines = all
    .slice(0, most)
    .map(({ row, slice }) => [
      cellCode(row.model, CELL),
      cellCode(sliceName(slice), CELL),
      cell(holdingWords(slice.holding), CELL),
      cell(formatPointsChange(slice.score), CELL),
      String(slice.cases),
      cell(sliceCost(slice), CELL),
    ])
  const columns = [left('model'), left('slice'), left('result'), left('score'), right('cases'), left('cost')]
  const more = all.length > most ? `\n\n${plural(all.length - most, 'more slice')} in report.html` : ''
  return folded(`Slices (${all.length})`, `${table(columns, lines)}${more}`)
}

function brokenCases(report: Report, comparison: string | null, most: number): string {
  const set = report.evalSets.find((one) => one.name === comparison)
  const broken = set?.flips.filter((flip) => flip.kind === 'broken') ?? []
  if (set === undefined || broken.length === 0 || most === 0) return ''
  const lines = broken.slice(0, most).map((flip) => `${code(flip.caseId, CELL)}: ${prose(flip.why, 300)}`)
  const more = broken.length > most ? `\n\n${plural(broken.length - most, 'more case')} in report.html` : ''
  return folded(`Broken with ${summaryCode(modelIn(set), CELL)} (${broken.length})`, `${bullets(lines, most)}${more}`)
}

const modelIn = (set: EvalSetReport) => set.model.head ?? set.name

function pinSection(pin: PinDiff, most: number): string {
  if (most === 0) return ''
  const shown = pin.diffs.slice(0, most).map(({ diff }) => markdownFence(diff, 'diff'))
  const notes = bullets(
    pin.notes.map((note) => prose(note, SENTENCE)),
    10,
  )
  const body = [...shown, notes].filter((part) => part !== '').join('\n\n')
  return `Pin of ${code(pin.model, CELL)} (${pin.because}):\n\n${body}`
}

function footer(report: Report): string {
  const { run } = report
  const calls = `${plural(run.calls.target + run.calls.judge, 'call')} in ${formatSeconds(run.seconds)}`
  return `<sub>${prose(`${calls}, ${run.calls.stored} from the store, ${spentUsd(report)} · Prompt Parity ${report.tool.version}`, SENTENCE)}</sub>`
}
