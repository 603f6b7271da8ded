// Which cases a report lists: so many of each list that it can be opened and held in memory. The others are counted by name;
// calls.jsonl has every call, record.jsonl every run of the test.

import type { FlipKind } from '../domain.ts'
import { plural } from './numbers.ts'
import type { EvalSetReport, Report, Unlisted } from './report.ts'

/** Of flips together, and of edited, added, removed and missing cases each. */
export const LISTED_CASES = 1_000

export const listed = <T>(cases: readonly T[]): readonly T[] => cases.slice(0, LISTED_CASES)

type Lists = {
  /** Kinds of all flips, in the order in which they are listed. */
  readonly flips: readonly FlipKind[]
  readonly edited: number
  readonly added: number
  readonly removed: number
  readonly missing: number
}

/** Nothing where every case is listed. */
export function unlistedIn(lists: Lists): { readonly unlisted?: Unlisted } {
  const over = (count: number) => Math.max(0, count - LISTED_CASES)
  const cut = lists.flips.slice(LISTED_CASES)
  const flips = (kind: FlipKind) => cut.filter((one) => one === kind).length
  const unlisted: Unlisted = {
    broken: flips('broken'),
    fixed: flips('fixed'),
    flaky: flips('flaky'),
    cleared: flips('cleared'),
    edited: over(lists.edited),
    added: over(lists.added),
    removed: over(lists.removed),
    missing: over(lists.missing),
  }
  return Object.values(unlisted).some((count) => count > 0) ? { unlisted } : {}
}

export const unlistedOf = (set: EvalSetReport, list: keyof Unlisted): number => set.unlisted?.[list] ?? 0

export function allUnlisted(report: Report, list: keyof Unlisted): number {
  return report.evalSets.reduce((sum, set) => sum + unlistedOf(set, list), 0)
}

/** Empty where none is left out. */
export function unlistedNote(count: number): string {
  return count === 0 ? '' : `${plural(count, 'more case')} counted and not listed; calls.jsonl has every call.`
}
