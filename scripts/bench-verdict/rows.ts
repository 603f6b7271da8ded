// Shares as text, and tables of them.

export type Shares = {
  readonly fail: number
  readonly pass: number
  readonly inconclusive: number
  readonly cost: number
}

/** Percent with one digit where it says something: 0, .3, 4.2, 98, 100. */
export function percent(share: number): string {
  const value = 100 * share
  if (value === 0 || value >= 99.95) return String(Math.round(value))
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value))
}

export const figures = ({ fail, pass, inconclusive, cost }: Shares): string =>
  `${percent(fail)} / ${percent(pass)} / ${percent(inconclusive)}, ${cost.toFixed(2)}`

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
