// Traffic for which nobody waits: batch endpoints, or the flex tier, at a part of the price. Only where the route says so.

import { billedCost, pairOf } from './billed.ts'
import type { Idea, LeverSet, PricedCall, Traffic } from './lever.ts'

export function offLine(set: LeverSet, traffic: Traffic): Idea | null {
  if (traffic.isInteractive || traffic.batchShare >= 1) return null
  const calls = set.cases.flatMap((one) => one.runs.flat())
  const kind = (['batch', 'flex'] as const).find(
    (factor) => calls.length > 0 && calls.every((call) => cheaper(call, factor)),
  )
  if (kind === undefined) return null
  const other = kind === 'batch' && calls.every((call) => cheaper(call, 'flex'))
  const isAssumed = calls.some(({ price }) => price.multipliers[kind]?.assumed === true)
  const pairs = set.cases.flatMap((one) => {
    const pair = pairOf(one, {
      now: (call) => billedCost(call, set, traffic),
      after: (call) => discounted(call, kind, { set, traffic }),
      billed: (call) => billedCost(call, set, traffic),
    })
    return pair === null ? [] : [pair]
  })
  const left =
    traffic.batchShare === 0 ? '' : ` beside the ${Math.round(traffic.batchShare * 100)} % that are batch already`
  return {
    kind,
    message:
      kind === 'batch'
        ? `Nobody waits for these answers (\`interactive: false\`): send the requests${left} through the provider's batch endpoint.`
        : `Nobody waits for these answers (\`interactive: false\`): send the requests with the service tier flex.`,
    evidence: [
      `factor of ${kind}${isAssumed ? ', assumed' : ', published'}`,
      ...(other ? ['the service tier flex has a lower price, too, and answers within minutes'] : []),
    ],
    pairs,
  }
}

const cheaper = ({ price }: PricedCall, kind: 'batch' | 'flex') => {
  const factor = price.multipliers[kind]
  return factor !== undefined && factor.num < factor.den
}

type Around = { readonly set: LeverSet; readonly traffic: Traffic }

function discounted(call: PricedCall, kind: 'batch' | 'flex', { set, traffic }: Around): number | null {
  const live = billedCost(call, set, { ...traffic, batchShare: 0 })
  const factor = call.price.multipliers[kind]
  if (live === null || factor === undefined) return null
  const batch = call.price.multipliers.batch
  const already = traffic.batchShare === 0 || batch === undefined ? 0 : (traffic.batchShare * batch.num) / batch.den
  return live * (already + ((1 - traffic.batchShare) * factor.num) / factor.den)
}
