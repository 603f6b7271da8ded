// A change of the service tier that requests ask for is a change of their price. Where both sides ask for the same, that of the eval
// run says nothing of production (flex suits evals), and the route or its profile says how calls are served.

import type { SideLabel, Target } from '../domain.ts'
import { isListTier } from '../prices/cost-of-usage.ts'
import { tierIn } from '../prices/terms.ts'
import { given } from '../targets/outside.ts'
import type { Billing } from './billing.ts'
import { WHOLE } from './fine.ts'
import type { EvalSetCalls } from './input.ts'
import type { Sides } from './set-costs.ts'

/** What both sides ask for, as providers spell it and '' for the list price; nothing where it is the same. */
export function changedTiers(base: Target | undefined, head: Target): Pick<EvalSetCalls, 'tiers'> {
  if (base === undefined) return {}
  const tiers = { base: askedTier(base), head: askedTier(head) }
  return tiers.base === tiers.head ? {} : { tiers }
}

function askedTier(target: Target): string {
  const tier = (target.kind === 'prompt' ? tierIn(target.parameters) : undefined) ?? ''
  return isListTier(tier) ? '' : tier.trim().toLowerCase()
}

/** Each side as it asks, where they differ; one that asks for nothing stays as production is said to be. */
export function onTiers(billings: Sides<Billing>, { tiers }: Pick<EvalSetCalls, 'tiers'>): Sides<Billing> {
  if (tiers === undefined) return billings
  const side = (label: SideLabel): Billing =>
    tiers[label] === '' ? billings[label] : { ...billings[label], tiers: [{ tier: tiers[label], share: WHOLE }] }
  return { base: side('base'), head: side('head') }
}

/** How the base's tokens are billed at the head's prices. */
export function atHeadTier({ base: { tiers: _, ...base }, head }: Sides<Billing>): Billing {
  return { ...base, ...given({ tiers: head.tiers }) }
}

/** For the report; nothing where nothing changed. */
export function tierLine({ tiers }: Pick<EvalSetCalls, 'tiers'>): readonly string[] {
  if (tiers === undefined) return []
  const named = (tier: string) => (tier === '' ? 'none' : JSON.stringify(tier))
  return [
    `service tier asked for: ${named(tiers.base)} by the base, ${named(tiers.head)} by the head; each is billed at its own`,
  ]
}
