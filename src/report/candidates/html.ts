// A comparison of models in report.html: for each eval set the chart, the table beside it, slices and the ready pin.

import { cleanCut, htmlText } from '../escape.ts'
import { tableHtml } from '../html-tables.ts'
import { formatPoints, formatPointsChange } from '../numbers.ts'
import type { Report } from '../report.ts'
import { chartHtml } from './chart.ts'
import type { CandidateSet, CandidatesReport, PinDiff } from './report.ts'
import { pairsNote, sliceCost, sliceName } from './slices.ts'
import { adviceOf, cellsOf, holdingWords, judgedByItself, parameterNotes, problemOf, TITLES } from './words.ts'

export const CHART_STYLE = `
.models table{font-size:.875rem}figure{margin:1rem 0}.chart{width:100%;max-width:48rem;height:auto;font:12px system-ui,sans-serif}
.chart text{fill:var(--soft)}.chart .grid{stroke:var(--line);stroke-width:1}.chart .zero{stroke:var(--soft);stroke-width:1}
.chart .limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}
.chart .point line{stroke:var(--soft);stroke-width:1.5}.chart .point text{fill:var(--ink);font-weight:600}
.chart .in-use rect{fill:var(--focus)}.chart .holds circle{fill:var(--good)}.chart .other circle{fill:var(--paper);stroke:var(--bad);stroke-width:2.5}
`

const SENTENCE = 2000

export function candidatesHtml({ sets }: CandidatesReport, report: Report): string {
  return sets.map((set, at) => setHtml(set, at, report)).join('\n')
}

const text = (value: string) => htmlText(cleanCut(value, SENTENCE))
const paragraph = (value: string | null) => (value === null ? '' : `<p>${text(value)}</p>`)

function setHtml(set: CandidateSet, at: number, report: Report): string {
  const problems = set.rows.flatMap((row) => {
    const problem = problemOf(row)
    return problem === null ? [] : [`<li><code>${text(row.model)}</code>: ${text(problem)}</li>`]
  })
  const advice = adviceOf(set)
  return `<section><h2>Candidates for ${text(set.evalSet)}</h2>${[
    advice === null ? '' : `<p><strong>${text(advice)}</strong></p>`,
    problems.length === 0 ? '' : `<ul>${problems.join('')}</ul>`,
    ...parameterNotes(set).map(paragraph),
    paragraph(judgedByItself(set)),
    ...set.splits.map((split) => paragraph(`Split: ${split}.`)),
    paragraph(pairsNote(set)),
    chartHtml(set, `chart-${at}`),
    modelTable(set, report),
    sliceTable(set),
    ...set.pins.map(pinHtml),
  ].join('\n')}</section>`
}

function modelTable(set: CandidateSet, report: Report): string {
  const rows = cellsOf(set, report).map((row, at) => [
    String(at),
    `<code>${text(row.model)}</code>`,
    ...[row.holds, row.score, row.cases, row.cost, row.month, row.latency, row.p95, row.tokens, row.marks].map(text),
  ])
  const titles = [
    ...['#no.', TITLES.model, TITLES.holds, `${TITLES.score} (limit -${formatPoints(set.limit)})`],
    ...[
      TITLES.cases,
      `#${TITLES.cost}`,
      `#${TITLES.month}`,
      TITLES.latency,
      `#${TITLES.p95}`,
      `#${TITLES.tokens}`,
      'marked',
    ],
  ]
  return `<div class="models">${tableHtml(titles, rows)}</div>`
}

function sliceTable({ rows }: CandidateSet): string {
  const lines = rows.flatMap((row) =>
    row.slices.map((slice) => [
      `<code>${text(row.model)}</code>`,
      `<code>${text(sliceName(slice))}</code>`,
      text(holdingWords(slice.holding)),
      text(formatPointsChange(slice.score)),
      String(slice.cases),
      text(sliceCost(slice)),
    ]),
  )
  if (lines.length === 0) return ''
  return `<h3>Slices</h3>${tableHtml(['model', 'slice', 'result', 'score', '#cases', 'cost'], lines)}`
}

function pinHtml(pin: PinDiff): string {
  const diffs = pin.diffs.map(({ diff }) => `<pre class="text">${htmlText(diff)}</pre>`)
  const notes = pin.notes.map((note) => `<p class="soft">${text(note)}</p>`)
  return `<h3>Pin of <code>${text(pin.model)}</code> (${pin.because})</h3>${[...diffs, ...notes].join('')}`
}
