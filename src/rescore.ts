// The answers of a finished evaluation under the other side's scorers: no run is made for it. Only its numbers are shown.

import type { CaseRuns } from './compare.ts'
import type { RecordRow, Result } from './domain.ts'
import { wholeOutcome } from './evaluate/kept-run.ts'
import { runsOf } from './evaluate/ledger.ts'
import { chunks } from './evaluate/pairs.ts'
import { createResults, type Results } from './evaluate/results.ts'
import type { EvaluateDeps, Evaluation } from './evaluate.ts'
import { decideScore, type ScoreOptions } from './gate/score.ts'
import { withScoring } from './plan/scoring.ts'
import type { SetPlan } from './plan.ts'
import type { ResultPair } from './scorers/score-pair.ts'

/**
 * Null when both sides score alike.
 *
 * @param options null where nothing is decided: a shard's part
 */
export async function rescore(
  evaluation: Evaluation,
  { score, scorePair, made, shelf }: Pick<EvaluateDeps, 'score' | 'scorePair' | 'made' | 'shelf'>,
  options: ScoreOptions | null,
): Promise<Evaluation | null> {
  const { plan } = evaluation
  if (!plan.rescored) return null
  const other: SetPlan = { ...plan, head: withScoring(plan.head, plan.rescored), rescored: null }
  const again = async (result: Result): Promise<Result> => {
    const { caseId, side } = result.trial
    const known = made?.find(plan, result.trial)?.rescored
    if (known !== undefined) return known
    const planned = plan.cases.get(caseId)
    const prepared = side === 'base' ? planned?.base : planned?.head
    // A run that never was a call, or whose failure alone decided, has no answer that scorers could tell apart.
    if (planned === undefined || prepared?.state !== 'ready' || result.outcome.state === 'failed') return result
    return score(other, planned, {
      trial: result.trial,
      request: prepared.request,
      outcome: wholeOutcome(result.outcome),
    })
  }
  const results = createResults(plan.cases, shelf ?? null)
  const caseAgain = async (one: CaseRuns) => {
    const [base = [], head = []] = await Promise.all([one.base, one.head].map((side) => Promise.all(side.map(again))))
    const planned = plan.cases.get(one.kase.id)
    return inPairs(base, head, async (pair) =>
      planned && made?.find(plan, pair.head.trial) === undefined ? scorePair(other, planned, pair) : pair,
    )
  }
  for (const chunk of chunks(evaluation.runs))
    for (const { base, head } of await Promise.all(chunk.map(caseAgain)))
      for (const result of [...base, ...head]) results.add(result)
  const runs = runsOf(other, results)
  if (options === null) return { plan: other, runs, published: [], decision: null }
  const metric = (result: Extract<Result, { state: 'scored' }>) =>
    options.compare === 'pass' ? (result.pass ? 1 : 0) : result.score
  const record = [...evaluation.published].flatMap((row) => rowAgain(row, results, metric))
  // A tie is none for want of its level.
  const missing = runs.filter(
    (one) => !one.identical && [...one.base, ...one.head].some((run) => run.state === 'missing'),
  )
  const lost = [...new Set([...(options.missing ?? []), ...missing.map((one) => one.kase.id)])]
  const decision = evaluation.decision === null ? null : decideScore(record, { ...options, missing: lost })
  return { plan: other, runs, published: record, decision }
}

/** Runs of one step and index are a pair; a run without the other side's stays as it is. */
async function inPairs(
  base: readonly Result[],
  head: readonly Result[],
  settle: (pair: ResultPair) => Promise<ResultPair>,
): Promise<{ readonly base: readonly Result[]; readonly head: readonly Result[] }> {
  const settled = new Map<Result, Result>()
  const same = (one: Result) => (other: Result) =>
    one.trial.step === other.trial.step && one.trial.index === other.trial.index
  await Promise.all(
    base.map(async (one) => {
      const other = head.find(same(one))
      if (other === undefined) return
      const pair = await settle({ base: one, head: other })
      settled.set(one, pair.base).set(other, pair.head)
    }),
  )
  const of = (result: Result) => settled.get(result) ?? result
  return { base: base.map(of), head: head.map(of) }
}

function rowAgain(
  row: RecordRow,
  results: Results,
  metric: (result: Extract<Result, { state: 'scored' }>) => number,
): readonly RecordRow[] {
  if (row.step === 'identical') return [row]
  const run = results.of(row.case, row.side).find(({ trial }) => trial.step === row.step && trial.index === row.index)
  return run?.state === 'scored' ? [{ ...row, score: metric(run) }] : []
}
