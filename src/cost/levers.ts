// Ways to pay less that the run can put a figure on. No advice without a number, none inside the noise, none below the floor.

import { formatUsd } from '../money.ts'
import type { Lever } from '../report/report.ts'
import { tQuantile } from '../stats/student.ts'
import { isWorthIt } from './levers/floor.ts'
import type { Idea, LeverSet, Traffic } from './levers/lever.ts'
import { longAnswers } from './levers/long-answers.ts'
import { offLine } from './levers/off-line.ts'
import { prefixOrder } from './levers/prefix-order.ts'
import { repeatedContext } from './levers/repeated-context.ts'

const FEWEST_CASES = 3

export type LeverInput = { readonly set: LeverSet; readonly traffics: readonly Traffic[] }

/** Largest saving first; those of a month before those of a thousand requests. */
export function leversOf(inputs: readonly LeverInput[]): readonly Lever[] {
  const found = inputs.flatMap(({ set, traffics }) =>
    traffics.flatMap((traffic) => ideasOf(set, traffic).flatMap((idea) => leverOf(idea, set, traffic))),
  )
  return found.sort((a, b) => order(a) - order(b) || Number(b.usd.point) - Number(a.usd.point))
}

const order = ({ per }: Lever) => (per === 'month' ? 0 : 1)

function ideasOf(set: LeverSet, traffic: Traffic): readonly Idea[] {
  return [
    prefixOrder(set, traffic),
    ...repeatedContext(set, traffic),
    longAnswers(set, traffic),
    offLine(set, traffic),
  ].filter((idea) => idea !== null)
}

/** The saving with the 95 % t interval over cases; a part of the month where there is one. */
function leverOf({ kind, message, evidence, pairs }: Idea, set: LeverSet, traffic: Traffic): readonly Lever[] {
  const n = pairs.length
  if (n < FEWEST_CASES) return []
  const savings = pairs.map(({ now, after }) => now - after)
  const mean = total(savings) / n
  const billed = total(pairs.map((pair) => pair.billed)) / n
  const variance = total(savings.map((saving) => (saving - mean) ** 2)) / (n - 1)
  const low = mean - tQuantile(0.975, n - 1) * Math.sqrt(variance / n)
  if (!(low > 0 && billed > 0)) return []
  const { monthPico } = traffic
  const per = monthPico === null ? '1000-requests' : 'month'
  const scale = monthPico === null ? 1000 : (monthPico * traffic.share) / billed
  const percent = monthPico === null ? (100 * mean) / billed : (100 * mean * traffic.share) / billed
  if (!isWorthIt({ per, lowPico: low * scale, percent })) return []
  return [
    {
      ...{ kind, evalSet: set.name, route: traffic.route, per, message },
      usd: { point: usd(mean * scale), low: usd(low * scale) },
      percent: Math.round(percent * 10) / 10,
      evidence: [...evidence, `${n} measured cases at the prices of the day`],
    },
  ]
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

/** Advice has no more than a micro-dollar in it. */
const usd = (pico: number) => formatUsd(BigInt(Math.round(pico / 1e6)) * 1_000_000n)
