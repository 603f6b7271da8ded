// The spend cap. The worst case of a call is put aside before it is made, so that calls in flight cannot pass the cap together.

import type { Json, JsonObject, Outcome, PriceTerms, Request, SideLabel, Usage } from '../domain.ts'
import { factsOf } from '../facts-of.ts'
import { anthropicMaxTokens } from '../targets/anthropic-max-tokens.ts'
import { given, isObject } from '../targets/outside.ts'
import { inputBound } from './input-bound.ts'

/** `tier` and `terms`: what answered; without them, what was asked for. */
export type PricedAt = { readonly side?: SideLabel; readonly tier?: string; readonly terms?: PriceTerms }
/** Price of a call in pico-dollars; null when none is known. */
export type Price = (usage: Usage, request: Request, at?: PricedAt) => bigint | null

export type BudgetSettings = {
  readonly price: Price
  readonly maxPico: bigint | null
  readonly maxCalls: number | null
}

export type Reservation = { readonly worstPico: bigint | null; readonly side?: SideLabel }

export type Spent = {
  /** Of calls whose usage and price are known. */
  readonly pico: bigint
  /** Worst case of calls that may have been billed and said nothing: timeouts, broken answers, answers without usage. */
  readonly uncertainPico: bigint
  /** Answered calls whose cost is not known, for lack of a price or of token counts. */
  readonly unpriced: number
  readonly calls: number
  /** The cap that ended it; null while calls are made. */
  readonly capHit: 'usd' | 'calls' | null
}

export type Budget = {
  /** `wait`: it may fit once a call in flight has ended. `no`: the cap is hit, for good: smaller calls do not slip past it. */
  reserve(request: Request, side?: SideLabel): Reservation | 'wait' | 'no'
  /** Gives the reservation back and books what the call cost; null when that is unknown. */
  settle(reservation: Reservation, request: Request, outcome: Outcome): bigint | null
  /** Gives the reservation back of what cost nothing now, since an earlier job paid for it. */
  giveBack(reservation: Reservation, request: Request, outcome: Outcome): bigint
  /** An answer that was paid for by an earlier run says how long answers are. */
  see(request: Request, outcome: Outcome): void
  spent(): Spent
}

/** Before any answer was seen and without a bound in the parameters. */
export const ANSWER_TOKENS = 4096
const LONGEST_FACTOR = 4

export function createBudget({ price, maxPico, maxCalls }: BudgetSettings): Budget {
  const longest = new Map<string, number>()
  const unseen = new Map<string, number>()
  let pico = 0n
  let uncertainPico = 0n
  let reserved = 0n
  let inFlight = 0
  let unpriced = 0
  let calls = 0
  let capHit: Spent['capHit'] = null

  const reserve = (request: Request, side?: SideLabel): Reservation | 'wait' | 'no' => {
    if (maxCalls !== null && calls >= maxCalls) capHit ??= 'calls'
    if (capHit !== null) return 'no'
    // An application's money goes through its own calls, which reserve for themselves: holding some back here would starve them.
    if (request.kind === 'command') return { worstPico: null }
    const model = modelOf(request)
    const known = { longest: longest.get(model), unseen: unseen.get(model) ?? 0 }
    const on = given({ side })
    // What an application behind a URL spends is no price of one call, whatever model it is said to use.
    const worstPico = request.kind === 'http' ? null : price(worstUsage(request, known), request, on)
    const committed = pico + uncertainPico
    if (maxPico !== null && committed + reserved + (worstPico ?? 0n) > maxPico) {
      if (inFlight > 0 && committed + (worstPico ?? 0n) <= maxPico) return 'wait'
      capHit = 'usd'
      return 'no'
    }
    reserved += worstPico ?? 0n
    inFlight += 1
    calls += 1
    return { worstPico, ...on }
  }
  const learn = (request: Request, usage: Usage) => {
    const model = modelOf(request)
    longest.set(model, Math.max(usage.output, longest.get(model) ?? 0))
    if (maxPico !== null) unseen.set(model, Math.max(usage.input - inputBound(request), unseen.get(model) ?? 0))
  }
  const settle = ({ worstPico, side }: Reservation, request: Request, outcome: Outcome): bigint | null => {
    if (request.kind === 'command' && isSeenThroughCalls(outcome)) return null
    reserved -= worstPico ?? 0n
    if (request.kind !== 'command') inFlight -= 1
    // An answer that was filtered whole is paid for like any other.
    const { usage, serviceTier: tier, terms } = factsOf(outcome)
    if (usage !== undefined) {
      learn(request, usage)
      const cost = price(usage, request, given({ side, tier, terms }))
      if (cost === null) unpriced += 1
      // Without a price for what answered, the cap counts what was put aside.
      if (cost === null) uncertainPico += worstPico ?? 0n
      else pico += cost
      return cost
    }
    if (!mayBeBilled(outcome)) return 0n
    uncertainPico += worstPico ?? 0n
    // An answer was paid for: without its counts nobody knows how much, unless it costs nothing at any length.
    if (worstPico === null || (outcome.state === 'answered' && worstPico > 0n)) unpriced += 1
    return null
  }
  const see = (request: Request, outcome: Outcome) => {
    const { usage } = factsOf(outcome)
    if (usage !== undefined) learn(request, usage)
  }
  const giveBack = ({ worstPico }: Reservation, request: Request, outcome: Outcome): bigint => {
    reserved -= worstPico ?? 0n
    inFlight -= 1
    see(request, outcome)
    return 0n
  }
  return { reserve, settle, giveBack, see, spent: () => ({ pico, uncertainPico, unpriced, calls, capHit }) }
}

/** The calls behind it were booked one by one; a run that failed made no others that we could know of. */
function isSeenThroughCalls(outcome: Outcome): boolean {
  return outcome.state === 'failed' || outcome.answer.calls !== undefined
}

function modelOf(request: Request): string {
  return `${request.provider}/${request.model}`
}

/** A gateway says of these that it gave up waiting: what it waited for may have been made. */
const GIVEN_UP = new Set([504, 524])

/** Refusals with a status and connections that never stood cost nothing; what was cut off or came back broken may. */
function mayBeBilled(outcome: Outcome): boolean {
  if (outcome.state === 'answered') return true
  const { status, wasSent } = outcome.failure
  if (wasSent) return true
  if (status !== undefined) return GIVEN_UP.has(status)
  return ['timeout', 'malformed-answer', 'empty-answer', 'cancelled', 'content-filter'].includes(outcome.failure.cause)
}

/** `unseen`: input tokens beyond the bound, of what a provider or a gateway puts beside a prompt. */
type Known = { readonly longest: number | undefined; readonly unseen: number }

/** Output: the bound of the request, else from what was seen. */
function worstUsage(request: Request, { longest, unseen }: Known): Usage {
  const seen = longest === undefined ? ANSWER_TOKENS * choicesIn(request.parameters) : LONGEST_FACTOR * longest
  return { input: inputBound(request) + unseen, output: outputBound(request) ?? seen }
}

/** Tokens that a request allows for its answer, under any name that providers have for it; null when it names no bound. */
export function outputBound({ parameters, endpoint }: Pick<Request, 'parameters' | 'endpoint'>): number | null {
  return boundIn(parameters) ?? (endpoint === 'messages' ? anthropicMaxTokens(parameters) : null)
}

export function boundIn(parameters: JsonObject): number | null {
  const bound = largest(parameters, BOUNDS)
  return bound === 0 ? null : bound * choicesIn(parameters)
}

const BOUNDS = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens', 'maxTokens']
const CHOICES = ['n', 'candidateCount', 'candidate_count']
/** Providers' own objects that such a number may stand in. */
const WITHIN = ['generationConfig', 'generation_config', 'inferenceConfig']

/** Answers that a request asks for at once: each may be as long as the bound. */
export const choicesIn = (parameters: JsonObject): number => Math.max(1, largest(parameters, CHOICES))

/** 0 where none of them is a number. Asked of every call: no lists. */
function largest(parameters: JsonObject, names: readonly string[]): number {
  let most = 0
  for (const name of names) most = Math.max(most, numberIn(parameters[name]))
  for (const object of WITHIN) {
    const own = parameters[object]
    if (isObject(own)) for (const name of names) most = Math.max(most, numberIn(own[name]))
  }
  return most
}

const numberIn = (value: Json | undefined) => (typeof value === 'number' ? value : 0)
