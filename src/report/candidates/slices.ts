// A slice of a candidate in words.

import { formatPointsChange, formatUsdSigned, plural, UNKNOWN } from '../numbers.ts'
import type { CandidateRow, CandidateSlice } from './report.ts'
import { holdingWords } from './words.ts'

export function sliceLine({ model }: CandidateRow, slice: CandidateSlice): string {
  const { dimension, value, cases } = slice
  return `${model}, ${dimension}=${value}: ${holdingWords(slice.holding)}, ${formatPointsChange(slice.score)}, ${plural(cases, 'case')}, ${sliceCost(slice)}`
}

export function sliceCost({ perRequestUsd, months }: CandidateSlice): string {
  const each = perRequestUsd.delta === null ? `cost ${UNKNOWN}` : `${formatUsdSigned(perRequestUsd.delta)} per request`
  const monthly = months.map(({ route, usd }) => `${formatUsdSigned(usd.delta)} a month on ${route}`)
  return [each, ...monthly].join(', ')
}
