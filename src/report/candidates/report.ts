// What a comparison of models found: `candidates` of report.json. Data only. The runs behind each row are an eval set of the
// report of their own, by the row's `comparison`.

import type { JsonObject } from '../../domain.ts'
import type { Estimate, LatencyReport, Usd, UsdEstimate } from '../report.ts'

/**
 * Whether the score gate passes, and by what: `proof` rules a drop of the limit out; the others did not see one, which for
 * few cases says less. `identical` is the model in use itself.
 */
export type Holding =
  | {
      readonly state: 'holds'
      readonly how: 'proof' | 'no-drop-seen' | 'losses-below-limit' | 're-measured' | 'identical'
    }
  | { readonly state: 'drops' | 'undecided' | 'too-few' | 'planned' }
  | { readonly state: 'not-measured' | 'error'; readonly why: string; readonly remedy: string }

/** What a month on a route costs with the model in use (base) and with the candidate (head). */
export type MonthReport = { readonly route: string; readonly usd: UsdEstimate; readonly assumption: string }

export type CandidateSlice = {
  readonly dimension: string
  readonly value: string
  /** Of a pair of slices: the other one, whose cases are meant. */
  readonly and?: { readonly dimension: string; readonly value: string }
  readonly cases: number
  readonly holding: Holding
  readonly score: Estimate
  readonly perRequestUsd: UsdEstimate
  /** Of the slice's share of the traffic; only where the route's `slice_weights` say what that is. */
  readonly months: readonly MonthReport[]
}

export type CandidateRow = {
  readonly model: string
  /** Its own, put on those of the set; null: taken away. */
  readonly parameters?: JsonObject
  /** Name of the comparison among the report's eval sets; null where nothing was run. */
  readonly comparison: string | null
  readonly holding: Holding
  /** The gate's test the other way round: it gains at least the limit, by proof. */
  readonly better: boolean
  readonly score: Estimate
  readonly broken: number
  readonly fixed: number
  readonly cases: number
  /** Other gates of the set that it breaks, by rule. */
  readonly breaches: readonly string[]
  readonly cost: {
    readonly state: 'priced' | 'unpriced'
    readonly why: string | null
    readonly perRequestUsd: UsdEstimate
  }
  readonly months: readonly MonthReport[]
  readonly latency: Pick<LatencyReport, 'ratio' | 'low' | 'high' | 'p95'>
  readonly tokens: { readonly input: Estimate; readonly output: Estimate }
  readonly slices: readonly CandidateSlice[]
  /** No other model is as good in all of score bound, cost and latency, and better in one; null where one is not known. */
  readonly pareto: boolean | null
  /** It judges its own answers. */
  readonly judgesItself: boolean
  /** Last day, of models whose end is announced. */
  readonly ends: string | null
}

export type ModelInUse = {
  readonly model: string
  readonly score: number | null
  readonly perRequestUsd: Usd
  readonly p95Ms: number | null
  readonly pareto: boolean | null
  readonly judgesItself: boolean
  readonly ends: { readonly on: string; readonly replacement: string | null } | null
}

export type Recommendation = {
  /** `switch` to `model`, `stay`, or `none`: nothing holds, or the model in use ends and nothing that holds is known. */
  readonly action: 'switch' | 'stay' | 'none'
  readonly model: string | null
  readonly why: string
}

/** A unified diff that `git apply` takes; `note` says what it does not change. */
export type PinDiff = {
  readonly model: string
  readonly because: 'recommended' | 'successor'
  readonly diffs: readonly { readonly path: string; readonly line: number; readonly diff: string }[]
  readonly notes: readonly string[]
}

export type CandidateSet = {
  readonly evalSet: string
  readonly path: string
  readonly judge: string | null
  /** Points. */
  readonly limit: number
  readonly inUse: ModelInUse
  readonly rows: readonly CandidateRow[]
  readonly recommendation: Recommendation | null
  /** Slices that move to a cheaper model although the set as a whole does not, in words. */
  readonly splits: readonly string[]
  readonly pins: readonly PinDiff[]
}

export type CandidatesReport = {
  /** `flag`: named by `--model`; `file`: by `candidates:`; `successor`: by a shutdown notice. */
  readonly named: 'flag' | 'file' | 'successor'
  readonly sets: readonly CandidateSet[]
}
