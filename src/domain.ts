// What Prompt Parity talks about. Data only: every stage takes some of it and returns the next.
// Conventions: money is pico-dollars (bigint or integer number, 1 USD = 1e12) inside and a decimal string outside;
// scores are fractions in [0, 1] inside and points on 0-100 outside; times are milliseconds; unknown is a state, never 0.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

// ---------------------------------------------------------------------------------------------- sides

export type SideLabel = 'base' | 'head'

/** One of the two things a run compares. `sha` is null for a working tree. */
export type Side = {
  readonly label: SideLabel
  readonly ref: string
  readonly sha: string | null
  /** Why this side may not bring code, endpoints or gates (SPEC section 9); 'trusted' when it may. */
  readonly trust: 'trusted' | 'untrusted'
}

/** The names of the legal pairs of SPEC section 1. */
export type PairKind =
  | 'merge-base'
  | 'merge-commit'
  | 'merge-group'
  | 'push'
  | 'dispatch'
  | 'working-tree'
  | 'baseline'
  | 'candidate'

/** `base` is null when there is nothing to compare with (first commit): the head runs alone and the report says so. */
export type Sides = {
  readonly pair: { readonly kind: PairKind; readonly how: string }
  readonly base: Side | null
  readonly head: Side
}

// ------------------------------------------------------------------------------------------ eval sets

/** Where something stands in a file; line and column are 1-based. */
export type Place = { readonly path: string; readonly line?: number; readonly column?: number }

/** One file names another. `how` is a verb with `from` as its subject; `name` the constant that is taken, if not all of it. */
export type Link = { readonly from: string; readonly to: string; readonly how: string; readonly name?: string }

export type Role = 'system' | 'user' | 'assistant' | 'tool'
/** `content` is a template in a Prompt and plain text in a Request. */
export type Message = {
  readonly role: Role
  readonly content: string
  readonly name?: string
  /** Of an assistant's turn in a case's history: what it called. */
  readonly toolCalls?: readonly (ToolCall & { readonly id: string })[]
  /** Of the role tool: the call that the content answers. */
  readonly toolCallId?: string
}

export type TemplateEngine = 'nunjucks' | 'literal' | 'dotprompt' | 'prompty' | 'none'

/** A prompt as read from a side: templates, not yet rendered. `hash` is its version. */
export type Prompt = {
  readonly path: string
  readonly symbol?: string
  readonly engine: TemplateEngine
  readonly messages: readonly Message[]
  /** The prompt file's own model, parameters and the like; the eval set's win. */
  readonly model?: string
  readonly parameters?: JsonObject
  readonly tools?: readonly Json[]
  readonly responseFormat?: Json
  /** Variables that a case need not have, with their values. */
  readonly defaults?: JsonObject
  /** Files whose text goes into it (itself, includes, partials), for selection and for the reason in words. */
  readonly sources: readonly string[]
  /** How its files lead to each other, where one names another. */
  readonly links?: readonly Link[]
  /** Included templates by the name they are included as. */
  readonly partials: { readonly [name: string]: string }
  /** Line of the first template line in its file. */
  readonly line: number
  /** First line of each message's content in the file, where its reader knows; parallel to `messages`. */
  readonly messageLines?: readonly number[]
  readonly hash: string
}

export type Target =
  | {
      readonly kind: 'prompt'
      readonly prompt: Prompt
      /** `provider/model`; may be `echo`. */
      readonly model: string
      readonly parameters: JsonObject
      readonly tools?: readonly Json[]
      readonly responseFormat?: Json
      readonly api?: 'chat' | 'responses'
      /** Recorded answers instead of calls (`target.replay`), path relative to the root. */
      readonly replay?: string
      /** Models to be asked when the first one cannot answer (`target.fallbacks`). */
      readonly fallbacks?: readonly string[]
    }
  | {
      readonly kind: 'command'
      /** For a module its file and `#name`. */
      readonly command: readonly string[]
      /** A function that is called instead of a command; the path is relative to the root. */
      readonly module?: { readonly path: string; readonly name: string }
      readonly setup?: readonly string[]
      readonly perCase: boolean
      readonly workers: number
      readonly environment: readonly string[]
      /** Of one answer, without what limits and faults of providers take; default: the run's. */
      readonly timeoutMs?: number
      readonly model?: string
    }
  | {
      readonly kind: 'http'
      readonly base: string
      readonly head: string
      readonly path: string
      readonly method: string
      readonly headers: { readonly [name: string]: string }
      readonly body?: Json
      /** JSON path of the answer (`$.answer`). */
      readonly output: string
      /** Of one attempt; default: 60 s. */
      readonly timeoutMs?: number
      readonly model?: string
    }

export type ScorerSpec = {
  /** Base type without the `not-` prefix: a key of the scorer table. */
  readonly type: string
  readonly not: boolean
  readonly value?: Json
  readonly threshold?: number
  readonly weight: number
  /** Column name; the type (with `not-`) by default. */
  readonly name: string
  /** Judge settings and whatever else the scorer takes, as written. */
  readonly options: JsonObject
  /** A judge against people, as its `labels` file has it; no part of what the scorer measures. */
  readonly calibration?: JudgeQuality
  readonly place: Place
}

/** `j` = sensitivity + specificity - 1; null while one class has no label. `usable` rows carry both verdicts. */
export type JudgeQuality = {
  readonly labels: number
  readonly usable: number
  readonly agreement: number | null
  readonly j: number | null
}

export type Case = {
  readonly id: string
  /** Whether the author gave the id; else it is a hash of the variables. */
  readonly explicitId: boolean
  readonly vars: JsonObject
  readonly expected?: Json | undefined
  readonly context?: readonly string[] | undefined
  readonly relevant?: readonly string[] | undefined
  /** History before the prompt's own last message. */
  readonly messages?: readonly Message[] | undefined
  readonly tags: readonly string[]
  /** Every scalar that slices may name: language, topic, metadata. */
  readonly labels: { readonly [dimension: string]: string }
  readonly scorers: readonly ScorerSpec[]
  readonly threshold?: number | undefined
  readonly place: Place
  /** Over everything that decides what is asked and what is expected; differs = edited. */
  readonly hash: string
}

export type Level = 'fail' | 'warn'
export type Limit = { readonly limit: number; readonly level: Level }

export type Gates = {
  readonly maxDropPoints?: Limit
  readonly minScore?: Limit
  /** `tag:x` or a case id. */
  readonly mustPass?: readonly string[]
  readonly slices?: { readonly [dimension: string]: { readonly maxDropPoints?: Limit; readonly minScore?: Limit } }
  readonly scorers?: {
    readonly [scorer: string]: {
      readonly maxRatePercent?: Limit
      readonly minScore?: Limit
      readonly maxDropPoints?: Limit
    }
  }
  readonly latency?: { readonly maxRatio?: Limit; readonly p95Ms?: Limit }
  readonly tokens?: { readonly maxInput?: Limit; readonly maxOutput?: Limit }
  readonly cost?: { readonly maxRatio?: Limit; readonly perRequestUsd?: Limit }
  readonly require?: 'proof'
  /** How far the head may lie below an anchor that no merge moves: `baseline`, `last-release`, or a git ref. */
  readonly since?: { readonly ref: string; readonly maxDropPoints: Limit }
}

export type Waiver = {
  readonly evalSet: string
  readonly rule: string
  readonly reason: string
  readonly owner: string
  readonly expiry: string
  readonly place: Place
}

/** A case that is known to be flaky: shown, and outside the test until the day of `expiry` is over. */
export type Quarantine = {
  readonly case: string
  readonly reason: string
  readonly owner: string
  /** YYYY-MM-DD, UTC. */
  readonly expiry: string
  readonly place: Place
}

/** Another model to try. Its parameters are put on the target's; null takes one away. */
export type Candidate = { readonly model: string; readonly parameters?: JsonObject; readonly place: Place }

export type EvalSet = {
  readonly name: string
  readonly path: string
  readonly owner?: string
  readonly target: Target
  readonly cases: readonly Case[]
  readonly slices: readonly string[]
  readonly scorers: readonly ScorerSpec[]
  readonly threshold?: number
  readonly passes: number
  readonly compare: 'pass' | 'score'
  readonly gates: Gates
  readonly mode: 'enforce' | 'report'
  readonly paths: readonly string[]
  readonly candidates: readonly Candidate[]
  readonly live?: string
  readonly waivers: readonly Waiver[]
  readonly quarantine?: readonly Quarantine[]
  /** Every file that defines it, with the role it plays: 'eval file', 'prompt', 'include', 'cases', 'schema', ... */
  readonly sources: readonly { readonly path: string; readonly role: string }[]
  /** How these files lead to each other, beyond those that the eval file names itself. */
  readonly links?: readonly Link[]
  /** What a foreign file uses and we cannot run, in words. */
  readonly notCarried: readonly string[]
}

// --------------------------------------------------------------------------------------------- changes

export type ChangeKind = 'prompt' | 'model' | 'parameters' | 'eval-set' | 'config'

export type Change = {
  readonly kind: ChangeKind
  readonly path: string
  readonly previousPath?: string
  readonly line?: number
  readonly symbol?: string
  readonly from?: string
  readonly to?: string
  readonly evalSets: readonly string[]
  readonly covered: boolean
  readonly why: string
  /** Of a change of kind model: what is known of both ids. */
  readonly pin?: { readonly from?: PinFacts; readonly to?: PinFacts; readonly price?: PinPrice }
}

export type PinFacts = {
  /** With its provider, as far as it is known. */
  readonly id: string
  readonly provider: string | null
  readonly family: string | null
  /** `fixed` is one version without a date in its name; `opaque` a deployment that only its owner can resolve. */
  readonly pinned: 'dated' | 'fixed' | 'floating' | 'opaque' | 'unknown'
  /** YYYY-MM-DD, UTC. */
  readonly shutdown?: string
  readonly shutdownPrecision?: 'exact' | 'earliest'
  readonly replacement?: string
  /** Its end is announced. */
  readonly deprecated: boolean
  /** False for an id that looks like a model and is in no table of ours. */
  readonly known: boolean
}

/** List prices in USD per million tokens as decimal strings; one side alone for a pin that came or went. */
export type PinPrice =
  | {
      readonly state: 'priced'
      readonly inputFrom?: string
      readonly inputTo?: string
      readonly outputFrom?: string
      readonly outputTo?: string
      /** Day up to which the prices were checked. */
      readonly asOf?: string
    }
  | { readonly state: 'unpriced'; readonly why: string }

// ------------------------------------------------------------------------------- requests and answers

/** What a side would send for a case: built for both sides before any call. `hash` is over everything but `segments`. */
export type Request = {
  readonly hash: string
  readonly kind: 'model' | 'command' | 'http' | 'replay' | 'echo'
  /** Provider prefix ('openai', 'anthropic', a `providers:` entry) or the target kind. */
  readonly provider: string
  readonly model: string | null
  readonly endpoint: 'chat' | 'responses' | 'messages' | 'generate' | 'converse' | 'application'
  readonly messages: readonly Message[]
  readonly parameters: JsonObject
  readonly tools?: readonly Json[]
  readonly responseFormat?: Json
  /** Application targets: what goes over the wire (`{id, vars, messages}` or method, url and body). */
  readonly application?: Json
  /** Rendered text with where it came from, for tokens per section. */
  readonly segments: readonly Segment[]
}

/** A stretch of a rendered prompt and its origin: the template's own text, a variable, or an include. */
export type Segment = {
  readonly text: string
  readonly origin: string
  readonly kind: 'static' | 'variable' | 'include'
}

/** Token counts of one call. `input` is the total, cached and cache-write tokens included (Anthropic's are added up). */
export type Usage = {
  readonly input: number
  readonly output: number
  readonly cachedInput?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  /** Already inside `output`. */
  readonly reasoning?: number
  /** Audio and images are parts of `input` and `output` too; cached audio is part of `audioInput`. */
  readonly audioInput?: number
  readonly audioCached?: number
  readonly audioOutput?: number
  readonly imageInput?: number
  readonly imageOutput?: number
  /** What the provider itself says that the call cost, in USD as a decimal. */
  readonly reportedUsd?: string
}

/** A call of a model that an application made while it answered a case, as the recording proxy saw it. */
export type ModelCall = {
  readonly provider: string
  /** As asked. */
  readonly model: string
  readonly answered?: string
  /** Over everything that was asked. */
  readonly hash: string
  readonly kind: 'generation' | 'embedding'
  /** Left out when the provider counted nothing and nothing could be estimated. */
  readonly usage?: Usage
  readonly counted: 'measured' | 'estimated' | 'unknown'
  /** As of an answer. */
  readonly toolFees?: true
  /** Asked for, and what the provider says of them. */
  readonly terms?: PriceTerms
  /** Of the attempt that answered. */
  readonly latencyMs: number | null
  /** Of streams. */
  readonly firstTokenMs?: number
  /** What came with it stands in the call's own fields. */
  readonly failure?: Failure
  /** The application went away before there was any answer. */
  readonly abandoned?: true
  /** The application had a part of the answer when it failed. */
  readonly partial?: true
  /** It was let go while the provider was at it: it cost something, and nobody says how much. */
  readonly uncounted?: true
  /** What the model really got, as text; kept for the first pass. */
  readonly prompt?: string
}

export type ToolCall = { readonly name: string; readonly arguments: Json }
export type Retrieved = { readonly id: string; readonly text?: string; readonly score?: number }

/** Our word for why a model stopped. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'other'

/** What a provider charges by beside the model and the service tier, as Anthropic names and values it. */
export type PriceTerms = { readonly inference_geo?: string; readonly speed?: string }

/** What a provider says of a call beside its text: it comes with an answer, and with one that was filtered whole. */
export type AnswerFacts = {
  readonly usage?: Usage
  /** Model id that the provider says answered. */
  readonly model?: string
  readonly fingerprint?: string
  readonly serviceTier?: string
  /** As the provider says it answered. */
  readonly terms?: PriceTerms
  /** The provider's number for the request, which its support asks for. */
  readonly requestId?: string | undefined
  /** The answer's own id (`chatcmpl-…`, `msg_…`, `resp_…`). */
  readonly responseId?: string | undefined
  readonly finishReason?: FinishReason
  /** The provider used tools of its own (a web search, say) that cost by the use: no count of tokens has that. */
  readonly toolFees?: true | undefined
}

export type Answer = AnswerFacts & {
  readonly text: string
  readonly refusal?: boolean
  readonly toolCalls?: readonly ToolCall[] | undefined
  readonly retrieved?: readonly Retrieved[] | undefined
  readonly timings?: { readonly [stage: string]: number }
  /** Of applications: every call of a model that the recording proxy saw. */
  readonly calls?: readonly ModelCall[]
  /** Of the successful attempt only; null for a stored answer that never was a call, and where it cannot be told from other time. */
  readonly latencyMs: number | null
  /** Where it cannot be told: it was no longer than this. */
  readonly latencyAtMostMs?: number
}

/** Transient errors are retried and then missing; behavioural ones are the side's own doing (SPEC section 6). */
export type ErrorCause =
  | 'rate-limit'
  | 'quota'
  | 'timeout'
  | 'connection'
  | 'server'
  | 'authentication'
  | 'malformed-answer'
  | 'empty-answer'
  | 'budget'
  | 'unpriced'
  | 'not-passed-on'
  | 'cancelled'
  | 'no-answer-recorded'
  | 'echo'
  | 'unknown-model'
  | 'refused-request'
  | 'context-too-long'
  | 'content-filter'
  | 'application-crash'
  | 'application-garbage'
  | 'application-error'
  | 'template'

/** With `usage` it is an answer that nobody may see: what it cost is known, and was paid. */
export type Failure = AnswerFacts & {
  readonly kind: 'transient' | 'behavioural'
  readonly cause: ErrorCause
  readonly message: string
  readonly status?: number
  /** Not the doing of the side, whatever its other calls come to: the provider was given up, or refuses what it had answered before. */
  readonly isOutage?: true
  /** The connection broke after the request was sent: the provider may have worked on an answer. */
  readonly wasSent?: true
}

export type Outcome =
  | { readonly state: 'answered'; readonly answer: Answer }
  | { readonly state: 'failed'; readonly failure: Failure }

/** One call wanted: a case on a side, for a step of the gate. `index` counts from 0 within (case, side, step). */
export type Trial = {
  readonly evalSet: string
  readonly caseId: string
  readonly side: SideLabel
  readonly step: Step
  readonly index: number
}
/**
 * `probe` runs only tell an outage from a side's own failure, and `level` runs how high a side scores, beside the test; neither
 * enters the record.
 */
export type Step = 'pass' | 'fresh' | 'identical' | 'probe' | 'level'

/** A finished trial. `stored` answers came from the record or a stored base run; `attempts` counts calls made. */
export type TrialOutcome = {
  readonly trial: Trial
  readonly request: Request
  readonly outcome: Outcome
  readonly attempts: number
  readonly stored: boolean
  readonly startedAt: string
}

// --------------------------------------------------------------------------------------------- scores

/** How a side did in a comparison of both answers. */
export type Standing = 'win' | 'loss' | 'tie'

/** `left-out`: the scorer has nothing to say of this run, which is no failure of anything. */
export type ScoreState =
  | {
      readonly state: 'scored'
      readonly value: number
      readonly pass: boolean
      readonly why: string
      /** Only of scorers that compare the answers of both sides. */
      readonly standing?: Standing
    }
  | { readonly state: 'missing'; readonly why: string }
  | { readonly state: 'left-out'; readonly why: string }
export type Score = { readonly scorer: string; readonly weight: number } & ScoreState

/**
 * A run of a case after scoring. `missing` counts as no run: the pair is dropped and counted. `unscored`: it was answered,
 * and all its scorers are left out of it; it has no level and is not counted as lost.
 */
export type Result = {
  readonly trial: Trial
  readonly outcome: Outcome
  readonly scores: readonly Score[]
} & (
  | { readonly state: 'scored'; readonly score: number; readonly pass: boolean }
  | { readonly state: 'missing'; readonly why: string }
  | { readonly state: 'unscored'; readonly why: string }
)

/** One line of `record.jsonl`: what `verify` and `ci merge` need, no texts. `score` is 0/1 or the graded score. */
export type RecordRow =
  | {
      readonly evalSet?: string
      readonly case: string
      readonly side: SideLabel
      readonly step: 'pass' | 'fresh'
      readonly index: number
      readonly score: number
      /** A base run of an earlier decision stands for it. */
      readonly stored?: true
    }
  | { readonly evalSet?: string; readonly case: string; readonly step: 'identical' }

// --------------------------------------------------------------------------------------------- verdict

export type GateOutcome = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'not-measured'
export type RunOutcome = 'pass' | 'fail' | 'inconclusive' | 'not-measured' | 'nothing-affected' | 'planned'
export type SetOutcome = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'not-measured' | 'not-comparable' | 'planned'

/** What a case did between the sides: by re-runs where there were any, else by the complete pass. */
export type FlipKind = 'broken' | 'fixed' | 'flaky' | 'cleared'

/** How the score gate came to its verdict (facts: gate). */
export type ScoreRule =
  | 'pass-all'
  | 'pass-losses'
  | 'pass-sample'
  | 'pass-rerun'
  | 'fail-all'
  | 'fail-rerun'
  | 'fail-two'
  | 'must-pass'
  | 'inconclusive'
  | 'too-many-missing'
  | 'no-base'
  | 'undecided'

/** Every finding names one of these; each has a page in docs/rules. */
export type FindingRule =
  | 'score-drop'
  | 'min-score'
  | 'must-pass'
  | 'slice-drop'
  | 'slice-min-score'
  | 'scorer-rate'
  | 'scorer-min-score'
  | 'scorer-drop'
  | 'latency-ratio'
  | 'latency-p95'
  | 'tokens-input'
  | 'tokens-output'
  | 'cost-ratio'
  | 'cost-per-request'
  | 'route-ceiling'
  | 'route-delta'
  | 'repository-ceiling'
  | 'cache-break'
  | 'unpriced'
  | 'no-base'
  | 'not-comparable'
  | 'not-measured'
  | 'missing-runs'
  | 'inconclusive'
  | 'spend-cap'
  | 'prompt-deleted'
  | 'unset-variable'
  | 'loosened-gate'
  | 'scorer-changed'
  | 'cases-changed'
  | 'uncovered'
  | 'policy-model'
  | 'policy-unpinned'
  | 'policy-region'
  | 'policy-owner'
  | 'policy-reason'
  | 'policy-static-tokens'
  | 'policy-forbidden-text'
  | 'teaches-to-test'
  | 'duplicate-cases'
  | 'loosened-scorer'
  | 'removed-cases'
  | 'waived'
  | 'waiver-expired'
  | 'quarantined'
  | 'quarantine-expired'
  | 'erosion'
  | 'provider-moved'
  | 'not-carried'
  | 'provider-error'
  | 'model-shutdown'
  | 'model-answered'
  | 'application-ended'
  | 'drift'

export type Finding = {
  readonly rule: FindingRule
  readonly level: 'fail' | 'warn' | 'note'
  readonly evalSet: string | null
  readonly message: string
  readonly threshold: string | null
  readonly value: string | null
  readonly remedy: string
  /** Case ids or places that show it. */
  readonly evidence?: readonly string[]
  readonly place?: Place
}

export type Verdict = {
  readonly outcome: RunOutcome
  /** Whether the check is red (after `mode`, `on-inconclusive`, `on-not-measured`). */
  readonly blocks: boolean
  readonly headline: string
  readonly findings: readonly Finding[]
}
