// A model that does not hold on the whole set may hold on a part of the traffic: which slices could move to it, and what
// that saves. Slices of one dimension do not overlap, so that their savings add up.

import { formatUsd as decimal } from '../money.ts'
import type { CandidateRow, CandidateSlice } from '../report/candidates/report.ts'
import { formatUsdSigned } from '../report/numbers.ts'
import { isCheaper, picoOf } from './recommend.ts'

export function splitsOf(rows: readonly CandidateRow[]): readonly string[] {
  return rows
    .filter(({ holding }) => holding.state === 'drops' || holding.state === 'undecided')
    .flatMap((row) => [...byDimension(row.slices)].flatMap(([dimension, slices]) => split(row, dimension, slices)))
}

function byDimension(slices: readonly CandidateSlice[]): ReadonlyMap<string, readonly CandidateSlice[]> {
  const found = new Map<string, CandidateSlice[]>()
  for (const slice of slices) found.set(slice.dimension, [...(found.get(slice.dimension) ?? []), slice])
  return found
}

function split(row: CandidateRow, dimension: string, slices: readonly CandidateSlice[]): readonly string[] {
  const holds = slices.filter(
    ({ holding, perRequestUsd }) => holding.state === 'holds' && isCheaper({ cost: { perRequestUsd } }),
  )
  if (holds.length === 0) return []
  const names = holds.map(({ value }) => value)
  const said =
    names.length === 1
      ? `${dimension} ${names[0]} holds`
      : `${dimension} ${names.slice(0, -1).join(', ')} and ${names.at(-1)} hold`
  return [`${said} on ${row.model}: ${saved(holds)}`]
}

function saved(slices: readonly CandidateSlice[]): string {
  const routes = [...new Set(slices.flatMap(({ months }) => months.map(({ route }) => route)))]
  const sums = routes.flatMap((route) => {
    const deltas = slices.map(({ months }) => picoOf(months.find((one) => one.route === route)?.usd.delta ?? null))
    const known = deltas.flatMap((pico) => pico ?? [])
    if (known.length < slices.length) return []
    return [`${formatUsdSigned(decimal(known.reduce((sum, pico) => sum + pico, 0n)))} a month on ${route}`]
  })
  if (sums.length > 0) return sums.join(', ')
  const each = slices.map(
    ({ value, perRequestUsd }) => `${formatUsdSigned(perRequestUsd.delta)} per request (${value})`,
  )
  return `${each.join(', ')}; with \`slice_weights\` of a route this would be a month's figure`
}
