// Score against cost as an SVG picture: every model with its intervals, and the table beside it says the same in text.
// Colours come from the page, so that it reads in light and dark; no text of ours or theirs is anything but text.

import { cleanCut, htmlText } from '../escape.ts'
import { formatPoints, formatUsd } from '../numbers.ts'
import type { CandidateRow, CandidateSet } from './report.ts'
import { rowWords } from './words.ts'

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 380, 64, 24, 24, 56]

type Point = {
  readonly label: string
  readonly title: string
  readonly kind: 'in-use' | 'holds' | 'other'
  /** USD per request, and points against the model in use. */
  readonly x: number
  readonly xLow: number
  readonly xHigh: number
  readonly y: number
  readonly yLow: number
  readonly yHigh: number
}

/** '' when there is nothing to draw: no candidate has both a score and a price. */
export function chartHtml(set: CandidateSet, id: string): string {
  const points = pointsOf(set)
  if (points.every(({ kind }) => kind === 'in-use')) return ''
  const [x, y] = [scaleX(points), scaleY(points, set.limit)]
  const drawn = points.map((point) => pointSvg(point, x, y))
  return `<figure><svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">Score against cost of the models on ${text(set.evalSet)}</title><desc id="${id}-d">${text(describe(set, points))}</desc>
${axes(x, y, set.limit)}
${drawn.join('\n')}
</svg><figcaption class="soft">Change of the score against the model in use, with its 95 % interval, over the cost of a request${x.log ? ' (logarithmic)' : ''}. Up and to the left is better. ${text(legend(points))}${text(absent(set, points))}</figcaption></figure>`
}

const text = (value: string) => htmlText(cleanCut(value, 2000))

function pointsOf(set: CandidateSet): readonly Point[] {
  const { inUse } = set
  const base = inUse.perRequestUsd === null ? null : Number(inUse.perRequestUsd)
  const own: readonly Point[] =
    base === null
      ? []
      : [
          {
            ...{ label: '0', title: `${inUse.model} (in use)`, kind: 'in-use', x: base, xLow: base, xHigh: base },
            ...{ y: 0, yLow: 0, yHigh: 0 },
          },
        ]
  return [...own, ...set.rows.flatMap((row, at) => rowPoint(row, at + 1))].filter(({ x }) => Number.isFinite(x))
}

function rowPoint(row: CandidateRow, number: number): readonly Point[] {
  const { head, low, high, base } = row.cost.perRequestUsd
  const { delta, low: yLow, high: yHigh } = row.score
  if (head === null || delta === null || row.cases === 0) return []
  const x = Number(head)
  const from = base === null ? null : Number(base)
  return [
    {
      ...{ label: String(number), title: `${row.model}: ${rowWords(row)}`, x, y: delta },
      kind: row.holding.state === 'holds' ? 'holds' : 'other',
      xLow: from === null || low === null ? x : Math.max(0, from + Number(low)),
      xHigh: from === null || high === null ? x : from + Number(high),
      yLow: yLow ?? delta,
      yHigh: yHigh ?? delta,
    },
  ]
}

type Scale = { readonly at: (value: number) => number; readonly ticks: readonly number[]; readonly log: boolean }

/** Costs that are ten times apart would lie on top of each other at the left. */
function scaleX(points: readonly Point[]): Scale {
  const most = Math.max(...points.map(({ xHigh }) => xHigh), 1e-12)
  const least = Math.min(...points.map(({ x }) => x))
  if (least > 0 && most / least > 10) {
    const [from, to] = [Math.log10(least) - 0.2, Math.log10(most) + 0.2]
    const at = (value: number) =>
      LEFT + ((clamp(Math.log10(Math.max(value, 1e-12)), from, to) - from) / (to - from)) * innerWidth
    const steps = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, step) => Math.floor(from) + step)
    const ticks = steps.flatMap((power) => [1, 2, 5].map((one) => one * 10 ** power))
    return { at, log: true, ticks: ticks.filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to) }
  }
  const end = most * 1.15
  return { at: (value) => LEFT + (clamp(value, 0, end) / end) * innerWidth, log: false, ticks: ticksIn(0, end) }
}

function scaleY(points: readonly Point[], limit: number): Scale {
  const low = Math.min(-limit, ...points.map(({ yLow }) => yLow))
  const high = Math.max(limit, ...points.map(({ yHigh }) => yHigh))
  const margin = (high - low) * 0.08
  const [from, to] = [low - margin, high + margin]
  const at = (value: number) => TOP + (1 - (clamp(value, from, to) - from) / (to - from)) * innerHeight
  return { at, log: false, ticks: ticksIn(from, to) }
}

const innerWidth = WIDTH - LEFT - RIGHT
const innerHeight = HEIGHT - TOP - BOTTOM
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** Four to eight round numbers. */
function ticksIn(from: number, to: number): readonly number[] {
  const raw = (to - from) / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw) ?? raw
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, at) => (first + at) * step)
}

function axes(x: Scale, y: Scale, limit: number): string {
  const bottom = HEIGHT - BOTTOM
  const across = (value: number, kind: string) =>
    `<line class="${kind}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y.at(value))}" y2="${px(y.at(value))}"/>`
  return [
    ...x.ticks.map(
      (tick) =>
        `<text x="${px(x.at(tick))}" y="${bottom + 18}" text-anchor="middle">${text(formatUsd(String(tick)))}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `${across(tick, 'grid')}<text x="${LEFT - 8}" y="${px(y.at(tick) + 4)}" text-anchor="end">${formatPoints(tick)}</text>`,
    ),
    across(0, 'zero'),
    across(-limit, 'limit'),
    `<text x="${WIDTH - RIGHT}" y="${px(y.at(-limit) - 5)}" text-anchor="end">limit</text>`,
    `<line class="zero" x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${bottom}"/><line class="zero" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    `<text x="${LEFT + innerWidth / 2}" y="${HEIGHT - 12}" text-anchor="middle">USD per request</text>`,
    `<text x="14" y="${TOP + innerHeight / 2}" text-anchor="middle" transform="rotate(-90 14 ${TOP + innerHeight / 2})">points against the model in use</text>`,
  ].join('\n')
}

function pointSvg({ label, title, kind, ...at }: Point, x: Scale, y: Scale): string {
  const [cx, cy] = [px(x.at(at.x)), px(y.at(at.y))]
  const up = `<line x1="${cx}" x2="${cx}" y1="${px(y.at(at.yLow))}" y2="${px(y.at(at.yHigh))}"/>`
  const across = `<line x1="${px(x.at(at.xLow))}" x2="${px(x.at(at.xHigh))}" y1="${cy}" y2="${cy}"/>`
  // Shape and number tell them apart where colour does not.
  const mark =
    kind === 'in-use'
      ? `<rect x="${px(x.at(at.x) - 6)}" y="${px(y.at(at.y) - 6)}" width="12" height="12"/>`
      : `<circle cx="${cx}" cy="${cy}" r="7"/>`
  return `<g class="point ${kind}"><title>${text(title)}</title>${up}${across}${mark}<text x="${px(x.at(at.x) + 11)}" y="${px(y.at(at.y) - 9)}">${label}</text></g>`
}

const px = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '0')

const legend = (points: readonly Point[]) =>
  points.map(({ label, title }) => `${label} ${title.split(': ')[0]}`).join(', ')

/** What is not known is not drawn at 0. */
function absent({ rows }: CandidateSet, points: readonly Point[]): string {
  const shown = new Set(points.map(({ label }) => label))
  const left = rows.filter((row, at) => !shown.has(String(at + 1)) && row.comparison !== null).map(({ model }) => model)
  return left.length === 0 ? '.' : `; not drawn, for score or price is not known: ${left.join(', ')}.`
}

function describe({ rows, inUse }: CandidateSet, points: readonly Point[]): string {
  const said = points.map(
    ({ title, x, y, yLow, yHigh }) =>
      `${title}, ${formatPoints(y)} points (${formatPoints(yLow)} to ${formatPoints(yHigh)}) at ${formatUsd(String(x))} per request`,
  )
  return `${rows.length} candidates beside ${inUse.model}. ${said.join('. ')}. The table that follows has the same figures.`
}
