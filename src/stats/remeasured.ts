// The net loss of a suite after the changed cases were run again.

export type Remeasured = {
  /** Net loss in cases; above 0 = worse. */
  readonly net: number
  readonly se: number
}

/**
 * @param fresh differences (head - base) of the fresh pairs of each changed case, at least one each
 * @param rest mean difference of each other case
 *
 * The variance of one difference is pooled within cases, with one imaginary win and one imaginary loss added, so that
 * it stays above 0 when all re-runs agree.
 */
export function remeasured(fresh: readonly (readonly number[])[], rest: readonly number[]): Remeasured {
  let loss = 0
  let within = 0
  let runs = 0
  let inverse = 0
  for (const differences of fresh) {
    const r = differences.length
    const mean = differences.reduce((sum, d) => sum + d, 0) / r
    loss -= mean
    within += withinSquares(differences, mean)
    runs += r
    inverse += 1 / r
  }
  let spread = 0
  for (const d of rest) {
    loss -= d
    spread += d * d
  }
  const variance = (within + 2) / (runs + 2)
  return { net: loss === 0 ? 0 : loss, se: Math.sqrt(variance * inverse + spread) }
}

function withinSquares(differences: readonly number[], mean: number): number {
  const r = differences.length
  // One run says nothing about its own spread: its square stands in.
  if (r === 1) return mean * mean
  return (differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) * r) / (r - 1)
}
