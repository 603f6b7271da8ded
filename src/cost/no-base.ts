// Eval sets of a route that have nothing to compare with, and what the others of the route change.

import type { Pico } from '../money.ts'
import type { UsdEstimate } from '../report/report.ts'
import { type Bounded, bounded } from './eval-set.ts'
import { pairedMeans } from './paired.ts'
import type { Pool } from './pool.ts'
import { pairedUsd, type Scale, UNCHANGED_USD } from './usd-estimate.ts'

type Change = Pick<UsdEstimate, 'delta' | 'low' | 'high'>
export type ChangeBeside = { readonly usd: Change; readonly delta: Bounded<Pico> | null }

/** The change of the cases that have a base; a set in which nothing was called changes by nothing. */
export function changeBeside({ paired, sets }: Pool, scale: Scale): ChangeBeside {
  const counted = paired.filter(({ weight }) => weight !== 0n)
  if (counted.length > 0) {
    const { base, head, delta } = pairedMeans(counted)
    const { mean, half } = delta
    const usd = pairedUsd({ base, head, delta }, scale)
    const whole = bounded({ mean: scale(mean), half: half === null ? null : scale(half) })
    return { usd: { delta: usd.delta, low: usd.low, high: usd.high }, delta: whole }
  }
  const isUnchanged = paired.length === 0 && sets.some(({ costs }) => costs.state === 'unchanged')
  const { delta, low, high } = UNCHANGED_USD
  return isUnchanged
    ? { usd: { delta, low, high }, delta: { point: 0n, low: 0n, high: 0n } }
    : { usd: { delta: null, low: null, high: null }, delta: null }
}

/** Which sets lack a base, and how. */
export function withoutBase({ sets }: Pool): string {
  return sets
    .flatMap(({ set: { name, modelBase }, costs }) => {
      if (costs.state !== 'head-only') return []
      return [modelBase === null ? `the base has no eval set ${name}` : `the base of ${name} has no answer`]
    })
    .join(', ')
}
