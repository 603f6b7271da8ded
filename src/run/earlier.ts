// What base runs of earlier decisions say about an eval set: how often two runs of a case differ, and which cases flake most.

import type { SetPlan } from '../plan.ts'
import { flakeEstimate } from '../stats/visible.ts'
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
  /** (flips + 1) / (pairs + 20). */
  readonly phi: number
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
    phi: noise?.phi ?? 1 / 20,
    flakiest: flakiest(history, plan.head.compare),
  }
}

function flakiest(history: ReadonlyMap<string, readonly BaseRun[]>, compare: 'pass' | 'score'): readonly FlakyCase[] {
  return [...history]
    .flatMap(([caseId, runs]) => {
      const values = runs.map((one) => (compare === 'score' ? one.score : Number(one.pass)))
      const passes = values.reduce((sum, value) => sum + value, 0)
      const spread = Math.max(...values, 0) - Math.min(...values, 1)
      return values.length < 2 || spread < 0.2 ? [] : [{ caseId, runs: values.length, passes }]
    })
    .sort((a, b) => disagreement(b) - disagreement(a) || (a.caseId < b.caseId ? -1 : 1))
    .slice(0, FLAKIEST)
}

/** 2s(m - s) / (m(m - 1)): chance that two runs of the case differ. */
const disagreement = ({ runs, passes }: FlakyCase) => (2 * passes * (runs - passes)) / (runs * (runs - 1))
