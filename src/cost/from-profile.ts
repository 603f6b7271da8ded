// A route's mean call from its profile: the sets of each pair of models by themselves, then together as their cases weigh.

import type { Route } from '../config/config.ts'
import { describeModel } from '../prices/describe.ts'
import { given } from '../targets/outside.ts'
import type { Billing, CacheModel } from './billing.ts'
import { type Change, changeOf, type TokenPair, tokenPairs } from './change.ts'
import { type Fine, partOf, type Share, shareOf, WHOLE } from './fine.ts'
import type { EvalSetCalls } from './input.ts'
import type { Mean } from './paired.ts'
import { NO_PARTS, type Parts, plusParts, weightedParts } from './parts.ts'
import type { CostedSet, Pool } from './pool.ts'
import { totalOf } from './profile/profile.ts'
import { type ProfiledMeans, projectProfile } from './profiled.ts'
import { onTiers } from './service-tier.ts'
import type { Sides } from './set-costs.ts'
import type { Tariff, Tariffs } from './tariff.ts'
import { isSameVocabulary } from './tokens.ts'
import type { RouteProfile, Traffic } from './traffic.ts'

export type FromProfile =
  | {
      /** Why a call costs more; empty when it cannot be told. */
      readonly parts: Parts | null
      readonly state: 'costed'
      readonly means: ProfiledMeans
      readonly changes: readonly (Change & { readonly pairs: number })[]
    }
  | { readonly state: 'unpriced'; readonly why: string }
  /** Its token counts say nothing of these eval sets: the cases' own are taken. */
  | { readonly state: 'unusable'; readonly why: string }

type Terms = { readonly route: Route; readonly traffic: Traffic; readonly profile: RouteProfile | null }
type Input = Terms & { readonly profile: RouteProfile; readonly pool: Pool; readonly tariffs: Sides<Tariffs> }

type Group = Pick<EvalSetCalls, 'tiers'> & { readonly models: Sides<string>; readonly sets: Pool['sets'] }
type Part = {
  readonly parts: Parts | null
  readonly share: Share
  readonly means: ProfiledMeans
  readonly change: Change & { readonly pairs: number }
}

export function fromProfile(input: Input): FromProfile {
  const groups = groupsOf(input.pool.sets)
  if (groups === null) return { state: 'unusable', why: 'an eval set has no base, or several models' }
  const weightOf = (sets: Group['sets']) =>
    sets.reduce((sum, set) => set.weights.reduce((all, one) => all + one, sum), 0n)
  const whole = weightOf(input.pool.sets)
  const parts: Part[] = []
  for (const group of groups) {
    const share = (weightOf(group.sets) * WHOLE) / whole
    const found = partOfGroup(input, group)
    if (found.state !== 'costed') return found
    parts.push({ share, ...found })
  }
  return {
    state: 'costed',
    means: together(parts),
    parts: partsTogether(parts),
    changes: parts.map(({ change }) => change),
  }
}

/** Sets by their models and the tiers that they ask for; null when some set has no model on a side. */
function groupsOf(sets: Pool['sets']): readonly Group[] | null {
  const groups = new Map<string, Group>()
  for (const one of sets) {
    const { modelBase: base, modelHead: head } = one.set
    if (base === null || head === null) return null
    const { tiers } = one.set
    const key = JSON.stringify([base, head, tiers])
    groups.set(key, { models: { base, head }, ...given({ tiers }), sets: [...(groups.get(key)?.sets ?? []), one] })
  }
  return [...groups.values()]
}

type Found = {
  readonly parts: Parts | null
  readonly state: 'costed'
  readonly means: ProfiledMeans
  readonly change: Part['change']
}

function partOfGroup(input: Input, { models, sets, tiers }: Group): Found | Exclude<FromProfile, { state: 'costed' }> {
  const [base, head] = [input.tariffs.base(models.base), input.tariffs.head(models.head)]
  if (base.state === 'unpriced') return base
  if (head.state === 'unpriced') return head
  const pairs = pairsOfSets(sets)
  if (pairs === null) return { state: 'unusable', why: 'a request of the eval set is several calls' }
  const change = changeOf(pairs, isSameVocabulary(base.model, head.model))
  if ('why' in change) return { state: 'unusable', why: change.why }
  const billings = onTiers(billingsOf(input, cacheFacts(sets), 'profile'), given({ tiers }))
  const found = projectProfile({
    profile: input.profile.profile,
    change,
    tariffs: { base, head } satisfies Sides<Tariff>,
    billings,
  })
  if (found.state !== 'costed') return { state: found.state === 'unpriced' ? 'unpriced' : 'unusable', why: found.why }
  return { state: 'costed', means: found.means, parts: found.parts, change: { ...change, pairs: pairs.length } }
}

function pairsOfSets(sets: Pool['sets']): readonly TokenPair[] | null {
  const pairs: TokenPair[] = []
  for (const { costs, weights } of sets) {
    const measured = costs.state === 'unchanged' ? [] : costs.measured
    const tied = costs.state === 'head-only' ? [] : costs.tied
    const found = tokenPairs(measured, tied, weights)
    if (found === null) return null
    for (const pair of found) if (pair.weight > 0) pairs.push(pair)
  }
  return pairs
}

/** What of a set's requests the prompt cache may serve. */
export type CacheFacts = Pick<EvalSetCalls, 'prefixTokens' | 'rewrittenTokens'>

/** Their mean over some sets; nothing when a prefix is not known of one. */
function cacheFacts(sets: readonly CostedSet[]): CacheFacts {
  const known = sets.flatMap(({ set }) => set.prefixTokens ?? [])
  if (known.length < sets.length) return {}
  const mean = (values: readonly number[]) => Math.round(values.reduce((sum, one) => sum + one, 0) / values.length)
  return {
    prefixTokens: { base: mean(known.map(({ base }) => base)), head: mean(known.map(({ head }) => head)) },
    rewrittenTokens: mean(sets.map(({ set }) => set.rewrittenTokens ?? 0)),
  }
}

/** Means of groups in their shares; errors of groups are independent. */
function together(parts: readonly Part[]): ProfiledMeans {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.means
  const mean = (of: keyof ProfiledMeans): Mean => {
    const halves = parts.map(({ means, share }) => (means[of].half === null ? null : partOf(means[of].half, share)))
    return {
      mean: parts.reduce<Fine>((sum, { means, share }) => sum + partOf(means[of].mean, share), 0n),
      half: halves.includes(null) ? null : BigInt(Math.round(Math.hypot(...halves.map(Number)))),
    }
  }
  return { base: mean('base'), head: mean('head'), delta: mean('delta') }
}

function partsTogether(groups: readonly Part[]): Parts | null {
  let sums = NO_PARTS
  for (const { parts, share } of groups) {
    if (parts === null) return null
    sums = plusParts(sums, weightedParts(parts, share))
  }
  return sums
}

/** How production bills what costs are computed of: a case of the eval set, or a call of the profile. */
export function billingsOf(
  terms: Terms,
  { prefixTokens, rewrittenTokens }: CacheFacts,
  of: 'eval' | 'profile',
): Sides<Billing> {
  const { batchShare, tiers, turns } = terms.traffic
  const side = (prefix: number | undefined): Billing => ({
    cache: cacheOf(terms, prefix, of),
    // A row of a profile is a call, with the turns before it in its input.
    turns: of === 'profile' ? 1 : turns.value,
    batchShare: shareOf(batchShare.value),
    tiers: tiers.value,
    ...(prefix === undefined ? {} : { prefixTokens: prefix }),
  })
  const head = side(prefixTokens?.head)
  return {
    base: side(prefixTokens?.base),
    head: rewrittenTokens === undefined ? head : { ...head, rewrittenTokens },
  }
}

/** Production's cache is modelled or as its logs have it, never taken from the eval run; else there is none. */
function cacheOf({ route, profile }: Terms, prefix: number | undefined, of: 'eval' | 'profile'): CacheModel {
  const hit = route.promptCacheHitRatio ?? null
  if (hit !== null) return prefix === undefined ? { kind: 'none' } : { kind: 'modelled', hit: shareOf(hit) }
  if (profile === null || profile.profile.promptCacheHitRatio === null) return { kind: 'none' }
  if (of === 'profile') return { kind: 'reported' }
  const { cached, calls } = totalOf(profile.profile.bins)
  if (prefix === undefined || prefix === 0) return { kind: 'none' }
  return { kind: 'modelled', hit: shareOf(Math.min(1, cached / calls / prefix)) }
}

/** Whether production's logs are of another model than the base; its name, or null. */
export function otherModel(profile: RouteProfile, sets: Pool['sets']): string | null {
  const bare = (id: string) => describeModel(id).model
  const [most] = Object.keys(profile.profile.models)
  if (most === undefined) return null
  const own = sets.flatMap(({ set }) => (set.modelBase === null ? [] : [bare(set.modelBase)]))
  const isOwn = own.some((id) => bare(most).startsWith(id) || id.startsWith(bare(most)))
  return own.length === 0 || isOwn ? null : most
}
