// A comparison of models on a terminal or in a log. Every outside text is one inert line.

import { cleanCut, logLine, logLines } from '../escape.ts'
import { formatPoints, formatSeconds, plural } from '../numbers.ts'
import type { Report } from '../report.ts'
import { incompleteSentence, plannedSentence, sideLabel, spentUsd } from '../sentences.ts'
import type { TextOptions } from '../text.ts'
import { blockingNote, verdictSentence } from '../view.ts'
import type { CandidateSet, CandidatesReport, PinDiff } from './report.ts'
import { pairsNote, sliceLine } from './slices.ts'
import { adviceOf, type Cells, cellsOf, judgedByItself, NAMED, parameterNotes, problemOf, TITLES } from './words.ts'

const CELL = 70
const SENTENCE = 600
const DIFF_LINES = 60
const SLICES = 40

export function candidatesText(report: Report, found: CandidatesReport, { color = false }: TextOptions = {}): string {
  const incomplete = incompleteSentence(report)
  const planned = report.verdict.outcome === 'planned' ? plannedSentence(report) : null
  const notes = [...report.notRun.map(({ evalSet, why }) => `Not run: ${evalSet}: ${why}.`), ...report.run.notes]
  const sections = [
    [
      bold(inert(verdictSentence(report)), color),
      inert(`${sideLabel(report.sides.head)} · candidates ${NAMED[found.named]}`, 200),
      blockingNote(report) ?? '',
      incomplete === null ? '' : inert(incomplete),
      planned === null ? '' : `Plan: ${planned} Nothing was called.`,
    ],
    ...found.sets.map((set) => setLines(set, report)),
    notes.map((note) => inert(note)),
    [ending(report)],
  ]
  const shown = sections.map((lines) => lines.filter((line) => line !== '')).filter((lines) => lines.length > 0)
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const inert = (text: string, graphemes = SENTENCE) => logLine(cleanCut(text, graphemes))
const bold = (text: string, color: boolean) => (color ? `\u001B[1m${text}\u001B[0m` : text)

function setLines(set: CandidateSet, report: Report): readonly string[] {
  const itself = judgedByItself(set)
  const problems = set.rows.flatMap((row) => {
    const problem = problemOf(row)
    return problem === null ? [] : [`${inert(row.model, CELL)}: ${inert(problem)}`]
  })
  const slices = set.rows.flatMap((row) => row.slices.map((slice) => `  ${inert(sliceLine(row, slice), 200)}`))
  const advice = adviceOf(set)
  return [
    inert(`${set.evalSet} (limit ${formatPoints(set.limit)} points)`, 120),
    ...tableLines(cellsOf(set, report)),
    ...(advice === null ? [] : [inert(advice)]),
    ...problems,
    ...parameterNotes(set).map((note) => inert(note)),
    ...(itself === null ? [] : [inert(itself)]),
    ...set.splits.map((split) => inert(`Split: ${split}.`)),
    pairsNote(set) ?? '',
    ...(slices.length === 0 ? [] : ['Slices:', ...slices.slice(0, SLICES)]),
    ...(slices.length > SLICES ? [`  and ${plural(slices.length - SLICES, 'more slice')} in report.html`] : []),
    ...set.pins.flatMap(pinLines),
  ]
}

const COLUMNS = ['model', 'score', 'holds', 'cases', 'cost', 'month', 'latency', 'p95', 'tokens', 'marks'] as const

/** Columns that say nothing in any row are left out. */
function tableLines(rows: readonly Cells[]): readonly string[] {
  const columns = COLUMNS.filter((column) => rows.some((row) => row[column] !== '' && row[column] !== '-'))
  const texts = [TITLES, ...rows].map((row) => columns.map((column) => inert(row[column], CELL)))
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => row[at]?.length ?? 0)))
  return texts.map((row) => `  ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
}

function pinLines(pin: PinDiff): readonly string[] {
  const lines = pin.diffs.flatMap(({ diff }) => diff.trimEnd().split('\n'))
  const shown = lines.slice(0, DIFF_LINES).map((line) => logLines(line))
  const left = lines.length - shown.length
  return [
    inert(`Pin of ${pin.model} (${pin.because}):`),
    ...shown,
    ...(left > 0 ? [`and ${plural(left, 'more line')} in report.html`] : []),
    ...pin.notes.map((note) => inert(note)),
  ]
}

function ending({ run }: Report): string {
  if (run.calls.target + run.calls.judge + run.calls.stored === 0) return ''
  const calls = `${plural(run.calls.target + run.calls.judge, 'call')} in ${formatSeconds(run.seconds)}`
  return inert(
    `${calls}, ${`${run.calls.stored} from the store`}, ${run.usd.target === null ? '' : 'cost of the run: '}${cost(run)}`,
  )
}

const cost = (run: Report['run']) => spentUsd({ run } as Report)
