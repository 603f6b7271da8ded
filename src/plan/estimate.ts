// The plan's price before any call: calls, tokens, money and minutes, as expected and at the worst, of targets and judges apart.
// Retries are in none of it: what a provider does is not known beforehand.

import type { ScorerSpec, Usage } from '../domain.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import { type PriceBook, type PriceLookup, priceOf } from '../prices/book.ts'
import { costOfUsage } from '../prices/cost-of-usage.ts'
import { RUN_LIMITS } from '../run/limits.ts'
import { modelOn } from '../run/price.ts'
import type { Work } from '../run/work.ts'
import { isJudge, isPairwise } from '../scorers/kinds.ts'
import { hasBatches } from '../targets/batch/providers.ts'
import { type Guess, guessCall, guessJudge, type Range } from './guess.ts'
import { type PlannedRun, plannedRuns } from './runs.ts'
import { expectedCases } from './sampling.ts'
import { scorerKey } from './scoring.ts'

/** Pico-dollars; null when a model is not priced or what an application will ask is not known. */
export type MoneyRange = { readonly expected: bigint | null; readonly worst: bigint | null }

export type Share = { readonly calls: Range; readonly input: Range; readonly output: Range; readonly pico: MoneyRange }

export type Estimate = {
  readonly target: Share
  readonly judge: Share
  /** At a usual speed of answers and the concurrency of the providers. */
  readonly minutes: Range
  /** Of target and judge together; null when `unpriced` names a model, or an application's calls are not known yet. */
  readonly pico: MoneyRange
  readonly unpriced: readonly string[]
  /** Calls that stored answers stand for, which are in none of the figures; a judge's is counted with the answer that it judged. */
  readonly stored: number
}

export type EstimateOptions = {
  readonly concurrencyOf?: (provider: string) => number | undefined
  /** Calls go into batches where the provider takes them. */
  readonly batch?: boolean
  /** Whether an earlier run answered it. Left out: the plan is that of a run without stored answers. */
  readonly isAnswered?: (work: Work) => boolean
}

type Planned = { readonly guess: Guess; readonly times: Range }

export function estimateRun(
  plans: readonly SetPlan[],
  book: PriceBook,
  atMs: number,
  { concurrencyOf, batch = false, isAnswered }: EstimateOptions = {},
): Estimate {
  const price = pricer(book, atMs, batch)
  const [target, judge, seconds] = [newSum(), newSum(), new Map<string, Sums>()]
  // One run after the other: the requests of a large set are made where they are looked at.
  let stored = 0
  for (const plan of plans)
    for (const run of plannedRuns(plan)) {
      const sides = sidesOf(plan, run, isAnswered)
      for (const one of callsOf(run, sides)) add(one, target, { price, seconds })
      for (const one of judgesOf(plan, run, sides)) add(one, judge, { price, seconds })
      for (const one of sides) stored += one.stored
    }
  const shares = { target: shareOf(target), judge: shareOf(judge) }
  const both = (of: keyof Range) => plus(shares.target.pico[of], shares.judge.pico[of])
  return {
    ...shares,
    minutes: minutesOf(seconds, concurrencyOf),
    pico: { expected: both('expected'), worst: both('worst') },
    unpriced: [...new Set([...target.unpriced, ...judge.unpriced])],
    stored,
  }
}

/** Calls of the complete passes that are expected; what re-runs add depends on what changes. */
export function plannedCalls(plan: SetPlan): number {
  const only = expectedCases(plan)
  let calls = 0
  for (const { planned, sides, times } of plannedRuns(plan))
    if (times.expected > 0 && (only === null || only.has(planned.kase.id)))
      calls += (planned.identical ? 1 : plan.head.passes) * sides.filter((side) => isReady(planned, side)).length
  return calls
}

const isReady = ({ baseSize, headSize }: PlannedCase, side: 'base' | 'head') =>
  (side === 'base' ? baseSize : headSize) !== null

/** Of one side of a case: what a call takes, and how many of the expected ones need not be made. */
type SideCalls = { readonly guess: Guess; readonly stored: number }

function sidesOf(
  plan: SetPlan,
  { planned, sides, times }: PlannedRun,
  isAnswered: EstimateOptions['isAnswered'],
): readonly SideCalls[] {
  return sides.flatMap((side) => {
    const prepared = planned[side]
    if (prepared?.state !== 'ready') return []
    const { request } = prepared
    const guess = { ...guessCall(request), side }
    if (isAnswered === undefined) return [{ guess, stored: 0 }]
    const step = planned.identical ? 'identical' : 'pass'
    let stored = 0
    for (let index = 0; index < times.expected; index++) {
      const trial = { evalSet: plan.name, caseId: planned.kase.id, side, step, index } as const
      if (isAnswered({ trial, request, scope: plan.contentKey })) stored += 1
    }
    return [{ guess, stored }]
  })
}

function callsOf({ times }: PlannedRun, sides: readonly SideCalls[]): readonly Planned[] {
  return sides.map(({ guess, stored }) => ({
    guess,
    times: { expected: times.expected - stored, worst: times.worst - stored },
  }))
}

/** A pair is judged with the base first, and with the head first. */
const ORDERS = 2

/** A pair is judged by the comparison that it belongs to, whose base another plan stands for. */
const asksPairs = ({ shared }: SetPlan, answers: number) =>
  shared === undefined ? answers > 1 : shared.side === 'head'

/** What judged a stored answer is expected to be stored, too. That is not certain, so that the worst case has it. */
function judgesOf(plan: SetPlan, { planned, times }: PlannedRun, sides: readonly SideCalls[]): readonly Planned[] {
  const scorers = judgesAsked(plan, planned)
  const [first] = sides
  if (scorers.length === 0 || first === undefined) return []
  const without = (stored: number) => ({ ...times, expected: times.expected - stored })
  const ofPair = without(Math.min(...sides.map((side) => side.stored)))
  return scorers.flatMap((scorer): readonly Planned[] => {
    if (!isPairwise(scorer))
      return sides.map(({ guess, stored }) => ({ guess: guessJudge(scorer, guess, 1), times: without(stored) }))
    if (!asksPairs(plan, sides.length)) return []
    return Array.from({ length: ORDERS }, () => ({ guess: guessJudge(scorer, first.guess, 2), times: ofPair }))
  })
}

/** Judges of the case and of the set, the other side's among them where they differ: equal questions are asked once. */
function judgesAsked({ head, rescored }: SetPlan, { kase }: PlannedCase): readonly ScorerSpec[] {
  const ofSet = [...head.scorers, ...(rescored?.scorers ?? [])].filter(isJudge)
  const once = new Map(ofSet.map((scorer) => [scorerKey(scorer), scorer]))
  return [...once.values(), ...kase.scorers.filter(isJudge)]
}

type PicoOf = (guess: Guess, of: keyof Range) => bigint | null

function pricer(book: PriceBook, atMs: number, batch: boolean) {
  const known = new Map<string, PriceLookup>()
  const lookUp = (model: string) => {
    const found = known.get(model) ?? priceOf(book, model, atMs)
    known.set(model, found)
    return found
  }
  const costs = new Map<string, bigint | null>()
  const costOf = (model: string, usage: Usage, tier: string) => {
    const found = lookUp(model)
    const options = { batch: batch && hasBatches(model.split('/', 1)[0] ?? ''), tier }
    const cost = found.state === 'priced' ? costOfUsage(found.price, usage, options) : null
    return cost?.state === 'costed' ? cost.pico : null
  }
  const pico: PicoOf = ({ model: name, isOpen, input, output, tier = '', side }, of) => {
    if (isOpen) return null
    if (name === null) return 0n
    const model = modelOn(book, name, side)
    // Calls of a set are of few sizes.
    const key = `${input[of]} ${output[of]} ${tier} ${model}`
    const before = costs.get(key)
    if (before !== undefined) return before
    const cost = costOf(model, { input: input[of], output: output[of] }, tier)
    costs.set(key, cost)
    return cost
  }
  const unpriced = (guess: Guess) => {
    if (guess.model === null || pico(guess, 'worst') !== null) return []
    const { state } = lookUp(modelOn(book, guess.model, guess.side))
    return [state === 'priced' ? `${guess.model} (service tier ${guess.tier ?? '?'})` : guess.model]
  }
  return { pico, unpriced }
}

type Sums = { expected: number; worst: number }
type Sum = {
  readonly calls: Sums
  readonly input: Sums
  readonly output: Sums
  readonly pico: { expected: bigint | null; worst: bigint | null }
  readonly unpriced: Set<string>
}
const newSums = (): Sums => ({ expected: 0, worst: 0 })
const newSum = (): Sum => ({
  calls: newSums(),
  input: newSums(),
  output: newSums(),
  pico: { expected: 0n, worst: 0n },
  unpriced: new Set(),
})

type Adding = { readonly price: ReturnType<typeof pricer>; readonly seconds: Map<string, Sums> }

function add({ guess, times }: Planned, sum: Sum, { price, seconds }: Adding): void {
  for (const bound of ['expected', 'worst'] as const) {
    sum.calls[bound] += times[bound]
    sum.input[bound] += times[bound] * guess.input[bound]
    sum.output[bound] += times[bound] * guess.output[bound]
    sum.pico[bound] = plus(sum.pico[bound], scaled(price.pico(guess, bound), times[bound]))
    if (guess.model === null) continue
    const own = seconds.get(guess.provider) ?? newSums()
    own[bound] += times[bound] * (FIRST_TOKEN_S + guess.output[bound] / TOKENS_PER_S)
    seconds.set(guess.provider, own)
  }
  for (const model of price.unpriced(guess)) sum.unpriced.add(model)
}

const shareOf = ({ unpriced: _, ...share }: Sum): Share => share

const plus = (a: bigint | null, b: bigint | null) => (a === null || b === null ? null : a + b)
const scaled = (pico: bigint | null, times: number) => (pico === null ? null : pico * BigInt(times))

/** Assumptions: the first token after a second, then sixty a second. */
const FIRST_TOKEN_S = 1
const TOKENS_PER_S = 60

/** Providers work side by side, each with as many calls at once as it may have. */
function minutesOf(seconds: ReadonlyMap<string, Range>, concurrencyOf: EstimateOptions['concurrencyOf']): Range {
  const of = (which: keyof Range) => {
    const minutes = [...seconds].map(
      ([provider, sum]) => sum[which] / (concurrencyOf?.(provider) ?? RUN_LIMITS.concurrency) / 60,
    )
    return Math.max(0, ...minutes)
  }
  return { expected: of('expected'), worst: of('worst') }
}
