// The cases of a route's eval sets in one list, each with its weight. Two sets on one route do not count twice: a route has its
// requests, and the cases stand for them together.

import { divideRounded } from '../money.ts'
import { type Fine, type Share, sumOf } from './fine.ts'
import type { CasePair, EvalSetCalls } from './input.ts'
import type { CaseCosts } from './paired.ts'
import type { SetCosts } from './set-costs.ts'
import type { SliceWeights } from './traffic.ts'
import { caseWeights, type Uncovered } from './weights.ts'

type Known = Exclude<SetCosts, { readonly state: 'unpriced' | 'unmeasured' }>
export type CostedSet = { readonly set: EvalSetCalls; readonly costs: Known }

export type Pool = {
  readonly sets: readonly (CostedSet & { readonly weights: readonly Share[] })[]
  /** Costs on both sides; with `weight` where slices are weighted. Sets in which nothing was called join as ties. */
  readonly paired: readonly CaseCosts[]
  /** Costs of heads without a base. */
  readonly alone: readonly Fine[]
  /** Of `alone` and then `paired`; undefined when all cases count the same. */
  readonly weights: readonly Share[] | undefined
  readonly uncovered: readonly Uncovered[]
  readonly outside: number
  readonly unused: readonly string[]
}

/** Null when no case counts: none is in a slice that has traffic. */
export function poolOf(sets: readonly CostedSet[], wanted: SliceWeights): Pool | null {
  const pairs = sets.map(({ costs }) => pairsOf(costs))
  const { weights, uncovered, outside, unused } = caseWeights(pairs.flat(), wanted)
  if (weights.length > 0 && weights.every((weight) => weight === 0n)) return null
  const isWeighted = Object.keys(wanted).some((name) => !unused.includes(name))
  let from = 0
  const parts = sets.map((one, index) => {
    const to = from + (pairs[index]?.length ?? 0)
    const own = weights.slice(from, to)
    from = to
    return { ...one, weights: own }
  })
  const paired = pairedCases(parts, isWeighted)
  const alone = parts.flatMap(({ costs, weights: own }) =>
    costs.state === 'head-only' ? costs.head.map((fine, index) => ({ fine, weight: own[index] ?? 0n })) : [],
  )
  return {
    ...{ sets: parts, paired, uncovered, outside, unused },
    alone: alone.map(({ fine }) => fine),
    weights: isWeighted ? [...alone, ...paired].map(({ weight }) => weight ?? 0n) : undefined,
  }
}

/** The pairs of a set in the order of its costs. */
export function pairsOf(costs: Known): readonly CasePair[] {
  if (costs.state === 'unchanged') return costs.tied
  return costs.state === 'paired' ? [...costs.measured, ...costs.tied] : costs.measured
}

function pairedCases(parts: Pool['sets'], isWeighted: boolean): readonly CaseCosts[] {
  const weighted = (costs: readonly CaseCosts[], weights: readonly Share[]) =>
    isWeighted ? costs.map((cost, index) => ({ ...cost, weight: weights[index] ?? 0n })) : costs
  const called = parts.flatMap(({ costs, weights }) => (costs.state === 'paired' ? weighted(costs.cases, weights) : []))
  if (called.length === 0) return []
  // A tie without a call costs what the others cost.
  const level = divideRounded(sumOf(called.map(({ base }) => base)), BigInt(called.length))
  const ties = parts.flatMap(({ costs, weights }) =>
    costs.state === 'unchanged'
      ? weighted(
          costs.tied.map(() => ({ base: level, head: level })),
          weights,
        )
      : [],
  )
  return [...called, ...ties]
}
