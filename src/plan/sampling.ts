// A change that many eval sets share is planned sample-first: which sets a sample may end, and how much of them it takes.

import { dropLimitPoints } from '../config/gates.ts'
import type { Gates } from '../domain.ts'
import { sampledCases } from '../gate/score/sample.ts'
import type { SetPlan } from '../plan.ts'

/** As from here on the family control shares one error budget: fewer sets are cheap enough in full. */
const SHARED_FROM = 4

/** Marks the sets that were selected by nothing but reasons that at least three others have, too. */
export function sampleShared(plans: readonly SetPlan[]): readonly SetPlan[] {
  const sets = new Map<string, number>()
  const candidates = plans.filter(mayBeSampled)
  for (const plan of candidates) for (const why of new Set(plan.because)) sets.set(why, (sets.get(why) ?? 0) + 1)
  const isShared = (plan: SetPlan) =>
    plan.kinds.size > 0 && plan.because.every((why) => (sets.get(why) ?? 0) >= SHARED_FROM)
  return plans.map((plan) => (mayBeSampled(plan) && isShared(plan) ? { ...plan, sampled: true } : plan))
}

/** A sample answers one question, whether cases broke; other gates, graded scores and repeats need all cases. */
function mayBeSampled({ base, head, gates, rescored }: SetPlan): boolean {
  if (base === null || rescored || head.passes > 1 || head.compare !== 'pass') return false
  const asked = Object.keys(gates).filter((key) => gates[key as keyof Gates] !== undefined)
  return gates.maxDropPoints !== undefined && asked.every((key) => ALONE.has(key))
}

const ALONE: ReadonlySet<string> = new Set<keyof Gates>(['maxDropPoints', 'mustPass'])

/** Ids of the cases that are expected to run: of a sampled set, those of its sample. */
export function expectedCases(plan: SetPlan): ReadonlySet<string> | null {
  if (plan.share !== undefined) return plan.share.first
  if (!plan.sampled) return null
  const paired = plan.order.filter((id) => plan.cases.get(id)?.identical === false)
  const sample = sampledCases(paired, (plan.order.length * dropLimitPoints(plan.gates)) / 100)
  const outside = [...plan.cases.values()].filter((one) => one.role !== 'paired').map((one) => one.kase.id)
  return new Set([...sample, ...plan.mustPass, ...outside])
}
