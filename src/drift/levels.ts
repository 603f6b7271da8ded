// Scores of the cases of one run as one short word: a character for each case, so that years of runs stay small.

/** Steps of a score; more than the gate can tell apart in one run of a case. */
const STEPS = 20
const NO_RUN = '-'

/** In the key's order, 0-1; null = no run. */
export function levelsOf(scores: readonly (number | null)[]): string {
  return scores.map((score) => (score === null ? NO_RUN : digit(score))).join('')
}

function digit(score: number): string {
  return Math.round(Math.min(1, Math.max(0, score)) * STEPS).toString(STEPS + 1)
}

/** The way back: scores of 0-1 in steps of a twentieth. */
export function scoresOf(levels: string): readonly (number | null)[] {
  return Array.from(levels, (level) => (level === NO_RUN ? null : Number.parseInt(level, STEPS + 1) / STEPS))
}

export const LEVELS = /^[0-9a-k-]*$/
