// Why a request costs more: price, input tokens, output tokens, cache and long-context tier, in this order, adding up
// to the change exactly. Each step changes one thing: head's prices on base's tokens, then head's input, then its output.

import type { Usage } from '../domain.ts'
import { divideRounded, formatUsd, type Pico } from '../money.ts'
import { type CallCost, costAtRates, costOfUsage } from '../prices/cost-of-usage.ts'
import type { Price } from '../prices/table.ts'
import type { Usd } from '../report/report.ts'
import { given } from '../targets/outside.ts'
import { callsOf } from './billing.ts'
import { type Fine, picoOf, sumOf } from './fine.ts'
import type { CasePair, CaseRun, EvalSetCalls } from './input.ts'
import type { Sides } from './set-costs.ts'
import { meanOver, type Tariff, type Tariffs } from './tariff.ts'

export const PART_NAMES = ['price', 'input', 'output', 'cache', 'tier'] as const
export type PartName = (typeof PART_NAMES)[number]
type Parts = { readonly [part in PartName]: Fine }

/** The call's cost seen one way. */
type View = (price: Price, usage: Usage) => CallCost

const plainInput: View = (price, usage) => costAtRates(price.rates, plain(usage, 'input'))
const plainOutput: View = (price, usage) => costAtRates(price.rates, plain(usage, 'output'))
const shortContext: View = (price, usage) => costAtRates(price.rates, usage)
const asBilled: View = (price, usage) => costOfUsage(price, usage)

/** Tokens of one direction, without cache. */
function plain(usage: Usage, direction: 'input' | 'output'): Usage {
  const { input, output, audioInput, audioOutput, imageOutput } = usage
  if (direction === 'output') return { input: 0, output, ...given({ audioOutput, imageOutput }) }
  return { input, output: 0, ...given({ audioInput }) }
}

/**
 * Parts of the mean change per request, as USD strings that add up to `delta`. `requests` counts the measured cases and
 * the ties. Empty when a case uses several models on a side, so that "head's price on base's tokens" has no meaning.
 */
export function partsOf(
  set: EvalSetCalls,
  tariffs: Sides<Tariffs>,
  {
    measured,
    requests,
    delta,
  }: { readonly measured: readonly CasePair[]; readonly requests: number; readonly delta: Pico },
): { readonly [part: string]: Usd } {
  const perCase: Parts[] = []
  for (const pair of measured) {
    const base = soleTariff(pair.base, tariffs.base, set.modelBase)
    const head = soleTariff(pair.head, tariffs.head, set.modelHead)
    const parts = base && head ? partsOfPair(pair, { base, head }) : null
    if (!parts) return {}
    perCase.push(parts)
  }
  return asUsd(perCase, requests, delta)
}

function soleTariff(runs: readonly CaseRun[], tariffs: Tariffs, model: string | null): Tariff | null {
  const models = new Set(runs.flatMap(callsOf).map((call) => call.model ?? model))
  const [only] = models
  const tariff = models.size === 1 ? tariffs(only ?? null) : null
  return tariff?.state === 'priced' ? tariff : null
}

function partsOfPair(pair: CasePair, { base, head }: Sides<Tariff>): Parts | null {
  const baseInput = meanOfRuns(pair.base, base, plainInput)
  const baseOutput = meanOfRuns(pair.base, base, plainOutput)
  const repricedInput = meanOfRuns(pair.base, head, plainInput)
  const repricedOutput = meanOfRuns(pair.base, head, plainOutput)
  const headInput = meanOfRuns(pair.head, head, plainInput)
  const headOutput = meanOfRuns(pair.head, head, plainOutput)
  const [baseShort, headShort] = [meanOfRuns(pair.base, base, shortContext), meanOfRuns(pair.head, head, shortContext)]
  const [baseFull, headFull] = [meanOfRuns(pair.base, base, asBilled), meanOfRuns(pair.head, head, asBilled)]
  if (baseInput === null || baseOutput === null || repricedInput === null || repricedOutput === null) return null
  if (headInput === null || headOutput === null) return null
  if (baseShort === null || headShort === null || baseFull === null || headFull === null) return null
  return {
    price: repricedInput + repricedOutput - baseInput - baseOutput,
    input: headInput - repricedInput,
    output: headOutput - repricedOutput,
    cache: headShort - headInput - headOutput - (baseShort - baseInput - baseOutput),
    tier: headFull - headShort - (baseFull - baseShort),
  }
}

/** Mean over the runs that have counts, as the estimate itself takes it; null when the price does not cover them. */
function meanOfRuns(runs: readonly CaseRun[], tariff: Tariff, view: View): Fine | null {
  const costs: Fine[] = []
  for (const run of runs) {
    const cost = costOfView(run, tariff, view)
    if (cost === 'unpriced') return null
    if (cost !== 'unmeasured') costs.push(cost)
  }
  return costs.length === 0 ? null : sumOf(costs) / BigInt(costs.length)
}

function costOfView(run: CaseRun, tariff: Tariff, view: View): Fine | 'unmeasured' | 'unpriced' {
  let fine = 0n
  for (const { usage } of callsOf(run)) {
    if (usage === null) return 'unmeasured'
    const whole = meanOver(tariff, (price) => costOfUsage(price, usage))
    const cost = whole.state === 'costed' && view !== asBilled ? meanOver(tariff, (price) => view(price, usage)) : whole
    if (cost.state !== 'costed') return cost.state
    fine += cost.fine
  }
  return callsOf(run).length === 0 ? 'unmeasured' : fine
}

/** Rounded parts; what rounding leaves over goes to the largest. */
function asUsd(perCase: readonly Parts[], requests: number, delta: Pico): { readonly [part: string]: Usd } {
  const means = PART_NAMES.map((name) => {
    const sum = sumOf(perCase.map((parts) => parts[name]))
    return { name, pico: picoOf(divideRounded(sum, BigInt(requests))) }
  })
  const rest = delta - means.reduce((sum, { pico }) => sum + pico, 0n)
  const largest = means.reduce((most, part) => (size(part.pico) > size(most.pico) ? part : most))
  return Object.fromEntries(
    means.map((part) => [part.name, formatUsd(part === largest ? part.pico + rest : part.pico)]),
  )
}

function size(pico: Pico): Pico {
  return pico < 0n ? -pico : pico
}
