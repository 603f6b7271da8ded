// How far the level of a fixed set of cases lies below an earlier one, when both are known from a few runs of each case.
// The noise is that of the runs alone: the cases are the same on both sides.

/** Scores in [0, 1]. Of the earlier side only the mean of so many runs is known. */
export type LevelPair = { readonly earlier: number; readonly runs: number; readonly now: readonly number[] }

/** Fractions of the scale; `drop` above 0 = worse. */
export type LevelDrop = {
  readonly earlier: number
  readonly now: number
  readonly drop: number
  readonly se: number
}

/**
 * Each side's variance of the mean is estimated within the cases where they have repeats, with one imaginary pass and one
 * imaginary failure, so that it stays above 0. Where they have none, that of as many throws of one coin stands in, which is never less
 * than that of coins that differ; or the mean square of the differences, which holds the noise of both sides and more. Of two
 * upper bounds the lower one counts.
 */
export function levelDrop(cases: readonly LevelPair[]): LevelDrop {
  const n = cases.length
  const pairs = cases.map(({ earlier, now }) => ({ earlier, now: meanOf(now) }))
  const [earlier, now] = [meanOf(pairs.map((one) => one.earlier)), meanOf(pairs.map((one) => one.now))]
  const squares = pairs.reduce((sum, one) => sum + (one.now - one.earlier) ** 2, 0)
  const each = varianceNow(cases, now) + varianceEarlier(cases, earlier)
  const together = (squares + 2) / (n + 2) / n
  return { earlier, now, drop: earlier - now, se: Math.sqrt(Math.min(each, together)) }
}

function varianceNow(cases: readonly LevelPair[], level: number): number {
  if (cases.some(({ now }) => now.length < 2)) return ofCoins(level, cases.length)
  const within = cases.reduce((sum, { now }) => sum + now.length * spreadOf(now), 0)
  const runs = cases.reduce((sum, { now }) => sum + now.length, 0)
  const inverse = cases.reduce((sum, { now }) => sum + 1 / now.length, 0)
  return (((within + 1) / (runs + 2)) * inverse) / cases.length ** 2
}

/** Of graded scores `level * (1 - level)` is the most that their spread can be. */
function varianceEarlier(cases: readonly LevelPair[], level: number): number {
  if (cases.some(({ runs }) => runs < 2)) return ofCoins(level, cases.length)
  const spread = (one: LevelPair) => (one.earlier * (1 - one.earlier) * one.runs) / (one.runs - 1)
  const within = cases.reduce((sum, one) => sum + one.runs * spread(one), 0)
  const runs = cases.reduce((sum, one) => sum + one.runs, 0)
  const inverse = cases.reduce((sum, one) => sum + 1 / one.runs, 0)
  return (((within + 1) / (runs + 2)) * inverse) / cases.length ** 2
}

function ofCoins(level: number, n: number): number {
  const rate = (level * n + 1) / (n + 2)
  return (rate * (1 - rate)) / n
}

/** Unbiased. */
function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
