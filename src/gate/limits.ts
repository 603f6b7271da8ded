// How one limit becomes a status: fail only when the bound is beyond it, warn when the point is, and never harder than
// its level says.

import type { GateOutcome, Limit } from '../domain.ts'

export type Measured = {
  readonly point: number
  /** The end of the interval that is nearest to the good side; null when the sample is too small for one. */
  readonly bound: number | null
}

export function upperLimit(limit: Limit, measured: Measured): GateOutcome {
  if (measured.bound !== null && measured.bound > limit.limit) return capped(limit, 'fail')
  return measured.point > limit.limit ? 'warn' : 'pass'
}

export function lowerLimit(limit: Limit, measured: Measured): GateOutcome {
  if (measured.bound !== null && measured.bound < limit.limit) return capped(limit, 'fail')
  return measured.point < limit.limit ? 'warn' : 'pass'
}

/** A limit whose level is `warn` never fails; an undecided one is then only a warning too. */
export function capped(limit: Limit, status: GateOutcome): GateOutcome {
  return limit.level === 'warn' && (status === 'fail' || status === 'inconclusive') ? 'warn' : status
}
