// Every provider that a run asks, so that a missing key is found before the first call.

import { judgeModel, type SetPlan } from '../plan.ts'
import { isJudge } from '../scorers/kinds.ts'

/** All requests of a side go to one provider: that of the first that is called. */
function providerOf(plan: SetPlan, side: 'base' | 'head'): readonly string[] {
  const ties = new Set(plan.levels)
  for (const one of plan.cases.values()) {
    if (one.identical && (side === 'base' || !ties.has(one.kase.id))) continue
    const prepared = one[side]
    if (prepared?.state === 'ready') return prepared.request.kind === 'model' ? [prepared.request.provider] : []
  }
  return []
}

/** Every provider that a call of this run needs, judges included. */
export function providersOf(plans: readonly SetPlan[]): readonly string[] {
  const asked = plans.flatMap((plan) => (['base', 'head'] as const).flatMap((side) => providerOf(plan, side)))
  const judges = plans
    .flatMap((plan) => [
      ...plan.head.scorers,
      ...(plan.rescored?.scorers ?? []),
      ...plan.head.cases.flatMap((kase) => kase.scorers),
    ])
    .filter(isJudge)
    .map((scorer) => judgeModel(scorer).split('/')[0] ?? '')
  return [...new Set([...asked, ...judges])]
}
