// What a month of a route is made of: what the configuration says, else what its profile shows, else a default.

import type { Route } from '../config/config.ts'
import type { TierShare } from './billing.ts'
import { type Share, shareOf, WHOLE } from './fine.ts'
import type { Profile } from './profile/profile.ts'

/** A profile with the file that it was read from. */
export type RouteProfile = {
  readonly path: string
  readonly profile: Profile
  /** Rows that were left out, in words; '' when there were none. */
  readonly leftOut: string
}

/** The profile of a route among those of a run. */
export function profileOf({ name }: Route, profiles: { readonly [route: string]: RouteProfile }): RouteProfile | null {
  return Object.hasOwn(profiles, name) ? (profiles[name] ?? null) : null
}

export type Origin = 'given' | 'profile' | 'default'
export type Known<T> = { readonly value: T; readonly from: Origin }

export type SliceWeights = NonNullable<Route['sliceWeights']>

export type Traffic = {
  readonly requestsPerMonth: Known<number>
  readonly responseCacheHitRatio: Known<number>
  readonly retryRate: Known<number>
  readonly batchShare: Known<number>
  readonly tiers: Known<readonly TierShare[]>
  /** Of a conversation; each sends the ones before again. */
  readonly turns: Known<number>
  readonly sliceWeights: Known<SliceWeights>
}

/** Null when neither says how many requests there are. */
export function trafficOf(route: Route, found: RouteProfile | null): Traffic | null {
  const profile = found?.profile ?? null
  const requests = route.requestsPerMonth ?? profile?.requestsPerMonth
  if (requests === undefined || requests === null) return null
  return {
    requestsPerMonth: { value: requests, from: route.requestsPerMonth === undefined ? 'profile' : 'given' },
    responseCacheHitRatio: known(route.responseCacheHitRatio, profile?.responseCacheHitRatio, 0),
    retryRate: known(route.retryRate, profile?.retryRate, 0),
    batchShare: known(route.batchShare, profile?.batchShare, 0),
    tiers: tiersOf(route, profile),
    turns: known(route.turns, undefined, 1),
    sliceWeights: known(route.sliceWeights, profile?.slices, {}),
  }
}

function known<T>(given: T | undefined, measured: T | null | undefined, otherwise: T): Known<T> {
  if (given !== undefined) return { value: given, from: 'given' }
  return measured === undefined || measured === null
    ? { value: otherwise, from: 'default' }
    : { value: measured, from: 'profile' }
}

/** Shares that add up to the whole, whatever rounding leaves over. */
function tiersOf({ serviceTier }: Route, profile: Profile | null): Known<readonly TierShare[]> {
  if (serviceTier !== undefined) return { value: [{ tier: serviceTier, share: WHOLE }], from: 'given' }
  const shares = Object.entries(profile?.serviceTiers ?? {})
  const total = shares.reduce((sum, [, share]) => sum + share, 0)
  if (total === 0) return { value: [{ tier: '', share: WHOLE }], from: 'default' }
  const tiers = shares.map(([tier, share]) => ({ tier, share: shareOf(share / total) }))
  const [first, ...rest] = tiers
  if (first === undefined) return { value: [], from: 'default' }
  const others = rest.reduce((sum, { share }) => sum + share, 0n)
  return { value: [{ tier: first.tier, share: WHOLE - others }, ...rest], from: 'profile' }
}

/**
 * Billed calls for each call that the cost is known of, and the calls of a month before caches and retries. Rows of a profile
 * are calls: where it gives the rate, the turns are in it, and where requests are given as conversations, each has some.
 */
export function callsPerMonth({ requestsPerMonth, turns }: Traffic): number {
  return requestsPerMonth.from === 'profile' ? requestsPerMonth.value : requestsPerMonth.value * turns.value
}

/** Share of a month's requests that is paid, with what is paid again: (1 - response cache) x (1 + retries). */
export function paidShare({ responseCacheHitRatio, retryRate }: Traffic): { paid: Share; attempts: Share } {
  return { paid: WHOLE - shareOf(responseCacheHitRatio.value), attempts: WHOLE + shareOf(retryRate.value) }
}
