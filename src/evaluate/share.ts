// What a shard runs: the complete passes of its cases on both sides. It asks no gate, for no gate can tell from a part.

import { metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import { type EvaluateDeps, type Evaluation, runOutside } from '../evaluate.ts'
import { missingRuns } from '../gate/score/ledger.ts'
import type { SetPlan } from '../plan.ts'
import { rescore } from '../rescore.ts'
import { earlierOf } from '../run/earlier.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { runPairs } from './pairs.ts'

/** @param plans shares of sets (`shareOf`) */
export async function evaluateShares(plans: readonly SetPlan[], deps: EvaluateDeps): Promise<readonly Evaluation[]> {
  return Promise.all(plans.map((plan) => evaluateShare(plan, deps)))
}

async function evaluateShare(plan: SetPlan, deps: EvaluateDeps): Promise<Evaluation> {
  const ledger = createLedger(plan, deps)
  await Promise.all([runOutside(plan, ledger, deps), plan.base === null ? undefined : runPasses(plan, ledger, deps)])
  const evaluation: Evaluation = {
    plan,
    runs: ledger.runs(),
    published: ledger.record,
    decision: null,
    ...(deps.lending === undefined ? {} : { earlier: earlierOf(plan, deps.lending, ledger) }),
  }
  return { ...evaluation, rescored: await rescore(evaluation, deps, null) }
}

/** Of a sampled set the sample first: a loss in it is enough to know that the whole set will be asked for. */
async function runPasses(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<void> {
  const differing = plan.order.filter((id) => plan.cases.get(id)?.identical === false)
  const first = plan.share?.first ?? null
  const run = (ids: readonly string[]) =>
    runPairs(
      { plan, ledger, deps },
      missingRuns(
        new Map(),
        Array.from({ length: plan.head.passes }, (_, index) => index).flatMap((index) =>
          ids.map((id) => ({ case: id, step: 'pass' as const, index })),
        ),
      ),
    )
  const sample = first === null ? differing : differing.filter((id) => first.has(id))
  await run(sample)
  if (first === null || !sample.some((id) => gotWorse(plan, ledger.runsOf(id)))) return
  await run(differing.filter((id) => !first.has(id)))
}

function gotWorse(plan: SetPlan, { base, head }: { base: readonly Result[]; head: readonly Result[] }): boolean {
  const metric = metricOf(plan.head.compare)
  const value = (result: Result | undefined) => (result?.state === 'scored' ? metric(result) : null)
  const [before, after] = [value(base[0]), value(head[0])]
  return before !== null && after !== null && after < before
}
