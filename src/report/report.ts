// report.json: the one value from which every rendering, output and exit code is derived. Data only.
// Published as schema/report.schema.json; `schema` names its version.

import type { Change, FindingRule, FlipKind, GateOutcome, ScoreRule, SetOutcome, Verdict } from '../domain.ts'
import type { DriftReport } from '../drift/report.ts'
import type { CandidatesReport } from './candidates/report.ts'

/** Decimal string of USD, or null when unknown. */
export type Usd = string | null

/** A figure on both sides with the 95 % interval of the change. Null = not known. */
export type Estimate = {
  readonly base: number | null
  readonly head: number | null
  readonly delta: number | null
  readonly low: number | null
  readonly high: number | null
}
export type UsdEstimate = {
  readonly base: Usd
  readonly head: Usd
  readonly delta: Usd
  readonly low: Usd
  readonly high: Usd
}

export type Flip = {
  readonly caseId: string
  readonly kind: FlipKind
  /** Shown answers or errors of the run that flipped; null with `comment.outputs: numbers-only`. */
  readonly base: string | null
  readonly head: string | null
  readonly why: string
  /** Scores of the complete pass on 0-100. */
  readonly baseScore: number | null
  readonly headScore: number | null
  readonly input?: string | null
  readonly expected?: string | null
  /** Of applications: documents, tools, stages and calls behind the answers. */
  readonly trace?: { readonly base: string | null; readonly head: string | null }
  /** What the sides did otherwise on the way to their answers; left out where there is nothing. */
  readonly differences?: readonly Difference[]
}

export type Difference = {
  readonly kind:
    | 'documents-gone'
    | 'documents-added'
    | 'documents-reordered'
    | 'tools-gone'
    | 'tools-added'
    | 'tools-changed'
    | 'tools-reordered'
  readonly count: number
  /** Ids of documents, tools with their arguments: the first of them. */
  readonly shown: readonly string[]
}

export type SliceReport = {
  readonly dimension: string
  readonly value: string
  readonly n: number
  readonly score: Estimate
  readonly status: GateOutcome | 'within-noise' | 'outside-noise' | 'too-few'
  readonly limit: number | null
}

export type ScorerReport = {
  readonly name: string
  readonly gating: boolean
  readonly n: number
  readonly score: Estimate
  readonly status: GateOutcome | 'shown'
  /** The head's answers against the base's, of scorers that compare them. */
  readonly pairwise?: { readonly wins: number; readonly losses: number; readonly ties: number }
}

export type LatencyReport = {
  readonly ratio: number | null
  readonly low: number | null
  readonly high: number | null
  readonly p95: { readonly base: number | null; readonly head: number | null; readonly note?: string }
  readonly stages: readonly { readonly stage: string; readonly base: number | null; readonly head: number | null }[]
}

export type TokensReport = {
  readonly input: Estimate
  readonly output: Estimate
  readonly sections: readonly { readonly origin: string; readonly base: number; readonly head: number }[]
  /** 'measured' from usage, 'estimated' from text length. */
  readonly provenance: 'measured' | 'estimated' | 'unknown'
}

export type CostReport = {
  readonly state: 'priced' | 'unpriced' | 'no-traffic'
  readonly perRequestUsd: UsdEstimate
  readonly parts: { readonly [part: string]: Usd }
  readonly provenance: string
  readonly priceDate: string | null
  readonly events: readonly string[]
  /** How the cost per request is spread over the cases that were called; `p95` from 100 cases up. */
  readonly spread?: {
    readonly cases: number
    readonly p50: SidesUsd
    readonly p95: SidesUsd | null
    readonly max: SidesUsd
  }
}

export type SidesUsd = { readonly base: Usd; readonly head: Usd }

/** One gate as a row of the table: the status words come from the function that sets the exit code. */
export type GateRow = {
  readonly rule: FindingRule
  readonly metric: string
  readonly base: string
  readonly head: string
  readonly change: string
  readonly limit: string
  readonly status: GateOutcome
}

export type NoiseReport = {
  /** Base runs of the complete passes that were stored by earlier decisions. */
  readonly storedBaseRuns: number
  /** Consecutive base runs of a case, and how many of these pairs differ. */
  readonly pairs: number
  readonly flips: number
  /** (flips + 1) / (pairs + 20), on 0-100; null before any case ran twice. */
  readonly flakeRatePercent: number | null
  readonly flakiest: readonly { readonly caseId: string; readonly runs: number; readonly passes: number }[]
}

/** What the history says of a set. Points are on 0-100, times ISO 8601. */
export type PastReport = {
  /** Scores of the last merges and scheduled runs, oldest first. */
  readonly trend: {
    readonly scores: readonly number[]
    readonly merges: number
    readonly from: string
    readonly to: string
  } | null
  /** Standard deviation of one complete pass when nothing changes. */
  readonly noisePoints: number | null
  /** The head against the anchor of `gates.since`; null where the set has none, or it cannot be told. */
  readonly since: {
    readonly anchor: string
    readonly commit: string
    readonly at: string
    readonly matched: number
    readonly unmatched: number
    readonly score: Estimate
    readonly proven: boolean
  } | null
  /** The base answers otherwise than it was recorded. */
  readonly moved: {
    readonly since: string
    readonly before: number
    readonly now: number
    readonly cases: number
    readonly p: number
    readonly evidence: readonly string[]
  } | null
}

export type Unlisted = { readonly [list in FlipKind | 'edited' | 'added' | 'removed' | 'missing']: number }

export type EvalSetReport = {
  readonly name: string
  readonly path: string
  readonly owner: string | null
  readonly route: string | null
  readonly outcome: SetOutcome
  readonly rule: ScoreRule | null
  readonly ranBecause: readonly string[]
  readonly hash: string
  readonly scorerHash: string
  readonly judge: string | null
  readonly model: { readonly base: string | null; readonly head: string | null }
  readonly promptHash: { readonly base: string | null; readonly head: string | null }
  readonly promptPath: string | null
  readonly cases: {
    readonly paired: number
    readonly identical: number
    readonly added: number
    readonly removed: number
    readonly edited: number
    readonly missing: number
  }
  readonly passes: number
  readonly pairs: number
  readonly compare: 'pass' | 'score'
  readonly score: Estimate
  readonly maxDropPoints: number | null
  readonly scorers: readonly ScorerReport[]
  readonly slices: readonly SliceReport[]
  readonly gates: readonly GateRow[]
  readonly flips: readonly Flip[]
  readonly edited: readonly { readonly caseId: string; readonly base: number | null; readonly head: number | null }[]
  readonly added: readonly { readonly caseId: string; readonly base: number | null; readonly head: number | null }[]
  readonly removed: readonly { readonly caseId: string; readonly lastScore: number | null }[]
  /** `identical`: a tie that was asked for its level alone; it is in the pairs all the same. */
  readonly missing: readonly { readonly caseId: string; readonly why: string; readonly identical?: true }[]
  /** Cases that the lists above leave out: there when one of them was cut (`listed.ts`). */
  readonly unlisted?: Unlisted
  readonly latency: LatencyReport
  readonly tokens: TokensReport
  readonly cost: CostReport
  /** Ids of the cases that a gate says must pass. */
  readonly mustPass: readonly string[]
  /** Rendered prompt of one case on both sides, for the diff; null with numbers-only or nothing to show. */
  readonly prompts: { readonly caseId: string; readonly base: string | null; readonly head: string | null } | null
  /** How base runs of this set, earlier ones included, differ from each other; null where none are kept. */
  readonly noise: NoiseReport | null
  /** Left out where there is no history. */
  readonly past?: PastReport
  /** Text on what the set can and cannot see. */
  readonly evidence: string
  /** Gates proposed for a set that has none (first run). */
  readonly proposedGates: string | null
  readonly mode: 'enforce' | 'report'
}

/** A way to pay less that the run put a figure on. */
export type Lever = {
  readonly kind: 'prefix-order' | 'repeated-context' | 'long-answers' | 'batch' | 'flex' | 'cheaper-candidate'
  readonly evalSet: string
  /** Null: no route stands on the eval set. */
  readonly route: string | null
  /** Of a month under the route's traffic, or of a thousand requests where no traffic is known. */
  readonly per: 'month' | '1000-requests'
  /** What it saves, with the lower end of the 95 % interval over cases. */
  readonly usd: { readonly point: string; readonly low: string }
  /** Of what the route, or the requests, cost. */
  readonly percent: number
  readonly message: string
  readonly evidence: readonly string[]
}

export type RouteReport = {
  readonly name: string
  readonly owner: string | null
  readonly perMonthUsd: UsdEstimate
  readonly limitUsd: { readonly monthly: Usd; readonly monthlyDelta: Usd }
  /** The monthly change by cause; adds up to it exactly. Empty where it cannot be told apart. */
  readonly parts?: { readonly [part: string]: Usd }
  readonly assumption: string
  /** No request of its eval sets was made: its cost is the last recorded one, or not known. */
  readonly untouched?: true
  /** Where production's traffic was read. */
  readonly profile?: {
    readonly path: string
    readonly source: string
    readonly calls: number
    readonly from: string | null
    readonly to: string | null
  }
  /** Slices that have traffic and no case, with their part of it. */
  readonly notCovered?: readonly { readonly dimension: string; readonly value: string; readonly percent: number }[]
}

/** What a set would cost, as the length of its texts says; `low` and `high` are the error of that. Nothing is measured. */
export type SetEstimateReport = {
  readonly name: string
  readonly model: { readonly base: string | null; readonly head: string | null }
  readonly inputTokens: Estimate
  /** Taken for granted. */
  readonly outputTokens: { readonly base: number | null; readonly head: number }
  readonly perRequestUsd: UsdEstimate
  readonly parts: { readonly [part: string]: Usd }
  readonly sections: TokensReport['sections']
  readonly basis: string
  readonly priceDate: string | null
  readonly events: readonly string[]
}
export type CostEstimateReport = {
  readonly errorPercent: number
  readonly evalSets: readonly SetEstimateReport[]
  readonly routes: readonly RouteReport[]
}

/** As expected, and with every re-run and answers as long as they may be. */
export type PlanRange = { readonly expected: number; readonly worst: number }
export type PlanShare = {
  readonly calls: PlanRange
  readonly inputTokens: PlanRange
  readonly outputTokens: PlanRange
  readonly usd: { readonly expected: Usd; readonly worst: Usd }
}

export type Report = {
  readonly schema: 'prompt-parity/1'
  readonly tool: { readonly version: string; readonly node: string }
  readonly startedAt: string
  readonly pair: string
  readonly sides: {
    readonly base: { readonly ref: string; readonly sha: string | null } | null
    readonly head: { readonly ref: string; readonly sha: string | null }
  }
  readonly trust: 'trusted' | 'untrusted'
  readonly provenance: {
    readonly actor: string | null
    readonly event: string
    readonly pr: number | null
    readonly runUrl: string | null
    readonly attempt: number | null
    readonly configHash: string
  }
  /** This report is one part of a run (`shard: i/n`), which decides nothing about the score. */
  readonly shard?: { readonly index: number; readonly of: number }
  readonly verdict: Verdict
  readonly changes: readonly Change[]
  readonly evalSets: readonly EvalSetReport[]
  readonly routes: readonly RouteReport[]
  /** Of a run that called nothing: what the change would cost. */
  readonly estimate?: CostEstimateReport
  readonly uncovered: readonly Change[]
  /** Largest first; left out when there is none. */
  readonly levers?: readonly Lever[]
  readonly run: {
    readonly calls: {
      readonly target: number
      readonly judge: number
      readonly identical: number
      readonly stored: number
      readonly retried: number
      readonly failed: number
      readonly lost: number
      /** Calls of models that applications made through the recording proxy; left out when there were none. */
      readonly model?: number
    }
    readonly usd: { readonly target: Usd; readonly judge: Usd }
    readonly seconds: number
    readonly spendCap: Usd
    /** Of a report that joins shards: how many there were to be, and which were not found. */
    readonly shards?: { readonly of: number; readonly missing: readonly number[] }
    /** Calls, tokens, money and minutes before the first call; money at the top is of targets and judges together. */
    readonly plan: {
      readonly calls: number
      readonly judgeCalls: number
      readonly usd: Usd
      readonly worstUsd: Usd
      readonly target: PlanShare
      readonly judge: PlanShare
      readonly minutes: PlanRange
    } | null
    /** Calls of targets: `done` have their result, an answer or a failure of their own; `planned` has the re-runs that were begun. */
    readonly incomplete?: { readonly reason: string; readonly planned: number; readonly done: number }
    readonly notes: readonly string[]
  }
  readonly notRun: readonly { readonly evalSet: string; readonly why: string }[]
  /** Of a scheduled run. */
  readonly drift?: DriftReport
  /** Of a comparison of models: its eval sets are one for each candidate. */
  readonly candidates?: CandidatesReport
}
