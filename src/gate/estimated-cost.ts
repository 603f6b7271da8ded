// Cost gates of an eval set where nothing is called: held against the estimate, they warn and never fail.

import type { SetCostNumbers } from '../cost/eval-set.ts'
import type { Finding } from '../domain.ts'
import { formatUsd as decimal, PICO_PER_USD } from '../money.ts'
import type { SetPlan } from '../plan.ts'
import { formatAmount, formatRatio, formatUsd } from '../report/numbers.ts'

export type Estimated = {
  readonly plan: SetPlan
  readonly numbers: SetCostNumbers
  readonly isPriced: boolean
  /** Of the head's longest request; null where none is known. */
  readonly mostInput: number | null
}

export function estimatedGateFindings(one: Estimated): readonly Finding[] {
  return [...unpriced(one), ...ratio(one), ...perRequest(one), ...input(one)]
}

type Text = Pick<Finding, 'rule' | 'message' | 'threshold' | 'value' | 'remedy'>

const warning = ({ plan }: Estimated, text: Text): Finding => ({ ...text, level: 'warn', evalSet: plan.name })

function unpriced(one: Estimated): readonly Finding[] {
  if (one.isPriced || one.plan.gates.cost === undefined) return []
  const why = (one.numbers.why ?? 'its cost cannot be estimated').replace(/; add it to `prices:`$/, '')
  return [
    warning(one, {
      rule: 'unpriced',
      message: `A cost gate is set, but the cost is not known: ${why}.`,
      ...{ threshold: null, value: null },
      remedy: 'Add the model to `prices:` in parity.yaml, or say by `models:` what the deployment stands for.',
    }),
  ]
}

function ratio(one: Estimated): readonly Finding[] {
  const limit = one.plan.gates.cost?.maxRatio?.limit
  const point = one.numbers.ratio?.point
  if (limit === undefined || point === undefined || point <= limit) return []
  const [threshold, value] = [`at most ${formatRatio(limit)}`, formatRatio(point)]
  return [
    warning(one, {
      ...{ rule: 'cost-ratio', threshold, value },
      message: `A request costs about ${value} of the base, ${threshold} wanted (estimated without a call).`,
      remedy: 'Shorten the prompt, or choose a cheaper model; a run measures it.',
    }),
  ]
}

function perRequest(one: Estimated): readonly Finding[] {
  const limit = one.plan.gates.cost?.perRequestUsd?.limit
  const pico = one.numbers.headPico?.point
  if (limit === undefined || pico === undefined || Number(pico) / Number(PICO_PER_USD) <= limit) return []
  const value = formatUsd(decimal(pico))
  return [
    warning(one, {
      ...{ rule: 'cost-per-request', threshold: `at most $${limit}`, value },
      message: `A request of the head costs about ${value}, at most $${limit} wanted (estimated without a call).`,
      remedy: 'Shorten prompt or answers, or choose a cheaper model; a run measures it.',
    }),
  ]
}

function input(one: Estimated): readonly Finding[] {
  const limit = one.plan.gates.tokens?.maxInput?.limit
  if (limit === undefined || one.mostInput === null || one.mostInput <= limit) return []
  const [threshold, value] = [`at most ${formatAmount(limit)}`, formatAmount(one.mostInput)]
  return [
    warning(one, {
      ...{ rule: 'tokens-input', threshold, value },
      message: `A request takes about ${value} input tokens, ${threshold} wanted (estimated without a call).`,
      remedy: 'Shorten the prompt or its context; a run counts them.',
    }),
  ]
}
