// Forecasts beside what came of them, in words. Plain text: every sink escapes it.

import type { ForecastRow } from '../drift/forecasts.ts'
import type { DriftEvent } from '../drift/report.ts'
import { day } from './drift-issue-words.ts'
import { formatCount, formatUsd, formatUsdSigned, shortSha } from './numbers.ts'

const SOURCES: { readonly [source in ForecastRow['source']]: string } = {
  billed: 'billed',
  'list-price': 'used, at list prices',
  profile: 'modelled from the refreshed profile',
}

/** One line for each merged change. */
export function forecastLine(row: ForecastRow): string {
  const { route, projectedUsd, calibratedUsd, actualUsd, source, ratio } = row
  const calibrated = calibratedUsd === null ? '' : ` (calibrated: ${formatUsd(calibratedUsd)})`
  const verdict = row.off ? ': off by more than a quarter' : ''
  return [
    `${route}: ${mergeWords(row)} was to cost ${formatUsd(projectedUsd)} a month${calibrated}`,
    `${formatUsd(actualUsd)} ${SOURCES[source]} from ${day(row.from)} to ${lastDay(row.to)}`,
    `${ratio.toFixed(2)} times the forecast${verdict}`,
    ...changeWords(row),
    ...trafficWords(row),
    ...factorWords(row),
  ].join('; ')
}

function mergeWords({ commit, pr }: ForecastRow): string {
  return pr === null ? shortSha(commit) : `${shortSha(commit)} (pull request ${pr})`
}

/** Ends are exclusive. */
function lastDay(to: string): string {
  const ms = Date.parse(to)
  return day(Number.isNaN(ms) ? to : new Date(ms - 1).toISOString())
}

function changeWords({ change }: ForecastRow): readonly string[] {
  if (change === null) return []
  return [
    `the change: ${formatUsdSigned(change.projectedUsd)} forecast, ${formatUsdSigned(change.actualUsd)} came of it`,
  ]
}

function trafficWords({ requests }: ForecastRow): readonly string[] {
  if (requests === null) return []
  return [`${formatCount(requests.actual)} requests a month where ${formatCount(requests.assumed)} were assumed`]
}

function factorWords({ factor, requests, doubtful }: ForecastRow): readonly string[] {
  if (factor === null || (requests === null && !doubtful)) return []
  const doubt = doubtful ? ', which is far off: tiers, discounts or missing routes?' : ''
  return [`billed to modelled ${factor.toFixed(2)}${doubt}`]
}

/** What deserves a word of its own: a forecast that was far off, or a bill that the model does not explain. */
export function forecastEvents(rows: readonly ForecastRow[], at: string): readonly DriftEvent[] {
  return rows
    .filter(({ off, doubtful }) => off || doubtful)
    .map((row) => ({ kind: 'forecast', evalSet: null, at, message: `${forecastLine(row)}.` }))
}
