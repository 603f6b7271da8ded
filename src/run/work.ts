// What the engine is asked to do, and the identity under which its answer is recorded.

import { canonicalJson } from '../config/canonical.ts'
import type { Request, Trial } from '../domain.ts'
import type { Call } from '../targets/call.ts'
import { sha256 } from '../targets/request.ts'
import type { Place } from './queue.ts'

/** One call wanted. A judge's question about a trial is work, too: it names that trial and has a request of its own. */
export type Work = {
  readonly trial: Trial
  readonly request: Request
  /** Default: target. */
  readonly purpose?: Purpose
  readonly promptHash?: string
  /** Content key that the record of this call belongs to: other cases, scorers or gates draw anew. */
  readonly scope?: string
  /** Of one attempt; default: the run's. */
  readonly timeoutMs?: number
  /** What a spend cap that runs short is used for first; lower is sooner, default 0. It changes no result. */
  readonly urgency?: number
  /** Calls of its group count alike, whatever they cost: models that are compared take turns. */
  readonly evenly?: true
  readonly passedOn?: PassedOn
  /** A stored answer does not stand for it. */
  readonly again?: true
  /** Goes into a batch, which has a record of its own: an end of this process loses nothing of it. */
  readonly batched?: true
}

/** `model`: a call that an application made for its answer. */
export type Purpose = 'target' | 'judge' | 'model'

/**
 * A call that somebody else makes through us: limits, budget and retries are as for ours, and it is made by `call`. Its answer is
 * no answer to a trial: it is neither recorded as one nor found as one.
 */
export type PassedOn = {
  readonly call: Call
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/**
 * The whole request, the trial and its index: repeats never share an answer, and neither do two cases that happen to
 * ask the same.
 */
export function workKey({ trial, request, scope = '', purpose = 'target' }: Work): string {
  const { evalSet, caseId, side, step, index } = trial
  return sha256(canonicalJson([request.hash, evalSet, caseId, side, step, index, purpose, scope]))
}

export function placeOf({ trial, urgency = 0 }: Work): Place {
  return { urgency, group: trial.evalSet, pair: pairOf(trial) }
}

const pairOf = ({ evalSet, caseId, step, index }: Trial) => JSON.stringify([evalSet, caseId, step, index])

/** What shares one limit and one breaker: a provider; for an application, its eval set and side. */
export function laneOf({ trial, request }: Work): string {
  return request.endpoint === 'application'
    ? JSON.stringify([request.kind, trial.evalSet, trial.side])
    : request.kind === 'model'
      ? request.provider
      : request.kind
}

/** The runs of one case next to each other, base and head back to back; else in the order given. */
export function backToBack(works: readonly Work[]): readonly Work[] {
  const groups = new Map<string, Work[]>()
  for (const work of works) {
    const name = pairOf(work.trial)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [work])
    else group.push(work)
  }
  return [...groups.values()].flat()
}
