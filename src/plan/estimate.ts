// The plan's price before any call: calls, tokens, money and minutes, as expected and at the worst, of targets and judges apart.
// Retries are in none of it: what a provider does is not known beforehand.

import type { Request, ScorerSpec } from '../domain.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import { type PriceBook, type PriceLookup, priceOf } from '../prices/book.ts'
import { costOfUsage } from '../prices/cost-of-usage.ts'
import { RUN_LIMITS } from '../run/limits.ts'
import { isJudge, isPairwise } from '../scorers/kinds.ts'
import { type Guess, guessCall, guessJudge, type Range } from './guess.ts'
import { type PlannedRun, plannedRuns } from './runs.ts'
import { scorerKey } from './scoring.ts'

/** Pico-dollars; null when a model is not priced. */
export type MoneyRange = { readonly expected: bigint | null; readonly worst: bigint | null }

export type Share = { readonly calls: Range; readonly input: Range; readonly output: Range; readonly pico: MoneyRange }

export type Estimate = {
  readonly target: Share
  readonly judge: Share
  /** At a usual speed of answers and the concurrency of the providers. */
  readonly minutes: Range
  /** Of target and judge together; null when `unpriced` names a model. */
  readonly pico: MoneyRange
  readonly unpriced: readonly string[]
}

export type EstimateOptions = { readonly concurrencyOf?: (provider: string) => number | undefined }

type Planned = { readonly guess: Guess; readonly times: Range }

export function estimateRun(
  plans: readonly SetPlan[],
  book: PriceBook,
  atMs: number,
  { concurrencyOf }: EstimateOptions = {},
): Estimate {
  const runs = plans.flatMap((plan) => plannedRuns(plan).map((run) => ({ plan, run })))
  const target = runs.flatMap(({ run }) => callsOf(run))
  const judge = runs.flatMap(({ plan, run }) => judgesOf(plan, run))
  const price = pricer(book, atMs)
  const unpriced = [...new Set([...target, ...judge].flatMap(({ guess }) => price.unpriced(guess)))]
  const shares = { target: shareOf(target, price.pico), judge: shareOf(judge, price.pico) }
  const both = (of: keyof Range) => plus(shares.target.pico[of], shares.judge.pico[of])
  return {
    ...shares,
    minutes: minutesOf([...target, ...judge], concurrencyOf),
    pico: { expected: both('expected'), worst: both('worst') },
    unpriced,
  }
}

/** Requests of the complete passes, or of `only` some cases; what re-runs add depends on what changes. */
export function plannedRequests(plan: SetPlan, only: ReadonlySet<string> | null = null): readonly Request[] {
  return plannedRuns(plan).flatMap(({ planned, sides }) => {
    if (only !== null && !only.has(planned.kase.id)) return []
    const passes = planned.identical ? 1 : plan.head.passes
    return Array.from({ length: passes }, () => requestsOf(planned, sides)).flat()
  })
}

const requestsOf = (planned: PlannedCase, sides: PlannedRun['sides']) =>
  sides.flatMap((side) => (planned[side]?.state === 'ready' ? [planned[side].request] : []))

function callsOf({ planned, sides, times }: PlannedRun): readonly Planned[] {
  return requestsOf(planned, sides).map((request) => ({ guess: guessCall(request), times }))
}

/** A pair is judged with the base first, and with the head first. */
const ORDERS = 2

function judgesOf(plan: SetPlan, { planned, sides, times }: PlannedRun): readonly Planned[] {
  const scorers = judgesAsked(plan, planned)
  if (scorers.length === 0) return []
  const answers = requestsOf(planned, sides).map(guessCall)
  const [first] = answers
  return scorers.flatMap((scorer): readonly Planned[] => {
    if (!isPairwise(scorer)) return answers.map((answer) => ({ guess: guessJudge(scorer, answer, 1), times }))
    if (first === undefined || answers.length < 2) return []
    return Array.from({ length: ORDERS }, () => ({ guess: guessJudge(scorer, first, 2), times }))
  })
}

/** Judges of the case and of the set, the other side's among them where they differ: equal questions are asked once. */
function judgesAsked({ head, rescored }: SetPlan, { kase }: PlannedCase): readonly ScorerSpec[] {
  const ofSet = [...head.scorers, ...(rescored?.scorers ?? [])].filter(isJudge)
  const once = new Map(ofSet.map((scorer) => [scorerKey(scorer), scorer]))
  return [...once.values(), ...kase.scorers.filter(isJudge)]
}

type PicoOf = (guess: Guess, of: keyof Range) => bigint | null

function pricer(book: PriceBook, atMs: number) {
  const known = new Map<string, PriceLookup>()
  const lookUp = (model: string) => {
    const found = known.get(model) ?? priceOf(book, model, atMs)
    known.set(model, found)
    return found
  }
  const pico: PicoOf = ({ model, input, output }, of) => {
    if (model === null) return 0n
    const found = lookUp(model)
    const cost = found.state === 'priced' ? costOfUsage(found.price, { input: input[of], output: output[of] }) : null
    return cost?.state === 'costed' ? cost.pico : null
  }
  const unpriced = (guess: Guess) => (guess.model !== null && pico(guess, 'worst') === null ? [guess.model] : [])
  return { pico, unpriced }
}

function shareOf(planned: readonly Planned[], picoOf: PicoOf): Share {
  const range = (one: (guess: Guess, of: keyof Range) => number): Range => {
    const sum = (of: keyof Range) => planned.reduce((total, { guess, times }) => total + times[of] * one(guess, of), 0)
    return { expected: sum('expected'), worst: sum('worst') }
  }
  const money = (of: keyof Range) =>
    planned.reduce<bigint | null>((total, { guess, times }) => plus(total, scaled(picoOf(guess, of), times[of])), 0n)
  return {
    calls: range(() => 1),
    input: range((guess, of) => guess.input[of]),
    output: range((guess, of) => guess.output[of]),
    pico: { expected: money('expected'), worst: money('worst') },
  }
}

const plus = (a: bigint | null, b: bigint | null) => (a === null || b === null ? null : a + b)
const scaled = (pico: bigint | null, times: number) => (pico === null ? null : pico * BigInt(times))

/** Assumptions: the first token after a second, then sixty a second. */
const FIRST_TOKEN_S = 1
const TOKENS_PER_S = 60

/** Providers work side by side, each with as many calls at once as it may have. */
function minutesOf(planned: readonly Planned[], concurrencyOf: EstimateOptions['concurrencyOf']): Range {
  const of = (which: keyof Range) => {
    const seconds = new Map<string, number>()
    for (const { guess, times } of planned) {
      if (guess.model === null) continue
      const each = times[which] * (FIRST_TOKEN_S + guess.output[which] / TOKENS_PER_S)
      seconds.set(guess.provider, (seconds.get(guess.provider) ?? 0) + each)
    }
    const minutes = [...seconds].map(
      ([provider, sum]) => sum / (concurrencyOf?.(provider) ?? RUN_LIMITS.concurrency) / 60,
    )
    return Math.max(0, ...minutes)
  }
  return { expected: of('expected'), worst: of('worst') }
}
