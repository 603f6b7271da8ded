// The runs of joined shards as the loop asks for them. What a missing shard would have run has no result, and is never made
// up for: a report must not look whole that is not.

import type { Result, Trial } from '../domain.ts'
import type { SetPlan } from '../plan.ts'
import type { MadeRun } from './run-line.ts'
import { shardOf } from './share.ts'

export type Made = MadeRun & { readonly startedAt: string }

export type MadeRuns = {
  /** Undefined for a run that is still to be made. */
  find(plan: SetPlan, trial: Trial): Made | undefined
}

export type MadeInput = { readonly of: number; readonly startedAt: string }

export type MadeStore = MadeRuns & {
  /** A run of a shard; one of a case that the shard does not have is passed over. */
  add(run: MadeRun, shard: number): void
  /** Takes the runs of a shard out again: its cases have no result, for this reason. */
  giveUp(shard: number, why: string): void
}

export function createMadeRuns({ of, startedAt }: MadeInput): MadeStore {
  const missing = new Map<number, string>()
  const sets = new Map<string, Map<string, MadeRun[]>>()
  const casesOf = (evalSet: string) => {
    const cases = sets.get(evalSet) ?? new Map<string, MadeRun[]>()
    sets.set(evalSet, cases)
    return cases
  }
  const find = (plan: SetPlan, trial: Trial): Made | undefined => {
    const why = missing.get(shardOf(plan.name, trial.caseId, of))
    if (why !== undefined)
      return isPartOfPasses(plan, trial) ? { result: lost(trial, `shard ${why}`), startedAt } : undefined
    const known = sets
      .get(plan.name)
      ?.get(trial.caseId)
      ?.find(({ result }) => isSame(result.trial, trial))
    return known === undefined ? undefined : { ...known, startedAt }
  }
  const add = (run: MadeRun, shard: number) => {
    const { evalSet, caseId } = run.result.trial
    if (shardOf(evalSet, caseId, of) !== shard) return
    const cases = casesOf(evalSet)
    const runs = cases.get(caseId)
    if (runs?.some(({ result }) => isSame(result.trial, run.result.trial))) return
    cases.set(caseId, runs === undefined ? [run] : runs.concat(run))
  }
  return { find, add, giveUp: (shard, why) => missing.set(shard, `${shard}/${of} ${why}`) }
}

const isSame = (a: Trial, b: Trial) => a.side === b.side && a.step === b.step && a.index === b.index

const isPartOfPasses = (plan: SetPlan, { step, index }: Trial) =>
  step === 'identical' || (step === 'pass' && index < plan.head.passes)

function lost(trial: Trial, why: string): Result {
  const failure = { kind: 'transient', cause: 'cancelled', message: why } as const
  return { trial, outcome: { state: 'failed', failure }, scores: [], state: 'missing', why }
}
