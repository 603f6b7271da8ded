// Refusals that cannot be about what was asked: the same request was answered before, or others of this side to the same model. Then
// something in between has changed (a gateway, an address, an account), and it says nothing about the side.

import type { ErrorCause } from '../domain.ts'
import type { Attempt } from '../targets/call.ts'
import { failed } from '../targets/shape.ts'
import type { Lane } from './lane.ts'
import type { State } from './state.ts'
import { type Work, workKey } from './work.ts'

/** A filter may take offence at another answer to the same request. */
const ABOUT_REQUEST: ReadonlySet<ErrorCause> = new Set(['unknown-model', 'refused-request', 'context-too-long'])

export function doubted(state: State, lane: Lane, { work, made }: { work: Work; made: Attempt }): Attempt {
  const { outcome } = made
  if (
    state.deps.doubtsRefusals === false ||
    work.passedOn !== undefined ||
    work.request.kind !== 'model' ||
    outcome.state === 'answered'
  )
    return made
  const { failure } = outcome
  if (failure.status === undefined || !ABOUT_REQUEST.has(failure.cause)) return made
  const what = wasAnswered(state, work)
    ? 'the same request'
    : failure.cause === 'unknown-model' && lane.answered.has(modelOf(work))
      ? 'others to the same model'
      : null
  if (what === null) return made
  const message = `${failure.message.replace(/\.$/, '')} (${what} had been answered, so that this is no matter of what is asked)`
  return { ...made, outcome: failed({ ...failure, kind: 'transient', cause: 'server', message, isOutage: true }) }
}

/** Of a side: what one alone is refused may be its own doing (a resource that it names, for example). */
export const modelOf = ({ trial, request }: Work): string => `${trial.side} ${request.endpoint} ${request.model}`

/** In the first complete pass, by this run or by those whose answers it has. */
function wasAnswered({ record, deps }: State, work: Work): boolean {
  const trial = { ...work.trial, step: 'pass', index: 0 } as const
  const before = record.find(workKey({ ...work, trial }))
  return before?.outcome.state === 'answered' || deps.wasAnswered?.(trial) === true
}
