// Words of the drift issue that several of its parts use.

import type { DriftSet } from '../drift/report.ts'
import { formatPoints } from './numbers.ts'

export type FallenSet = DriftSet & { readonly score: number; readonly baseline: NonNullable<DriftSet['baseline']> }

/** Both levels are known, so that a fall can be said in points. */
export function isFallen(set: DriftSet): set is FallenSet {
  return set.score !== null && set.baseline !== null
}

/** Points below the baseline. */
export function dropOf(set: FallenSet): number {
  return set.baseline.score - set.score
}

export function pointsWords(points: number): string {
  const text = formatPoints(points)
  return `${text} ${text === '1' ? 'point' : 'points'}`
}

/** `9.4 points`, of a set that fell. */
export function fallen(set: FallenSet): string {
  return pointsWords(dropOf(set))
}

/** `from 92.1 to 82.7 points`. */
export function fromTo({ baseline, score }: FallenSet): string {
  return `from ${formatPoints(baseline.score)} to ${pointsWords(score)}`
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/
const NO_TIME = '(no date)'

/** `2026-11-20` of an ISO 8601 time; what is not one is not shown. */
export function day(at: string): string {
  return ISO.test(at) ? at.slice(0, 10) : NO_TIME
}

/** `2026-11-20 05:17 UTC`. */
export function minute(at: string): string {
  return ISO.test(at) ? `${at.slice(0, 10)} ${at.slice(11, 16)} UTC` : NO_TIME
}

/** The earliest departure among the sets. */
export function sinceOf(sets: readonly DriftSet[]): string | null {
  return sets.reduce<string | null>(
    (first, { since }) => (since !== null && (first === null || since < first) ? since : first),
    null,
  )
}
