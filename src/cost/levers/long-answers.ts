// Answers that are far longer than what was expected, or than the set's own limit. Measured tokens only.

import { formatCount, plural } from '../../report/numbers.ts'
import { billedCost, costOf, fresh, pairOf } from './billed.ts'
import type { Idea, LeverCase, LeverSet, PricedCall, Traffic } from './lever.ts'

/** An answer may well be longer than the expected one; far longer is more than this many times. */
const ALLOWED_FACTOR = 2
const ALLOWED_MORE = 20
/** Of the cases that can tell. */
const FEWEST_SHARE = 1 / 3

export function longAnswers(set: LeverSet, traffic: Traffic): Idea | null {
  const allowed = set.cases.map((one) => ({ one, limit: limitOf(one, set.maxOutput) }))
  const known = allowed.flatMap(({ one, limit }) => (limit === null || one.runs.length === 0 ? [] : [{ one, limit }]))
  const over = known.map(({ one, limit }) => mean(one.runs.flat().map((call) => excess(call, limit))))
  const long = over.filter((tokens) => tokens > 0)
  if (known.length === 0 || long.length < FEWEST_SHARE * known.length) return null
  const limits = new Map(known.map(({ one, limit }) => [one.caseId, limit]))
  const pairs = set.cases.flatMap((one) => {
    const limit = limits.get(one.caseId) ?? Number.POSITIVE_INFINITY
    const pair = pairOf(one, {
      now: ({ price, usage }) => costOf(price, fresh(usage)),
      after: (call) => costOf(call.price, shortened(call, limit)),
      billed: (call) => billedCost(call, set, traffic),
    })
    return pair === null ? [] : [pair]
  })
  const ratio =
    set.maxOutput === null
      ? `more than ${ALLOWED_FACTOR} times the expected answer`
      : `beyond the set's own limit of ${formatCount(set.maxOutput)} tokens`
  return {
    kind: 'long-answers',
    message: `Answers are far longer than needed: by ${formatCount(Math.round(mean(long)))} tokens ${ratio}. Say in the prompt how long an answer is to be.`,
    evidence: [`${long.length} of ${plural(known.length, 'case')}, measured output without reasoning`],
    pairs,
  }
}

function limitOf({ expectedTokens }: LeverCase, maxOutput: number | null): number | null {
  if (maxOutput !== null) return maxOutput
  return expectedTokens === null ? null : Math.max(ALLOWED_FACTOR * expectedTokens, expectedTokens + ALLOWED_MORE)
}

/** What is thought before the answer is no part of its length. */
const spoken = ({ usage }: PricedCall) => usage.output - Math.min(usage.output, usage.reasoning ?? 0)
const excess = (call: PricedCall, limit: number) => Math.max(0, Math.round(spoken(call) - limit))

function shortened(call: PricedCall, limit: number) {
  const plain = fresh(call.usage)
  return { ...plain, output: plain.output - (Number.isFinite(limit) ? excess(call, limit) : 0) }
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
