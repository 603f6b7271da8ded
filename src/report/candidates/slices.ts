// A slice of a candidate in words.

import { MOST_PAIRS } from '../../evaluate/slice-pairs.ts'
import { formatPointsChange, formatUsdSigned, plural, UNKNOWN } from '../numbers.ts'
import type { CandidateRow, CandidateSet, CandidateSlice } from './report.ts'
import { holdingWords } from './words.ts'

/** `language=de`, or `language=de and kind=simple`. */
export function sliceName({ dimension, value, and }: Pick<CandidateSlice, 'dimension' | 'value' | 'and'>): string {
  return `${dimension}=${value}${and === undefined ? '' : ` and ${and.dimension}=${and.value}`}`
}

export function sliceLine({ model }: CandidateRow, slice: CandidateSlice): string {
  const { cases } = slice
  return `${model}, ${sliceName(slice)}: ${holdingWords(slice.holding)}, ${formatPointsChange(slice.score)}, ${plural(cases, 'case')}, ${sliceCost(slice)}`
}

export function sliceCost({ perRequestUsd, months }: CandidateSlice): string {
  const each = perRequestUsd.delta === null ? `cost ${UNKNOWN}` : `${formatUsdSigned(perRequestUsd.delta)} per request`
  const monthly = months.map(({ route, usd }) => `${formatUsdSigned(usd.delta)} a month on ${route}`)
  return [each, ...monthly].join(', ')
}

/** What was not looked at where two slices meet; null where there is nothing to say. */
export function pairsNote({ rows }: Pick<CandidateSet, 'rows'>): string | null {
  const [open] = rows.filter(({ holding, slices }) => holding.state !== 'holds' && slices.length > 0)
  if (open === undefined) return null
  const pairs = open.slices.filter(({ and }) => and !== undefined).length
  const dimensions = new Set(open.slices.map(({ dimension }) => dimension))
  if (dimensions.size > 1 && pairs === 0)
    return 'Pairs of slices: no two of them have ten cases in common and others beside, so that none was tested.'
  return pairs < MOST_PAIRS ? null : `Pairs of slices: the ${MOST_PAIRS} with the most cases were tested.`
}
