// What the calls of a provider tell of a queue at its end: how often it answers, and whether calls wait for each other.

/** A call that was sent. */
export type Sent = {
  /** How many were in flight then, itself among them. */
  readonly inFlight: number
  readonly atMs: number
  readonly timeoutMs: number
  /** When it was over; null while it is open. */
  endedMs: number | null
  /** For its answer; null while there is none, for good when it was not answered in time. */
  tookMs: number | null
}

export const endedOf = (calls: readonly Sent[]) => calls.filter(({ endedMs }) => endedMs !== null)

export const depthOf = (calls: readonly Sent[]) =>
  sum(calls.map(({ inFlight }) => inFlight)) / Math.max(1, calls.length)

/**
 * Answers a millisecond, by Little's law: the calls in flight over the time that each takes. 0 where that is not known: no
 * answer, or a clock that was put back.
 */
export function rateOf(calls: readonly Sent[]): number {
  const tookMs = sum(calls.map(({ atMs, endedMs }) => (endedMs ?? atMs) - atMs))
  const served = sum(calls.map((one) => (one.tookMs === null ? 0 : one.inFlight)))
  return tookMs > 0 ? served / tookMs : 0
}

/** Answers of the latest twentieth of the time may be the first of many that come together. */
const TOGETHER = 1 / 20

/** The same by counting: of the first calls several may have waited for nobody, and the law then says too little. */
export function firstRate(calls: readonly Sent[], nowMs: number): number {
  const sinceMs = calls[0]?.atMs ?? nowMs
  const untilMs = nowMs - TOGETHER * (nowMs - sinceMs)
  const answeredMs = calls.flatMap(({ tookMs, endedMs }) =>
    tookMs !== null && endedMs !== null && endedMs <= untilMs ? endedMs : [],
  )
  return answeredMs.length / Math.max(1, Math.max(sinceMs, ...answeredMs) - sinceMs)
}

/** Shares of the timeout: what was sent so much later was not sent at once with a call; answers still come if there was one since. */
const LATER = 1 / 10
const ALIVE = 1 / 3

/** It timed out waiting: nothing that was sent later is answered yet, though answers come. A call that hangs is overtaken. */
export function isStuck({ atMs, timeoutMs, endedMs, tookMs }: Sent, calls: readonly Sent[]): boolean {
  if (endedMs === null || tookMs !== null) return false
  const answered = calls.filter((one) => one.tookMs !== null)
  const isOvertaken = answered.some((one) => one.atMs > atMs + LATER * timeoutMs)
  const isAlive = answered.some((one) => (one.endedMs ?? 0) > endedMs - ALIVE * timeoutMs)
  return isAlive && !isOvertaken
}

/** Times that differ by less are equal: a slow drift, or answers that come together in the order of the calls, show nothing. */
const EQUAL = 1.25

/**
 * Whether calls that were sent behind more others took longer: a rank correlation in standard errors; above three by chance once
 * in 700 times, 0 where nothing can be said. Times are ranked by Gehan's scores: a call that is open has taken its age at least.
 */
export function rankCorrelation(sent: readonly Sent[], nowMs: number): number {
  // An outage makes calls time out as well, and then fewer are sent: that would look like a queue.
  const calls = sent.filter(({ tookMs, endedMs }) => tookMs !== null || endedMs === null)
  const atLeast = (one: Sent) => one.tookMs ?? nowMs - one.atMs
  const isLonger = (a: Sent, b: Sent) => b.tookMs !== null && atLeast(a) > EQUAL * b.tookMs
  const scores = calls.map((a) => sum(calls.map((b) => Number(isLonger(a, b)) - Number(isLonger(b, a)))))
  const mean = depthOf(calls)
  const ranks = calls.map((one) => one.inFlight - mean)
  const spread = product(ranks, ranks) * product(scores, scores)
  return spread === 0 ? 0 : (product(ranks, scores) * Math.sqrt(calls.length - 1)) / Math.sqrt(spread)
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
const product = (a: readonly number[], b: readonly number[]) => sum(a.map((one, i) => one * (b[i] ?? 0)))
