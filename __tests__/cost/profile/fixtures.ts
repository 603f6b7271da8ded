// Profiles in short.

import type { Bin, Profile } from '../../../src/cost/profile/profile.ts'

const EMPTY: Bin = { calls: 1, input: 0, output: 0, cached: 0, written5m: 0, written1h: 0 }

/** A profile of some bins; nothing else is known of it. */
export function profileOf(bins: readonly Partial<Bin>[], rest: Partial<Profile> = {}): Profile {
  const whole = bins.map((bin) => ({ ...EMPTY, ...bin }))
  return {
    source: 'own',
    calls: whole.reduce((sum, bin) => sum + bin.calls, 0),
    uncounted: 0,
    bins: whole,
    outputTokens: { p5: 0, p50: 0, p95: 0, mean: 0 },
    span: null,
    ...{ requestsPerMonth: null, promptCacheHitRatio: null, responseCacheHitRatio: 0, retryRate: null, turns: null },
    ...{ batchShare: 0, serviceTiers: {}, slices: {}, models: {} },
    ...rest,
  }
}
