// Scores what only a pair of runs has: which side answered better. It comes after both runs were scored one by one, adds
// its scores to theirs, and brings score and pass up to date.

import type { Case, Request, Result, Score, ScorerSpec } from '../domain.ts'
import type { Sandbox } from '../ports.ts'
import { expectsNothing, isEmpty, whyEmpty } from './empty-answer.ts'
import { scorerOf } from './index.ts'
import { isPairwise } from './kinds.ts'
import { combined, inputOf, prepare, type Scoring } from './score-answer.ts'
import type { JudgeCall, PairVerdict, Scorer } from './scorer.ts'
import { won } from './select-best.ts'

export type ResultPair = { readonly base: Result; readonly head: Result }
export type PairDeps = { readonly sandbox: Sandbox; readonly judge?: JudgeCall }

export type PairToScore = {
  readonly scoring: Scoring & { readonly kase: Case }
  readonly pair: ResultPair
  /** Null for a side that could not even be asked. */
  readonly requests: { readonly base: Request | null; readonly head: Request | null }
}

/** The pair as it is when no scorer compares, or when a run is missing: then nothing is asked. */
export async function scorePair(of: PairToScore, deps: PairDeps): Promise<ResultPair> {
  const { scoring, pair } = of
  const specs = [...scoring.scorers, ...scoring.kase.scorers]
  if (!specs.some(isPairwise) || pair.base.state === 'missing' || pair.head.state === 'missing') return pair
  const verdicts = await Promise.all(specs.map((spec) => (isPairwise(spec) ? compared(spec, of, deps) : null)))
  const threshold = scoring.kase.threshold ?? scoring.threshold
  const side = (label: 'base' | 'head') => withScores(pair[label], verdicts, { label, threshold })
  return { base: side('base'), head: side('head') }
}

/** Null where neither side answered: both keep the 0 of their failure. */
async function compared(spec: ScorerSpec, of: PairToScore, deps: PairDeps): Promise<PairVerdict | null> {
  const why = (result: Result) => whyNoAnswer(result, of.scoring.kase)
  const [base, head] = [why(of.pair.base), why(of.pair.head)]
  if (base !== null && head !== null) return null
  if (base !== null) return won('head', `the base gave no answer: ${base}`)
  if (head !== null) return won('base', `the head gave no answer: ${head}`)
  const scorer = scorerOf(spec.type)
  if (scorer?.compare === undefined) return null
  return byJudge({ scorer, compare: scorer.compare, spec }, of, deps)
}

function whyNoAnswer({ outcome }: Result, kase: Case): string | null {
  if (outcome.state === 'failed') return outcome.failure.message
  return isEmpty(outcome.answer) && !expectsNothing(kase) ? whyEmpty(outcome.answer) : null
}

type Comparing = {
  readonly scorer: Scorer
  readonly compare: NonNullable<Scorer['compare']>
  readonly spec: ScorerSpec
}

async function byJudge(by: Comparing, { scoring, pair, requests }: PairToScore, deps: PairDeps) {
  const { scorer, compare, spec } = by
  const sides = await Promise.all(
    (['base', 'head'] as const).map(async (label) => {
      const [{ outcome }, request] = [pair[label], requests[label]]
      if (outcome.state === 'failed' || request === null) return null
      const job = { spec, kase: scoring.kase }
      return prepare(scorer, inputOf(job, { request }, outcome.answer, { costPico: null, ...deps }))
    }),
  )
  const [base, head] = sides
  if (!base || !head) return null
  if ('state' in base) return { base, head: base }
  if ('state' in head) return { base: head, head }
  return compare({ ...base, answers: { base: base.answer, head: head.answer } })
}

type Side = { readonly label: 'base' | 'head'; readonly threshold: number | undefined }

/** A failed run has its 0 already, whatever is compared. Scores stand in the order of the scorers. */
function withScores(result: Result, verdicts: readonly (PairVerdict | null)[], { label, threshold }: Side): Result {
  if (result.outcome.state === 'failed') return result
  const scores = result.scores.map((score, i): Score => {
    const verdict = verdicts[i]?.[label]
    return verdict === undefined ? score : { scorer: score.scorer, weight: score.weight, ...verdict }
  })
  const { trial, outcome } = result
  return { trial, outcome, scores, ...combined(scores, threshold) }
}
