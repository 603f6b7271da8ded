// When a provider may be asked again, whatever may be in flight: its limits per minute, as its headers tell them, and as its
// refusals do where it sends none.

import type { LimitLeft } from '../targets/limits-left.ts'

export type Pace = {
  /** A call does not start before this moment; null when it may start now. `fresh`: it was not refused yet. */
  heldUntil(nowMs: number, fresh: boolean): number | null
  /** A call starts: it counts against every limit that is known. */
  started(): void
  /** What an answer told of the limits. */
  told(limits: readonly LimitLeft[], nowMs: number): void
  /**
   * A call was refused although it was the only one: after some in a row the limit is one of time, and the fresh ones wait
   * for it. Those that were refused come again when they were told to.
   */
  refused(untilMs: number): void
  answered(): void
}

/** Fewer may be chance. */
const IN_A_ROW = 3

type Known = { left: number; readonly resetsAtMs: number }

/** `maxHoldMs` bounds what a header can do: a longer wait is asked about again. */
export function createPace(maxHoldMs: number): Pace {
  const known = new Map<string, Known>()
  let waitUntil = 0
  let row = 0
  const heldUntil = (nowMs: number, fresh: boolean) => {
    let until = fresh ? waitUntil : 0
    for (const [name, { left, resetsAtMs }] of known) {
      if (resetsAtMs <= nowMs) known.delete(name)
      else if (left < 1) until = Math.max(until, resetsAtMs)
    }
    return until > nowMs ? until : null
  }
  const told = (limits: readonly LimitLeft[], nowMs: number) => {
    for (const { name, left, resetMs } of limits)
      known.set(name, { left, resetsAtMs: nowMs + Math.min(resetMs, maxHoldMs) })
  }
  const started = () => {
    for (const [name, limit] of known) if (isOfRequests(name)) limit.left -= 1
  }
  const refused = (untilMs: number) => {
    row += 1
    if (row >= IN_A_ROW) waitUntil = Math.max(waitUntil, untilMs)
  }
  const answered = () => {
    row = 0
  }
  return { heldUntil, started, told, refused, answered }
}

/** What a call takes of a limit of tokens is known only afterwards: the next answer tells. */
const isOfRequests = (name: string) => !name.includes('token')
