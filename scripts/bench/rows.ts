// What a benchmark says: rows of one table, with the target beside the figure.

import type { Spread } from './measure.ts'

export type Row = {
  readonly what: string
  /** Median, unit included. */
  readonly figure: string
  readonly range: string
  readonly target: string
  /** Null where there is no target. */
  readonly met: boolean | null
}

type Unit = 's' | 'ms' | 'MB' | 'x'
const SCALE: { readonly [unit in Unit]: (value: number) => string } = {
  s: (value) => `${(value / 1000).toFixed(2)} s`,
  ms: (value) => `${Math.round(value)} ms`,
  MB: (value) => `${(value / 1e6).toFixed(value < 1e7 ? 2 : 0)} MB`,
  x: (value) => `${value.toFixed(3)} x`,
}

/** Times come in milliseconds, sizes in bytes. `limit` is in the same unit. */
export function row(what: string, unit: Unit, of: { readonly values: Spread; readonly limit?: number }): Row {
  const { values, limit } = of
  const show = SCALE[unit]
  const same = show(values.min) === show(values.max)
  return {
    what,
    figure: show(values.median),
    range: same ? '' : `${show(values.min)} to ${show(values.max)}`,
    target: limit === undefined ? '' : `≤ ${show(limit)}`,
    met: limit === undefined ? null : values.median <= limit,
  }
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map((one) => [
    one.what,
    one.figure,
    one.range,
    one.target,
    one.met === null ? '' : one.met ? 'met' : 'missed',
  ])
  return [['measured', 'median', 'range', 'target', ''], ['---', '---', '---', '---', '---'], ...cells]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')
}
