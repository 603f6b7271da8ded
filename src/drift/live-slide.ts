// A live model that slides away from the pin over days: each day's difference is within chance, and their sum is not. It is told and
// opens no issue, since nobody is answered by it yet. Pure.

import { formatPoints, plural } from '../report/numbers.ts'
import { AT_REST, advance, departure, type Judging, SLIDE, type Standing, standardised } from './monitor.ts'
import type { RunRecord } from './records.ts'
import type { DriftEvent } from './report.ts'

/** Differences that the later ones are held against: the first of the live model beside this content. */
export const LIVE_RUNS = 10

export type LiveDay = {
  readonly at: string
  /** Points of the live model less those of the pin, in one job. */
  readonly difference: number
}

/** Of one live model, oldest first. */
export function liveDays(live: readonly RunRecord[], pinned: readonly RunRecord[], model: string): readonly LiveDay[] {
  const beside = new Map(pinned.map(({ at, figures }) => [at, figures.score]))
  return live.flatMap(({ at, model: asked, figures }) => {
    const pin = beside.get(at) ?? null
    return asked !== model || figures.score === null || pin === null ? [] : [{ at, difference: figures.score - pin }]
  })
}

type Watched = { readonly evalSet: string; readonly model: string; readonly at: string }

/**
 * In the run that shows it, and not in every run after it.
 *
 * @param sd of one run of the pin, in points: a difference has the noise of two
 */
export function liveSlideEvent(
  days: readonly LiveDay[],
  sd: number,
  { limits, watched }: Pick<Judging, 'limits'> & { readonly watched: Watched },
): readonly DriftEvent[] {
  const reference = days.slice(0, LIVE_RUNS).map(({ difference }) => difference)
  const later = days.slice(LIVE_RUNS)
  if (reference.length < LIVE_RUNS || later.length === 0) return []
  const mean = meanOf(reference)
  const own = Math.sqrt(reference.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (LIVE_RUNS - 1))
  const against = { mean, sd: Math.max(own, Math.SQRT2 * sd), runs: LIVE_RUNS }
  const standingOf = (some: readonly LiveDay[]) =>
    some.reduce((before, { at, difference }) => advance(before, standardised(difference, against), at), AT_REST)
  const shows = (standing: Standing) => standing.cusum > SLIDE && departure(standing, LIVE_RUNS) > limits.departure
  const standing = standingOf(later)
  if (!shows(standing) || shows(standingOf(later.slice(0, -1)))) return []
  const { evalSet, model, at } = watched
  const now = meanOf(later.slice(-standing.length).map(({ difference }) => difference))
  const message = `The live model ${model} slides away from the pin: ${signed(now)} against it in the last ${plural(standing.length, 'run')}, ${signed(mean)} in its first ${LIVE_RUNS}. Look at it before the pin is moved there.`
  return [{ kind: 'live', evalSet, at, message }]
}

const signed = (points: number) => `${points > 0 ? '+' : ''}${formatPoints(points)} points`
const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
