// From finished runs to their scores: what a scorer may need beside the answer, at hand for the loop.

import type { EvaluateDeps, RunToScore } from '../evaluate.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import type { Sandbox } from '../ports.ts'
import type { Price } from '../run/budget.ts'
import { costOfAnswer } from '../run/price.ts'
import type { createJudge } from '../scorers/judge-calls.ts'
import { scoreAnswer } from '../scorers/score-answer.ts'
import { type PairToScore, type ResultPair, scorePair } from '../scorers/score-pair.ts'

export type Means = {
  readonly pricer: Price
  readonly judge: ReturnType<typeof createJudge>
  readonly sandbox: Sandbox
}

export function scoringBy({ pricer, judge, sandbox }: Means): Pick<EvaluateDeps, 'score' | 'scorePair'> {
  const costOf = ({ outcome, request, trial }: RunToScore) =>
    outcome.state === 'answered' ? costOfAnswer(outcome.answer, request, { pricer, side: trial.side }) : null
  return {
    score: (plan, { kase }, made) =>
      scoreAnswer({ ...plan.head, kase }, made, {
        costPico: costOf(made),
        sandbox,
        judge: judge(made.trial, plan.contentKey),
      }),
    scorePair: (plan, planned, pair) =>
      scorePair(pairToScore(plan, planned, pair), { sandbox, judge: judge(pair.head.trial, plan.contentKey) }),
  }
}

function pairToScore(plan: SetPlan, { kase, base, head }: PlannedCase, pair: ResultPair): PairToScore {
  const request = (side: PlannedCase['base']) => (side?.state === 'ready' ? side.request : null)
  const requests = { base: request(base), head: request(head) }
  return { scoring: { ...plan.head, kase }, pair, requests }
}
