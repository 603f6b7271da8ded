// What a change would cost, without any call: tokens from the length of the texts, answers as they were or as they usually
// are, prices exact. An estimate with its error, and never said to be measured. Loaded when nothing is called.

import type { Route } from '../config/config.ts'
import type { Finding, SideLabel, Usage } from '../domain.ts'
import { estimatedGateFindings } from '../gate/estimated-cost.ts'
import { divideRounded, formatUsd, parseUsd } from '../money.ts'
import { guessCall } from '../plan/guess.ts'
import { type Wire, type WirePair, wiresOf } from '../plan/wire.ts'
import type { SetPlan } from '../plan.ts'
import type { PriceBook } from '../prices/book.ts'
import { pricedModel } from '../prices/terms.ts'
import type { CostEstimateReport, Estimate, SetEstimateReport, Usd, UsdEstimate } from '../report/report.ts'
import { sectionsOf } from '../report/sections.ts'
import type { CacheBreak } from './cache-breaks.ts'
import type { CostCheck, RepositoryLimit } from './ceilings.ts'
import type { CasePair, EvalSetCalls } from './input.ts'
import { type CostInput, type CostProjection, projectCost } from './project.ts'
import type { KnownScale, KnownScales } from './scale-record.ts'
import { changedTiers } from './service-tier.ts'
import type { Sides } from './set-costs.ts'
import { estimatedTokens } from './token-scale.ts'
import { TOKEN_ESTIMATE_ERROR, vocabularyFactor } from './tokens.ts'
import { wireFacts } from './wire-facts.ts'

/** Cases whose requests are measured out: their mean is as good as that of all. */
const MOST_CASES = 200
const ERROR_PERCENT = BigInt(Math.round(100 * TOKEN_ESTIMATE_ERROR))
/** Roles and separators of a message, where no run says. */
const PER_MESSAGE = 4

export type WithoutCalls = {
  readonly report: CostEstimateReport
  readonly checks: readonly CostCheck[]
  readonly cacheBreaks: readonly CacheBreak[]
  /** Of the cost gates of the sets. */
  readonly findings: readonly Finding[]
}

export type EstimateInput = {
  readonly plans: readonly SetPlan[]
  readonly routes: readonly Route[]
  readonly book: PriceBook
  readonly atMs: number
  readonly limit: RepositoryLimit
  readonly scales: KnownScales
  readonly profiles?: CostInput['profiles']
}

/** Null where no eval set has requests that can be seen: those of applications are not known beforehand. */
export function estimateWithoutCalls(input: EstimateInput): WithoutCalls | null {
  const sets = input.plans.flatMap((plan) => estimatedSet(plan, input.scales) ?? [])
  if (sets.length === 0) return null
  const names = new Set(sets.map(({ plan }) => plan.name))
  const routes = input.routes.filter(({ evals }) => evals.some((name) => names.has(name)))
  const at = (factor: number): CostProjection =>
    projectCost({
      evalSets: sets.map((set) => callsOf(set, factor)),
      routes,
      book: input.book,
      atMs: input.atMs,
      limit: input.limit,
      profiles: input.profiles ?? {},
    })
  // What is left of a change without its input is not counted in tokens, and has no error.
  const [middle, inputless] = [at(1), at(0)]
  const evalSets = sets.map((set) => setReport(set, middle, inputless))
  const months = middle.routes.map((route, i) => ({
    ...route,
    perMonthUsd: banded(route.perMonthUsd, inputless.routes[i]?.perMonthUsd),
  }))
  return {
    report: { errorPercent: 100 * TOKEN_ESTIMATE_ERROR, evalSets, routes: months },
    checks: middle.checks,
    cacheBreaks: middle.cacheBreaks,
    findings: sets.flatMap((set) => gatesOf(set, middle)),
  }
}

function gatesOf({ plan, cases }: EstimatedSet, { numbers, perSet }: CostProjection): readonly Finding[] {
  const [own, cost] = [numbers[plan.name], perSet[plan.name]]
  if (own === undefined || cost === undefined) return []
  const inputs = cases.flatMap(({ tokens }) => tokens.head ?? [])
  const mostInput = inputs.length === 0 ? null : inputs.reduce((most, one) => Math.max(most, one))
  return estimatedGateFindings({ plan, numbers: own, isPriced: cost.state !== 'unpriced', mostInput })
}

type EstimatedCase = { readonly pair: WirePair; readonly tokens: { readonly [side in SideLabel]: number | null } }
type EstimatedSet = {
  readonly plan: SetPlan
  readonly cases: readonly EstimatedCase[]
  readonly output: { readonly [side in SideLabel]: number }
  readonly scale: Sides<number>
  /** What the estimate rests on beside the texts. */
  readonly basis: string
  /** Else the error of the head's count is not that of the base's. */
  readonly countsAlike: boolean
}

function estimatedSet(plan: SetPlan, scales: KnownScales): EstimatedSet | null {
  const pairs = wiresOf(plan, MOST_CASES)
  if (pairs.every(({ head }) => head === null)) return null
  const models = { base: plan.base?.target.model ?? '', head: plan.head.target.model ?? '' }
  const known = { base: scales(plan.name, models.base), head: scales(plan.name, models.head) }
  const counts = { base: counting(models, known, 'base'), head: counting(models, known, 'head') }
  const of = (side: SideLabel, wire: Wire | null) => (wire === null ? null : Math.round(counted(wire, counts[side])))
  const tokens = (pair: WirePair) => ({ base: of('base', pair.base), head: of('head', pair.head) })
  // Answers are not known to change: the base's stand for both sides.
  const output = Math.round((known.base ?? known.head)?.output ?? usualOutput(plan))
  return {
    plan,
    cases: pairs.map((pair) => ({ pair, tokens: tokens(pair) })),
    output: { base: output, head: output },
    scale: { base: counts.base.scale, head: counts.head.scale },
    basis: basisOf(known, output),
    countsAlike: plan.base === null || vocabularyFactor(models.base) === vocabularyFactor(models.head),
  }
}

type Models = { readonly [side in SideLabel]: string }
type Known = { readonly [side in SideLabel]: KnownScale | undefined }

/** Tokens for one that is estimated from text, and for what frames a message: in a run's own measure that is part of it. */
type Counting = { readonly scale: number; readonly frame: number }

/** By the last run of the set on the model; on another model in the ratio of the families; else by family alone. */
function counting(models: Models, known: Known, side: SideLabel): Counting {
  const other = side === 'base' ? 'head' : 'base'
  const [own, others] = [known[side], known[other]]
  const factor = vocabularyFactor(models[side])
  if (own !== undefined) return { scale: own.scale, frame: 0 }
  if (others === undefined) return { scale: factor, frame: PER_MESSAGE }
  return { scale: (others.scale * factor) / vocabularyFactor(models[other]), frame: 0 }
}

const counted = (wire: Wire, { scale, frame }: Counting) =>
  scale * estimatedTokens(wire) + frame * wire.filter(({ kind }) => kind === 'frame').length

function usualOutput(plan: SetPlan): number {
  for (const { head } of plan.cases.values()) {
    if (head.state === 'ready') return guessCall(head.request).output.expected
  }
  return 0
}

function basisOf({ base, head }: Known, output: number): string {
  const last = base ?? head
  return last === undefined
    ? `tokens estimated from text (±${100 * TOKEN_ESTIMATE_ERROR} %), answers taken as ${output} tokens on both sides`
    : `tokens estimated from text, in the measure of the run of ${last.at.slice(0, 10)}, answers as long as then (${output} tokens) on both sides`
}

function callsOf({ plan, cases, output, countsAlike }: EstimatedSet, factor: number): EvalSetCalls {
  const factors = { base: countsAlike ? factor : 1, head: factor }
  const usage = (tokens: number | null, side: SideLabel): readonly { usage: Usage }[] =>
    tokens === null ? [] : [{ usage: { input: Math.round(tokens * factors[side]), output: output[side] } }]
  const byId = new Map(cases.map(({ pair, tokens }) => [pair.caseId, tokens]))
  return {
    name: plan.name,
    modelBase: plan.base === null ? null : pricedModel(plan.base.target),
    modelHead: pricedModel(plan.head.target),
    ...changedTiers(plan.base?.target, plan.head.target),
    counted: 'estimated',
    pairs: cases.map(
      ({ pair, tokens }): CasePair => ({
        caseId: pair.caseId,
        base: usage(tokens.base, 'base'),
        head: usage(tokens.head, 'head'),
        labels: labelsOf(plan, pair.caseId),
      }),
    ),
    ...wireFacts(plan, (caseId, side) => byId.get(caseId)?.[side] ?? null, 'assumed'),
  }
}

const labelsOf = (plan: SetPlan, caseId: string) => plan.cases.get(caseId)?.kase.labels ?? {}

function setReport(
  { plan, cases, output, scale, basis, countsAlike }: EstimatedSet,
  middle: CostProjection,
  inputless: CostProjection,
): SetEstimateReport {
  const cost = middle.perSet[plan.name]
  if (cost === undefined) throw new Error(`no projection for ${plan.name}`)
  return {
    name: plan.name,
    model: { base: plan.base?.target.model ?? null, head: plan.head.target.model ?? null },
    inputTokens: tokenEstimate(cases, countsAlike),
    outputTokens: plan.base === null ? { ...output, base: null } : output,
    perRequestUsd: banded(cost.perRequestUsd, inputless.perSet[plan.name]?.perRequestUsd),
    parts: cost.parts,
    sections: sectionsOf({ pairs: cases.map(({ pair }) => pair), scale }),
    basis,
    priceDate: cost.priceDate,
    events: cost.events,
  }
}

/** Text that stayed is counted alike on both sides: then the error is that of the difference alone. */
function tokenEstimate(cases: readonly EstimatedCase[], countsAlike: boolean): Estimate {
  const both = cases.filter(({ tokens }) => tokens.base !== null && tokens.head !== null)
  const used = both.length === 0 ? cases : both
  const base = mean(used.map(({ tokens }) => tokens.base))
  const head = mean(used.map(({ tokens }) => tokens.head))
  if (base === null || head === null) return { base, head, delta: null, low: null, high: null }
  const delta = tenths(head - base)
  const error = (countsAlike ? Math.abs(delta) : head) * TOKEN_ESTIMATE_ERROR
  return { base: tenths(base), head: tenths(head), delta, low: tenths(delta - error), high: tenths(delta + error) }
}

const tenths = (tokens: number) => Math.round(10 * tokens) / 10

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** The change with its input counted too high and too low: an error band, and no interval over cases. */
function banded(usd: UsdEstimate, inputless: UsdEstimate | undefined): UsdEstimate {
  const [delta, rest] = [pico(usd.delta), pico(inputless?.delta ?? null)]
  if (delta === null || rest === null) return { ...usd, low: null, high: null }
  const input = delta < rest ? rest - delta : delta - rest
  const error = divideRounded(input * ERROR_PERCENT, 100n)
  return { ...usd, low: formatUsd(delta - error), high: formatUsd(delta + error) }
}

function pico(usd: Usd): bigint | null {
  const parsed = usd === null ? null : parseUsd(usd)
  return parsed?.state === 'ok' ? parsed.pico : null
}
