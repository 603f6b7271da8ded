// What base runs of earlier decisions say about an eval set: how often two runs of a case differ, and which cases flake most.

import { GRADED_CHANGE } from '../gate/score/levels.ts'
import type { SetPlan } from '../plan.ts'
import { disagreementOf, flakeEstimate } from '../stats/visible.ts'
import type { BaseRun } from './base-runs.ts'
import { valuesOf } from './borrow.ts'
import type { Lending } from './lending.ts'

export type FlakyCase = {
  readonly caseId: string
  readonly runs: number
  /** Runs that passed; of graded sets, the sum of the scores. */
  readonly passes: number
}

export type Earlier = {
  /** Base runs that stood for runs of today. */
  readonly lent: number
  /** Stored base runs were there, and the base answers otherwise today. */
  readonly moved: boolean
  /** Pairs of consecutive base runs of the complete passes, and how many of them differ. */
  readonly pairs: number
  readonly flips: number
  /** (flips + 1) / (pairs + 20); null before any case ran twice. */
  readonly phi: number | null
  /** Cases that did not always answer alike, the flakiest first; re-runs count here. */
  readonly flakiest: readonly FlakyCase[]
}

const FLAKIEST = 10

export function earlierOf(
  plan: SetPlan,
  lending: Lending,
  ledger: { readonly lent: number; readonly moved: boolean },
): Earlier {
  const history = lending.history(plan)
  const noise = flakeEstimate(valuesOf(history, plan.head.compare))
  return {
    lent: ledger.lent,
    moved: ledger.moved,
    pairs: noise?.pairs ?? 0,
    flips: noise?.flips ?? 0,
    phi: noise?.phi ?? null,
    flakiest: flakiest(history, plan.head.compare),
  }
}

function flakiest(history: ReadonlyMap<string, readonly BaseRun[]>, compare: 'pass' | 'score'): readonly FlakyCase[] {
  return [...history]
    .flatMap(([caseId, runs]) => {
      const values = runs.map((one) => (compare === 'score' ? one.score : Number(one.pass)))
      const passes = values.reduce((sum, value) => sum + value, 0)
      const disagreement = disagreementOf(values) ?? 0
      const spread = Math.max(...values, 0) - Math.min(...values, 1)
      return spread < GRADED_CHANGE ? [] : [{ caseId, runs: values.length, passes, disagreement }]
    })
    .sort((a, b) => b.disagreement - a.disagreement || (a.caseId < b.caseId ? -1 : 1))
    .slice(0, FLAKIEST)
    .map(({ disagreement: _, ...flaky }) => flaky)
}
