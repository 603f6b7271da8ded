// How production bills a request that the eval run has measured: turns, prompt cache, batch share, service tier.

import type { Usage } from '../domain.ts'
import { costOfUsage, usageProblem } from '../prices/cost-of-usage.ts'
import { describeModel } from '../prices/describe.ts'
import { type Fine, partOf, type Share, WHOLE } from './fine.ts'
import type { Call, CaseRun } from './input.ts'
import { type FineCost, meanOver, type Tariff, type Tariffs } from './tariff.ts'

/**
 * `reported`: as the provider billed the eval run. `none`: every input token at the full rate, since evals run warm or
 * cold by accident. `modelled`: the shared prefix is read with probability `hit`, else written.
 */
export type CacheModel = { readonly kind: 'reported' | 'none' } | { readonly kind: 'modelled'; readonly hit: Share }

export type TierShare = { readonly tier: string; readonly share: Share }

export type Billing = {
  readonly cache: CacheModel
  /** Turns of a conversation; each sends the ones before again. May be a mean such as 2.5. */
  readonly turns: number
  readonly batchShare: Share
  /** How the calls that are no batch are served; the list price without it. */
  readonly tiers?: readonly TierShare[]
  /** Tokens at the start of every request that all cases share. */
  readonly prefixTokens?: number
  /** Tokens behind them that are written to the cache for each request and never read again. */
  readonly rewrittenTokens?: number
}

export const AS_REPORTED: Billing = { cache: { kind: 'reported' }, turns: 1, batchShare: 0n }
export const WITHOUT_CACHE: Billing = { cache: { kind: 'none' }, turns: 1, batchShare: 0n }

type Weighted = { readonly share: Share; readonly usage: Usage }

/** Mean cost of a case on a side over its runs that have token counts; unmeasured when none has. */
export function costOfRuns(runs: readonly CaseRun[], tariffs: Tariffs, plan: Plan): FineCost {
  const costs: Fine[] = []
  let why = 'no run'
  for (const run of runs) {
    const cost = costOfRun(run, tariffs, plan)
    if (cost.state === 'unpriced') return cost
    if (cost.state === 'costed') costs.push(cost.fine)
    else why = cost.why
  }
  if (costs.length === 0) return { state: 'unmeasured', why }
  return { state: 'costed', fine: costs.reduce((sum, cost) => sum + cost, 0n) / BigInt(costs.length) }
}

/** What the calls of a side have in common. */
export type Plan = { readonly model: string | null; readonly billing: Billing }

/** The calls of a run. */
export function callsOf(run: CaseRun): readonly Call[] {
  return 'usage' in run ? [run] : run
}

function costOfRun(run: CaseRun, tariffs: Tariffs, { model, billing }: Plan): FineCost {
  let fine = 0n
  for (const call of callsOf(run)) {
    const tariff = tariffs(call.model ?? model)
    if (tariff.state === 'unpriced') return tariff
    if (call.usage === null) return { state: 'unmeasured', why: 'no token counts' }
    // Also where the billing does not look at what contradicts itself: without a cache, cached counts are dropped.
    const wrong = usageProblem(call.usage)
    if (wrong !== null) return { state: 'unmeasured', why: `${tariff.model}: ${wrong}` }
    const cost = costOfCall(call.usage, tariff, billing)
    if (cost.state !== 'costed') return cost
    fine += cost.fine
  }
  return callsOf(run).length === 0 ? { state: 'unmeasured', why: 'no call' } : { state: 'costed', fine }
}

/** Expected cost of one measured call under a billing. */
export function costOfCall(usage: Usage, tariff: Tariff, billing: Billing): FineCost {
  if (billing.turns === 1) return costOfCalls(usage, 1, { tariff, billing })
  let fine = 0n
  for (const turn of turnsOf(usage, billing)) {
    const cost = costOfCalls(turn.usage, 1, { tariff, billing })
    if (cost.state !== 'costed') return cost
    fine += partOf(cost.fine, turn.share)
  }
  return { state: 'costed', fine }
}

type Terms = { readonly tariff: Tariff; readonly billing: Billing }

/** Cost of several calls of about the same size, with their tokens in all; turns are not looked at. */
export function costOfCalls(usage: Usage, calls: number, { tariff, billing }: Terms): FineCost {
  if (billing.cache.kind !== 'modelled')
    return mixedCost(billing.cache.kind === 'none' ? withoutCache(usage) : usage, calls, { tariff, billing })
  let fine = 0n
  for (const variant of cacheVariants(usage, calls, { tariff, billing })) {
    const cost = mixedCost(variant.usage, calls, { tariff, billing })
    if (cost.state !== 'costed') return cost
    fine += partOf(cost.fine, variant.share)
  }
  return { state: 'costed', fine }
}

const LIST_PRICE: readonly TierShare[] = [{ tier: '', share: WHOLE }]

/** Batch and interactive calls in their shares. */
function mixedCost(usage: Usage, calls: number, { tariff, billing }: Terms): FineCost {
  const { batchShare, tiers = LIST_PRICE } = billing
  const size = usage.input / calls
  if (tiers === LIST_PRICE && batchShare === 0n) return meanOver(tariff, (price) => costOfUsage(price, usage, { size }))
  const live = tiers.map(({ tier, share }) => ({ options: { tier, size }, share: partOf(WHOLE - batchShare, share) }))
  let fine = 0n
  for (const { options, share } of [...live, { options: { batch: true, size }, share: batchShare }]) {
    if (share === 0n) continue
    const cost = meanOver(tariff, (price) => costOfUsage(price, usage, options))
    if (cost.state !== 'costed') return cost
    fine += partOf(cost.fine, share)
  }
  return { state: 'costed', fine }
}

/**
 * Turn k (from 0) sends k times the growth on top of its own input: what was answered and asked before. Growth = output
 * plus the input beyond the shared prefix; without a known prefix the output alone, which is the least it can be.
 */
function turnsOf(usage: Usage, { turns, prefixTokens, rewrittenTokens = 0 }: Billing): readonly Weighted[] {
  const asked = prefixTokens === undefined ? 0 : Math.max(0, usage.input - prefixTokens - rewrittenTokens)
  const growth = usage.output + asked
  return Array.from({ length: Math.ceil(turns) }, (_, turn) => ({
    share: BigInt(Math.round(Math.min(1, turns - turn) * Number(WHOLE))),
    usage: { ...usage, input: usage.input + turn * growth },
  }))
}

export function hasCacheCounts({ cachedInput, cacheWrite5m, cacheWrite1h, audioCached }: Usage): boolean {
  return (cachedInput ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) + (audioCached ?? 0) > 0
}

/** Every input token at the full rate. */
function withoutCache(usage: Usage): Usage {
  if (!hasCacheCounts(usage)) return usage
  const { cachedInput: _, cacheWrite5m: __, cacheWrite1h: ___, audioCached: ____, ...fresh } = usage
  return fresh
}

/** Where the cache is modelled; one that serves nothing leaves the usage whole. */
function cacheVariants(usage: Usage, calls: number, { tariff, billing }: Terms): readonly Weighted[] {
  const { cache, prefixTokens = 0, rewrittenTokens = 0 } = billing
  const fresh = withoutCache(usage)
  const minimum = cacheMinimum(tariff.model)
  const size = usage.input / calls
  const shared = Math.min(prefixTokens, size)
  const prefix = shared < minimum ? 0 : shared
  const block = Math.min(prefix + rewrittenTokens, size)
  if (cache.kind !== 'modelled' || block < minimum) return [{ share: WHOLE, usage: fresh }]
  // Of all calls, so whole.
  const [read, written] = [prefix, block].map((tokens) => Math.min(usage.input, Math.round(tokens * calls)))
  const [cachedInput = 0, cacheWrite5m = 0] = [read, written]
  return [
    { share: cache.hit, usage: { ...fresh, cachedInput, cacheWrite5m: cacheWrite5m - cachedInput } },
    { share: WHOLE - cache.hit, usage: { ...fresh, cacheWrite5m } },
  ]
}

const USUAL_MINIMUM = 1024
/** Shortest prefix that is cached, where it is not the usual one (LiteLLM's model list, August 2026). */
const MINIMUMS: readonly (readonly [RegExp, number])[] = [
  [/claude-opus-4-[56](?!\d)/, 4096],
  [/claude-opus-4-7(?!\d)/, 2048],
  [/claude-fable-5(?!\d)/, 512],
]

/** Tokens below which a model's provider caches nothing. */
export function cacheMinimum(model: string): number {
  const bare = describeModel(model).model
  return MINIMUMS.find(([shape]) => shape.test(bare))?.[1] ?? USUAL_MINIMUM
}
