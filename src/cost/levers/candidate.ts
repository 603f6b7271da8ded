// A cheaper model that holds, from a comparison of candidates.

import { parseUsd } from '../../money.ts'
import type { Lever } from '../../report/report.ts'

/** What a comparison found of one candidate on one eval set. `saves…` are amounts: positive is cheaper. */
export type HoldingCandidate = {
  readonly evalSet: string
  readonly route: string | null
  readonly model: string
  readonly candidate: string
  readonly holds: boolean
  readonly cases: number
  readonly per: Lever['per']
  /** With the lower end of its interval; null = not known. */
  readonly savesUsd: { readonly point: string; readonly low: string } | null
  readonly percent: number
}

/** Null where it does not hold, or where the saving may be none. */
export function cheaperCandidate(found: HoldingCandidate): Lever | null {
  const { evalSet, route, model, candidate, holds, cases, per, savesUsd, percent } = found
  const low = savesUsd === null ? null : parseUsd(savesUsd.low)
  if (!holds || savesUsd === null || low?.state !== 'ok' || low.pico <= 0n) return null
  return {
    ...{ kind: 'cheaper-candidate', evalSet, route, per, percent },
    usd: savesUsd,
    message: `${candidate} holds against ${model} and is cheaper.`,
    evidence: [`compared on ${cases} cases`],
  }
}
