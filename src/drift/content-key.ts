// Under what runs of one side can be compared over time: the same requests, cases and scorers have the same key.

import { contentHash, listHash } from '../config/canonical.ts'
import type { Case, EvalSet } from '../domain.ts'

/** Changes when what a stored level means does. */
const HARNESS = 1

export type ContentKey = {
  readonly key: string
  /** As `KeyRecord.cases`, in the order of the set. */
  readonly cases: readonly string[]
  /** As `KeyRecord.measure`. */
  readonly measure: string
}

/** @param requestOf hash of what this side asks for a case; null when it could not be rendered */
export function contentKey(set: EvalSet, requestOf: (kase: Case) => string | null): ContentKey {
  const measure = measureOf(set)
  const list = listHash('cases', { before: { _: [HARNESS, set.name] }, after: { measure } })
  for (const kase of set.cases) list.add([kase.id, kase.hash, requestOf(kase)])
  return { key: list.end(), cases: set.cases.map(caseKey), measure }
}

/** Names a case by its id and its content: an edited case is another one. */
export const caseKey = ({ id, hash }: Pick<Case, 'id' | 'hash'>): string => contentHash([id, hash]).slice(0, 12)

/** How an answer becomes a level: levels of other scorers say nothing about these. */
export function measureOf({ scorers, compare, threshold }: Pick<EvalSet, 'scorers' | 'compare' | 'threshold'>): string {
  const scoring = scorers.map(({ place: _, calibration: __, ...scorer }) => scorer)
  return contentHash([scoring, compare, threshold ?? null]).slice(0, 12)
}
