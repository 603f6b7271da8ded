// The engine: one pool over all providers. It decides when a call is made and what follows; never what an answer is worth.
// Outcomes depend on the calls' answers alone, not on the order or the number of calls in flight.

import type { TrialOutcome } from '../domain.ts'
import { pump } from './attempt.ts'
import { createBudget, type Spent } from './budget.ts'
import { storedRecord } from './call-record.ts'
import type { Job } from './lane.ts'
import { RUN_LIMITS } from './limits.ts'
import { answerOffline, isOffline } from './offline.ts'
import { openRecord, type Stored } from './record.ts'
import { laneFor, type RunDeps, type State, settleWaiting, unbegun } from './state.ts'
import { backToBack, type Work, workKey } from './work.ts'

export type RunStats = Spent & {
  /** Calls whose answer came from the record. */
  readonly stored: number
  /** Attempts after the first. */
  readonly retried: number
  /** Calls that ended without an answer for no reason of their own. */
  readonly failed: number
  /** Cut off by the end of this run, or of an earlier one that nobody has counted yet. */
  readonly lost: number
  readonly inFlight: number
  readonly waiting: number
  /** Calls in flight when the run was interrupted. */
  readonly interrupted: number
}

export type Runner = {
  /** Resolves for every outcome, failures included; rejects for defects and UserErrors (a full disk), which end all work. */
  submit(work: Work): Promise<TrialOutcome>
  /** All of them, base and head of a case back to back; outcomes in the order given. */
  run(works: readonly Work[], onDone?: (outcome: TrialOutcome) => void): Promise<readonly TrialOutcome[]>
  stats(): RunStats
  /** Whether the model of a call has answered anybody since a time (milliseconds); of an application nothing is known. */
  isAlive(work: Pick<Work, 'trial' | 'request'>, sinceMs: number): boolean
  /** The recorded answer to a call of this or an earlier run. */
  recorded(key: string): Stored | undefined
  /** Calls of earlier runs that the record has an answer to. */
  readonly known: number
}

/** Reads the record back and is ready for work. One runner serves a whole run: its limits, budget and breakers carry over. */
export async function createRunner(deps: RunDeps): Promise<Runner> {
  const state: State = {
    deps,
    limits: { ...RUN_LIMITS, ...deps.limits },
    record: await openRecord(deps.store),
    budget: createBudget(deps.budget),
    lanes: new Map(),
    sharing: new Map(),
    counts: { stored: 0, retried: 0, failed: 0, interrupted: 0 },
    fatal: null,
  }
  deps.signal?.addEventListener('abort', () => interrupt(state), { once: true })
  const submit = (work: Work) => submitWork(state, work)
  const run = async (works: readonly Work[], onDone?: (outcome: TrialOutcome) => void) => {
    const promises = new Map<Work, Promise<TrialOutcome>>()
    for (const work of backToBack(works)) {
      const done = submit(work).then((outcome) => {
        onDone?.(outcome)
        return outcome
      })
      promises.set(work, done)
    }
    return Promise.all(works.map((work) => promises.get(work) ?? submit(work)))
  }
  return {
    submit,
    run,
    stats: () => statsOf(state),
    isAlive: ({ request, trial }, sinceMs) =>
      request.kind !== 'model' || laneFor(state, { request, trial }).breakerOf(request.model).aliveMs() >= sinceMs,
    recorded: (key) => state.record.find(key),
    known: state.record.known,
  }
}

/** One round of work with a runner of its own. */
export async function runTrials(works: readonly Work[], deps: RunDeps): Promise<readonly TrialOutcome[]> {
  return (await createRunner(deps)).run(works)
}

function submitWork(state: State, work: Work): Promise<TrialOutcome> {
  if (state.fatal !== null) return Promise.reject(state.fatal.error)
  // Of a hundred thousand answers that are there, nobody waits for those that are left.
  if (state.deps.signal?.aborted) return Promise.resolve(unbegun(state, work))
  if (isOffline(work.request)) return answerOffline(state, work)
  const key = workKey(work)
  if (work.passedOn !== undefined) return enqueue(state, work, key)
  const shared = state.sharing.get(key)
  if (shared !== undefined) return shared
  const stored = mayBeStored(state, work) ? state.record.find(key) : undefined
  if (stored !== undefined && !isJudgeRefused(work, stored)) {
    state.counts.stored += 1
    state.budget.see(work.request, stored.outcome)
    state.deps.onCall?.(storedRecord(work, stored))
    const { outcome, attempts, startedAt } = stored
    return Promise.resolve({ trial: work.trial, request: work.request, outcome, attempts, startedAt, stored: true })
  }
  const done = enqueue(state, work, key)
  state.sharing.set(key, done)
  const forget = () => state.sharing.delete(key)
  done.then(forget, forget)
  return done
}

/** A judge says nothing of the sides: what refused it may be mended since. */
const isJudgeRefused = ({ purpose }: Work, { outcome }: Stored) => purpose === 'judge' && outcome.state === 'failed'

const mayBeStored = ({ deps }: State, work: Work) => work.again !== true && deps.useStored?.(work) !== false

/** What somebody passed on to us goes first: an application stands still until it is answered. */
function enqueue(state: State, work: Work, key: string): Promise<TrialOutcome> {
  return new Promise((resolve, reject) => {
    const lane = laneFor(state, work)
    const job: Job = { work, key, faults: 0, refusals: 0, first: null, settled: false, resolve, reject }
    if (work.passedOn === undefined) lane.queue.push(job)
    else lane.queue.pushFirst(job)
    queueMicrotask(() => pump(state, lane))
  })
}

function interrupt(state: State): void {
  for (const lane of state.lanes.values()) {
    state.counts.interrupted += lane.flights.size
    settleWaiting(state, lane)
    for (const flight of lane.flights) flight.controller.abort()
  }
}

function statsOf(state: State): RunStats {
  const inFlight = [...state.lanes.values()].reduce((sum, lane) => sum + lane.flights.size, 0)
  const waiting = Math.max(0, state.sharing.size - inFlight)
  return { ...state.budget.spent(), ...state.counts, lost: state.record.lost, inFlight, waiting }
}
