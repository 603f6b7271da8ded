// What is known of one process of the application, and the ways in which a question to it ends.

import type { Outcome } from '../domain.ts'
import type { Child, Clock } from '../ports.ts'
import type { Moment } from './answer-time.ts'
import { behavioural } from './shape.ts'
import { stderrNote } from './stderr-note.ts'
import type { WithoutKeys } from './without-keys.ts'

export type Told = {
  readonly outcome: Outcome
  /** The line that answered, or empty. */
  readonly raw: string
  /** When the work on the question began; null where nobody knows: the process was starting, or waited for the end of its input. */
  readonly begun: Moment | null
  /** It said something after its input was ended because of its silence. */
  readonly afterEnd: boolean
}

/** What a process does beside answering. */
export type WorkerEvents = {
  /** It answered a question that it had answered before; the first answer is the one that counts. */
  repeated(): void
  /** It ended as `ownEnd` says, and was asked nothing at the time. */
  ended(how: string): void
}

export type State = {
  readonly child: Child
  readonly clock: Clock
  readonly withoutKeys: WithoutKeys
  alive: boolean
  pending: {
    readonly id: string
    /** Aborted once it is settled. */
    readonly over: AbortSignal
    readonly lostMs: () => number
    begun: Moment | null
    hasEnded: boolean
    readonly settle: (told: Told) => void
  } | null
  /** Ended by us. */
  isStopped: boolean
  readonly events: WorkerEvents | undefined
  /** By the id of the question, when it was answered. */
  readonly answered: Map<string, number>
  ownEnd: string | null
  /** Lines that came while nothing was asked. */
  unasked: number
  stray: number
  /** Id of the last answer that nobody asked for, as it was written. */
  strayId: string
  asked: number
  /** It could not be started, which is no doing of its own. */
  neverStarted: Outcome | null
  /** Where it wrote what may be an answer to what is pending, or to what was asked last, and none is read; empty if nowhere. */
  misplaced: string
}

export function garbage(state: State, what: string): void {
  giveUp(state, behavioural('application-garbage', `${what}${writtenBy(state)}`))
}

/** Without keys before it is cut. */
export const writtenBy = ({ child, withoutKeys }: State) => stderrNote(withoutKeys(child.stderrTail()))

/** A process that was given up is not asked again: what it still says would answer the wrong question. */
export function giveUp(state: State, outcome: Outcome): void {
  stop(state)
  settle(state, outcome)
}

export function settle(state: State, outcome: Outcome, raw = ''): void {
  const { pending } = state
  state.pending = null
  pending?.settle({ outcome, raw, begun: pending.begun, afterEnd: pending.hasEnded && raw !== '' })
}

export function stop(state: State): void {
  if (state.alive) state.child.kill()
  state.isStopped ||= state.alive
  state.alive = false
}
