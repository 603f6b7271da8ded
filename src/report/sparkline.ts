// A line of block characters: the safest chart in an issue, where images, SVG and styles are stripped.

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const GAP = '·'
/** Points that the whole height stands for at least, so that noise does not look like a fall. */
const MIN_RANGE = 10

/** The last `width` values, oldest first; a gap is a dot. Empty when no value is known. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = width <= 0 ? [] : values.slice(-width)
  const known = shown.filter((value): value is number => value !== null && Number.isFinite(value))
  if (known.length === 0) return ''
  const top = Math.max(...known)
  const range = Math.max(MIN_RANGE, top - Math.min(...known))
  const bar = (value: number) => BARS[Math.round(((value - top) / range + 1) * (BARS.length - 1))] ?? GAP
  return shown.map((value) => (value === null || !Number.isFinite(value) ? GAP : bar(value))).join('')
}
