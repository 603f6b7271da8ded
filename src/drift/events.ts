// What the provider did beside the score: other ids, fingerprints and tiers in its answers, other prices. Events tell of
// themselves and decide nothing.

import { type PriceBook, priceOf } from '../prices/book.ts'
import { AT_REST, advance, departure, type Limits, SLIDE } from './monitor.ts'
import type { Past } from './past.ts'
import type { BaselineRecord, Figures } from './records.ts'
import type { DriftEvent } from './report.ts'
import type { CanaryShift } from './shifts.ts'

type Told = { readonly evalSet: string; readonly at: string }

const SIGNS = [
  ['model', 'answered', 'The provider answered as'],
  ['fingerprint', 'fingerprints', 'The fingerprint was'],
  ['tier', 'tiers', 'The service tier was'],
] as const

/** What was not seen in the run before, nor, where backends take turns, in the baseline. */
export function providerEvents(
  past: Pick<Past, 'last' | 'baseline'>,
  today: Figures,
  told: Told,
): readonly DriftEvent[] {
  const before = past.last?.figures ?? past.baseline?.figures ?? null
  if (before === null) return []
  return SIGNS.flatMap(([kind, name, said]): readonly DriftEvent[] => {
    const known = new Set([...before[name], ...(kind === 'model' ? [] : (past.baseline?.figures[name] ?? []))])
    const fresh = today[name].filter((one) => !known.has(one))
    if (fresh.length === 0 || before[name].length === 0) return []
    return [{ ...told, kind, message: `${said} ${fresh.join(', ')}; before: ${before[name].join(', ')}.` }]
  })
}

export function priceEvent(
  baseline: BaselineRecord,
  book: PriceBook,
  told: Told & { nowMs: number },
): readonly DriftEvent[] {
  const { model, at: since } = baseline
  if (model === null) return []
  const [before, now] = [priceOf(book, model, Date.parse(since)), priceOf(book, model, told.nowMs)]
  if (before.state !== 'priced' || now.state !== 'priced') return []
  if (JSON.stringify(before.price) === JSON.stringify(now.price)) return []
  const message = `The list price of ${model} is another one than when the baseline was made.`
  return [{ kind: 'price', evalSet: told.evalSet, at: told.at, message }]
}

export const canaryEvent = ({ evalSet, before, today }: CanaryShift, at: string): DriftEvent => ({
  ...{ kind: 'canary', evalSet, at },
  message: `${percent(today)} of the answers are word for word those of the baseline; among its own runs it was ${percent(before)}.`,
})

const percent = (share: number) => `${Math.round(100 * share)} %`

/** The mirror of the monitor, told once, in the run that shows it; no confirming run is paid for good news. */
export function improvementEvent(
  departures: readonly number[],
  { limits, runs }: { readonly limits: Limits; readonly runs: number },
  told: Told,
): readonly DriftEvent[] {
  const shows = (count: number) => {
    const standing = departures.slice(0, count).reduce((before, z) => advance(before, -z, told.at), AT_REST)
    return standing.cusum > SLIDE && departure(standing, runs) > limits.departure
  }
  if (!shows(departures.length) || shows(departures.length - 1)) return []
  const message =
    'It scores better than its baseline. Accept it (`prompt-parity drift accept`) to hold it at the new level.'
  return [{ ...told, kind: 'improvement', message }]
}
