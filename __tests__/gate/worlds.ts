// Simulated eval sets: cases with a pass rate per side, an engine that runs what the gate asks for.

import type { RecordRow, SideLabel } from '../../src/domain.ts'
import { decideScore, type NextRun, type ScoreDecision, type ScoreOptions } from '../../src/gate/score.ts'

export type World = (caseId: string, side: SideLabel) => number

export function scoreOptions(cases: readonly string[], more: Partial<ScoreOptions> = {}): ScoreOptions {
  return { cases, maxDrop: 0.05, passes: 1, suites: 1, compare: 'pass', mustPass: [], ...more }
}

export function ids(n: number): string[] {
  return Array.from({ length: n }, (_, i) => `c${i}`)
}

export function toRow(run: NextRun, score: number): RecordRow {
  return { case: run.case, side: run.side, step: run.step, index: run.index, score }
}

/** Runs to a verdict; throws when the gate asks for nothing or without end. */
export function play(options: ScoreOptions, world: World, record: RecordRow[] = []): ScoreDecision {
  for (let round = 0; round < 60; round += 1) {
    const decision = decideScore(record, options)
    if (decision.outcome !== 'undecided') return decision
    if (decision.next.length === 0) throw new Error(`undecided with nothing to run after ${round} rounds`)
    for (const run of decision.next) record.push(toRow(run, world(run.case, run.side)))
  }
  throw new Error('no verdict after 60 rounds')
}

/** 90 % of the cases usually pass, the rest usually fail; each run differs from its usual outcome with chance `flake`. */
export function flakyWorld(random: () => number, flake: number, broken: ReadonlySet<string> = new Set()): World {
  return (id, side) => {
    const usual = Number(id.slice(1)) % 10 === 9 ? 0 : 1
    const outcome = side === 'head' && broken.has(id) ? 0 : usual
    return random() < flake ? 1 - outcome : outcome
  }
}
