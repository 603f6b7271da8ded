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
  const prices = new Map<string, PriceLookup>()
  const lookUp = (model: string) => {
    const found = prices.get(model) ?? priceOf(book, model, atMs)
    prices.set(model, found)
    return found
  }
  const [all, likely] = [newSum(), newSum()]
  for (const plan of plans) {
    const expected = expectedCases(plan)
    for (const { caseId, request } of plannedRequests(plan)) {
      const priced = request.kind === 'model' ? priceRequest(request, lookUp) : FREE
      add(all, priced)
      // What an application will ask is not known before it does.
      if (request.kind === 'command' || request.kind === 'http') all.isOpen = true
      if (expected === null || expected.has(caseId)) add(likely, priced)
    }
  }
  const isPriced = all.unpriced.size === 0 && !all.isOpen
  return {
    calls: likely.calls,
    judgeCalls: plans.reduce((sum, plan) => sum + judgeCalls(plan), 0),
    expectedPico: isPriced ? likely.expected : null,
    worstPico: isPriced ? all.worst : null,
    unpriced: [...all.unpriced],
  }
}

type Sum = { calls: number; expected: bigint; worst: bigint; readonly unpriced: Set<string>; isOpen: boolean }
const newSum = (): Sum => ({ calls: 0, expected: 0n, worst: 0n, unpriced: new Set(), isOpen: false })
const FREE: Priced = { state: 'priced', expected: 0n, worst: 0n }

function add(sum: Sum, priced: Priced): void {
  sum.calls += 1
  if (priced.state === 'unpriced') {
    sum.unpriced.add(priced.model)
    return
  }
  sum.expected += priced.expected
  sum.worst += priced.worst
}

/** Requests of the complete passes, one after the other; what re-runs add depends on what changes. */
export function* plannedRequests(plan: SetPlan): Generator<{ readonly caseId: string; readonly request: Request }> {
  const ties = new Set(plan.levels)
  for (const one of plan.cases.values()) {
    const caseId = one.kase.id
    if (one.identical && !ties.has(caseId)) continue
    const requests = ready(one, one.identical ? ['head'] : ['base', 'head'])
    const passes = one.identical ? 1 : plan.head.passes
    for (let pass = 0; pass < passes; pass++) for (const request of requests) yield { caseId, request }
  }
}

function ready(one: PlannedCase, sides: readonly ('base' | 'head')[]): readonly Request[] {
  return sides.flatMap((side) => {
    const prepared = one[side]
    return prepared?.state === 'ready' ? [prepared.request] : []
  })
}

function judgeCalls(plan: SetPlan): number {
  const expected = expectedCases(plan)
  const cases = [...plan.cases.values()].filter((one) => expected === null || expected.has(one.kase.id))
  const compared = [
    ...plan.head.scorers,
    ...(plan.rescored?.scorers ?? []),
    ...cases.flatMap((one) => one.kase.scorers),
  ].some(isPairwise)
  const pairs = compared ? cases.filter((one) => !one.identical && ready(one, ['base', 'head']).length === 2) : []
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
