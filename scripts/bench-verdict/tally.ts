// Shares of verdicts over many simulated pull requests, beside what the naive rules would have said.

import type { RunOutcome } from '../../src/domain.ts'
import type { Evaluation } from '../../src/evaluate.ts'
import { decide } from '../../src/gate/decide.ts'
import type { SetVerdict } from '../../src/gate/set-verdict.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { costInPasses, planOf, type SetShape, simulate } from './engine.ts'
import type { Weather } from './weather.ts'
import { type Truth, type World, worldOf } from './worlds.ts'

export type Cell = SetShape & {
  readonly name: string
  readonly truth: Truth
  readonly flake: number
  /** Gated sets of the run; the first one has the truth, the others are unchanged. */
  readonly sets: number
  readonly weather?: (seed: string, calls: number) => Weather
}

/** Fractions of the runs; cost in complete passes per set. */
export type Tally = {
  readonly runs: number
  readonly fail: number
  readonly pass: number
  readonly inconclusive: number
  readonly cost: number
  /** A false FAIL of a set that did not change (family) is counted here, and within `fail` too. */
  readonly wrongSet: number
  /** Runs in which the changed set itself failed. */
  readonly caught: number
  readonly naiveLimit: number
  readonly naiveAny: number
}

const LIMIT = 0.05

export async function tally(cell: Cell, runs: number): Promise<Tally> {
  const unchanged = worldOf({ ...cell, truth: 'none' })
  const sets = Array.from({ length: cell.sets }, (_, at) => ({
    plan: planOf(`set-${at}`, cell),
    world: at === 0 ? worldOf(cell) : unchanged,
  }))
  const calls = 2 * cell.cases * cell.sets * (cell.passes ?? 1)
  const sum = { fail: 0, pass: 0, inconclusive: 0, cost: 0, wrongSet: 0, caught: 0, naiveLimit: 0, naiveAny: 0 }
  for (let run = 0; run < runs; run += 1) {
    const seed = `${cell.name}/${run}`
    const weather = cell.weather === undefined ? {} : { weather: cell.weather(`${seed}/weather`, calls) }
    const evaluations = await simulate({ sets, suites: cell.sets, seed, ...weather })
    const outcome = outcomeOf(evaluations)
    if (outcome === 'fail' || outcome === 'pass' || outcome === 'inconclusive') sum[outcome] += 1
    sum.cost += evaluations.reduce((total, one) => total + costInPasses(one), 0) / cell.sets
    const failed = evaluations.map((one) => one.decision?.outcome === 'fail')
    if (failed[0]) sum.caught += 1
    if (failed.slice(cell.truth === 'none' ? 0 : 1).some(Boolean)) sum.wrongSet += 1
    const naive = sets.map((set, at) => naiveRules(set.world, seededRandom(`${seed}/${at}/naive`)))
    if (naive.some((one) => one.limit)) sum.naiveLimit += 1
    if (naive.some((one) => one.any)) sum.naiveAny += 1
  }
  const share = (key: keyof typeof sum) => sum[key] / runs
  return {
    runs,
    fail: share('fail'),
    pass: share('pass'),
    inconclusive: share('inconclusive'),
    cost: share('cost'),
    wrongSet: share('wrongSet'),
    caught: share('caught'),
    naiveLimit: share('naiveLimit'),
    naiveAny: share('naiveAny'),
  }
}

/** The verdict of the run as `decide` gives it for these sets. */
export function outcomeOf(evaluations: readonly Evaluation[]): RunOutcome {
  const sets = evaluations.map(
    ({ plan, decision }): SetVerdict => ({
      name: plan.name,
      outcome: decision === null || decision.outcome === 'undecided' ? 'not-measured' : decision.outcome,
      rule: decision?.rule ?? null,
      mode: 'enforce',
      rows: [],
      findings: [],
      slices: [],
      scorers: [],
      latency: { ratio: null, low: null, high: null, p95: { base: null, head: null }, stages: [] },
    }),
  )
  return decide({
    sets,
    findings: [],
    plannedOnly: null,
    incomplete: false,
    mode: 'enforce',
    onInconclusive: 'pass',
    onNotMeasured: 'fail',
    headline: () => '',
  }).outcome
}

/** One complete pass, judged by "the drop reaches the limit" and by "a case fails that passed on the base". */
export function naiveRules(world: World, random: () => number): { readonly limit: boolean; readonly any: boolean } {
  let net = 0
  let any = false
  world.base.forEach((rate, at) => {
    const base = random() < rate
    const head = random() < (world.head[at] ?? 0)
    net += Number(base) - Number(head)
    any ||= base && !head
  })
  return { limit: net >= LIMIT * world.base.length - 1e-9, any }
}

export type WorldCell = {
  readonly name: string
  readonly cases: number
  readonly now: World
  /** Where stored base runs come from. */
  readonly before: World
}

/** One set with its worlds given. */
export async function tallyWorld(
  cell: WorldCell,
  runs: number,
): Promise<Pick<Tally, 'fail' | 'pass' | 'inconclusive' | 'cost'>> {
  const sum = { fail: 0, pass: 0, inconclusive: 0, cost: 0 }
  const sets = [{ plan: planOf('set', cell), world: cell.now }]
  for (let run = 0; run < runs; run += 1) {
    const evaluations = await simulate({
      sets,
      suites: 1,
      seed: `${cell.name}/${cell.cases}/${run}`,
      before: cell.before,
    })
    const outcome = outcomeOf(evaluations)
    if (outcome === 'fail' || outcome === 'pass' || outcome === 'inconclusive') sum[outcome] += 1 / runs
    for (const one of evaluations) sum.cost += costInPasses(one) / runs
  }
  return sum
}
