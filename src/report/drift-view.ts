// What a drift run shows, before it is text, Markdown or HTML. Outside texts are as they came: whoever renders them escapes them.

import type { DriftReport, DriftSet, DriftState, Shift } from '../drift/report.ts'
import { forecastLine } from './forecasts.ts'
import { formatPoints, formatRatio, formatUsd, plural } from './numbers.ts'
import { sparkline } from './sparkline.ts'

export const DRIFT_WORDS = {
  baseline: 'new baseline',
  'in-band': 'in band',
  suspect: 'suspect',
  drift: 'drift',
  recovered: 'recovered',
  'not-measured': 'not measured',
} as const satisfies { readonly [state in DriftState]: string }

/** Worst first: what a reader came for. */
const ORDER: readonly DriftState[] = ['drift', 'not-measured', 'suspect', 'recovered', 'baseline', 'in-band']

export const orderedDrift = ({ sets }: DriftReport): readonly DriftSet[] =>
  [...sets].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))

export const DRIFT_TITLES = ['eval set', 'state', '#score', '#baseline', '#sd below', 'since', 'trend'] as const

const TREND = 30

/** Cells in the order of the titles. */
export function driftRow(set: DriftSet): readonly string[] {
  const { baseline, confirmedZ, z } = set
  const below = z === null ? '-' : `${z.toFixed(1)}${confirmedZ === null ? '' : `, then ${confirmedZ.toFixed(1)}`}`
  return [
    set.evalSet,
    DRIFT_WORDS[set.state],
    formatPoints(set.score),
    baseline === null ? '-' : `${formatPoints(baseline.score)} ± ${formatPoints(baseline.sd)} (${baseline.runs} runs)`,
    below,
    set.since === null ? '-' : set.since.slice(0, 10),
    sparkline(set.trend, TREND),
  ]
}

const SHIFTS = {
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
  latency: 'latency',
  refusals: 'refusals',
  cost: 'cost per request',
} as const satisfies { readonly [what in Shift['what']]: string }

/** What moved beside the score. */
export function shiftLines({ sets }: DriftReport): readonly string[] {
  return sets.flatMap(({ evalSet, shifts }) =>
    shifts
      .filter(({ moved }) => moved)
      .map(
        ({ what, ratio, low, high, p }) =>
          `${evalSet}: ${SHIFTS[what]} ${formatRatio(ratio)} of the baseline (${formatRatio(low)} to ${formatRatio(high)}, p ${p < 1e-4 ? '< 0.0001' : p.toFixed(4)})`,
      ),
  )
}

export function liveLines({ sets }: DriftReport): readonly string[] {
  return sets.flatMap(({ evalSet, live }) => {
    if (live === null) return []
    const { model, delta, low, high, worse } = live
    if (delta === null) return [`${evalSet}: the live model ${model} could not be measured`]
    const signed = `${delta > 0 ? '+' : ''}${formatPoints(delta)} points`
    const interval = `${formatPoints(low)} to ${formatPoints(high)}`
    return [`${evalSet}: live ${model} ${signed} against the pin (${interval})${worse ? ': worse than the limit' : ''}`]
  })
}

export function fallbackLines({ fallbacks }: DriftReport): readonly string[] {
  return fallbacks.map(({ evalSet, model, score, holds }) => {
    const said = holds === null ? 'could not be measured' : holds ? 'holds' : 'does not hold: it scores below the limit'
    return `${evalSet}: fallback ${model} ${said}${score === null ? '' : ` (${formatPoints(score)})`}`
  })
}

export function flipLines({ sets }: DriftReport): readonly string[] {
  return sets.flatMap(({ evalSet, flips }) =>
    flips.map(
      ({ caseId, baseline, today }) =>
        `${evalSet}: ${caseId} ${formatPoints(100 * baseline)} -> ${formatPoints(100 * today)}`,
    ),
  )
}

export const adviceLines = ({ sets }: DriftReport): readonly string[] =>
  sets.flatMap(({ evalSet, advice }) => advice.map((one) => `${evalSet}: ${one}`))

export const unmeasuredLines = ({ sets }: DriftReport): readonly string[] =>
  sets.flatMap(({ evalSet, why }) => (why === null ? [] : [`${evalSet}: ${why}`]))

/** Forecasts have a list of their own. */
export const eventLines = ({ events }: DriftReport): readonly string[] =>
  events
    .filter(({ kind }) => kind !== 'forecast')
    .map(({ kind, evalSet, message }) => `${evalSet === null ? '' : `${evalSet}, `}${kind}: ${message}`)

export const forecastLines = ({ forecasts = [] }: DriftReport): readonly string[] => forecasts.map(forecastLine)

/** The month, the next end of a model, the issue and the history: one line each. */
export function driftFacts(drift: DriftReport): readonly string[] {
  const { monthUsd, nextShutdown, issue, history } = drift
  const shutdown =
    nextShutdown === null
      ? 'No announced end of a model in use is known.'
      : `Next shutdown: ${nextShutdown.model} on ${nextShutdown.date}${nextShutdown.precision === 'earliest' ? ' at the earliest' : ''} (${plural(nextShutdown.evalSets.length, 'eval set')}: ${nextShutdown.evalSets.slice(0, 5).join(', ')}).`
  return [
    `Spent by scheduled and merge runs this month: ${formatUsd(monthUsd)}.`,
    shutdown,
    ...(issue === null ? [] : [issueLine(issue)]),
    historyLine(history),
  ]
}

function issueLine({ number, url, status, note }: NonNullable<DriftReport['issue']>): string {
  const why = note === null || note === undefined ? '' : ` ${note}`
  if (status === 'off') return `No issue is open, and none is needed.${why}`
  const name = number === null ? 'The issue' : `Issue #${number}`
  return `${name}: ${status}${url === null ? '' : ` (${url})`}.${why}`
}

export function historyLine({ state, branch, why, files }: DriftReport['history']): string {
  if (state === 'written' && why !== null) return `History: ${why}.`
  if (state === 'written') return `History: written to the branch ${branch}.`
  if (state === 'local') return `History: on the local branch ${branch}${why === null ? '' : ` (${why})`}.`
  const because = why === null ? '' : `: ${why.replace(/\.$/, '')}`
  const kept =
    files === null
      ? ''
      : ` What would have been written is in ${files}: upload it. Until the branch or \`state-dir\` is kept, every run begins anew.`
  return `History: not written${because}.${kept}`
}
