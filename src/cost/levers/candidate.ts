// A cheaper model that holds, from a comparison of candidates: what it recommends, with its figure.

import { formatUsd, parseUsd } from '../../money.ts'
import type { CandidateRow, CandidateSet } from '../../report/candidates/report.ts'
import type { Lever, UsdEstimate } from '../../report/report.ts'
import { isWorthIt } from './floor.ts'

export function candidateLevers(sets: readonly CandidateSet[]): readonly Lever[] {
  const found = sets.flatMap((set) => {
    const { recommendation, rows } = set
    const row =
      recommendation?.action === 'switch' ? rows.find(({ model }) => model === recommendation.model) : undefined
    return row?.holding.state === 'holds' ? leversOfRow(set, row) : []
  })
  return found.sort((a, b) => Number(b.usd.point) - Number(a.usd.point))
}

/** Of every route that stands on the set; of a thousand requests where none has traffic. */
function leversOfRow(set: CandidateSet, row: CandidateRow): readonly Lever[] {
  const months = row.months.flatMap(({ route, usd }) => leverOf({ set, row, route, usd, times: 1n }))
  if (row.months.some(({ usd }) => usd.delta !== null)) return months
  return leverOf({ set, row, route: null, usd: row.cost.perRequestUsd, times: 1000n })
}

type Saving = {
  readonly set: CandidateSet
  readonly row: CandidateRow
  readonly route: string | null
  readonly usd: UsdEstimate
  readonly times: bigint
}

function leverOf({ set, row, route, usd, times }: Saving): readonly Lever[] {
  const [base, delta, high] = [pico(usd.base), pico(usd.delta), pico(usd.high)]
  if (base === null || delta === null || high === null || base <= 0n) return []
  const per = route === null ? '1000-requests' : 'month'
  const percent = Math.round((1000 * -Number(delta)) / Number(base)) / 10
  if (!isWorthIt({ per, lowPico: Number(-high * times), percent })) return []
  return [
    {
      ...{ kind: 'cheaper-candidate', evalSet: set.evalSet, route, per, percent },
      usd: { point: formatUsd(-delta * times), low: formatUsd(-high * times) },
      message: `${row.model} holds against ${set.inUse.model} and is cheaper.`,
      evidence: [`compared on ${row.cases} cases: ${row.broken} broke, ${row.fixed} got better`],
    },
  ]
}

function pico(usd: string | null): bigint | null {
  const parsed = usd === null ? null : parseUsd(usd)
  return parsed?.state === 'ok' ? parsed.pico : null
}
