// What a drift run found, for the report, the issue and the page. Data only.

import type { Usd } from '../report/report.ts'
import type { ForecastRow } from './forecasts.ts'

/** `baseline`: just made, nothing to compare with. `recovered`: the first run inside the band, and its confirming run too. */
export type DriftState = 'baseline' | 'in-band' | 'suspect' | 'drift' | 'recovered' | 'not-measured'

/** A ratio of today to the baseline with its 95 % interval. */
export type Shift = {
  readonly what: 'input-tokens' | 'output-tokens' | 'latency' | 'refusals' | 'cost'
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly p: number
  /** Beyond the limits of the monitor. */
  readonly moved: boolean
}

export type DriftEvent = {
  readonly kind:
    | 'model'
    | 'fingerprint'
    | 'tier'
    | 'shutdown'
    | 'price'
    | 'judge'
    | 'canary'
    | 'history'
    | 'forecast'
    | 'improvement'
    | 'live'
  /** Null = of the repository. */
  readonly evalSet: string | null
  /** ISO 8601, UTC. */
  readonly at: string
  readonly message: string
}

export type DriftSet = {
  readonly evalSet: string
  readonly path: string
  readonly owner: string | null
  readonly model: string | null
  readonly state: DriftState
  /** Why it could not be measured. */
  readonly why: string | null
  /** Points on 0-100. */
  readonly score: number | null
  readonly baseline: {
    readonly score: number
    /** Standard deviation of one run, in points. */
    readonly sd: number
    readonly runs: number
    readonly at: string
  } | null
  readonly z: number | null
  readonly cusum: number | null
  readonly confirmedZ: number | null
  /** First run of the present departure, ISO 8601; null inside the band. */
  readonly since: string | null
  /** The live model beside the pinned one, paired, in this job: points. */
  readonly live: {
    readonly model: string
    readonly delta: number | null
    readonly low: number | null
    readonly high: number | null
    readonly worse: boolean
  } | null
  readonly shifts: readonly Shift[]
  /** Cases that usually passed and now do not; the other way round is not shown. Levels are 0-1. */
  readonly flips: readonly { readonly caseId: string; readonly baseline: number; readonly today: number }[]
  /** Scores of the last runs, oldest first; null = a gap of more than two intervals. */
  readonly trend: readonly (number | null)[]
  /** What to do, in words: pin, go back to a version, adopt. */
  readonly advice: readonly string[]
}

export type DriftReport = {
  readonly sets: readonly DriftSet[]
  readonly events: readonly DriftEvent[]
  /** Fallback models that were run too. */
  readonly fallbacks: readonly {
    readonly evalSet: string
    readonly model: string
    readonly score: number | null
    readonly holds: boolean | null
    /** What was refused, in words. */
    readonly why?: string
  }[]
  /** Forecasts of merges beside what came of them; left out where nothing is known of that. */
  readonly forecasts?: readonly ForecastRow[]
  /** Spent by drift and merge runs since the first of the month (UTC). */
  readonly monthUsd: Usd
  readonly nextShutdown: {
    readonly model: string
    readonly date: string
    readonly precision?: 'exact' | 'earliest'
    readonly evalSets: readonly string[]
  } | null
  readonly history: {
    readonly state: 'written' | 'refused' | 'local'
    readonly branch: string
    readonly why: string | null
    /** Files to upload where the branch cannot be written. */
    readonly files: string | null
  }
  readonly issue: {
    readonly number: number | null
    readonly url: string | null
    readonly status: IssueStatus
    /** Why it failed, or why nothing was done. */
    readonly note?: string | null
  } | null
}

export type IssueStatus = 'opened' | 'updated' | 'unchanged' | 'closed' | 'failed' | 'off'
