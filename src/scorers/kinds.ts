// What planning has to know of a scorer, without loading the table of them all.

import type { ScorerSpec } from '../domain.ts'

type Typed = Pick<ScorerSpec, 'type'>

/** Scores a pair of runs, one of each side, and not one answer. */
export const isPairwise = ({ type }: Typed): boolean => type === 'select-best'

/** Asks a model for its verdict: it needs a key, costs money and belongs to the identity of a set. */
export const isJudge = (scorer: Typed): boolean => scorer.type === 'llm-rubric' || isPairwise(scorer)
