// A model that does not hold on the whole set may hold on a part of the traffic: which slices could move to it, and what
// that saves. Slices of one dimension do not overlap, nor do pairs of the same two, so that their savings add up.

import { formatUsd as decimal } from '../money.ts'
import type { CandidateRow, CandidateSlice } from '../report/candidates/report.ts'
import { formatUsdSigned } from '../report/numbers.ts'
import { isCheaper, picoOf } from './recommend.ts'

export function splitsOf(rows: readonly CandidateRow[]): readonly string[] {
  return rows
    .filter(({ holding }) => holding.state === 'drops' || holding.state === 'undecided')
    .flatMap((row) => {
      const movable = row.slices.filter(canMove)
      const single = movable.filter(({ and }) => and === undefined)
      // A pair is news only where neither of its slices can move as a whole.
      const pairs = movable.filter(({ and, ...own }) => and && !isAmong(single, own) && !isAmong(single, and))
      return [...byDimension([...single, ...pairs])].map((slices) => split(row, slices))
    })
}

const canMove = ({ holding, perRequestUsd }: CandidateSlice) =>
  holding.state === 'holds' && isCheaper({ cost: { perRequestUsd } })

type Named = { readonly dimension: string; readonly value: string }

const isAmong = (slices: readonly CandidateSlice[], { dimension, value }: Named) =>
  slices.some((one) => one.dimension === dimension && one.value === value)

function byDimension(slices: readonly CandidateSlice[]): Iterable<readonly CandidateSlice[]> {
  const found = new Map<string, CandidateSlice[]>()
  for (const slice of slices) {
    const key = JSON.stringify([slice.dimension, slice.and?.dimension ?? null])
    found.set(key, [...(found.get(key) ?? []), slice])
  }
  return found.values()
}

function split(row: CandidateRow, slices: readonly CandidateSlice[]): string {
  const names = slices.map(nameOf)
  const said = names.length === 1 ? `${names[0]} holds` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} hold`
  const [first] = slices
  return `${first?.and === undefined ? `${first?.dimension} ` : ''}${said} on ${row.model}: ${saved(slices)}`
}

const nameOf = ({ dimension, value, and }: CandidateSlice) =>
  and === undefined ? value : `${dimension} ${value} with ${and.dimension} ${and.value}`

function saved(slices: readonly CandidateSlice[]): string {
  const routes = [...new Set(slices.flatMap(({ months }) => months.map(({ route }) => route)))]
  const sums = routes.flatMap((route) => {
    const deltas = slices.map(({ months }) => picoOf(months.find((one) => one.route === route)?.usd.delta ?? null))
    const known = deltas.flatMap((pico) => pico ?? [])
    if (known.length < slices.length) return []
    return [`${formatUsdSigned(decimal(known.reduce((sum, pico) => sum + pico, 0n)))} a month on ${route}`]
  })
  if (sums.length > 0) return sums.join(', ')
  const each = slices.map((slice) => `${formatUsdSigned(slice.perRequestUsd.delta)} per request (${nameOf(slice)})`)
  return `${each.join(', ')}; with \`slice_weights\` of a route this would be a month's figure`
}
