// index.html of the history branch: one file for people, from Pages or from disk. No request leaves it and nothing runs in it.

import { createHash } from 'node:crypto'
import { cleanCut, htmlText } from '../report/escape.ts'
import { STYLE } from '../report/html-style.ts'
import { tableHtml } from '../report/html-tables.ts'
import { formatAmount, formatMs, formatPoints, formatUsd, plural } from '../report/numbers.ts'
import { dayHtml, sparkSvg } from './page-chart.ts'
import { type SetView, setSection } from './page-set.ts'
import { type SetState, stateOf } from './page-state.ts'
import { CHART_STYLE } from './page-style.ts'
import type { HistoryRecord, IncidentRecord } from './records.ts'
import type { RegistryEntry } from './registry.ts'
import { seriesName, seriesOf } from './series.ts'

export type PageInput = {
  readonly records: readonly HistoryRecord[]
  readonly registry: readonly RegistryEntry[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Sets that are shown in full, and points of a line over all of them: five years of twenty sets stay below two megabytes. */
const MOST_SETS = 60
const MOST_POINTS = 6000
const POINTS = { least: 60, most: 300 }
/** Sets whose charts are open at once. */
const OPEN_SETS = 3
const MOST_ROWS = 500
const TREND = 30

export function pageOf({ records, registry, now }: PageInput): string {
  const { sets, incidents } = seriesOf(records)
  const ordered = sets
    .map((series) => ({ series, state: stateOf(series, now) }))
    .sort((a, b) => URGENCY[a.state.word] - URGENCY[b.state.word])
  const budget = Math.max(POINTS.least, Math.min(POINTS.most, Math.floor(MOST_POINTS / Math.max(1, sets.length))))
  const views = ordered.map(({ series, state }, at): SetView => {
    const open = sets.length <= OPEN_SETS || (state.word === 'drift' && at < OPEN_SETS)
    return { series, state, budget, anchor: `set-${at + 1}`, open }
  })
  const main = [
    overdueNotice(views),
    incidentSection(incidents),
    overview(views),
    charts(views),
    registrySection(registry),
  ]
  return pageHtml(headline(views), leadLine(records, now), main)
}

const URGENCY: { readonly [word in SetState['word']]: number } = { drift: 0, suspect: 1, unknown: 2, 'in-band': 3 }

function pageHtml(title: string, lead: string, main: readonly string[]): string {
  const style = STYLE + CHART_STYLE
  const hash = createHash('sha256').update(style, 'utf8').digest('base64')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Drift history: ${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#sets">Skip to the eval sets</a>
<header><h1>Drift history: ${htmlText(title)}</h1><p class="soft">${htmlText(lead)}</p></header>
<main>
${main.filter((part) => part !== '').join('\n')}
</main>
<footer><h2>About this page</h2><p>Written by Prompt Parity with every record on this branch. The records are in <a href="registry.json">registry.json</a> and in <code>runs/</code>: scores, counts, prices and hashes, no texts. Older runs are drawn as means of a week or more; times are in UTC.</p></footer>
</body>
</html>
`
}

const text = (value: string, length = 200) => htmlText(cleanCut(value, length))

function headline(views: readonly SetView[]): string {
  const count = (word: SetState['word']) => views.filter(({ state }) => state.word === word).length
  const counts = HEADLINE.map(([word, words]) => ({ number: count(word), words })).filter(({ number }) => number > 0)
  const said = counts.map(({ number, words }, at) => `${at === 0 ? plural(number, 'eval set') : number} ${words}`)
  return said.join(', ') || 'no run yet'
}

const HEADLINE = [
  ['drift', 'in drift'],
  ['suspect', 'suspect'],
  ['in-band', 'in the band'],
  ['unknown', 'without a verdict'],
] as const

function leadLine(records: readonly HistoryRecord[], now: number): string {
  const runs = records.filter(({ kind }) => kind === 'run').map(({ at }) => at)
  const first = runs.reduce((a, b) => (a < b ? a : b), '9')
  const last = runs.reduce((a, b) => (a > b ? a : b), '')
  const when = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (runs.length === 0) return `No run is recorded. Made ${when}.`
  return `${plural(runs.length, 'run')} from ${first.slice(0, 10)} to ${last.slice(0, 10)}. Made ${when}.`
}

function overdueNotice(views: readonly SetView[]): string {
  const late = views.flatMap(({ series, state }) =>
    state.overdueDays === null
      ? []
      : [
          `<li>${text(seriesName(series))}: last run ${plural(state.overdueDays, 'day')} before this page was made</li>`,
        ],
  )
  if (late.length === 0) return ''
  return `<section class="notice" aria-label="Runs that are missing"><strong>Runs are missing</strong><ul>${late.slice(0, 20).join('')}</ul></section>`
}

/** The last word on each incident, newest first. */
function incidentSection(incidents: readonly IncidentRecord[]): string {
  const first = new Map(incidents.toReversed().map((one) => [one.incident, one]))
  const last = new Map(incidents.map((one) => [one.incident, one]))
  const isAlone = new Set(incidents.flatMap(({ config }) => config ?? [])).size <= 1
  const rows = [...last.values()]
    .toReversed()
    .slice(0, 50)
    .map((one) => [
      one.issue === null ? 'no issue yet' : `#${one.issue}`,
      INCIDENT_WORDS[one.state],
      dayHtml(first.get(one.incident)?.at ?? one.at),
      one.state === 'closed' ? dayHtml(one.at) : '-',
      text(`${one.evalSets.join(', ')}${isAlone ? '' : ` (${one.config})`}`, 400),
    ])
  const table = tableHtml(['issue', 'state', 'since (UTC)', 'closed (UTC)', 'eval sets'], rows)
  return table === '' ? '' : `<section><h2>Drift issues</h2>${table}</section>`
}

const INCIDENT_WORDS: { readonly [state in IncidentRecord['state']]: string } = {
  claimed: 'being opened',
  opened: 'open',
  closed: 'closed',
}

function overview(views: readonly SetView[]): string {
  const rows = views.slice(0, MOST_ROWS).map(({ series, state, anchor }, at) => {
    const runs = series.pinned.length > 0 ? series.pinned : series.merges
    const run = runs.at(-1)
    const trend = runs.slice(-TREND).map(({ figures }) => figures.score)
    const name = text(seriesName(series))
    return [
      at < MOST_SETS ? `<a href="#${anchor}">${name}</a>` : name,
      `<span class="${state.word}">${state.label}</span>`,
      formatPoints(run?.figures.score ?? null),
      sparkSvg(trend, trendWords(trend)),
      formatUsd(run?.figures.costUsd ?? null),
      formatMs(run?.figures.latencyMs ?? null),
      formatAmount(run?.figures.outputTokens ?? null),
      `<code>${text(run?.figures.answered.join(', ') || run?.model || 'not known', 80)}</code>`,
      run === undefined ? '-' : dayHtml(run.at),
    ]
  })
  const titles = [
    'eval set',
    'state',
    '#score',
    'last runs',
    '#cost per request',
    '#latency',
    '#output tokens',
    'answered by',
    'last run',
  ]
  const left = views.length - rows.length
  const more = left > 0 ? `<p class="soft">${plural(left, 'more eval set')} in the records.</p>` : ''
  const table = tableHtml(titles, rows)
  return `<section id="sets"><h2>Eval sets</h2>${table === '' ? '<p>Nothing has been run yet.</p>' : table}${more}</section>`
}

function trendWords(trend: readonly (number | null)[]): string {
  const known = trend.flatMap((score) => score ?? [])
  const [least, most] = [Math.min(...known), Math.max(...known)]
  return `last ${plural(known.length, 'run')}: between ${formatPoints(least)} and ${formatPoints(most)} points`
}

function charts(views: readonly SetView[]): string {
  if (views.length === 0) return ''
  const left = views.length - MOST_SETS
  const more = left > 0 ? `<p class="soft">${plural(left, 'more eval set')} only in the table above.</p>` : ''
  return `<section><h2>Over time</h2>${views.slice(0, MOST_SETS).map(setSection).join('\n')}${more}</section>`
}

function registrySection(registry: readonly RegistryEntry[]): string {
  const rows = registry
    .slice(0, MOST_ROWS)
    .map((entry) => [
      `<code>${text(entry.symbol === null ? entry.prompt : `${entry.prompt}#${entry.symbol}`)}</code>`,
      `<code>${text(entry.hash.slice(0, 12))}</code>`,
      text(entry.owner ?? '-'),
      text(entry.reason ?? '-', 300),
      entry.model === null ? '-' : `<code>${text(entry.model, 80)}</code>`,
      text(entry.evalSets.join(', '), 300),
      formatPoints(entry.score),
      formatUsd(entry.cost),
      entry.lastRun === null ? '-' : dayHtml(entry.lastRun),
    ])
  const titles = [
    'prompt',
    'version',
    'owner',
    'reason',
    'model',
    'eval sets',
    '#last score',
    '#cost per request',
    'last run',
  ]
  const left = registry.length - rows.length
  const more = left > 0 ? `<p class="soft">${plural(left, 'more prompt')} in registry.json.</p>` : ''
  const table = tableHtml(titles, rows)
  return table === '' ? '' : `<section><h2>Prompts</h2>${table}${more}</section>`
}
