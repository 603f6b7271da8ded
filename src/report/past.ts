// What the history says of a set, for the report and in words.

import { estimateOf } from '../gate/erosion-check.ts'
import type { Measured } from '../gate/measured.ts'
import { formatPoints, plural } from './numbers.ts'
import type { EvalSetReport, PastReport } from './report.ts'
import { sparkline } from './sparkline.ts'

/** Nothing is said where nothing is known. */
export function pastReport({ past }: Measured): Pick<EvalSetReport, 'past'> {
  if (past === undefined) return {}
  const { trend, guard, moved } = past
  const since = guard?.state === 'measured' ? sinceOf(guard) : null
  if (trend === null && since === null && moved === null) return {}
  return {
    past: {
      trend: trend === null ? null : pickTrend(trend),
      noisePoints: trend?.noisePoints ?? null,
      since,
      moved: moved === null ? null : pickMoved(moved),
    },
  }
}

type Past = NonNullable<Measured['past']>

const pickTrend = ({ scores, merges, from, to }: NonNullable<Past['trend']>): PastReport['trend'] => {
  return { scores, merges, from, to }
}

const pickMoved = ({ since, before, now, cases, p, movedCases }: NonNullable<Past['moved']>): PastReport['moved'] => {
  return { since, before, now, cases, p, evidence: movedCases }
}

function sinceOf(guard: Extract<NonNullable<Past['guard']>, { state: 'measured' }>): PastReport['since'] {
  const { anchor, matched, unmatched, proven } = guard
  const { name, commit, at } = anchor
  return { anchor: name, commit, at, matched, unmatched, score: estimateOf(guard), proven }
}

const WIDTH = 20

/** Lines of plain text, made of figures and dates alone. */
export function pastSentences({ past }: EvalSetReport): readonly string[] {
  if (past === undefined) return []
  const { trend, noisePoints } = past
  if (trend === null) return []
  const last = trend.scores.at(-1) ?? null
  const runs = `${plural(trend.scores.length, 'run')}${trend.merges === 0 ? '' : ` (${plural(trend.merges, 'merge')})`}`
  const line = `Trend ${sparkline(trend.scores, WIDTH)} ${formatPoints(trend.scores[0] ?? null)} to ${formatPoints(last)} over ${runs}, ${trend.from.slice(0, 10)} to ${trend.to.slice(0, 10)}`
  const noise =
    noisePoints === null || noisePoints === 0
      ? ''
      : `; without any change, a run lies within ${formatPoints(1.96 * noisePoints)} points of the mean 95 times of 100`
  return [`${line}${noise}`]
}
