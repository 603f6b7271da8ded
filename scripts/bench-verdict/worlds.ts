// True pass rates: what a simulated change really did to each case.

import type { SideLabel } from '../../src/domain.ts'

export const TRUTHS = ['none', 'churn', 'one', 'three', 'concentrated', 'diffuse'] as const
export type Truth = (typeof TRUTHS)[number]
export const TRUTH_NAMES: { readonly [truth in Truth]: string } = {
  none: 'no change',
  churn: 'churn 3 % + 3 %',
  one: 'one broken',
  three: 'three broken',
  concentrated: '-10 concentrated',
  diffuse: '-10 diffuse',
}
export const FLAKES = [0, 0.02, 0.05, 0.15] as const
export const SIZES = [20, 50, 100, 200] as const

/** A probability of passing for each case and side. */
export type World = { readonly [side in SideLabel]: readonly number[] }
export type WorldSpec = { readonly truth: Truth; readonly cases: number; readonly flake: number }

/** Points lost by the two truths that are named after their drop. */
const DROP = 0.1
const CHURN = 0.03

/**
 * Nine in ten cases usually pass, the others usually fail; a run gives the other result with probability `flake`. Broken
 * cases are usually passing ones that usually fail on the head. Concentrated: the fewest broken cases whose true
 * drop reaches 10 points. Diffuse: every usually passing case loses the same.
 */
export function worldOf({ truth, cases, flake }: WorldSpec): World {
  const usual = Array.from({ length: cases }, (_, at) => at % 10 !== 9)
  const good = usual.flatMap((passes, at) => (passes ? [at] : []))
  const bad = usual.flatMap((passes, at) => (passes ? [] : [at]))
  const changed = new Set([...good.slice(0, broken(truth, cases, flake)), ...bad.slice(0, fixed(truth, cases))])
  const rate = (passes: boolean) => (passes ? 1 - flake : flake)
  const thin = truth === 'diffuse' ? (DROP * cases) / good.length : 0
  return {
    base: usual.map(rate),
    head: usual.map((passes, at) => rate(passes !== changed.has(at)) - (passes ? thin : 0)),
  }
}

function broken(truth: Truth, cases: number, flake: number): number {
  switch (truth) {
    case 'none':
    case 'diffuse':
      return 0
    case 'churn':
      return Math.max(1, Math.round(CHURN * cases))
    case 'one':
      return 1
    case 'three':
      return 3
    case 'concentrated':
      return Math.ceil((DROP * cases) / (1 - 2 * flake) - 1e-9)
  }
}

const fixed = (truth: Truth, cases: number) => (truth === 'churn' ? broken(truth, cases, 0) : 0)

/** True loss in points on 0-100; below 0 for a gain. */
export function trueDropPoints(world: World): number {
  const sum = (rates: readonly number[]) => rates.reduce((total, rate) => total + rate, 0)
  return (100 * (sum(world.base) - sum(world.head))) / world.base.length
}
