// The cases of an eval set as costs per case on both sides.

import type { SideLabel } from '../domain.ts'
import { divideRounded } from '../money.ts'
import { type Billing, costOfRuns } from './billing.ts'
import { type Fine, sumBy } from './fine.ts'
import type { CasePair, CaseRun, EvalSetCalls } from './input.ts'
import type { CaseCosts } from './paired.ts'
import type { FineCost, Tariffs } from './tariff.ts'

/** More unmeasured cases than this share of the set, and nothing is projected. */
const MOST_UNMEASURED = 0.1

export type Sides<T> = { readonly base: T; readonly head: T }

export type SetCosts =
  | {
      readonly state: 'paired'
      readonly cases: readonly CaseCosts[]
      /** The pairs behind the first of `cases`, in order; the rest are ties without a call. */
      readonly measured: readonly CasePair[]
      readonly ties: number
      /** Behind the ties, in order. */
      readonly tied: readonly CasePair[]
      readonly unmeasured: number
    }
  /** No base side, or none that answered: the head's costs alone, of the pairs in `measured`. */
  | {
      readonly state: 'head-only'
      readonly head: readonly Fine[]
      readonly measured: readonly CasePair[]
      readonly unmeasured: number
    }
  /** Every request is identical and none was called: no level, and a change of exactly nothing. */
  | { readonly state: 'unchanged'; readonly ties: number; readonly tied: readonly CasePair[] }
  | { readonly state: 'unmeasured'; readonly why: string }
  | { readonly state: 'unpriced'; readonly why: string }

type Sorted = {
  readonly cases: CaseCosts[]
  readonly measured: CasePair[]
  readonly head: Fine[]
  readonly tied: CasePair[]
  unmeasured: number
  why: string
}

/** Costs per case. Added cases (no base run) do not count, unless the whole set has no base. */
export function setCosts(set: EvalSetCalls, tariffs: Sides<Tariffs>, billings: Sides<Billing>): SetCosts {
  const alone = isHeadAlone(set)
  const missing = unpricedModel(set, tariffs, alone ? ['head'] : ['base', 'head'])
  if (missing) return missing
  const sorted: Sorted = { cases: [], measured: [], head: [], tied: [], unmeasured: 0, why: '' }
  for (const pair of set.pairs) {
    const problem = alone
      ? addHead(sorted, pair, costOfRuns(pair.head, tariffs.head, { model: set.modelHead, billing: billings.head }))
      : addPair(sorted, pair, { set, tariffs, billings })
    if (problem) return problem
  }
  return outcomeOf(sorted, alone)
}

/** There is no base, or it never answered: a model that does not exist, for example. Then it has no cost, and no price matters. */
function isHeadAlone(set: EvalSetCalls): boolean {
  const isEmpty = set.pairs.every((pair) => pair.base.length === 0 && !pair.identical)
  return isEmpty && (set.modelBase === null || set.pairs.some((pair) => pair.head.length > 0))
}

/** A set whose calls all name their models needs no price for its own. */
function unpricedModel(
  set: EvalSetCalls,
  tariffs: Sides<Tariffs>,
  sides: readonly SideLabel[],
): { state: 'unpriced'; why: string } | null {
  for (const side of sides) {
    const model = side === 'base' ? set.modelBase : set.modelHead
    const tariff = model === null ? null : tariffs[side](model)
    if (tariff?.state === 'unpriced') return tariff
  }
  return null
}

type Setting = {
  readonly set: EvalSetCalls
  readonly tariffs: Sides<Tariffs>
  readonly billings: Sides<Billing>
}
type Unpriced = { readonly state: 'unpriced'; readonly why: string }

function addHead(sorted: Sorted, pair: CasePair, cost: FineCost): Unpriced | null {
  if (cost.state === 'unpriced') return cost
  if (cost.state === 'costed') {
    sorted.head.push(cost.fine)
    sorted.measured.push(pair)
  } else noteUnmeasured(sorted, cost.why)
  return null
}

function noteUnmeasured(sorted: Sorted, why: string): void {
  sorted.unmeasured += 1
  sorted.why = why
}

function addPair(sorted: Sorted, pair: CasePair, { set, tariffs, billings }: Setting): Unpriced | null {
  const called = pair.identical ? asOnePair(pair) : pair
  if (pair.identical && called.base.length === 0) {
    if (isSameTariff(set, tariffs)) sorted.tied.push(pair)
    else noteUnmeasured(sorted, 'an identical request that stands for two models was not called')
    return null
  }
  if (called.base.length === 0 || called.head.length === 0) return null
  const base = costOfRuns(called.base, tariffs.base, { model: set.modelBase, billing: billings.base })
  const head = costOfRuns(called.head, tariffs.head, { model: set.modelHead, billing: billings.head })
  if (base.state === 'unpriced') return base
  if (head.state === 'unpriced') return head
  if (base.state === 'costed' && head.state === 'costed') {
    sorted.cases.push({ base: base.fine, head: head.fine })
    sorted.measured.push(called)
  } else noteUnmeasured(sorted, base.state === 'costed' ? whyOf(head) : whyOf(base))
  return null
}

function whyOf(cost: FineCost): string {
  return cost.state === 'costed' ? '' : cost.why
}

/** One answer stands for both sides of an identical request; several are shared, so that its difference is 0. */
function asOnePair(pair: CasePair): CasePair {
  const runs: readonly CaseRun[] = [...pair.base, ...pair.head]
  const { labels } = pair
  return { caseId: pair.caseId, base: runs, head: runs, identical: true, ...(labels === undefined ? {} : { labels }) }
}

function isSameTariff(set: EvalSetCalls, tariffs: Sides<Tariffs>): boolean {
  if (set.modelBase === null || set.modelHead === null) return set.modelBase === set.modelHead
  const [base, head] = [tariffs.base(set.modelBase), tariffs.head(set.modelHead)]
  return base.state === 'priced' && head.state === 'priced' && base.model === head.model
}

function outcomeOf(sorted: Sorted, alone: boolean): SetCosts {
  const { cases, measured, head, tied, unmeasured } = sorted
  const ties = tied.length
  const known = alone ? head.length : cases.length + ties
  if (unmeasured > MOST_UNMEASURED * (known + unmeasured)) {
    return {
      state: 'unmeasured',
      why: `${unmeasured} of ${known + unmeasured} cases have no usable counts (${sorted.why})`,
    }
  }
  if (alone && head.length > 0) return { state: 'head-only', head, measured, unmeasured }
  if (known === 0) return { state: 'unmeasured', why: 'no case ran on both sides' }
  if (cases.length === 0) return { state: 'unchanged', ties, tied }
  const all = ties === 0 ? cases : [...cases, ...atLevel(cases, ties)]
  return { state: 'paired', cases: all, measured, ties, tied, unmeasured }
}

/** Identical requests that were not called cost the same on both sides; their level is taken as that of the others. */
function atLevel(cases: readonly CaseCosts[], ties: number): readonly CaseCosts[] {
  const level = divideRounded(
    sumBy(cases, ({ base }) => base),
    BigInt(cases.length),
  )
  return Array.from({ length: ties }, () => ({ base: level, head: level }))
}
