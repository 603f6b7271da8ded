// Which models no other one beats: as good in score, cost and latency, and better in one of them.

export type Point = {
  /** Lower bound of the change of the score against the model in use, in points; 0 for that model. */
  readonly bound: number | null
  /** Pico-dollars per request. */
  readonly pico: bigint | null
  /** Time of an answer against the model in use; 1 for that model. */
  readonly ratio: number | null
}

/** Null where score or cost is not known: what is not known is neither beaten nor best. Order-free. */
export function paretoSet(points: readonly Point[]): readonly (boolean | null)[] {
  return points.map((point) => (isKnown(point) ? !points.some((other) => beats(other, point)) : null))
}

const isKnown = ({ bound, pico }: Point) => bound !== null && pico !== null

/** A latency that is known on one side only compares with nothing. */
function beats(a: Point, b: Point): boolean {
  if (a.bound === null || a.pico === null || b.bound === null || b.pico === null) return false
  if ((a.ratio === null) !== (b.ratio === null)) return false
  const [left, right] = [a.ratio ?? 0, b.ratio ?? 0]
  const isNoWorse = a.bound >= b.bound && a.pico <= b.pico && left <= right
  return isNoWorse && (a.bound > b.bound || a.pico < b.pico || left < right)
}
