// The sections of a drift run in every rendering. Loaded only where a report has them.

import type { DriftReport } from '../drift/report.ts'
import type { Renderers } from '../render.ts'
import {
  adviceLines,
  DRIFT_TITLES,
  driftFacts,
  driftRow,
  eventLines,
  fallbackLines,
  flipLines,
  forecastLines,
  liveLines,
  orderedDrift,
  shiftLines,
  unmeasuredLines,
} from './drift-view.ts'
import { cleanCut, htmlText, logLine } from './escape.ts'
import { renderHtml } from './html.ts'
import { tableHtml } from './html-tables.ts'
import { renderMarkdown, renderSummary } from './markdown.ts'
import { bullets, cell, left, limited, prose, right, titled } from './markdown-table.ts'
import { plural } from './numbers.ts'
import { renderText } from './text.ts'

/** As for a run, with these sections in the place of what compares two sides. */
export function driftRenderers(drift: DriftReport): Renderers {
  const markdown = MARKDOWN_SIZES.map((size) => markdownOf(drift, size))
  return {
    text: (report, options = {}) => renderText(report, { ...options, drift: textOf(drift) }),
    comment: (report, marker) =>
      renderMarkdown(report, { ...(marker === undefined ? {} : { marker }), drift: markdown }),
    summary: (report) => renderSummary(report, { drift: markdown }),
    html: (report) => renderHtml(report, { lead: htmlOf(drift), style: '' }),
  }
}

const LISTS: readonly (readonly [string, (drift: DriftReport) => readonly string[]])[] = [
  ['Could not be measured', unmeasuredLines],
  ['Cases that usually passed, and do not now', flipLines],
  ['What to do', adviceLines],
  ['Live models beside the pins', liveLines],
  ['Fallbacks', fallbackLines],
  ['What moved beside the score', shiftLines],
  ['Events', eventLines],
  ['Forecasts of merges, and what came of them', forecastLines],
]

const SENTENCE = 600
const TEXT_ROWS = 100
const TEXT_ITEMS = 20

function textOf(drift: DriftReport): readonly string[] {
  const rows = orderedDrift(drift).map(driftRow)
  const shown = rows.slice(0, TEXT_ROWS).map((row) => row.map((text) => inert(text, 60)))
  const titles = DRIFT_TITLES.map((title) => title.replace('#', ''))
  const widths = titles.map((title, at) => Math.max(title.length, ...shown.map((row) => [...(row[at] ?? '')].length)))
  const line = (row: readonly string[]) =>
    row
      .map((text, at) => padded(text, widths[at] ?? 0, at))
      .join('  ')
      .trimEnd()
  return [
    ...(shown.length === 0 ? [] : [line(titles), ...shown.map(line)]),
    ...(rows.length > shown.length
      ? [`and ${plural(rows.length - shown.length, 'more eval set')} in report.html`]
      : []),
    ...LISTS.flatMap(([title, linesOf]) => {
      const items = linesOf(drift)
      const more = items.length - TEXT_ITEMS
      if (items.length === 0) return []
      return [
        '',
        title,
        ...items.slice(0, TEXT_ITEMS).map((item) => `  ${inert(item, SENTENCE)}`),
        ...(more > 0 ? [`  and ${formatMore(more)}`] : []),
      ]
    }),
    '',
    ...driftFacts(drift).map((fact) => inert(fact, SENTENCE)),
  ]
}

const formatMore = (count: number) => `${plural(count, 'more')}`.replace('mores', 'more')
const inert = (text: string, graphemes: number) => logLine(cleanCut(text, graphemes))

function padded(text: string, width: number, at: number): string {
  const pad = ' '.repeat(Math.max(0, width - [...text].length))
  return DRIFT_TITLES[at]?.startsWith('#') ? pad + text : text + pad
}

type Size = { readonly rows: number; readonly items: number; readonly sentence: number }
const MARKDOWN_SIZES: readonly Size[] = [
  { rows: 1000, items: 200, sentence: SENTENCE },
  { rows: 200, items: 30, sentence: 300 },
  { rows: 50, items: 10, sentence: 200 },
  { rows: 10, items: 3, sentence: 100 },
]

function markdownOf(drift: DriftReport, { rows: most, items, sentence }: Size): string {
  const columns = DRIFT_TITLES.map((title) => (title.startsWith('#') ? right(title.slice(1)) : left(title)))
  const rows = orderedDrift(drift).map((set) => driftRow(set).map((text) => cell(text, 60)))
  const parts = [
    limited(rows, most, columns),
    ...LISTS.map(([title, linesOf]) =>
      titled(
        title,
        bullets(
          linesOf(drift).map((item) => prose(item, sentence)),
          items,
        ),
      ),
    ),
    driftFacts(drift)
      .map((fact) => prose(fact, sentence))
      .join('\n\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function htmlOf(drift: DriftReport): string {
  const text = (value: string) => htmlText(cleanCut(value, SENTENCE))
  const rows = orderedDrift(drift).map((set) => driftRow(set).map(text))
  const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`
  const lists = LISTS.flatMap(([title, linesOf]) => {
    const items = linesOf(drift)
    return items.length === 0 ? [] : [`<section><h2>${title}</h2>${list(items)}</section>`]
  })
  const table = tableHtml([...DRIFT_TITLES], rows)
  return [
    `<section id="results" aria-label="Drift">${table}</section>`,
    ...lists,
    `<section><h2>Around it</h2>${list(driftFacts(drift))}</section>`,
  ].join('\n')
}
