// Where an eval set stands, in one word and one line.

import { formatPoints, formatUsd } from '../report/numbers.ts'
import { bandOf } from './band.ts'
import { type SetSeries, usualInterval } from './series.ts'

export type SetState = {
  /** A class of the style; also the order: what needs eyes comes first. */
  readonly word: 'drift' | 'suspect' | 'in-band' | 'unknown'
  readonly label: string
  readonly figures: string
  /** Days since the last run, when that is more than two of the usual intervals ago. */
  readonly overdueDays: number | null
}

const DAY_MS = 86_400_000

export function stateOf(series: SetSeries, now: number): SetState {
  const run = series.pinned.at(-1) ?? series.merges.at(-1)
  const baseline = series.baselines.at(-1)
  const band = baseline === undefined ? null : bandOf(baseline)
  const score = run === undefined ? '' : `${formatPoints(run.figures.score)} points`
  const against = band === null ? '' : ` (baseline ${formatPoints(band.center)})`
  const cost =
    run === undefined || run.figures.costUsd === null ? '' : `, ${formatUsd(run.figures.costUsd)} per request`
  return { ...wordOf(series), figures: `${score}${against}${cost}`, overdueDays: overdue(series, now) }
}

function wordOf({ pinned, baselines, accepts }: SetSeries): Pick<SetState, 'word' | 'label'> {
  const run = pinned.at(-1)
  const accepted = accepts.at(-1)
  if (run === undefined) return { word: 'unknown', label: baselines.length > 0 ? 'baseline' : 'merges only' }
  if (accepted !== undefined && Date.parse(accepted.at) > Date.parse(run.at))
    return { word: 'unknown', label: 'accepted' }
  const state = run.monitor?.state
  if (state === undefined) return { word: 'unknown', label: 'no baseline yet' }
  return { word: state, label: state === 'in-band' ? 'in the band' : state }
}

function overdue({ pinned }: SetSeries, now: number): number | null {
  const usual = usualInterval(pinned.slice(-30))
  const last = pinned.at(-1)
  if (usual === null || last === undefined) return null
  const since = now - Date.parse(last.at)
  return since > 2 * usual + DAY_MS / 4 ? Math.floor(since / DAY_MS) : null
}
