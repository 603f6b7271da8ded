// A line over time as SVG that stretches with the page: strokes and dots keep their size, and the figures of the axes are text
// of the page, so that they can be read at any width.

import { htmlAttribute, htmlText } from '../report/escape.ts'
import type { Band } from './band.ts'

export type ChartLine = {
  readonly points: readonly { readonly ms: number; readonly spanMs: number; readonly value: number | null }[]
  readonly dashed?: boolean
}
export type ChartBand = Band & { readonly from: number; readonly to: number }
export type ChartMark = {
  readonly ms: number
  /** Null = at the upper edge, with a line down. */
  readonly value: number | null
  readonly kind: 'drift' | 'suspect' | 'merge' | 'event' | 'last'
  readonly text: string
}
export type Chart = {
  readonly title: string
  /** The newest value, in words. */
  readonly now: string
  readonly description: string
  readonly from: number
  readonly to: number
  readonly lines: readonly ChartLine[]
  readonly bands: readonly ChartBand[]
  readonly marks: readonly ChartMark[]
  /** The least that the height stands for. */
  readonly minRange: number
  readonly most?: number
  readonly format: (value: number) => string
}

const WIDTH = 1000
const HEIGHT = 100
/** Marks that the keyboard comes to; the table behind the chart has all. */
const FOCUSABLE = 8

type Scale = { readonly low: number; readonly high: number; x(ms: number): string; y(value: number): string }

export function chartHtml(chart: Chart): string {
  const scale = scaleOf(chart)
  const middle = (scale.low + scale.high) / 2
  const labels = [scale.high, middle, scale.low].map((value) => `<span>${htmlText(chart.format(value))}</span>`)
  const dates = [chart.from, (chart.from + chart.to) / 2, chart.to].map((ms) => `<span>${dateOf(ms)}</span>`)
  const body = [
    '<path class="grid" d="M0 0H1000M0 50H1000M0 100H1000"/>',
    ...chart.bands.map((band) => bandSvg(band, scale)),
    ...chart.lines.map((line) => lineSvg(line, scale)),
    ...chart.marks.map((mark, at) => markSvg(mark, scale, chart.marks.length - at <= FOCUSABLE)),
  ]
  return `<figure class="chart"><figcaption>${htmlText(chart.title)} <b>${htmlText(chart.now)}</b></figcaption><div class="plot"><div class="ys" aria-hidden="true">${labels.join('')}</div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="group" aria-label="${htmlAttribute(chart.description)}">${body.join('')}</svg></div><div class="xs" aria-hidden="true">${dates.join('')}</div></figure>`
}

function scaleOf({ from, to, lines, bands, marks, minRange, most }: Chart): Scale {
  const values = [
    ...lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? [])),
    ...bands.flatMap(({ low, high }) => [low, high]),
    ...marks.flatMap(({ value }) => value ?? []),
  ]
  const { low, high } = roundEnds(values.length === 0 ? [0] : values, { minRange, most: most ?? Infinity })
  const span = Math.max(1, to - from)
  const at = (value: number) => Math.round(value * 10) / 10
  return {
    ...{ low, high },
    x: (ms) => String(at(Math.min(1, Math.max(0, (ms - from) / span)) * WIDTH)),
    y: (value) => String(at(((high - value) / (high - low)) * HEIGHT)),
  }
}

const STEPS = [1, 2, 2.5, 5, 10]

/** Two steps of a round number that hold all values. */
function roundEnds(
  values: readonly number[],
  { minRange, most }: { readonly minRange: number; readonly most: number },
): { readonly low: number; readonly high: number } {
  const least = values.reduce((a, b) => Math.min(a, b))
  const greatest = values.reduce((a, b) => Math.max(a, b))
  const range = Math.max(minRange, greatest - least, Number.MIN_VALUE * 1e9)
  const size = 10 ** Math.floor(Math.log10(range / 2))
  for (const step of STEPS.map((one) => one * size)) {
    const middle = Math.max(least - (range - (greatest - least)) / 2, 0)
    const low = Math.floor(middle / step + 1e-9) * step
    const high = low + 2 * step
    if (high < greatest - 1e-12 || 2 * step < range - 1e-12) continue
    return high > most ? { low: Math.max(0, most - 2 * step), high: most } : { low, high }
  }
  return { low: Math.max(0, greatest - 20 * size), high: greatest }
}

function bandSvg({ from, to, low, high, center }: ChartBand, { x, y }: Scale): string {
  const [left, right] = [x(from), x(to)]
  return `<path class="band" d="M${left} ${y(high)}H${right}V${y(low)}H${left}Z"/><path class="base" d="M${left} ${y(center)}H${right}"/>`
}

/** A pause of this many usual intervals is a gap, and no line goes over it. */
const GAP = 2.5

function lineSvg({ points, dashed }: ChartLine, { x, y }: Scale): string {
  const usual = usualGap(points)
  let path = ''
  let before: ChartLine['points'][number] | null = null
  for (const point of points) {
    if (point.value === null) continue
    const joined = before !== null && point.ms - before.ms <= GAP * Math.max(usual, point.spanMs, before.spanMs)
    const place = `${x(point.ms)} ${y(point.value)}`
    // A point that stands alone is a dot: a line of no length with round ends.
    path += joined ? `L${place}` : `M${place}h0`
    before = point
  }
  return path === '' ? '' : `<path class="line${dashed ? ' other' : ''}" d="${path}"/>`
}

/** Runs of one job, as those of a baseline, are no interval. */
function usualGap(points: ChartLine['points']): number {
  const single = points.filter(({ spanMs }) => spanMs === 0)
  const gaps = single.slice(1).map(({ ms }, at) => ms - (single[at]?.ms ?? ms))
  const usual = gaps.filter((gap) => gap > 0).sort((a, b) => a - b)
  return usual[Math.floor(usual.length / 2)] ?? 0
}

function markSvg({ ms, value, kind, text }: ChartMark, { x, y }: Scale, focusable: boolean): string {
  const [left, top] = [x(ms), value === null ? '3' : y(value)]
  const rule = value === null ? `<path class="rule" d="M${left} 0V${HEIGHT}"/>` : ''
  const words = htmlAttribute(text)
  const focus = focusable ? ` tabindex="0" role="img" aria-label="${words}"` : ''
  return `<g class="mark ${kind}"${focus}><title>${htmlText(text)}</title>${rule}<path class="dot" d="M${left} ${top}h0"/></g>`
}

/** A few figures in a row, for a table. */
export function sparkSvg(values: readonly (number | null)[], words: string): string {
  const known = values.flatMap((value) => value ?? [])
  if (known.length < 2) return ''
  const high = Math.max(...known)
  const range = Math.max(10, high - Math.min(...known))
  const path = values.map((value, at) => {
    if (value === null) return ''
    const place = `${Math.round((at / (values.length - 1)) * 100)} ${Math.round(((high - value) / range) * 18) + 1}`
    return values[at - 1] === null || at === 0 ? `M${place}h0` : `L${place}`
  })
  return `<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="${htmlAttribute(words)}"><path class="line" d="${path.join('')}"/></svg>`
}

/** For the page: a date is not broken at its hyphens. */
export function dayHtml(at: string): string {
  return `<span class="day">${dateOf(Date.parse(at))}</span>`
}

export function dateOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms).toISOString().slice(0, 10) : 'not known'
}
