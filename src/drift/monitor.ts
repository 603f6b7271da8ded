// Does a set still score as its baseline did? A one-sided CUSUM of standardised runs, a limit for single runs, and a
// confirming run before anything is called drift. Pure; decides nothing but the state of one set.
//
// The limits hold for the whole repository: with K monitored sets they are such that false issues stay below two a year,
// aimed at one, whatever K is. Found by simulation with discrete noise, baselines of ten runs and flake rates of 0.5 to
// 10 % (`npm run bench:drift`; figures in docs/guides/drift.md). Two things decide about false alarms over a year, and a CUSUM
// alone sees neither: the baseline has an error of its own, which never averages out, so that the mean of a departure is
// held against both errors; and noise of few flips is skewed, so that half a flip is added to its variance.

/** What is subtracted from each run before it is added up: half a standard deviation (Page 1954). */
const ALLOWANCE = 0.5
/** A sum beyond this is looked at closer. */
export const SLIDE = 5
/** A run that confirms a slide lies at least so far below the baseline. */
const CONFIRMS_SLIDE = 1
/** A departure is over when a run and the run right after it are closer to the baseline than this. */
export const BACK_INSIDE = 0.5
/** Half a flip: added to the variance of a run, in cases squared. Without it ten runs without a flip would have no noise at all. */
const LEAST_VARIANCE = 0.5

export type Limits = {
  /** Of a single run and of the run that confirms it, in standard deviations. */
  readonly jump: number
  /** Of the mean of all runs since the sum left zero, in its own standard errors, those of the baseline included. */
  readonly departure: number
}

/** @param sets monitored eval sets of the repository */
export function limitsFor(sets: number): Limits {
  const more = Math.log(Math.max(1, sets))
  return { jump: 2.1 + 0.267 * more, departure: 2.6 + 0.467 * more }
}

/** Fractions of 0-1. */
export type Reference = { readonly mean: number; readonly sd: number; readonly runs: number }

/**
 * Standard deviation of one complete pass of a set of fixed cases, as a fraction: the flips within cases alone, since which
 * cases are hard does not change from day to day.
 * @param within sum over the cases of their squared deviations from their own mean
 */
export function sdOfPass(within: number, cases: number, runs: number): number {
  return Math.sqrt(within / Math.max(1, runs - 1) + LEAST_VARIANCE) / Math.max(1, cases)
}

/** Standard deviations below the baseline, whose own error is counted; positive is worse. */
export function standardised(level: number, { mean, sd, runs }: Reference): number {
  return (mean - level) / (sd * spread(runs))
}

/** A run differs from a mean of `runs` runs by more than one standard deviation. */
const spread = (runs: number) => Math.sqrt(1 + 1 / runs)

export type Standing = {
  readonly cusum: number
  /** Runs since the sum left zero, and the sum of their standardised departures. */
  readonly length: number
  readonly total: number
  readonly state: 'in-band' | 'suspect' | 'drift'
  /** When the first of these runs was; null at zero. */
  readonly since: string | null
}

export const AT_REST: Standing = { cusum: 0, length: 0, total: 0, state: 'in-band', since: null }

/** One more run. The state stays what it was: `judge` says what the run makes of it. */
export function advance(before: Standing, z: number, at: string): Standing {
  const cusum = Math.max(0, before.cusum + z - ALLOWANCE)
  if (cusum === 0) return { ...AT_REST, state: before.state }
  return {
    cusum,
    length: before.length + 1,
    total: before.total + z,
    state: before.state,
    since: before.length === 0 ? at : before.since,
  }
}

/** What a confirming run is wanted for: a departure that shows, or one that seems to be over. Null = none is needed. */
export type Question = 'drift' | 'return'

export type Judging = { readonly limits: Limits; readonly runs: number }

export function questionAfter(standing: Standing, z: number, judging: Judging): Question | null {
  if (standing.state === 'drift') return z < BACK_INSIDE ? 'return' : null
  return jumps(z, judging) || slides(standing, judging) ? 'drift' : null
}

/** The state after the run and, where one was wanted and could be made, the run that followed it at once. */
export function judge(
  standing: Standing,
  { z, confirmedZ }: { readonly z: number; readonly confirmedZ: number | null },
  judging: Judging,
): Standing {
  const question = questionAfter(standing, z, judging)
  if (standing.state === 'drift') {
    const isBack = question === 'return' && confirmedZ !== null && confirmedZ < BACK_INSIDE
    return isBack ? AT_REST : standing
  }
  if (question === null) return { ...standing, state: standing.cusum > SLIDE ? 'suspect' : 'in-band' }
  return { ...standing, state: isConfirmed(standing, { z, confirmedZ }, judging) ? 'drift' : 'suspect' }
}

const jumps = (z: number, { limits }: Judging) => z > limits.jump
const slides = (standing: Standing, judging: Judging) =>
  standing.cusum > SLIDE && departure(standing, judging.runs) > judging.limits.departure

function isConfirmed(
  standing: Standing,
  { z, confirmedZ }: { readonly z: number; readonly confirmedZ: number | null },
  judging: Judging,
): boolean {
  if (confirmedZ === null) return false
  if (jumps(z, judging) && jumps(confirmedZ, judging)) return true
  const both = { ...standing, length: standing.length + 1, total: standing.total + confirmedZ }
  return confirmedZ > CONFIRMS_SLIDE && slides(standing, judging) && slides(both, judging)
}

/** The mean of the runs since the sum left zero, in standard errors: theirs, and the baseline's that all of them share. */
export function departure({ length, total }: Pick<Standing, 'length' | 'total'>, runs: number): number {
  if (length === 0) return 0
  return ((total / length) * spread(runs)) / Math.sqrt(1 / length + 1 / runs)
}
