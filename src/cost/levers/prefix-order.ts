// A variable before long fixed text: all requests share only what stands before it, and the prompt cache serves no more.

import { formatCount } from '../../report/numbers.ts'
import { billedCost, cacheable, cachedCost, pairOf, rewrittenOf } from './billed.ts'
import type { Idea, LeverSet, Traffic } from './lever.ts'

/** Less is within the error of the estimate. */
const LEAST_BEHIND = 64

export function prefixOrder(set: LeverSet, traffic: Traffic): Idea | null {
  const { shared } = set
  if (shared === null || shared.parting === null || shared.behind < LEAST_BEHIND) return null
  const [before, possible] = [cacheable(shared.tokens, set), cacheable(shared.tokens + shared.behind, set)]
  if (possible === 0 || !set.cases.some(hasCachePrice)) return null
  const { ratio, how } = traffic.hit
  const pairs = set.cases.flatMap((one) => {
    const pair = pairOf(one, {
      now: (call) => cachedCost(call, before, ratio, rewrittenOf(set, traffic)),
      after: (call) => cachedCost(call, possible, ratio),
      billed: (call) => billedCost(call, set, traffic),
    })
    return pair === null ? [] : [pair]
  })
  const tokens = (count: number) => formatCount(Math.round(count))
  return {
    kind: 'prefix-order',
    message: `The variable ${shared.parting} stands before ${tokens(shared.behind)} tokens of fixed text. With the fixed text first, all requests share ${tokens(possible)} tokens from the start instead of ${tokens(shared.tokens)}, and the prompt cache serves them.`,
    evidence: [
      `shared prefix of ${set.wires.length} rendered requests: ${tokens(shared.tokens)} tokens${before === 0 ? `, fewer than the ${tokens(set.cacheMinimum)} that are cached` : ''}`,
      `cache hits: ${how}`,
    ],
    pairs,
  }
}

/** Providers that read the cache at no discount save nothing. */
const hasCachePrice: (one: LeverSet['cases'][number]) => boolean = ({ runs }) =>
  runs.flat().some(({ price }) => price.rates.cached !== undefined && price.rates.cached < price.rates.input)
