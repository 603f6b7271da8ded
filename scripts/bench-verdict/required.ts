// The error rates that the product promises, each simulated with enough runs to tell.

import { tally } from './tally.ts'
import type { Truth } from './worlds.ts'

const FIGURES = ['fail', 'pass', 'caught', 'cost'] as const
type Bounds = { readonly [figure in (typeof FIGURES)[number]]?: number }

type Need = {
  readonly name: string
  readonly cell: {
    readonly truth: Truth
    readonly cases: number
    readonly flake: number
    readonly sets: number
    readonly sampled?: boolean
  }
  readonly runs: number
  /** Fewest and most: fractions of the runs, passes. */
  readonly least?: Bounds
  readonly most?: Bounds
}

const NEEDS: readonly Need[] = [
  ...[20, 50, 100, 200].flatMap((cases) =>
    [0, 0.02, 0.05].map(
      (flake): Need => ({
        name: `nothing changed, ${cases} cases, flake ${100 * flake} %`,
        cell: { truth: 'none', cases, flake, sets: 1 },
        runs: flake === 0 ? 50 : 5000,
        most: { fail: 0.01 },
      }),
    ),
  ),
  {
    name: '20 unchanged deterministic cases',
    cell: { truth: 'none', cases: 20, flake: 0, sets: 1 },
    runs: 50,
    least: { pass: 1 },
    most: { cost: 1 },
  },
  {
    name: 'three broken of 20, flake 0',
    cell: { truth: 'three', cases: 20, flake: 0, sets: 1 },
    runs: 50,
    least: { fail: 1 },
    most: { cost: 1.35 },
  },
  {
    name: '-10 concentrated, 100 cases, flake 5 %',
    cell: { truth: 'concentrated', cases: 100, flake: 0.05, sets: 1 },
    runs: 5000,
    least: { fail: 0.98 },
    most: { cost: 1.25 },
  },
  {
    name: 'five unchanged sets of 100, flake 5 %',
    cell: { truth: 'none', cases: 100, flake: 0.05, sets: 5 },
    runs: 2000,
    most: { fail: 0.01 },
  },
  {
    name: 'forty unchanged sets of 100, flake 5 %',
    cell: { truth: 'none', cases: 100, flake: 0.05, sets: 40 },
    runs: 1000,
    least: { pass: 0.98 },
    most: { fail: 0.01 },
  },
  {
    name: '-10 in one of forty sets of 100, flake 5 %',
    cell: { truth: 'concentrated', cases: 100, flake: 0.05, sets: 40 },
    runs: 500,
    least: { caught: 0.95, fail: 0.95 },
  },
  ...[0, 0.05].flatMap((flake): readonly Need[] => [
    {
      name: `forty unchanged sets of 100 that share a change, flake ${100 * flake} %`,
      cell: { truth: 'none', cases: 100, flake, sets: 40, sampled: true },
      runs: flake === 0 ? 20 : 500,
      least: { pass: 0.98 },
      most: { fail: 0.01, cost: flake === 0 ? 0.5 : 1.4 },
    },
    {
      name: `-10 in one of forty sets of 100 that share a change, flake ${100 * flake} %`,
      cell: { truth: 'concentrated', cases: 100, flake, sets: 40, sampled: true },
      runs: 500,
      least: { caught: 0.95, fail: 0.95 },
    },
  ]),
]

export type Met = { readonly name: string; readonly runs: number; readonly figures: string; readonly met: boolean }

export async function required(scale: number): Promise<readonly Met[]> {
  const found: Met[] = []
  for (const { name, cell, runs, least = {}, most = {} } of NEEDS) {
    const count = Math.max(10, Math.round(runs * scale))
    const got = await tally({ ...cell, name: `${cell.truth} ${cell.cases} ${cell.flake} ${cell.sets} 1` }, count)
    const met = FIGURES.every(
      (figure) =>
        got[figure] >= (least[figure] ?? Number.NEGATIVE_INFINITY) - 1e-9 &&
        got[figure] <= (most[figure] ?? Number.POSITIVE_INFINITY) + 1e-9,
    )
    const share = (value: number) => `${(100 * value).toFixed(2)} %`
    const figures = `fail ${share(got.fail)}, pass ${share(got.pass)}, cost ${got.cost.toFixed(2)}`
    found.push({ name, runs: count, figures, met })
  }
  return found
}
