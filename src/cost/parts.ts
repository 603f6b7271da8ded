// Why a request costs more: price, input tokens, output tokens, cache and long-context tier, in this order, adding up
// to the change exactly. Each step changes one thing: head's prices on base's tokens, then head's input, then its output.

import { divideRounded, formatUsd, type Pico } from '../money.ts'
import type { Usd } from '../report/report.ts'
import { type Fine, partOf, picoOf, type Share } from './fine.ts'
import { PER_REQUEST, type Scale } from './usd-estimate.ts'

export const PART_NAMES = ['price', 'input', 'output', 'cache', 'tier'] as const
export type PartName = (typeof PART_NAMES)[number]
export type Parts = { readonly [part in PartName]: Fine }

/** A cost seen in steps, each nearer to the bill. `input` and `output`: every token at the full rate of a short request. */
export type Views = {
  readonly input: Fine
  readonly output: Fine
  /** Both together, with what the prompt cache makes of them. */
  readonly cached: Fine
  /** As billed: requests beyond the long-context limit at its rates. */
  readonly billed: Fine
}

export type SideViews = {
  readonly base: Views
  /** The base's tokens at the head's prices. */
  readonly repriced: Pick<Views, 'input' | 'output'>
  readonly head: Views
}

export const NO_PARTS: Parts = { price: 0n, input: 0n, output: 0n, cache: 0n, tier: 0n }

export function plusParts(a: Parts, b: Parts): Parts {
  return {
    price: a.price + b.price,
    input: a.input + b.input,
    output: a.output + b.output,
    cache: a.cache + b.cache,
    tier: a.tier + b.tier,
  }
}

export function weightedParts(parts: Parts, weight: Share): Parts {
  const of = (name: PartName) => partOf(parts[name], weight)
  return { price: of('price'), input: of('input'), output: of('output'), cache: of('cache'), tier: of('tier') }
}

export const NO_VIEWS: Views = { input: 0n, output: 0n, cached: 0n, billed: 0n }

/** They add up to `head.billed - base.billed`, whatever the views are. */
export function partsOfViews({ base, repriced, head }: SideViews): Parts {
  return {
    price: repriced.input + repriced.output - base.input - base.output,
    input: head.input - repriced.input,
    output: head.output - repriced.output,
    cache: head.cached - head.input - head.output - (base.cached - base.input - base.output),
    tier: head.billed - head.cached - (base.billed - base.cached),
  }
}

export type Shown = {
  /** What the sum of the parts is divided by: the cases, and the ties among them. */
  readonly requests: number
  /** The change as it is shown, which the parts add up to. */
  readonly delta: Pico
  /** From a request to a month, for example. */
  readonly scale?: Scale
}

/**
 * Mean parts as USD strings. Rounded; what rounding leaves over goes to the largest. Empty where they are not known.
 * @param sums over the cases
 */
export function partsUsd(
  sums: Parts | null,
  { requests, delta, scale = PER_REQUEST }: Shown,
): { readonly [part: string]: Usd } {
  if (sums === null || requests === 0) return {}
  const means = PART_NAMES.map((name) => ({
    name,
    pico: picoOf(scale(divideRounded(sums[name], BigInt(requests)))),
  }))
  const rest = delta - means.reduce((sum, { pico }) => sum + pico, 0n)
  const largest = means.reduce((most, part) => (size(part.pico) > size(most.pico) ? part : most))
  return Object.fromEntries(
    means.map((part) => [part.name, formatUsd(part === largest ? part.pico + rest : part.pico)]),
  )
}

function size(pico: Pico): Pico {
  return pico < 0n ? -pico : pico
}
