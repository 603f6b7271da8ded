// The plan's price before any call: calls, expected and worst-case money. Tokens are estimated from text, prices are exact.

import { estimateTokens } from '../cost/tokens.ts'
import type { Request, ScorerSpec, Usage } from '../domain.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import { type PriceBook, type PriceLookup, priceOf } from '../prices/book.ts'
import { costOfUsage } from '../prices/cost-of-usage.ts'
import { outputBound } from '../run/budget.ts'
import { isJudge, isPairwise } from '../scorers/kinds.ts'
import { expectedCases } from './sampling.ts'
import { scorerKey } from './scoring.ts'

export type Estimate = {
  readonly calls: number
  readonly judgeCalls: number
  /** Null when a model is not priced (`unpriced` names it) or an application's calls are not known yet. Replayed and echoed answers cost nothing. */
  readonly expectedPico: bigint | null
  readonly worstPico: bigint | null
  readonly unpriced: readonly string[]
}

/** An answer's length when nothing is known of it: a quarter of its bound, or this many tokens. */
const TYPICAL_OUTPUT = 300
const UNBOUNDED_OUTPUT = 4_096

export function estimateRun(plans: readonly SetPlan[], book: PriceBook, atMs: number): Estimate {
  const requests = plans.flatMap((plan) => plannedRequests(plan))
  const expected = plans.flatMap((plan) => plannedRequests(plan, expectedCases(plan)))
  const judges = plans.reduce((sum, plan) => sum + judgeCalls(plan), 0)
  const prices = new Map<string, PriceLookup>()
  const lookUp = (model: string) => {
    const found = prices.get(model) ?? priceOf(book, model, atMs)
    prices.set(model, found)
    return found
  }
  const price = (list: readonly Request[]) =>
    list.filter((request) => request.kind === 'model').map((request) => priceRequest(request, lookUp))
  const [all, likely] = [price(requests), expected.length === requests.length ? null : price(expected)]
  // What an application will ask is not known before it does.
  const isOpen = requests.some(({ kind }) => kind === 'command' || kind === 'http')
  const unpriced = [...new Set(all.flatMap((one) => (one.state === 'unpriced' ? [one.model] : [])))]
  const sum = (priced: readonly Priced[], of: (one: Extract<Priced, { state: 'priced' }>) => bigint) =>
    unpriced.length > 0 || isOpen
      ? null
      : priced.reduce((total, one) => total + (one.state === 'priced' ? of(one) : 0n), 0n)
  return {
    calls: expected.length,
    judgeCalls: judges,
    expectedPico: sum(likely ?? all, (one) => one.expected),
    worstPico: sum(all, (one) => one.worst),
    unpriced,
  }
}

/** Requests of the complete passes, or of `only` some cases; what re-runs add depends on what changes. */
export function plannedRequests(plan: SetPlan, only: ReadonlySet<string> | null = null): readonly Request[] {
  const ties = new Set(plan.levels)
  return [...plan.cases.values()].flatMap((one) => {
    if (only !== null && !only.has(one.kase.id)) return []
    if (one.identical) return ties.has(one.kase.id) ? ready(one, ['head']) : []
    return Array.from({ length: plan.head.passes }, () => ready(one, ['base', 'head'])).flat()
  })
}

const ready = (one: PlannedCase, sides: readonly ('base' | 'head')[]) =>
  sides.flatMap((side) => (one[side]?.state === 'ready' ? [one[side].request] : []))

function judgeCalls(plan: SetPlan): number {
  const expected = expectedCases(plan)
  const cases = [...plan.cases.values()].filter((one) => expected === null || expected.has(one.kase.id))
  const pairs = cases.filter((one) => !one.identical && ready(one, ['base', 'head']).length === 2)
  const single = asked(plan, cases, (scorer) => isJudge(scorer) && !isPairwise(scorer))
  return (single * (plan.base === null ? 1 : 2) + asked(plan, pairs, isPairwise) * ORDERS) * plan.head.passes
}

/** A pair is judged with the base first, and with the head first. */
const ORDERS = 2

/** Judges of the cases and of the set, the other side's among them where they differ: equal questions are asked once. */
function asked(
  { head, rescored }: SetPlan,
  cases: readonly PlannedCase[],
  which: (scorer: ScorerSpec) => boolean,
): number {
  const perSet = new Set([...head.scorers, ...(rescored?.scorers ?? [])].filter(which).map(scorerKey)).size
  return cases.reduce((sum, one) => sum + perSet + one.kase.scorers.filter(which).length, 0)
}

type Priced =
  | { readonly state: 'priced'; readonly expected: bigint; readonly worst: bigint }
  | { readonly state: 'unpriced'; readonly model: string }

function priceRequest(request: Request, lookUp: (model: string) => PriceLookup): Priced {
  const model = `${request.provider}/${request.model ?? ''}`
  const found = lookUp(model)
  if (found.state !== 'priced') return { state: 'unpriced', model }
  const text = request.messages.map((message) => message.content).join('\n')
  const input = estimateTokens(text, model).tokens + 4 * request.messages.length
  const bound = outputBound(request)
  const cost = (output: number) => {
    const usage: Usage = { input, output }
    const made = costOfUsage(found.price, usage)
    return made.state === 'costed' ? made.pico : null
  }
  const [expected, worst] = [
    cost(bound === null ? TYPICAL_OUTPUT : Math.max(1, Math.round(bound / 4))),
    cost(bound ?? UNBOUNDED_OUTPUT),
  ]
  return expected === null || worst === null ? { state: 'unpriced', model } : { state: 'priced', expected, worst }
}
