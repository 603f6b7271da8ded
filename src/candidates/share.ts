// The model in use is asked once for all candidates: every comparison gets the same answer of it, scored once. Its calls
// are kept under a key of their own, so that another candidate or a resumed run finds them.

import type { Failure, Result, Trial, TrialOutcome } from '../domain.ts'
import type { EvaluateDeps } from '../evaluate.ts'
import { QUARTERS_FROM } from '../gate/score/levels.ts'
import type { SetPlan } from '../plan.ts'
import type { Work } from '../run/work.ts'
import { createDoors, type Door, refused } from './door.ts'
import type { PlannedSet } from './plans.ts'

export type Shared = {
  readonly deps: EvaluateDeps
  /** Why a comparison, or (by the set's own name) the model in use, was given up. */
  refusalOf(name: string): Failure | null
}

type Lane = { readonly base: SetPlan; readonly ofBase: Door; readonly ofHead: Door; readonly memo: Memo }
/** Of one set: what the model in use said, by run. */
type Memo = { readonly outcomes: Map<string, Promise<TrialOutcome>>; readonly results: Map<string, Promise<Result>> }

export function shareBase(inner: EvaluateDeps, sets: readonly PlannedSet[]): Shared {
  const lanes = lanesOf(sets)
  const laneOf = (name: string) => {
    const lane = lanes.get(name)
    if (lane === undefined) throw new Error(`no comparison ${name}`)
    return lane
  }
  const { lending: _, ...rest } = inner
  const deps: EvaluateDeps = {
    ...rest,
    suites: Math.max(1, lanes.size),
    submit: (work) => submit(work, laneOf(work.trial.evalSet), inner),
    score: (plan, planned, made) => {
      if (!isShared(made.trial)) return inner.score(plan, planned, made)
      const { base, memo } = laneOf(plan.name)
      return once(memo.results, keyOf(made.trial), async () => {
        const result = await inner.score(base, planned, made)
        inner.onDone(base, result)
        return result
      })
    },
    onDone: (plan, result) => {
      if (!isShared(result.trial)) inner.onDone(plan, result)
    },
  }
  const ownNames = new Map(
    sets.flatMap(({ base, comparisons }) => (base ? [[base.name, comparisons[0]] as const] : [])),
  )
  const refusalOf = (name: string) => {
    const first = ownNames.get(name)
    return first === undefined ? (lanes.get(name)?.ofHead.refusal() ?? null) : laneOf(first.plan.name).ofBase.refusal()
  }
  return { deps, refusalOf }
}

function lanesOf(sets: readonly PlannedSet[]): ReadonlyMap<string, Lane> {
  return new Map(
    sets.flatMap(({ base, comparisons }) => {
      if (base === null) return []
      const memo: Memo = { outcomes: new Map(), results: new Map() }
      const heads = comparisons.map(({ plan }) => surelyAsked(plan, 'head'))
      const doors = createDoors({ base: surelyAsked(base, 'base'), heads })
      return comparisons.flatMap(({ plan }, at) => {
        const ofHead = doors.heads[at]
        return ofHead === undefined ? [] : [[plan.name, { base, memo, ofBase: doors.base, ofHead }] as const]
      })
    }),
  )
}

/** Requests of the first look, which the loop asks for together. */
function surelyAsked({ cases, order }: SetPlan, side: 'base' | 'head'): number {
  const first = order.length >= QUARTERS_FROM ? order.slice(0, Math.ceil(order.length / 4)) : order
  return first.filter((id) => cases.get(id)?.[side]?.state === 'ready').length
}

function submit(asked: Work, lane: Lane, inner: EvaluateDeps): Promise<TrialOutcome> {
  const work: Work = { ...asked, evenly: true }
  const { trial } = work
  if (trial.side === 'head') return lane.ofHead.pass(work, () => askHead(work, lane, inner))
  if (!isShared(trial)) return inner.submit(work)
  const { base, memo, ofBase } = lane
  const own: Work = { ...work, trial: { ...trial, evalSet: base.name }, scope: base.contentKey }
  return once(memo.outcomes, keyOf(trial), () => ofBase.pass(own, () => inner.submit(own)))
}

/** Nothing can be compared with a model in use that refuses everything. */
async function askHead(work: Work, { ofBase }: Lane, inner: EvaluateDeps): Promise<TrialOutcome> {
  const refusal = ofBase.refusal()
  return refusal === null ? inner.submit(work) : refused(work, refusal, null)
}

/** A probe asks whether the provider answers now; that is not what it said for another comparison. */
const isShared = ({ side, step }: Trial) => side === 'base' && step !== 'probe'

const keyOf = ({ caseId, step, index }: Trial) => JSON.stringify([caseId, step, index])

function once<T>(memo: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const there = memo.get(key)
  if (there !== undefined) return there
  const made = make()
  memo.set(key, made)
  return made
}
