// A shard's part of the cases: by a stable hash of eval set and case id, whatever order, number and company they have.

import { contentHash } from '../config/canonical.ts'
import { expectedCases } from '../plan/sampling.ts'
import type { SetPlan } from '../plan.ts'

/** `index` counts from 1. */
export type Shard = { readonly index: number; readonly of: number }

/** The part of a set that a shard runs, beside the plan of the whole set that it is a part of. */
export type Share = {
  /** Cases of the whole set. */
  readonly of: number
  /** Of a sampled set, the shard's cases of its sample; null where all cases run. */
  readonly first: ReadonlySet<string> | null
}

/** Index of the shard that runs a case. */
export function shardOf(evalSet: string, caseId: string, of: number): number {
  return (Number.parseInt(contentHash([evalSet, caseId]).slice(0, 8), 16) % of) + 1
}

/**
 * The plan with the shard's cases alone. Content key, gates and the sample stay those of the whole set, so that every shard
 * asks what the one run would ask.
 */
export function shareOf(plan: SetPlan, shard: Shard): SetPlan {
  const mine = new Set([...plan.cases.keys()].filter((id) => shardOf(plan.name, id, shard.of) === shard.index))
  const isMine = (id: string) => mine.has(id)
  const sample = expectedCases(plan)
  return {
    ...plan,
    cases: new Map([...plan.cases].filter(([id]) => isMine(id))),
    order: plan.order.filter(isMine),
    levels: plan.levels.filter(isMine),
    mustPass: plan.mustPass.filter(isMine),
    share: { of: plan.cases.size, first: sample === null ? null : new Set([...sample].filter(isMine)) },
  }
}
