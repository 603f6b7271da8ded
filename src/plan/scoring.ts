// Whose scorers decide when both sides do not have the same. Deterministic ones: the head's, and the base's score the same
// answers for free. A judge or rubric that changed: the base's decide on both sides, and the head's are shown.

import { canonicalJson, contentHash } from '../config/canonical.ts'
import type { EvalSet, ScorerSpec } from '../domain.ts'
import { isJudge } from '../scorers/kinds.ts'

export type Rescored = {
  /** Whose scorers these are; the other side's decide. */
  readonly of: 'base' | 'head'
  /** Whether a judge or a rubric is among what changed. */
  readonly judge: boolean
  readonly scorers: readonly ScorerSpec[]
  readonly threshold: number | undefined
  readonly hash: string
}

export type Scoring = { readonly head: EvalSet; readonly rescored: Rescored | null }

/** The head's set with the scorers that decide, and the others. Scorers of single cases make an edited case, not this. */
export function scoringOf(base: EvalSet | null, head: EvalSet): Scoring {
  if (base === null || scoringKey(base) === scoringKey(head)) return { head, rescored: null }
  const kept = new Set(head.scorers.map(scorerKey))
  const judge = base.scorers.some((scorer) => isJudge(scorer) && !kept.has(scorerKey(scorer)))
  if (!judge) return { head, rescored: rescoredBy('base', base, judge) }
  return { head: withScoring(head, base), rescored: rescoredBy('head', head, judge) }
}

/** The set under other scorers. */
export function withScoring(
  { threshold: _, ...set }: EvalSet,
  { scorers, threshold }: { readonly scorers: readonly ScorerSpec[]; readonly threshold?: number | undefined },
): EvalSet {
  return { ...set, scorers, ...(threshold === undefined ? {} : { threshold }) }
}

function rescoredBy(of: Rescored['of'], set: EvalSet, judge: boolean): Rescored {
  const { scorers, threshold } = set
  return { of, judge, scorers, threshold, hash: contentHash(scoringKey(set)) }
}

const scoringKey = ({ scorers, threshold }: EvalSet) => canonicalJson([scorers.map(scorerKey).sort(), threshold])

/** What a scorer measures: not where it is written, what it is called, or what people said about it. */
export function scorerKey({ place: _, name: __, calibration: ___, options, ...scorer }: ScorerSpec): string {
  const { labels: ____, file: _____, ...rest } = options
  return canonicalJson({ ...scorer, options: rest })
}
