// One eval set on the page: its score over time with the band, the other figures, what happened, and the numbers as a table.

import { cleanCut, htmlText } from '../report/escape.ts'
import { tableHtml } from '../report/html-tables.ts'
import { formatAmount, formatMs, formatPoints, formatUsd, plural } from '../report/numbers.ts'
import { bandOf } from './band.ts'
import { type Happening, happeningsOf } from './happenings.ts'
import { type ChartBand, type ChartMark, chartHtml, dateOf, dayHtml } from './page-chart.ts'
import type { SetState } from './page-state.ts'
import type { RunRecord } from './records.ts'
import { type Measure, type Point, pointsOf, type SetSeries, seriesName } from './series.ts'

export type SetView = {
  readonly series: SetSeries
  readonly state: SetState
  /** For links within the page. */
  readonly anchor: string
  /** Points of a line at most. */
  readonly budget: number
  readonly open: boolean
}

/** Rows of the tables behind the charts. */
const ROWS = 60
const MOST_MARKS = 40
const MOST_HAPPENINGS = 30

export function setSection({ series, state, anchor, budget, open }: SetView): string {
  const points = pointsOf(series.pinned.length > 0 ? series.pinned : series.merges, budget)
  const happenings = happeningsOf(series)
  const span = spanOf(series)
  const charts = [
    scoreChart(series, { points, happenings, span, budget }),
    keyHtml(series, happenings, points),
    `<div class="small">${SMALL.map((small) => smallChart(small, points, span)).join('')}</div>`,
  ]
  const tables = [happeningTable(happenings), runTable(series), fallbackTable(series.fallbacks)]
  const summary = `<summary><b>${text(seriesName(series))}</b> <span class="${state.word}">${state.label}</span><span class="soft">${htmlText(state.figures)}</span></summary>`
  return `<details${open ? ' open' : ''}>${summary}<div class="in" id="${anchor}">${[...charts, ...tables].join('')}</div></details>`
}

const text = (value: string) => htmlText(cleanCut(value, 200))

type Span = { readonly from: number; readonly to: number }

function spanOf({ pinned, live, fallbacks, merges, baselines, accepts }: SetSeries): Span {
  const ends = [pinned, live, fallbacks, merges, baselines, accepts].flatMap((list) => [list[0], list.at(-1)])
  const times = ends.flatMap((one) => (one === undefined ? [] : [Date.parse(one.at)]))
  const [from, last] = [Math.min(...times), Math.max(...times)]
  const unit = DAY_MS * 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, (last - from) / DAY_MS / AXIS_UNITS))))
  return { from, to: from + Math.ceil((last - from) / unit) * unit }
}

const DAY_MS = 86_400_000
/** The axis grows by about a fiftieth at a time, so that most days a new page differs from the old one in its last points only. */
const AXIS_UNITS = 50

type Shown = {
  readonly points: readonly Point[]
  readonly happenings: readonly Happening[]
  readonly span: Span
  readonly budget: number
}

function scoreChart(series: SetSeries, { points, happenings, span, budget }: Shown): string {
  const last = points.at(-1)
  const live = pointsOf(series.live, Math.floor(budget / 2))
  const bands = bandsOf(series, span)
  const band = bands.at(-1)
  const first = points.find(({ score }) => score !== null)
  const words = [
    `Score of ${seriesName(series)} from ${dateOf(span.from)} to ${dateOf(span.to)}`,
    `first ${formatPoints(first?.score ?? null)}, last ${formatPoints(last?.score ?? null)} points`,
    band === undefined ? 'no baseline yet' : `band ${formatPoints(band.low)} to ${formatPoints(band.high)}`,
  ]
  return chartHtml({
    ...span,
    title: 'Score, points of 100',
    now: formatPoints(last?.score ?? null),
    description: cleanCut(`${words.join('; ')}. The tables below have the figures.`, 400),
    lines: [
      { points: valuesOf(points, 'score') },
      ...(live.length > 0 ? [{ points: valuesOf(live, 'score'), dashed: true }] : []),
    ],
    bands,
    marks: marksOf(series, points, happenings),
    minRange: 10,
    most: 100,
    format: formatPoints,
  })
}

const valuesOf = (points: readonly Point[], measure: Measure) =>
  points.map((point) => ({ ms: point.ms, spanMs: point.spanMs, value: point[measure] }))

/** Each baseline from its day to the next one, or to the last run that was compared with it. */
function bandsOf({ baselines, pinned }: SetSeries, { to }: Span): readonly ChartBand[] {
  return baselines.flatMap((baseline, at) => {
    const band = bandOf(baseline)
    const from = Date.parse(baseline.at)
    const next = baselines[at + 1]
    const current = pinned.at(-1)?.key === baseline.key || pinned.length === 0
    const last = pinned.findLast(({ key }) => key === baseline.key)
    const end = next === undefined ? (current ? to : Date.parse(last?.at ?? baseline.at)) : Date.parse(next.at)
    return band === null || end <= from ? [] : [{ ...band, from, to: end }]
  })
}

function marksOf(series: SetSeries, points: readonly Point[], happenings: readonly Happening[]): readonly ChartMark[] {
  const last = points.at(-1)
  const departures = points.flatMap((point): readonly ChartMark[] => {
    const { state, ms, score } = point
    if (state !== 'drift' && (state !== 'suspect' || point.runs > 1)) return []
    return [{ kind: state, ms, value: score, text: `${dateOf(ms)}: ${formatPoints(score)} points, ${state}` }]
  })
  const merges = series.merges.flatMap(({ at, figures, pr }): readonly ChartMark[] => {
    const ms = Date.parse(at)
    const what = pr === undefined || pr === null ? 'merge' : `merge of #${pr}`
    const score = formatPoints(figures.score)
    return [{ kind: 'merge', ms, value: figures.score, text: `${dateOf(ms)}: ${what}, ${score} points` }]
  })
  const events = happenings
    .filter(({ kind }) => kind === 'model' || kind === 'content' || kind === 'accept' || kind === 'baseline')
    .map(({ at, text: words }): ChartMark => {
      const ms = Date.parse(at)
      return { kind: 'event', ms, value: null, text: cleanCut(`${dateOf(ms)}: ${words}`, 200) }
    })
  const newest: readonly ChartMark[] =
    last === undefined
      ? []
      : [
          {
            kind: 'last',
            ms: last.ms,
            value: last.score,
            text: `${dateOf(last.ms)}: ${formatPoints(last.score)} points, the last run`,
          },
        ]
  const marks = [departures, merges, events].flatMap((some) => some.slice(-MOST_MARKS))
  return [
    ...marks.sort((a, b) => a.ms - b.ms),
    ...newest.filter(() => last?.state !== 'drift' && last?.state !== 'suspect'),
  ]
}

/** What the marks of the chart stand for; only what can be seen in it. */
function keyHtml({ live, merges }: SetSeries, happenings: readonly Happening[], points: readonly Point[]): string {
  const has = (state: Point['state']) => points.some((point) => point.state === state)
  const items = [
    ['band', 'baseline ± 2 standard deviations of a run', true],
    ['suspect', 'suspect', has('suspect')],
    ['drift', 'drift', has('drift')],
    ['merge', 'merge', merges.length > 0],
    ['event', 'event', happenings.length > 0],
    ['live', 'live model', live.length > 0],
  ] as const
  const shown = items.filter(([, , visible]) => visible)
  return `<ul class="key">${shown.map(([kind, words]) => `<li><i class="k-${kind}"></i>${words}</li>`).join('')}</ul>`
}

type Small = {
  readonly title: string
  readonly measure: Measure
  readonly minRange: number
  readonly format: (value: number) => string
}
const SMALL: readonly Small[] = [
  { title: 'Cost per request', measure: 'costUsd', minRange: 0, format: (usd) => formatUsd(String(usd)) },
  { title: 'Latency, geometric mean', measure: 'latencyMs', minRange: 10, format: formatMs },
  { title: 'Output tokens per request', measure: 'outputTokens', minRange: 5, format: formatAmount },
  { title: 'Input tokens per request', measure: 'inputTokens', minRange: 5, format: formatAmount },
]

function smallChart({ title, measure, minRange, format }: Small, points: readonly Point[], span: Span): string {
  const values = valuesOf(points, measure)
  const known = values.flatMap(({ value }) => value ?? [])
  const last = known.at(-1)
  if (last === undefined) return `<p class="soft">${title}: not known.</p>`
  const least = known.reduce((a, b) => Math.min(a, b))
  const most = known.reduce((a, b) => Math.max(a, b))
  return chartHtml({
    ...span,
    ...{ title, format, now: format(last), lines: [{ points: values }], bands: [], marks: [] },
    description: `${title}: between ${format(least)} and ${format(most)}, last ${format(last)}.`,
    // A tenth of the value at least, so that noise does not look like a leap.
    minRange: Math.max(minRange, last / 10),
  })
}

function behind(title: string, table: string): string {
  return table === '' ? '' : `<details><summary>${title}</summary><div class="in">${table}</div></details>`
}

function happeningTable(happenings: readonly Happening[]): string {
  const rows = happenings
    .slice(-MOST_HAPPENINGS)
    .reverse()
    .map(({ at, kind, text: words }) => [dayHtml(at), KIND_WORDS[kind], text(words)])
  const left = happenings.length - rows.length
  const more = left > 0 ? `<p class="soft">${plural(left, 'earlier event')} in the records.</p>` : ''
  return behind(`Events (${happenings.length})`, tableHtml(['date (UTC)', 'kind', 'what'], rows) + more)
}

const KIND_WORDS: { readonly [kind in Happening['kind']]: string } = {
  model: 'model id',
  fingerprint: 'fingerprint',
  tier: 'service tier',
  content: 'content',
  baseline: 'baseline',
  merge: 'merge',
  accept: 'accept',
  drift: 'drift',
}

const STATE_WORDS = { 'in-band': 'in the band', suspect: 'suspect', drift: 'drift' } as const

function runTable({ pinned, merges }: SetSeries): string {
  const points = pointsOf(pinned.length > 0 ? pinned : merges, ROWS)
  const rows = points
    .toReversed()
    .map((point) => [
      `<span class="day">${point.runs === 1 ? dateOf(point.ms) : `about ${dateOf(point.ms)}, mean of ${point.runs}`}</span>`,
      formatPoints(point.score),
      point.state === null ? '-' : `<span class="${point.state}">${STATE_WORDS[point.state]}</span>`,
      formatUsd(point.costUsd === null ? null : String(point.costUsd)),
      formatMs(point.latencyMs),
      formatAmount(point.inputTokens),
      formatAmount(point.outputTokens),
    ])
  const titles = ['date (UTC)', '#score', 'state', '#cost per request', '#latency', '#input tokens', '#output tokens']
  return behind(
    `Figures as a table (${plural(pinned.length > 0 ? pinned.length : merges.length, 'run')})`,
    tableHtml(titles, rows),
  )
}

/** The last run of each. */
function fallbackTable(fallbacks: readonly RunRecord[]): string {
  const last = new Map(fallbacks.map((run) => [run.model ?? 'not known', run]))
  const rows = [...last].map(([model, { at, figures }]) => [
    `<code>${text(model)}</code>`,
    dayHtml(at),
    formatPoints(figures.score),
    formatUsd(figures.costUsd),
    formatMs(figures.latencyMs),
  ])
  return behind(
    'Fallback models',
    tableHtml(['model', 'last run (UTC)', '#score', '#cost per request', '#latency'], rows),
  )
}
