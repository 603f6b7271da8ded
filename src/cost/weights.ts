// How much each case counts: as much as its slices have of the traffic. Several dimensions are fitted in turn until the shares
// of all of them hold (raking: iterative proportional fitting).

import { type Share, shareOf } from './fine.ts'
import type { CasePair } from './input.ts'
import type { SliceWeights } from './traffic.ts'

export type Uncovered = { readonly dimension: string; readonly value: string; readonly share: number }

export type CaseWeights = {
  /** In the order of the cases; their mean is 1. All 0 when no case is in a slice with traffic. */
  readonly weights: readonly Share[]
  /** Slices with traffic and no case, with their share of it; the largest first. */
  readonly uncovered: readonly Uncovered[]
  /** Cases in no slice that has traffic: they count for nothing. */
  readonly outside: number
  /** Dimensions that no case carries, and that nothing is weighted by. */
  readonly unused: readonly string[]
}

type Dimension = { readonly name: string; readonly shares: ReadonlyMap<string, number> }
type Labelled = Pick<CasePair, 'labels'>

const ROUNDS = 100
const CLOSE = 1e-9

export function caseWeights(cases: readonly Labelled[], wanted: SliceWeights): CaseWeights {
  const all = dimensionsOf(wanted)
  const carried = all.filter(({ name }) => cases.some(({ labels }) => labels?.[name] !== undefined))
  const unused = all.filter((one) => !carried.includes(one)).map(({ name }) => name)
  const weights = cases.map(({ labels }): number =>
    carried.every(({ name, shares }) => (shares.get(labels?.[name] ?? '') ?? 0) > 0) ? 1 : 0,
  )
  const outside = weights.filter((weight) => weight === 0).length
  for (let round = 0; round < ROUNDS; round++) {
    const moved = carried.map((dimension) => rake(weights, cases, dimension))
    if (Math.max(0, ...moved) < CLOSE) break
  }
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length)
  return {
    weights: weights.map((weight) => (mean > 0 ? shareOf(weight / mean) : 0n)),
    uncovered: carried.flatMap((dimension) => uncoveredIn(dimension, cases)).sort((a, b) => b.share - a.share),
    outside,
    unused,
  }
}

/** Shares of a dimension that add up to 1. */
function dimensionsOf(wanted: SliceWeights): readonly Dimension[] {
  return Object.entries(wanted).flatMap(([name, values]): Dimension[] => {
    const total = Object.values(values).reduce((sum, share) => sum + share, 0)
    if (!(total > 0)) return []
    return [{ name, shares: new Map(Object.entries(values).map(([value, share]) => [value, share / total])) }]
  })
}

/** Scales the cases of each slice to its share of what is covered; how far the largest step went. */
function rake(weights: number[], cases: readonly Labelled[], { name, shares }: Dimension): number {
  const sums = new Map<string, number>()
  for (const [index, { labels }] of cases.entries()) {
    const value = labels?.[name] ?? ''
    sums.set(value, (sums.get(value) ?? 0) + (weights[index] ?? 0))
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const covered = [...shares].reduce((sum, [value, share]) => sum + ((sums.get(value) ?? 0) > 0 ? share : 0), 0)
  let moved = 0
  for (const [index, { labels }] of cases.entries()) {
    const value = labels?.[name] ?? ''
    const [sum, weight] = [sums.get(value) ?? 0, weights[index] ?? 0]
    if (weight === 0 || sum === 0) continue
    const factor = ((shares.get(value) ?? 0) * total) / (covered * sum)
    weights[index] = weight * factor
    moved = Math.max(moved, Math.abs(factor - 1))
  }
  return moved
}

function uncoveredIn({ name, shares }: Dimension, cases: readonly Labelled[]): readonly Uncovered[] {
  const there = new Set(cases.map(({ labels }) => labels?.[name]))
  return [...shares].flatMap(([value, share]) =>
    share > 0 && !there.has(value) ? [{ dimension: name, value, share }] : [],
  )
}
