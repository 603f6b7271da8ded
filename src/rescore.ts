// The answers of a finished evaluation under the other side's scorers: no run is made for it. Only its numbers are shown.

import type { CaseRuns } from './compare.ts'
import type { RecordRow, Result } from './domain.ts'
import type { Evaluation, ScoreRun } from './evaluate.ts'
import { decideScore, type ScoreOptions } from './gate/score.ts'
import { withScoring } from './plan/scoring.ts'
import type { SetPlan } from './plan.ts'

/** Null when both sides score alike. */
export async function rescore(
  evaluation: Evaluation,
  score: ScoreRun,
  options: ScoreOptions,
): Promise<Evaluation | null> {
  const { plan } = evaluation
  if (!plan.rescored) return null
  const other: SetPlan = { ...plan, head: withScoring(plan.head, plan.rescored), rescored: null }
  const again = async (result: Result): Promise<Result> => {
    const { caseId, side } = result.trial
    const planned = plan.cases.get(caseId)
    const prepared = side === 'base' ? planned?.base : planned?.head
    // A run that never was a call, or whose failure alone decided, has no answer that scorers could tell apart.
    if (planned === undefined || prepared?.state !== 'ready' || result.outcome.state === 'failed') return result
    return score(other, planned, { trial: result.trial, request: prepared.request, outcome: result.outcome })
  }
  const runs = await Promise.all(
    evaluation.runs.map(async (one): Promise<CaseRuns> => {
      const [base, head] = await Promise.all([one.base, one.head].map((side) => Promise.all(side.map(again))))
      return { ...one, base: base ?? [], head: head ?? [] }
    }),
  )
  const metric = (result: Extract<Result, { state: 'scored' }>) =>
    options.compare === 'pass' ? (result.pass ? 1 : 0) : result.score
  const byCase = new Map(runs.map((one) => [one.kase.id, one]))
  const record = evaluation.published.flatMap((row) => rowAgain(row, byCase.get(row.case), metric))
  const missing = runs.filter((one) => [...one.base, ...one.head].some((run) => run.state === 'missing'))
  const lost = [...new Set([...(options.missing ?? []), ...missing.map((one) => one.kase.id)])]
  const decision = evaluation.decision === null ? null : decideScore(record, { ...options, missing: lost })
  return { plan: other, runs, published: record, decision }
}

function rowAgain(
  row: RecordRow,
  runs: CaseRuns | undefined,
  metric: (result: Extract<Result, { state: 'scored' }>) => number,
): readonly RecordRow[] {
  if (row.step === 'identical') return [row]
  const run = runs?.[row.side].find(({ trial }) => trial.step === row.step && trial.index === row.index)
  return run?.state === 'scored' ? [{ ...row, score: metric(run) }] : []
}
