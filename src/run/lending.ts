// Stored base runs for the loop: which sets may use them, and for what a base request is asked and judged by.

import { contentHash } from '../config/canonical.ts'
import type { Result } from '../domain.ts'
import { QUARTERS_FROM } from '../gate/score/levels.ts'
import { FRESH_CHECKS } from '../gate/score/stale.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import { isPairwise } from '../scorers/kinds.ts'
import type { BaseRun, BaseRuns } from './base-runs.ts'
import type { Stored } from './record.ts'
import { workKey } from './work.ts'

/** Base runs of one case from earlier decisions: to stand for its complete passes, by index. */
export type Lent = ReadonlyMap<string, readonly Extract<Result, { state: 'scored' }>[]>

export type Lending = {
  /** Null where the set has no use for stored runs, or too few are there. */
  offer(plan: SetPlan): Lent | null
  keep(plan: SetPlan, result: Result, startedAt: string): void
  /** Whether the base had moved when this decision looked first; undefined before it did. */
  moved(plan: SetPlan): boolean | undefined
  setMoved(plan: SetPlan, moved: boolean): void
  /** Scores of the base runs of each case, oldest first: this decision's and those before it. `fresh` ones were selected. */
  history(plan: SetPlan): ReadonlyMap<string, readonly BaseRun[]>
}

/** Changes when what a stored score means does. */
const HARNESS = 1

/** Larger sets need no loans, and their runs would fill the memory. */
const MOST_CASES = 2_000

/** A set is lent to when at least half of its cases can be. */
const LEAST_SHARE = 0.5

/** @param recorded finds the answer of a run; null where answers are to be drawn anew, so that nothing is lent */
export function createLending(runs: BaseRuns, recorded: ((key: string) => Stored | undefined) | null): Lending {
  const keys = new Map<SetPlan, ReadonlyMap<string, string>>()
  const keysOf = (plan: SetPlan) => {
    const known = keys.get(plan) ?? runKeys(plan)
    keys.set(plan, known)
    return known
  }
  return {
    offer: (plan) => {
      const wanted = keysOf(plan)
      if (recorded === null || !mayBorrow(plan) || wanted.size < 2 * FRESH_CHECKS) return null
      const list = runs.choose(plan.contentKey, { keys: [...wanted.values()], passes: plan.head.passes })
      const lent = lend(plan, { wanted, list, recorded })
      return lent.size >= LEAST_SHARE * wanted.size ? lent : null
    },
    keep: (plan, result, startedAt) => {
      const run = keysOf(plan).get(result.trial.caseId)
      const planned = plan.cases.get(result.trial.caseId)
      const made = run === undefined ? null : baseRun(plan, { run, result, planned, startedAt })
      if (made !== null) runs.keep(made)
    },
    moved: (plan) => (recorded === null ? undefined : runs.moved(plan.contentKey)),
    setMoved: (plan, moved) => runs.setMoved(plan.contentKey, moved),
    history: (plan) => {
      const found = runs.history(new Set(keysOf(plan).values()))
      return new Map([...keysOf(plan)].map(([id, run]) => [id, found.get(run) ?? []] as const))
    },
  }
}

/** A set with early looks needs fewer calls without stored runs. Other scorers on the other side, and times need base runs of today. */
function mayBorrow({ order, gates, rescored, sampled }: SetPlan): boolean {
  return !rescored && !sampled && gates.latency === undefined && order.length < QUARTERS_FROM
}

/** Key of the base runs of each case that has some: what a model is asked, and how the answer is judged. */
function runKeys(plan: SetPlan): ReadonlyMap<string, string> {
  const { base, head, scorerHash } = plan
  if (base?.target.kind !== 'prompt' || plan.order.length > MOST_CASES) return new Map()
  return new Map(
    [...plan.cases.values()].flatMap(({ kase, role, identical, base: prepared }) => {
      if (role !== 'paired' || identical || prepared?.state !== 'ready' || prepared.request.kind !== 'model') return []
      // What a base run is worth to a scorer that compares two answers depends on the head's.
      if ([...head.scorers, ...kase.scorers].some(isPairwise)) return []
      const judged = [scorerHash, kase.hash, head.threshold ?? null]
      return [[kase.id, contentHash([HARNESS, plan.name, prepared.request.hash, judged])] as const]
    }),
  )
}

type Chosen = {
  readonly wanted: ReadonlyMap<string, string>
  readonly list: readonly BaseRun[]
  readonly recorded: (key: string) => Stored | undefined
}

function lend(plan: SetPlan, { wanted, list, recorded }: Chosen): Lent {
  const lent = new Map<string, Extract<Result, { state: 'scored' }>[]>()
  for (const [caseId, run] of wanted) {
    const results = list
      .filter((one) => one.run === run)
      .flatMap((one, index) =>
        lentResult(one, { evalSet: plan.name, caseId, side: 'base', step: 'pass', index }, recorded),
      )
    if (results.length === plan.head.passes) lent.set(caseId, results)
  }
  return lent
}

/** How long an answer took on another day says nothing of today. */
function lentResult(
  { answer, score, pass, scores }: BaseRun,
  trial: Result['trial'],
  recorded: Chosen['recorded'],
): readonly Extract<Result, { state: 'scored' }>[] {
  const outcome = recorded(answer)?.outcome
  if (outcome?.state !== 'answered') return []
  const { latencyAtMostMs: _, ...given } = outcome.answer
  const untimed = { ...outcome, answer: { ...given, latencyMs: null } }
  return [{ trial, outcome: untimed, scores, state: 'scored', score, pass }]
}

type Made = {
  readonly run: string
  readonly result: Result
  readonly planned: PlannedCase | undefined
  readonly startedAt: string
}

function baseRun(plan: SetPlan, { run, result, planned, startedAt }: Made): BaseRun | null {
  const { trial, outcome } = result
  if (trial.side !== 'base' || (trial.step !== 'pass' && trial.step !== 'fresh')) return null
  if (result.state !== 'scored' || outcome.state !== 'answered' || planned?.base?.state !== 'ready') return null
  const { answer } = outcome
  return {
    run,
    answer: workKey({ trial, request: planned.base.request, scope: plan.contentKey }),
    decision: plan.contentKey,
    step: trial.step,
    at: startedAt,
    score: result.score,
    pass: result.pass,
    scores: result.scores,
    model: answer.model ?? null,
    fingerprint: answer.fingerprint ?? null,
  }
}
