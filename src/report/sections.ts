// Tokens per section of the rendered prompt, so that the include or variable that grew can be named. Estimated from text, and
// scaled to what the provider counted: mean over cases.

import type { Sides } from '../cost/set-costs.ts'
import { countTokens } from '../cost/token-count.ts'
import { type Sampled, sampleWires } from '../cost/wire-facts.ts'
import type { SideLabel } from '../domain.ts'
import type { Measured } from '../gate/measured.ts'
import { inputOf } from '../measure.ts'
import type { WirePair } from '../plan/wire.ts'
import type { TokensReport } from './report.ts'

type Sections = TokensReport['sections']

/** Of the cases that ran; text that did not change has the same tokens on both sides, unless the model counts otherwise. */
export function measuredSections({ plan, cases }: Measured): Sections {
  return sectionsOf(sampleWires(plan, inputOf(cases.map(({ runs }) => runs))))
}

export function sectionsOf({ pairs, scale }: Pick<Sampled, 'pairs'> & { readonly scale: Sides<number> }): Sections {
  const [base, head] = [meanTokens(pairs, 'base'), meanTokens(pairs, 'head')]
  return [...new Set([...base.keys(), ...head.keys()])].map((origin) => ({
    origin,
    base: Math.round((base.get(origin) ?? 0) * scale.base),
    head: Math.round((head.get(origin) ?? 0) * scale.head),
  }))
}

function meanTokens(pairs: readonly WirePair[], side: SideLabel): ReadonlyMap<string, number> {
  const wires = pairs.flatMap((pair) => pair[side] ?? [])
  const count = pairs.filter((pair) => pair[side] !== null).length
  const sums = new Map<string, number>()
  for (const { text, origin, kind } of wires) {
    if (kind !== 'frame') sums.set(origin, (sums.get(origin) ?? 0) + countTokens(text) / count)
  }
  return sums
}
