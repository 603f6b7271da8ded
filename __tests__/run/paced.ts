// A run of calls against a server of one's own making, in simulated time: the limiter alone decides how many are in flight.

import { createLimiter } from '../../src/run/limiter.ts'
import { fraction, normal } from '../fakes/draw.ts'

export const TIMEOUT_MS = 60_000
const MOST_FAULTS = 5

/** Milliseconds that the n-th attempt takes once it is its turn. */
export type Takes = (nth: number, atMs: number) => number
export type Server = {
  readonly takes: Takes
  /** It works on so many at once, the others wait in line; default: on all. */
  readonly slots?: (atMs: number) => number
  /** Goes on with calls that nobody waits for any more. */
  readonly stubborn?: true
}
export type Run = {
  readonly calls: number
  readonly max: number
  readonly server: Server
  /** Default: the limiter as it is. `unaware`: as if no call could time out, so that only refusals count. */
  readonly level?: 'unaware' | number
}
export type Paced = {
  readonly wallMs: number
  readonly timeouts: number
  /** Of calls that were sent after the level came down. */
  readonly lateTimeouts: number
  /** Calls that timed out five times. */
  readonly lost: number
  /** Share of the time. */
  readonly atMax: number
  readonly meanLevel: number
  readonly lastLevel: number
}

export const steady =
  (ms: number): Takes =>
  () =>
    ms
export const logNormal =
  (meanMs: number, seed: number, sigma = 0.8): Takes =>
  (nth) =>
    meanMs * Math.exp(sigma * normal(seed, nth) - sigma ** 2 / 2)
/** One answer in four takes ten times as long as the others. */
export const bimodal =
  (meanMs: number, seed: number): Takes =>
  (nth) =>
    (meanMs / 3.25) * (fraction(seed, nth, 'mode') < 0.25 ? 10 : 1) * Math.exp(0.1 * normal(seed, nth))
export const drifting =
  (takes: Takes, factor: number, overMs: number): Takes =>
  (nth, atMs) =>
    takes(nth, atMs) * (1 + (factor - 1) * Math.min(1, atMs / overMs))

type Job = { faults: number }
type Turn = { readonly ms: number; gone: boolean; readonly done: () => void }

export function pace({ calls, max, server, level }: Run): Paced {
  const limiter = createLimiter(max)
  const time = createTime()
  const waiting: Job[] = Array.from({ length: calls }, () => ({ faults: 0 }))
  const seen = { attempts: 0, answered: 0, timeouts: 0, lateTimeouts: 0, lost: 0, inFlight: 0, cutMs: Infinity }
  const spent = { atMax: 0, levels: 0 }
  const current = () => (typeof level === 'number' ? level : limiter.current())
  const line = createLine(server, time)

  const end = (job: Job, answered: boolean) => {
    seen.inFlight -= 1
    if (answered) seen.answered += 1
    else {
      seen.timeouts += 1
      job.faults += 1
      if (job.faults === MOST_FAULTS) seen.lost += 1
      else time.after(1000 * 2 ** (job.faults - 1) * (0.5 + 0.5 * fraction(seen.attempts)), () => waiting.unshift(job))
    }
  }
  const send = (job: Job) => {
    const sentMs = time.now()
    const started = limiter.started(sentMs, level === 'unaware' ? Infinity : TIMEOUT_MS)
    seen.inFlight += 1
    seen.attempts += 1
    let isOver = false
    const over = (answered: boolean) => {
      if (isOver) return
      isOver = true
      if (!answered && sentMs > seen.cutMs) seen.lateTimeouts += 1
      limiter.ended(started, answered ? 'answered' : 'timeout', time.now())
      if (current() < max) seen.cutMs = Math.min(seen.cutMs, time.now())
      end(job, answered)
    }
    const turn = { ms: server.takes(seen.attempts, sentMs), gone: false, done: () => over(true) }
    line.join(turn)
    time.after(TIMEOUT_MS, () => {
      turn.gone = !isOver
      over(false)
    })
  }
  const pump = () => {
    while (seen.inFlight < current()) {
      const job = waiting.shift()
      if (job === undefined) return
      send(job)
    }
  }

  pump()
  while (seen.answered + seen.lost < calls) {
    const passedMs = time.next()
    spent.levels += passedMs * current()
    if (current() === max) spent.atMax += passedMs
    time.happen()
    pump()
  }
  const wallMs = time.now()
  const { timeouts, lateTimeouts, lost } = seen
  const shares = { atMax: spent.atMax / wallMs, meanLevel: spent.levels / wallMs, lastLevel: current() }
  return { wallMs, timeouts, lateTimeouts, lost, ...shares }
}

function createLine({ slots = () => Infinity, stubborn }: Server, time: ReturnType<typeof createTime>) {
  const turns: Turn[] = []
  let busy = 0
  const serve = () => {
    while (busy < slots(time.now())) {
      const turn = turns.shift()
      if (turn === undefined) return
      if (turn.gone && stubborn === undefined) continue
      busy += 1
      time.after(turn.ms, () => {
        busy -= 1
        turn.done()
        serve()
      })
    }
  }
  const join = (turn: Turn) => {
    turns.push(turn)
    serve()
  }
  return { join }
}

/** What happens later, in the order in which it happens. */
function createTime() {
  const events: { readonly atMs: number; readonly happen: () => void }[] = []
  let nowMs = 0
  const after = (ms: number, happen: () => void) => {
    const atMs = nowMs + ms
    const place = events.findLastIndex((one) => one.atMs <= atMs)
    events.splice(place + 1, 0, { atMs, happen })
  }
  const next = () => (events[0]?.atMs ?? nowMs) - nowMs
  const happen = () => {
    const event = events.shift()
    if (event === undefined) throw new Error('nothing happens any more')
    nowMs = event.atMs
    event.happen()
  }
  return { now: () => nowMs, after, next, happen }
}
