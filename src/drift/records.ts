// What the history keeps: one JSON line per record on an orphan branch. Scores and hashes, never texts. Data only.

/** Named in `history.json` beside the lines; a reader that meets a later one stops with an error. */
export const HISTORY_SCHEMA = 'prompt-parity-history/1'
export const HISTORY_BRANCH = 'prompt-parity-history'

export type HistoryRecord =
  | KeyRecord
  | BaselineRecord
  | RunRecord
  | AcceptRecord
  | IncidentRecord
  | ForecastRecord
  | CalibrationRecord

type Common = {
  readonly v: 1
  /** Records with the same id are one record: a job that writes twice writes once. */
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Configuration that it belongs to, by its path: several in one repository may have eval sets of one name. Left out by early releases. */
  readonly config?: string
}

/** Whose answers: the pin of the eval set, the live model beside it, a fallback, or a merged commit of the default branch. */
export type RunRole = 'pinned' | 'live' | 'fallback' | 'merge'

/** The cases of an eval set under a content key, in the order of the levels of its runs. Written once for each key. */
export type KeyRecord = Common & {
  readonly kind: 'key'
  readonly evalSet: string
  readonly key: string
  /** `pass` or `score`, as the set compares. */
  readonly compare: 'pass' | 'score'
  /** Twelve hex digits over the id and the content of a case: an edited case is another one. */
  readonly cases: readonly string[]
  /** Twelve hex digits over the scorers and the threshold: levels under other scorers say nothing about these. */
  readonly measure?: string
}

/** Means over the scored runs of complete passes; null = not known, never 0. */
export type Figures = {
  readonly n: number
  readonly missing: number
  /** 0-100. */
  readonly score: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Geometric mean. */
  readonly latencyMs: number | null
  /** Share of answers that refuse, 0-1. */
  readonly refusals: number | null
  /** Per request, decimal USD. */
  readonly costUsd: string | null
  /** Distinct, sorted: ids that the provider says answered, its fingerprints and service tiers. */
  readonly answered: readonly string[]
  readonly fingerprints: readonly string[]
  readonly tiers: readonly string[]
}

/** Ten runs, or more, that drift is measured against. Belongs to one content key; only an accept ends it within the key. */
export type BaselineRecord = Common & {
  readonly kind: 'baseline'
  readonly evalSet: string
  readonly key: string
  readonly model: string | null
  readonly commit: string
  readonly runs: number
  readonly figures: Figures
  /** Of each case in the key's order: mean level (0-1) and mean logs of output tokens and latency; null = no run. */
  readonly cases: readonly {
    readonly level: number | null
    readonly logOutput: number | null
    readonly logLatency: number | null
    /** Of the cost in pico-dollars. */
    readonly logCost?: number | null
  }[]
  /** Standard deviation of one complete pass, in points; null or left out before its second run. */
  readonly sd?: number | null
  /** Sum over the cases of squared deviations from their own means: what a further run is added to. */
  readonly squares?: number
  /** Hashes of the answers of its first run, and how often the runs after it repeat them word for word. */
  readonly canaries?: { readonly outputs: readonly string[]; readonly matches: number; readonly of: number }
}

/** One complete pass of one eval set. */
export type RunRecord = Common & {
  readonly kind: 'run'
  readonly role: RunRole
  readonly evalSet: string
  readonly key: string
  readonly model: string | null
  readonly commit: string
  /** Version hash of the prompt; null for applications. */
  readonly prompt: string | null
  readonly figures: Figures
  /** One character for each case in the key's order: twentieths of the score as a digit of base 21 (`0`-`k`), `-` = no run. */
  readonly levels?: string
  /** What the monitor made of it; only of pinned runs with a baseline. */
  readonly monitor?: MonitorMark
  /** `merge`: which pull request it came from, and the commit's subject is not kept. */
  readonly pr?: number | null
  readonly runUrl?: string | null
  /** What the whole job cost, in USD: on the first record that it writes; null when a call of it was not priced. */
  readonly jobUsd?: string | null
}

export type MonitorMark = {
  readonly baseline: string
  /** Standard deviations below the baseline; positive is worse. */
  readonly z: number
  /** After this run. */
  readonly cusum: number
  /** Of the confirming run that followed at once; left out when none was needed. */
  readonly confirmedZ?: number
  readonly state: 'in-band' | 'suspect' | 'drift'
}

/** A person took the drift for good: the sets' baselines end here. */
export type AcceptRecord = Common & {
  readonly kind: 'accept'
  readonly evalSets: readonly string[]
  readonly reason: string
  readonly actor: string | null
}

/** The one issue: who may open it (the claim that is on the branch first), and what became of it. */
export type IncidentRecord = Common & {
  readonly kind: 'incident'
  readonly state: 'claimed' | 'opened' | 'closed'
  /** Names the incident; the same in all its records. */
  readonly incident: string
  readonly issue: number | null
  readonly evalSets: readonly string[]
  /** Those of the eval sets whose series ended in drift by another content, as the issue tells. */
  readonly ended?: readonly string[]
  /** Points of the deepest fall that the issue tells of; a fall far beyond it is told anew. */
  readonly worst?: number | null
}

/** What a merge said that a route would cost: held against the bill later on. Amounts in decimal USD. */
export type ForecastRecord = Common & {
  readonly kind: 'forecast'
  readonly route: string
  readonly commit: string
  readonly pr: number | null
  /** The interval is the one of the change. */
  readonly perMonthUsd: {
    readonly base: string | null
    readonly head: string
    readonly delta: string | null
    readonly low: string | null
    readonly high: string | null
  }
  readonly requestsPerMonth: number | null
  readonly assumption: string
}

/** How a bill relates to the model, at the traffic that there was. */
export type CalibrationRecord = Common & {
  readonly kind: 'calibration'
  readonly route: string
  /** Of the forecast. */
  readonly commit: string
  readonly from: string
  readonly to: string
  readonly billedUsd: string
  readonly modelledUsd: string
  readonly factor: number
}
