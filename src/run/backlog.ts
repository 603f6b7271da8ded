// How many calls at once a server is sent that queues them instead of refusing: a model on one's own machine, a gateway.
//
// There, more at once only wait longer, until they time out. What tells such a server from a slow one is what fewer at once do to
// the rate of answers: nothing, or their share. By Little's law that rate is the calls in flight over the time that one takes, so
// that each call is a reading of it. The first comparison costs nothing: the first calls of a run are sent one behind the other.
// Where those behind took longer, and calls are about to time out, the level goes to what the server answers in a third of the
// timeout. It stays there if the answers come as often as before, and returns if they do not. As long as no call is in danger
// nothing is done: a queue costs no time until calls have to be made again.

import { depthOf, endedOf, firstRate, isStuck, rankCorrelation, rateOf, type Sent } from './queued.ts'

/** `timeout`: not answered in time. `other`: says nothing of how long an answer takes. */
export type Waited = 'answered' | 'timeout' | 'other'

export type Backlog = {
  /** How many calls may be in flight. */
  level(): number
  started(nowMs: number, timeoutMs: number): Sent
  ended(sent: Sent, waited: Waited, nowMs: number): void
}

/** Shares of the timeout. A call that waits longer than this is in danger; ... */
const DANGER = 1 / 2
/** ... one that takes so long is not; ... */
const AIM = 1 / 3
/** ... and a higher level is tried where calls would take no longer than this if it only made them wait. */
const DARE = 3 / 4
/** Of the rank correlation, in standard errors. */
const SURE = 3
/** Levels closer to each other can hardly be told apart. */
const APART = 1.5
/** Calls that a level is judged by: a round of them, and not fewer. */
const LEAST_CALLS = 16
/** Calls that are remembered: two rounds of them, in these bounds. */
const REMEMBERED = { least: 40, most: 200 }
/** Rounds of calls until a higher level is tried again that was worth nothing; doubles. */
const ROUNDS = { first: 8, most: 16 }

type State = {
  readonly max: number
  level: number
  inFlight: number
  /** The latest that were sent at this level. */
  calls: Sent[]
  trial: { readonly from: number; readonly before: readonly Sent[] } | null
  /** Calls that are to end before the level is lowered or raised again, where that came to nothing. */
  readonly rest: { down: number; up: number }
  distrust: number
  rounds: number
}

export function createBacklog(max: number): Backlog {
  const rest = { down: 0, up: 0 }
  const state: State = {
    ...{ max, level: max, inFlight: 0, calls: [], trial: null },
    ...{ rest, distrust: max, rounds: ROUNDS.first },
  }
  return {
    level: () => state.level,
    started: (nowMs, timeoutMs) => start(state, nowMs, timeoutMs),
    ended: (sent, waited, nowMs) => end(state, sent, { waited, nowMs }),
  }
}

function start(state: State, nowMs: number, timeoutMs: number): Sent {
  const { max, level, trial } = state
  if (state.inFlight === 0 && level === max && trial === null) state.calls = []
  state.inFlight += 1
  const sent: Sent = { inFlight: state.inFlight, atMs: nowMs, timeoutMs, endedMs: null, tookMs: null }
  state.calls.push(sent)
  if (state.calls.length > Math.min(REMEMBERED.most, Math.max(REMEMBERED.least, 2 * max))) state.calls.shift()
  return sent
}

function end(state: State, sent: Sent, { waited, nowMs }: { waited: Waited; nowMs: number }): void {
  const depth = state.inFlight
  state.inFlight -= 1
  if (waited === 'other') {
    state.calls = state.calls.filter((one) => one !== sent)
    return
  }
  sent.endedMs = nowMs
  if (waited === 'answered') sent.tookMs = nowMs - sent.atMs
  state.rest.down = Math.max(0, state.rest.down - 1)
  state.rest.up = Math.max(0, state.rest.up - 1)
  if (state.level === state.max && state.trial === null) {
    watch(state, sent, { depth, nowMs })
    return
  }
  if (endedOf(state.calls).length < enough(state)) return
  if (state.trial !== null) decide(state, state.trial)
  else adjust(state, sent, depth)
}

const enough = ({ level }: State) => Math.max(LEAST_CALLS, level)

function set(state: State, level: number): void {
  state.level = level
  state.calls = []
}

function tryOut(state: State, level: number): void {
  state.trial = { from: state.level, before: state.calls }
  set(state, level)
}

/** At the full level: nothing, unless calls are in danger and there is a sign that they wait for each other. */
function watch(state: State, sent: Sent, { depth, nowMs }: { depth: number; nowMs: number }): void {
  const { calls, rest } = state
  const perMs = Math.max(rateOf(endedOf(calls)), firstRate(calls, nowMs))
  if (rest.down > 0 || perMs === 0 || depth <= DANGER * sent.timeoutMs * perMs) return
  const to = aimFor(perMs, calls, sent.timeoutMs)
  if (APART * to > depthOf(calls)) return
  if (isStuck(sent, calls) || rankCorrelation(calls, nowMs) > SURE) tryOut(state, to)
}

/** Below it, after each round: further down, up to what is answered in good time, or as far up as can be dared, on trial. */
function adjust(state: State, { timeoutMs }: Sent, depth: number): void {
  const { max, level, calls, rest } = state
  const perMs = rateOf(endedOf(calls))
  const to = aimFor(perMs, calls, timeoutMs)
  const more = Math.min(max, 2 * level, Math.floor(DARE * timeoutMs * perMs))
  if (perMs > 0 && rest.down === 0 && depth > DANGER * timeoutMs * perMs) {
    if (to < level) tryOut(state, to)
  } else if (to > level) set(state, Math.min(max, to))
  else if (rest.up === 0 && more > level) tryOut(state, more)
  if (state.level === level) state.calls = []
}

/** More at once are worth it when the answers come more often by more than half of what they could, on a scale of ratios. */
function decide(state: State, { from, before }: { from: number; before: readonly Sent[] }): void {
  const isUp = state.level > from
  const [low, high] = isUp ? [endedOf(before), endedOf(state.calls)] : [endedOf(state.calls), endedOf(before)]
  const isWorth = rateOf(high) > rateOf(low) * Math.sqrt(depthOf(high) / depthOf(low))
  state.trial = null
  if (isUp && isWorth) state.rounds = ROUNDS.first
  if (isUp === isWorth) return
  if (isUp) {
    state.rest.up = state.rounds * enough(state)
    state.rounds = Math.min(ROUNDS.most, 2 * state.rounds)
  } else {
    state.rest.down = state.distrust
    state.distrust *= 4
  }
  set(state, from)
}

/** As many as are answered while a call may take: a third of its timeout, or what the fastest took. */
function aimFor(perMs: number, calls: readonly Sent[], timeoutMs: number): number {
  const tookMs = calls.flatMap((one) => one.tookMs ?? [])
  const mayTakeMs = Math.max(AIM * timeoutMs, tookMs.length === 0 ? 0 : Math.min(...tookMs))
  return Math.max(1, Math.round(perMs * mayTakeMs))
}
