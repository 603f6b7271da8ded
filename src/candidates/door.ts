// A model that refuses every request alike is known after three calls: a name that no provider has, a parameter that it
// does not take. The rest of its calls are not made, and not the re-runs that its failures would ask for.

import type { Failure, TrialOutcome } from '../domain.ts'
import type { Work } from '../run/work.ts'

export type Door = {
  /** Makes the call, or answers with the refusal that closed the door. */
  pass(work: Work, call: () => Promise<TrialOutcome>): Promise<TrialOutcome>
  refusal(): Failure | null
}

/** One refusal may be about one case; this many, of the first that are asked, are about the model. */
export const TRIED = 3

/** How many calls are sure to be asked of each model at once: fewer than are tried would wait for ever. */
export type Asked = { readonly base: number; readonly heads: readonly number[] }
export type Doors = { readonly base: Door; readonly heads: readonly Door[] }

/**
 * The model in use and the candidates begin together, so that a fast one is not through before a slow one begins, and they
 * meet the same hour. A candidate that keeps others waiting (its provider is down) holds up nobody but itself.
 */
export function createDoors({ base, heads }: Asked): Doors {
  const ofBase = createTrial(Math.min(TRIED, base))
  const ofHeads = heads.map((count) => createTrial(Math.min(TRIED, count)))
  const anyHead = ofHeads.length === 0 ? Promise.resolve() : Promise.race(ofHeads.map((trial) => trial.ended))
  return {
    base: doorOf(ofBase, Promise.all([ofBase.ended, anyHead])),
    heads: ofHeads.map((trial) => doorOf(trial, Promise.all([trial.ended, ofBase.ended]))),
  }
}

type Trial = {
  /** Null from the one that is one too many. */
  start(): { end(failure: Failure | null): void } | null
  readonly ended: Promise<void>
  refusal(): Failure | null
}

function createTrial(tried: number): Trial {
  const said: (Failure | null)[] = []
  let started = 0
  let settle: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    settle = resolve
  })
  if (tried < 1) settle()
  const end = (failure: Failure | null) => {
    said.push(failure)
    if (said.length >= tried) settle()
  }
  const refusal = () => (said.length >= tried && said.every((one) => one !== null) ? (said[0] ?? null) : null)
  const start = () => {
    if (started >= tried) return null
    started += 1
    return { end }
  }
  return { start, ended, refusal }
}

function doorOf(trial: Trial, open: Promise<unknown>): Door {
  return {
    refusal: trial.refusal,
    pass: async (work, call) => {
      const tried = trial.start()
      const made = tried === null ? null : await call().catch((error: unknown) => rejected(tried, error))
      if (made !== null) tried?.end(refusalIn(made))
      await open
      const refusal = trial.refusal()
      return refusal === null ? (made ?? call()) : refused(work, refusal, made)
    },
  }
}

/** A defect or a full disk ends the run; nobody waits for this call. */
function rejected(tried: { end(failure: null): void }, error: unknown): never {
  tried.end(null)
  throw error
}

/** A refusal of the request as such; what one case is too long for, or filtered for, is that case's. */
function refusalIn({ outcome }: TrialOutcome): Failure | null {
  if (outcome.state === 'answered') return null
  const { cause } = outcome.failure
  return cause === 'unknown-model' || cause === 'refused-request' ? outcome.failure : null
}

/** Nobody's loss: a pair without this answer is missing, and nothing is called again for it. */
export function refused({ trial, request }: Work, failure: Failure, made: TrialOutcome | null): TrialOutcome {
  const facts = made ?? { attempts: 0, stored: false, startedAt: '' }
  const outcome = { state: 'failed', failure: { ...failure, kind: 'transient', cause: 'cancelled' } } as const
  return { ...facts, trial, request, outcome }
}
