// Whether stored base runs still say what the base answers today: some of their cases run fresh, and are compared.

import { GRADED_CHANGE, TOLERANCE } from './levels.ts'

/** Cases, in seeded order, whose base runs fresh; they replace the stored runs of those cases. */
export const FRESH_CHECKS = 10

/** Mismatches that flake alone makes in ten cases less than about twice in a hundred times, by the flip rate of a case. */
const ALLOWED: readonly (readonly [number, number])[] = [
  [0.02, 1],
  [0.05, 2],
  [0.1, 3],
  [Infinity, 5],
]

/** Scores of one case: stored, and of its fresh base run. */
export type Compared = { readonly stored: number; readonly fresh: number }

/** @param phi chance that two runs of an unchanged case differ */
export function isStale(compared: readonly Compared[], phi: number): boolean {
  const mismatches = compared.filter(
    ({ stored, fresh }) => Math.abs(stored - fresh) >= GRADED_CHANGE - TOLERANCE,
  ).length
  return mismatches > (ALLOWED.find(([most]) => phi <= most + TOLERANCE)?.[1] ?? 0)
}
