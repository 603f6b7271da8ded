// The views of a case's cost that its parts are made of, model by model: an application may call several.

import type { Usage } from '../domain.ts'
import { isText, usageProblem } from '../prices/cost-of-usage.ts'
import { given } from '../targets/outside.ts'
import { type Billing, callsOf, costOfCall, costOfCalls } from './billing.ts'
import type { Fine, Share } from './fine.ts'
import type { Call, CasePair, CaseRun, EvalSetCalls } from './input.ts'
import {
  NO_PARTS,
  NO_VIEWS,
  type Parts,
  partsOfViews,
  plusParts,
  type SideViews,
  type Views,
  weightedParts,
} from './parts.ts'
import { atHeadTier } from './service-tier.ts'
import type { Sides } from './set-costs.ts'
import type { Tariff, Tariffs } from './tariff.ts'

/** What costs are looked up by. */
export type Setting = {
  readonly set: EvalSetCalls
  readonly tariffs: Sides<Tariffs>
  readonly billings: Sides<Billing>
}

/**
 * Parts of the change, summed over the measured cases. A model that both sides call is compared with itself. Where one left and
 * one came, it is a swap: head's price on base's tokens. Otherwise tokens came or went at their own model's price.
 * Null when a cost is not known.
 * @param weights of the cases; each counts the same without them
 */
export function partsOfCases(
  measured: readonly CasePair[],
  setting: Setting,
  weights?: readonly Share[],
): Parts | null {
  const pricing = pricingOf(setting, heirs(measured, setting.set))
  let sums = NO_PARTS
  for (const [index, pair] of measured.entries()) {
    const parts = partsOfPair(pair, pricing)
    if (parts === null) return null
    sums = plusParts(sums, weights === undefined ? parts : weightedParts(parts, weights[index] ?? 0n))
  }
  return measured.length === 0 ? null : sums
}

type Model = string | null
/** Which model of the head took over from one of the base; undefined when none did. */
type HeirOf = (model: Model) => Model | undefined

function heirs(measured: readonly CasePair[], set: EvalSetCalls): HeirOf {
  const [base, head] = [new Set<Model>(), new Set<Model>()]
  for (const pair of measured) {
    for (const run of pair.base) for (const call of callsOf(run)) base.add(modelOf(call, set.modelBase))
    for (const run of pair.head) for (const call of callsOf(run)) head.add(modelOf(call, set.modelHead))
  }
  const left = [...base].filter((model) => !head.has(model))
  const came = [...head].filter((model) => !base.has(model))
  const swapped = left.length === 1 && came.length === 1 ? came[0] : undefined
  return (model) => (head.has(model) ? model : swapped)
}

const modelOf = (call: Call, own: Model): Model => (call.model === undefined || call.model === null ? own : call.model)

type Pricing = Sides<Priced> & { readonly heirOf: HeirOf }

function pricingOf({ set, tariffs, billings }: Setting, heirOf: HeirOf): Pricing {
  const repricedBy = (model: Model) => {
    const heir = heirOf(model)
    return heir === undefined ? null : tariffs.head(heir)
  }
  return {
    base: {
      ...{ own: set.modelBase, tariffs: tariffs.base, billing: billings.base, known: new Map() },
      ...{ repricedBy, repricedOn: atHeadTier(billings) },
    },
    head: { own: set.modelHead, tariffs: tariffs.head, billing: billings.head, known: new Map() },
    heirOf,
  }
}

function partsOfPair(pair: CasePair, { base: ofBase, head: ofHead, heirOf }: Pricing): Parts | null {
  const [base, head] = [meanViews(pair.base, ofBase), meanViews(pair.head, ofHead)]
  if (base === null || head === null) return null
  let sums = NO_PARTS
  for (const views of matched(base, head, heirOf)) sums = plusParts(sums, partsOfViews(views))
  return sums
}

type ModelViews = { readonly own: Views; readonly repriced: SideViews['repriced'] | null }
type ByModel = ReadonlyMap<Model, ModelViews>

function* matched(base: ByModel, head: ByModel, heirOf: HeirOf): Generator<SideViews> {
  const taken = new Set<Model>()
  for (const [model, { own, repriced }] of base) {
    const heir = heirOf(model)
    // Tokens that the head's price does not cover (audio, for example) went, and others came.
    if (heir === undefined || repriced === null) yield { base: own, repriced: own, head: NO_VIEWS }
    else {
      taken.add(heir)
      yield { base: own, repriced, head: head.get(heir)?.own ?? NO_VIEWS }
    }
  }
  for (const [model, { own }] of head) if (!taken.has(model)) yield { base: NO_VIEWS, repriced: NO_VIEWS, head: own }
}

type Priced = {
  readonly own: Model
  readonly tariffs: Tariffs
  readonly billing: Billing
  readonly repricedBy?: (model: Model) => ReturnType<Tariffs> | null
  readonly repricedOn?: Billing
  /** Of calls that count nothing but text: a set asks for many of the same size. */
  readonly known: Map<string, CallViews | null>
}

/** Mean views over the runs that have a cost, as the estimate itself takes them; null when none has. */
function meanViews(runs: readonly CaseRun[], priced: Priced): ByModel | null {
  const sums = new Map<Model, Sums>()
  let count = 0n
  for (const run of runs) {
    const calls = callsOf(run).map((call) => knownViews(call, priced))
    if (calls.length === 0 || calls.some((views) => views === null)) continue
    count += 1n
    for (const views of calls) if (views !== null) add(sums, views)
  }
  if (count === 0n) return null
  const mean = (one: Views): Views => ({
    input: one.input / count,
    output: one.output / count,
    cached: one.cached / count,
    billed: one.billed / count,
  })
  return new Map(
    [...sums].map(([model, { own, repriced }]) => [
      model,
      { own: mean(own), repriced: repriced === null ? null : mean({ ...NO_VIEWS, ...repriced }) },
    ]),
  )
}

type Sums = { own: Views; repriced: SideViews['repriced'] | null }
type CallViews = ModelViews & { readonly model: Model }

function add(sums: Map<Model, Sums>, { model, own, repriced }: CallViews): void {
  const known = sums.get(model)
  if (known === undefined) {
    sums.set(model, { own, repriced })
    return
  }
  known.own = {
    input: known.own.input + own.input,
    output: known.own.output + own.output,
    cached: known.own.cached + own.cached,
    billed: known.own.billed + own.billed,
  }
  known.repriced =
    known.repriced === null || repriced === null
      ? null
      : { input: known.repriced.input + repriced.input, output: known.repriced.output + repriced.output }
}

function knownViews(call: Call, priced: Priced): CallViews | null {
  const { usage } = call
  if (usage === null || !isText(usage) || usageProblem(usage) !== null) return viewsOfCall(call, priced)
  const key = `${usage.input} ${usage.output} ${call.model ?? ''}`
  const before = priced.known.get(key)
  if (before !== undefined) return before
  const views = viewsOfCall(call, priced)
  priced.known.set(key, views)
  return views
}

function viewsOfCall(
  call: Call,
  { own, tariffs, billing, repricedBy, repricedOn = billing }: Priced,
): CallViews | null {
  const model = modelOf(call, own)
  const tariff = tariffs(model)
  const views = call.usage === null || tariff.state !== 'priced' ? null : viewsOf(call.usage, tariff, billing)
  if (views === null || call.usage === null) return null
  const other = repricedBy?.(model) ?? null
  if (other?.state !== 'priced') return { model, own: views, repriced: null }
  const isSame = tariff.state === 'priced' && other.model === tariff.model && repricedOn.tiers === billing.tiers
  return { model, own: views, repriced: isSame ? views : plainViews(call.usage, other, repricedOn) }
}

/**
 * Views of a call, or of several of about the same size together. Turns, batch share and service tier of the billing are in
 * all of them, its cache in the last two.
 */
export function viewsOf(usage: Usage, tariff: Tariff, billing: Billing, calls = 1): Views | null {
  const plain = plainViews(usage, tariff, billing, calls)
  const short = withoutTiers(tariff)
  const billed = fineOf(usage, tariff, billing, calls)
  const cached = short === tariff ? billed : fineOf(usage, short, billing, calls)
  return plain === null || cached === null || billed === null ? null : { ...plain, cached, billed }
}

function plainViews(usage: Usage, tariff: Tariff, billing: Billing, calls = 1): SideViews['repriced'] | null {
  const plain: Billing = { ...billing, cache: { kind: 'none' } }
  const short = withoutTiers(tariff)
  const [input, output] = [
    fineOf(plainUsage(usage, 'input'), short, plain, calls),
    fineOf(plainUsage(usage, 'output'), short, plain, calls),
  ]
  return input === null || output === null ? null : { input, output }
}

function fineOf(usage: Usage, tariff: Tariff, billing: Billing, calls: number): Fine | null {
  const cost = calls === 1 ? costOfCall(usage, tariff, billing) : costOfCalls(usage, calls, { tariff, billing })
  return cost.state === 'costed' ? cost.fine : null
}

/** Tokens of one direction, without cache. */
function plainUsage(usage: Usage, direction: 'input' | 'output'): Usage {
  const { input, output, audioInput, audioOutput, imageOutput } = usage
  if (direction === 'output') return { input: 0, output, ...given({ audioOutput, imageOutput }) }
  return { input, output: 0, ...given({ audioInput }) }
}

const tierless = new WeakMap<Tariff, Tariff>()

/** The same for every call of a set: made once. */
function withoutTiers(tariff: Tariff): Tariff {
  if (tariff.shares.every(({ entry }) => entry.price.tiers.length === 0)) return tariff
  const known = tierless.get(tariff)
  if (known !== undefined) return known
  const shares = tariff.shares.map(({ entry, ms }) => ({
    ms,
    entry: { ...entry, price: { ...entry.price, tiers: [] } },
  }))
  const made = { ...tariff, shares }
  tierless.set(tariff, made)
  return made
}
