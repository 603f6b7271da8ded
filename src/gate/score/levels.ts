// Constants of the score gate. They were found by simulation (false FAIL at most about 1 % in an unchanged suite) and
// belong together: changing one alone voids the error rates that docs state.

import { normCdf, normQuantile } from '../../stats/normal.ts'

export type Levels = {
  /** Complete passes: boundary on the normal scale per look. */
  readonly failAll: readonly number[]
  readonly passAll: readonly number[]
  /** Fresh runs, the same at every round. */
  readonly confirm: number
  /** Two complete passes. */
  readonly two: number
  /** No pass from re-runs while the complete pass(es) have p at or below: before and after the second pass. */
  readonly lean1: number
  readonly lean2: number
}

/** One-sided 95 % margin of the re-measured net loss. */
export const MARGIN = 1.64485
/** Fresh pairs per changed case. */
export const ROUNDS = 8
/** Graded scores: a case whose mean difference is smaller has not changed. */
export const GRADED_CHANGE = 0.2
/** Graded scores are tested in steps of 1/20. */
export const GRADED_STEPS = 20
/** Share of pairs that may be missing. */
export const MISSING_SHARE = 0.02
/** From this many cases on a single pass is looked at by quarters. */
export const QUARTERS_FROM = 200
/** From this many gated sets on, complete passes share SHARED_LEVEL among the sets. */
const SHARED_FROM = 4
const SHARED_LEVEL = 0.0025
/** All comparisons: a tie counts as reached. */
export const TOLERANCE = 1e-9

/** Of pairs or of cases: more is missing than MISSING_SHARE allows, so that nothing is measured. */
export const isTooMany = (missing: number, of: number) => missing > MISSING_SHARE * of + TOLERANCE

// Lan-DeMets boundaries with O'Brien-Fleming-type spending, one-sided, for 1 to 4 looks at equal shares.
const SPEND = {
  '.05': [[1.64485], [2.53799, 1.66211], [3.2001, 2.14082, 1.69481], [3.74955, 2.53994, 2.01607, 1.72018]],
  '.005': [[2.57583], [3.80137, 2.57759], [4.72291, 3.2457, 2.58932], [5.49296, 3.8014, 3.04448, 2.60301]],
  '.0025': [[2.80703], [4.11861, 2.80792], [5.10709, 3.52324, 2.81633], [5.93396, 4.11862, 3.30524, 2.82765]],
} as const

/** Boundary per look for a one-sided level. */
export function boundaries(alpha: keyof typeof SPEND, looks: number): readonly number[] {
  return SPEND[alpha][Math.min(4, Math.max(1, looks)) - 1] ?? SPEND[alpha][0]
}

/**
 * Boundaries for any level, by the same spending; each look pays for what it adds, as if looks were independent, so that
 * the last one is a little stricter than it need be (.0020 where the table has .0023).
 */
export function spentBoundaries(alpha: number, looks: number): readonly number[] {
  const z = -normQuantile(alpha / 2)
  const spent = (look: number) => (look === 0 ? 0 : 2 * normCdf(-z / Math.sqrt(look / looks)))
  return Array.from({ length: looks }, (_, at) => -normQuantile(spent(at + 1) - spent(at)))
}

/**
 * Levels by the number of gated eval sets of the run, so that many unchanged sets stay green together. Complete passes have
 * no fresh run behind them, and from four sets on they share one level (Bonferroni): the .3 % false alarms a set of the column
 * for three would turn one of nine runs of forty unchanged sets red. Twice that level let 1.7 % of such runs fail (200 cases).
 */
export function levelsFor(suites: number, looks: number): Levels {
  const shared = { passAll: boundaries('.05', looks), lean1: 0.2, lean2: 0.05 }
  if (suites >= SHARED_FROM) {
    const level = SHARED_LEVEL / suites
    const failAll = looks === 1 ? [-normQuantile(level)] : spentBoundaries(level, looks)
    return { ...shared, failAll, confirm: 0.0008, two: level }
  }
  if (suites >= 3) return { ...shared, failAll: boundaries('.0025', looks), confirm: 0.0008, two: 0.0025 }
  if (suites === 2) return { ...shared, failAll: boundaries('.0025', looks), confirm: 0.00125, two: 0.00375 }
  return { ...shared, failAll: boundaries('.005', looks), confirm: 0.0025, two: 0.0075 }
}

export function atLeast(x: number, bound: number): boolean {
  return x >= bound - TOLERANCE
}
export function atMost(x: number, bound: number): boolean {
  return x <= bound + TOLERANCE
}
