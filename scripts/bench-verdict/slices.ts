// Slices that a gate names: how often one fails, and how often it should.

import { costInPasses, planOf, simulate } from './engine.ts'
import type { World } from './worlds.ts'

export type SliceCell = {
  readonly cases: number
  readonly slices: number
  readonly flake: number
  /** Fraction of the cases of the first slice that break. */
  readonly broken: number
  readonly limitPoints: number
}
export type SliceTally = {
  /** Some slice that did not change fails. */
  readonly wrong: number
  /** The slice that broke fails; warns only. */
  readonly caught: number
  readonly warned: number
  /** Rule "a slice's measured drop reaches its limit". */
  readonly naive: number
  readonly cost: number
}

export async function tallySlices(cell: SliceCell, runs: number): Promise<SliceTally> {
  const plan = planOf('sliced', {
    cases: cell.cases,
    gates: { slices: { topic: { maxDropPoints: { limit: cell.limitPoints, level: 'fail' } } } },
    labels: (at) => ({ topic: `t${at % cell.slices}` }),
  })
  const world = worldOfSlices(cell)
  const sum = { wrong: 0, caught: 0, warned: 0, naive: 0, cost: 0 }
  for (let run = 0; run < runs; run += 1) {
    const evaluations = await simulate({ sets: [{ plan, world }], suites: 1, seed: `${JSON.stringify(cell)}/${run}` })
    for (const evaluation of evaluations) {
      const slices = evaluation.decision?.slices ?? []
      const hurt = slices.find((slice) => cell.broken > 0 && slice.value === 't0')
      if (slices.some((slice) => slice !== hurt && slice.state === 'confirmed')) sum.wrong += 1 / runs
      if (hurt?.state === 'confirmed') sum.caught += 1 / runs
      if (hurt?.state === 'unconfirmed') sum.warned += 1 / runs
      if (someDrop(evaluation, cell)) sum.naive += 1 / runs
      sum.cost += costInPasses(evaluation) / runs
    }
  }
  return sum
}

type Evaluations = Awaited<ReturnType<typeof simulate>>

function someDrop({ runs }: Evaluations[number], { slices, limitPoints }: SliceCell): boolean {
  return Array.from({ length: slices }, (_, slice) => `t${slice}`).some((topic) => {
    const mine = runs.filter((one) => one.kase.labels.topic === topic && one.base.length > 0)
    const passed = (side: 'base' | 'head') => mine.filter((one) => one[side].some(firstPass)).length
    return passed('base') - passed('head') >= (limitPoints / 100) * mine.length && mine.length > 0
  })
}

const firstPass = (result: Evaluations[number]['runs'][number]['base'][number]) =>
  result.state === 'scored' && result.pass && result.trial.step === 'pass' && result.trial.index === 0

function worldOfSlices({ cases, slices, flake, broken }: SliceCell): World {
  const size = Math.ceil(cases / slices)
  const isBroken = (at: number) => at % slices === 0 && at / slices < broken * size
  const base = Array.from({ length: cases }, () => 1 - flake)
  return { base, head: base.map((rate, at) => (isBroken(at) ? flake : rate)) }
}
