// Stored base runs, which the loop does not use yet: the gate alone is asked, and the first base runs come from an older world.

import type { RecordRow } from '../../src/domain.ts'
import { caseOrder, decideScore, type NextRun, type ScoreDecision, type ScoreOptions } from '../../src/gate/score.ts'
import { seededRandom } from '../../src/stats/random.ts'
import type { World } from './worlds.ts'

export type StoredCell = {
  readonly name: string
  /** Base as it was when its runs were stored, and both sides now. */
  readonly before: World
  readonly now: World
  readonly passes: number
  /** Null: pass or fail. Else the scores are graded, with this standard deviation of one run. */
  readonly judgeSd: number | null
}
export type StoredTally = {
  readonly fail: number
  readonly pass: number
  readonly inconclusive: number
  readonly cost: number
}

const MOST_ROUNDS = 60

export function tallyStored(cell: StoredCell, runs: number): StoredTally {
  const sum = { fail: 0, pass: 0, inconclusive: 0, cost: 0 }
  for (let run = 0; run < runs; run += 1) {
    const decision = play(cell, `${cell.name}/${run}`)
    if (decision.outcome === 'fail' || decision.outcome === 'pass' || decision.outcome === 'inconclusive')
      sum[decision.outcome] += 1 / runs
    sum.cost += decision.pairs / cell.now.base.length / runs
  }
  return sum
}

function play(cell: StoredCell, seed: string): ScoreDecision {
  const random = seededRandom(seed)
  const ids = cell.now.base.map((_, at) => `c${at}`)
  const options: ScoreOptions = {
    cases: caseOrder(ids, seed),
    maxDrop: 0.05,
    passes: cell.passes,
    suites: 1,
    compare: cell.judgeSd === null ? 'pass' : 'score',
    mustPass: [],
    stored: true,
  }
  const record: RecordRow[] = []
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const decision = decideScore(record, options)
    if (decision.outcome !== 'undecided') return decision
    for (const run of decision.next) record.push({ ...run, score: scoreOf(cell, run, random) })
  }
  throw new Error(`no verdict after ${MOST_ROUNDS} rounds`)
}

function scoreOf({ before, now, passes, judgeSd }: StoredCell, run: NextRun, random: () => number): number {
  const isStored = run.side === 'base' && run.step === 'pass' && run.index < passes
  const rate = (isStored ? before : now)[run.side][Number(run.case.slice(1))] ?? 0
  if (judgeSd === null) return random() < rate ? 1 : 0
  return Math.min(1, Math.max(0, 0.1 + 0.8 * rate + judgeSd * normal(random)))
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
