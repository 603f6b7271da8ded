// The cost of a call of production on both sides: every bin of the profile priced by itself, for long requests pay another
// rate, with the change of the pull request applied to it on the head.

import type { Usage } from '../domain.ts'
import { divideRounded } from '../money.ts'
import { tQuantile } from '../stats/student.ts'
import { type Billing, cacheMinimum, costOfCalls } from './billing.ts'
import type { Change } from './change.ts'
import { type Fine, sumOf } from './fine.ts'
import type { Mean } from './paired.ts'
import { viewsOf } from './part-views.ts'
import { NO_VIEWS, type Parts, partsOfViews, type Views } from './parts.ts'
import type { Bin, Profile } from './profile/profile.ts'
import { atHeadTier } from './service-tier.ts'
import type { Sides } from './set-costs.ts'
import type { FineCost, Tariff } from './tariff.ts'

/** The cost of a mean call; only the head's and the change's have an error, for the base is what production showed. */
export type ProfiledMeans = { readonly base: Mean; readonly head: Mean; readonly delta: Mean }
export type Profiled =
  | { readonly state: 'costed'; readonly means: ProfiledMeans; readonly parts: Parts | null }
  | { readonly state: 'unpriced' | 'unmeasured'; readonly why: string }

export type ProfiledInput = {
  readonly profile: Profile
  readonly change: Change
  readonly tariffs: Sides<Tariff>
  readonly billings: Sides<Billing>
}

type Side = keyof Sides<unknown>
type Point = { readonly input: number; readonly outputRatio: number }

export function projectProfile(input: ProfiledInput): Profiled {
  const { change } = input
  const base = costAt(input, 'base', null)
  if (base.state !== 'costed') return base
  const at: Point = { input: change.input.value, outputRatio: change.outputRatio }
  const head = costAt(input, 'head', at)
  if (head.state !== 'costed') return head
  const half = errorOf(input, at)
  if (half !== null && typeof half !== 'bigint') return half
  return {
    state: 'costed',
    parts: partsOfBins(input, at),
    means: {
      base: { mean: base.fine, half: half === null ? null : 0n },
      head: { mean: head.fine, half },
      delta: { mean: head.fine - base.fine, half },
    },
  }
}

/**
 * Half width of the 95 % interval from the errors of both estimates together: each case pulls at the cost as much as it pulls
 * at them (jackknife: se^2 = (n-1)/n x sum of squared pulls; t with the effective number of cases). Null with fewer than two.
 */
function errorOf(input: ProfiledInput, at: Point): Fine | null | Exclude<FineCost, { state: 'costed' }> {
  const { pulls, effective } = input.change
  const n = pulls.length
  if (n < 2) return null
  const inputStep = input.change.input.kind === 'added' ? Math.max(1, deviation(pulls.map((pull) => pull.input))) : 0.01
  const perInput = slope(input, at, { input: inputStep, outputRatio: 0 })
  if (typeof perInput !== 'number') return perInput
  const perOutput = slope(input, at, { input: 0, outputRatio: 0.01 })
  if (typeof perOutput !== 'number') return perOutput
  const se = deviation(pulls.map((pull) => perInput * pull.input + perOutput * pull.output))
  return BigInt(Math.round(tQuantile(0.975, Math.max(1, effective - 1)) * se))
}

function deviation(pulls: readonly number[]): number {
  return Math.sqrt((pulls.reduce((sum, pull) => sum + pull * pull, 0) * (pulls.length - 1)) / pulls.length)
}

/** Change of the head's cost for a step in one of the estimates. */
function slope(input: ProfiledInput, at: Point, step: Point): number | Exclude<FineCost, { state: 'costed' }> {
  const [up, down] = [1, -1].map((sign) =>
    costAt(input, 'head', {
      input: at.input + sign * step.input,
      outputRatio: Math.max(0, at.outputRatio + sign * step.outputRatio),
    }),
  )
  if (up?.state !== 'costed') return up ?? { state: 'unmeasured', why: '' }
  if (down?.state !== 'costed') return down ?? { state: 'unmeasured', why: '' }
  return Number(up.fine - down.fine) / (2 * (step.input + step.outputRatio))
}

/** Mean cost of a call of production on a side; `at` null leaves it as it was. */
function costAt(input: ProfiledInput, side: Side, at: Point | null): FineCost {
  const [tariff, billing] = [input.tariffs[side], input.billings[side]]
  const costs: Fine[] = []
  for (const { usage, calls } of usagesAt(input, side, at)) {
    const cost = costOfCalls(usage, calls, { tariff, billing })
    if (cost.state !== 'costed') return cost
    costs.push(cost.fine)
  }
  return { state: 'costed', fine: divideRounded(sumOf(costs), BigInt(callsOf(input))) }
}

const callsOf = ({ profile }: ProfiledInput) => profile.bins.reduce((sum, { calls }) => sum + calls, 0)

type Calls = { readonly usage: Usage; readonly calls: number }

/** Calls of production on a side, bin by bin. */
function* usagesAt(
  { profile, change, tariffs, billings }: ProfiledInput,
  side: Side,
  at: Point | null,
): Generator<Calls> {
  const billing = billings[side]
  const prefix = {
    base: cachedPrefix(billings.base, tariffs.base),
    head: cachedPrefix(billing, tariffs[side]),
  }
  const edges = tierEdges(tariffs[side])
  for (const bin of profile.bins) {
    const now = at === null ? bin : changed(bin, change, at)
    for (const part of splitAt(edges, now)) yield { usage: usageOf(part, prefix, billing), calls: part.calls }
  }
}

/** Price, then input, output, cache and long context, each over all bins; null where one of them has no price. */
function partsOfBins(input: ProfiledInput, at: Point): Parts | null {
  const { tariffs, billings } = input
  const base = viewsOver(usagesAt(input, 'base', null), tariffs.base, billings.base)
  const head = viewsOver(usagesAt(input, 'head', at), tariffs.head, billings.head)
  const repriced = viewsOver(usagesAt(input, 'base', null), tariffs.head, atHeadTier(billings))
  if (base === null || head === null || repriced === null) return null
  const parts = partsOfViews({ base, repriced, head })
  const calls = BigInt(callsOf(input))
  const mean = (name: keyof Parts) => divideRounded(parts[name], calls)
  return {
    price: mean('price'),
    input: mean('input'),
    output: mean('output'),
    cache: mean('cache'),
    tier: mean('tier'),
  }
}

function viewsOver(all: Iterable<Calls>, tariff: Tariff, billing: Billing): Views | null {
  const sum = { ...NO_VIEWS }
  for (const { usage, calls } of all) {
    const views = viewsOf(usage, tariff, billing, calls)
    if (views === null) return null
    for (const name of ['input', 'output', 'cached', 'billed'] as const) sum[name] += views[name]
  }
  return sum
}

/** How wide a bin is whose calls' bounds are not known, as a part of its mean. */
const WIDTH = 0.02

/** Inputs beyond which another rate holds. */
function tierEdges({ shares }: Tariff): readonly number[] {
  return [...new Set(shares.flatMap(({ entry }) => entry.price.tiers.map(({ above }) => above)))]
}

/** Calls are taken as even around their mean, as far as the shortest and the longest of them let it be. */
function evenly({ calls, input, low, high }: Bin): { readonly low: number; readonly high: number } {
  const mean = input / calls
  const half = low === undefined || high === undefined ? (WIDTH / 2) * mean : Math.min(mean - low, high - mean)
  return { low: mean - half, high: mean + half }
}

/**
 * The calls of a bin below and above an edge that lies within it, for a rate that jumps there. Tokens of both parts add up to
 * those of the bin.
 */
function splitAt(edges: readonly number[], bin: Bin): readonly Bin[] {
  const { low, high } = evenly(bin)
  const edge = edges.find((one) => low < one && one < high)
  if (edge === undefined || bin.calls < 2) return [bin]
  const share = (high - edge) / (high - low)
  const calls = bin.calls * share
  const part = (tokens: number) => Math.round(tokens * share)
  const above: Bin = {
    calls,
    input: Math.min(bin.input, Math.round((calls * (edge + high)) / 2)),
    output: part(bin.output),
    cached: part(bin.cached),
    written5m: part(bin.written5m),
    written1h: part(bin.written1h),
  }
  const rest = (name: Exclude<keyof Bin, 'low' | 'high'>) => bin[name] - above[name]
  const below: Bin = {
    calls: rest('calls'),
    input: rest('input'),
    output: rest('output'),
    cached: rest('cached'),
    written5m: rest('written5m'),
    written1h: rest('written1h'),
  }
  return [below, above]
}

/** A bin of the head: tokens added to each call or scaled, outputs in their ratio. Tokens are of all calls, so whole. */
function changed(bin: Bin, { input }: Change, at: Point): Bin {
  const scale = input.kind === 'scaled' ? at.input : 1
  const added = input.kind === 'added' ? at.input * bin.calls : 0
  const whole = (tokens: number) => Math.max(0, Math.round(tokens))
  const moved = (tokens: number) => tokens * scale + (input.kind === 'added' ? at.input : 0)
  const { low, high } = bin
  return {
    ...(low === undefined || high === undefined ? {} : { low: moved(low), high: moved(high) }),
    calls: bin.calls,
    input: whole(bin.input * scale + added),
    output: whole(bin.output * at.outputRatio),
    cached: whole(bin.cached * scale),
    written5m: whole(bin.written5m * scale),
    written1h: whole(bin.written1h * scale),
  }
}

type Prefixes = { readonly base: number | null; readonly head: number | null }

/** Tokens of the shared prefix that the provider caches; null when no prefix is known. */
function cachedPrefix({ prefixTokens }: Billing, tariff: Tariff): number | null {
  if (prefixTokens === undefined) return null
  return prefixTokens < cacheMinimum(tariff.model) ? 0 : prefixTokens
}

/** As billed: with a modelled cache the counts alone, else with what production's own cache reads and writes. */
function usageOf(bin: Bin, { base, head }: Prefixes, { cache, rewrittenTokens = 0 }: Billing): Usage {
  const { calls, input, output } = bin
  if (cache.kind !== 'reported') return { input, output }
  // Of the prefix, as much as was read and written before is so again, of its new length.
  const shareOf = (tokens: number) => (base === null || base === 0 ? 0 : Math.min(1, tokens / (calls * base)))
  const grown = (tokens: number) =>
    base === null || head === null ? tokens : Math.max(0, Math.round(tokens + shareOf(tokens) * calls * (head - base)))
  // What was read behind the prefix, and is not any more, is written each time.
  const rewritten = Math.round(Math.min(1, shareOf(bin.cached) + shareOf(bin.written5m)) * calls * rewrittenTokens)
  const cachedInput = Math.min(input, grown(bin.cached))
  const cacheWrite5m = Math.min(input - cachedInput, grown(bin.written5m) + rewritten)
  const cacheWrite1h = Math.min(input - cachedInput - cacheWrite5m, grown(bin.written1h))
  return { input, output, cachedInput, cacheWrite5m, cacheWrite1h }
}
