// Scores one finished run of a case with the set's scorers and the case's own.

import type {
  Answer,
  Case,
  EvalSet,
  Json,
  JsonObject,
  Result,
  Score,
  ScorerSpec,
  TemplateEngine,
  TrialOutcome,
} from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Sandbox } from '../ports.ts'
import { type CompiledTemplate, compileTemplate, renderParsed } from '../template/index.ts'
import { expectsNothing, isEmpty, knowsNothing, mayWantNothing, whyEmpty } from './empty-answer.ts'
import { scorerOf } from './index.ts'
import { transformOutput } from './javascript.ts'
import {
  evidence,
  inverted,
  type JudgeCall,
  missing,
  type ScoreInput,
  type Scorer,
  scalarText,
  type Verdict,
} from './scorer.ts'
import { scriptWithValues } from './script-values.ts'

export type Scoring = Pick<EvalSet, 'scorers' | 'threshold'>
export type Run = Pick<TrialOutcome, 'trial' | 'request' | 'outcome'>
export type ScoringDeps = {
  /** Price of the run's call; null when unknown. */
  readonly costPico: bigint | null
  /** What `javascript` and `transform` run in. */
  readonly sandbox: Sandbox
  readonly judge?: JudgeCall
}

/**
 * Result of a run. Score = mean of the scorers weighted by `weight`; pass = every scorer with a weight passes, or, with
 * a `threshold` of the case or the set, the score reaches it. A behavioural failure scores 0; a transient one, an empty
 * answer without tokens, and any missing gating score make the result missing.
 * @throws UserError for a scorer that cannot run as configured
 */
export async function scoreAnswer(
  scoring: Scoring & { readonly kase: Case },
  run: Run,
  deps: ScoringDeps,
): Promise<Result> {
  const { kase } = scoring
  const specs = [...scoring.scorers, ...kase.scorers]
  const base = { trial: run.trial, outcome: run.outcome }
  const why = whyMissing(run, specs)
  if (why !== null) return { ...base, state: 'missing', scores: [], why }
  const empty = await emptyScores(specs, { run, kase, deps })
  const scores = empty ?? (await Promise.all(specs.map((spec) => scoreOne({ spec, kase }, run, deps))))
  return { ...base, scores, ...combined(scores, kase.threshold ?? scoring.threshold) }
}

/** Of an answer without a text where the case does not want that; null for every other. */
async function emptyScores(
  specs: readonly ScorerSpec[],
  { run, kase, deps }: { readonly run: Run; readonly kase: Case; readonly deps: ScoringDeps },
): Promise<readonly Score[] | null> {
  if (run.outcome.state === 'failed' || !isEmpty(run.outcome.answer) || expectsNothing(kase)) return null
  const job = (spec: ScorerSpec) => scoreOne({ spec, kase }, run, deps)
  const why = evidence(whyEmpty(run.outcome.answer))
  const scores = await Promise.all(
    specs.map(async (spec): Promise<Score> => {
      const { name: scorer, weight } = spec
      return knowsNothing(spec) ? job(spec) : { scorer, weight, state: 'scored', value: 0, pass: false, why }
    }),
  )
  const isWanted = specs.some((spec, i) => mayWantNothing(spec) && isPassed(scores[i]))
  return isWanted ? null : scores
}

const isPassed = (score: Score | undefined) => score?.state === 'scored' && score.pass

function whyMissing({ outcome }: Run, specs: readonly ScorerSpec[]): string | null {
  if (outcome.state === 'failed') return outcome.failure.kind === 'transient' ? outcome.failure.message : null
  if (!specs.some((spec) => spec.weight > 0)) return 'no scorer with a weight above 0'
  const { text, usage, toolCalls, refusal } = outcome.answer
  const empty = text.trim() === '' && usage?.output === 0 && (toolCalls?.length ?? 0) === 0 && refusal !== true
  return empty ? 'empty-answer: no text and no output tokens' : null
}

type Combined =
  | { readonly state: 'scored'; readonly score: number; readonly pass: boolean }
  | { readonly state: 'missing'; readonly why: string }
  | { readonly state: 'unscored'; readonly why: string }

/** Of all scores of a run; those that are left out have no part in it. */
export function combined(scores: readonly Score[], threshold: number | undefined): Combined {
  let sum = 0
  let weights = 0
  let all = true
  for (const score of scores) {
    if (score.weight <= 0 || score.state === 'left-out') continue
    if (score.state === 'missing') return { state: 'missing', why: `${score.scorer}: ${score.why}` }
    sum += score.weight * score.value
    weights += score.weight
    all = all && score.pass
  }
  if (weights === 0) return withoutWeights(scores)
  const score = sum / weights
  // Sums of fractions may miss a threshold by the last bit.
  return { state: 'scored', score, pass: threshold === undefined ? all : score >= threshold - 1e-9 }
}

function withoutWeights(scores: readonly Score[]): Combined {
  const leftOut = scores.find((score) => score.state === 'left-out' && score.weight > 0)
  if (leftOut?.state !== 'left-out') return { state: 'missing', why: 'no scorer with a weight above 0' }
  return { state: 'unscored', why: `${leftOut.scorer}: ${leftOut.why}` }
}

type Job = { readonly spec: ScorerSpec; readonly kase: Case }

async function scoreOne({ spec, kase }: Job, run: Run, deps: ScoringDeps): Promise<Score> {
  const { weight, name: scorer } = spec
  if (run.outcome.state === 'failed') {
    return { scorer, weight, state: 'scored', value: 0, pass: false, why: evidence(run.outcome.failure.message) }
  }
  const entry = scorerOf(spec.type)
  if (!entry) {
    const what = `There is no scorer ${spec.type}.`
    throw new UserError({ what, place: spec.place, remedy: 'Use one of the documented names.' })
  }
  return { scorer, weight, ...(await verdict(entry, inputOf({ spec, kase }, run, run.outcome.answer, deps))) }
}

export function inputOf({ spec, kase }: Job, { request }: Pick<Run, 'request'>, answer: Answer, deps: ScoringDeps) {
  const vars: JsonObject = kase.expected === undefined ? kase.vars : { ...kase.vars, expected: kase.expected }
  return { spec, value: spec.value, answer, kase, vars, request, ...deps }
}

/** A case's data may make a value impossible; that is a missing score of this case, never a pass. */
async function verdict(scorer: Scorer, written: ScoreInput): Promise<Verdict> {
  const prepared = await prepare(scorer, written)
  if ('state' in prepared) return prepared
  const raw = await scorer.score(prepared)
  return written.spec.not && scorer.value !== 'script' ? inverted(raw) : raw
}

/** The value with the case's data, the answer trimmed and transformed; or why that cannot be. */
export async function prepare(scorer: Scorer, input: ScoreInput): Promise<ScoreInput | Verdict> {
  const { transform, trim } = input.spec.options
  const answer = trim === true ? { ...input.answer, text: input.answer.text.trim() } : input.answer
  try {
    const value = renderedValue(scorer, input)
    let transformed = answer
    for (const code of [transform].flat()) {
      if (typeof code !== 'string') continue
      const result = await transformOutput(code, { ...input, answer: transformed })
      if (result.state === 'failed') return missing(`the transform failed: ${result.why}`)
      transformed = { ...transformed, text: scalarText(result.value) ?? JSON.stringify(result.value ?? null) }
    }
    return { ...input, answer: transformed, value }
  } catch (error) {
    return missing(error instanceof Error ? error.message : String(error))
  }
}

/** Texts and items of lists are rendered once with the case's data; objects are as written. */
function renderedValue(scorer: Scorer, { spec, vars }: ScoreInput): Json | undefined {
  if (scorer.value === 'as-is' || spec.value === undefined) return spec.value
  if (scorer.value === 'script') {
    return typeof spec.value === 'string' ? scriptWithValues(spec.value, vars, spec.place.path) : spec.value
  }
  const render = (item: Json): Json => (typeof item === 'string' ? renderedText(item, spec, vars) : item)
  return Array.isArray(spec.value) ? spec.value.map(render) : render(spec.value)
}

/** GitHub Models evaluators replace `{{name}}` literally (`engine: literal`); everything else is Nunjucks. */
function renderedText(text: string, spec: ScorerSpec, vars: JsonObject): string {
  if (!/\{[{%#]/.test(text)) return text
  const engine = spec.options.engine === 'literal' ? 'literal' : 'nunjucks'
  return renderParsed(parsed(spec, engine, text), vars).text
}

/** A set's scorers are asked for every answer: their templates are parsed once. */
const parsedOf = new WeakMap<ScorerSpec, Map<string, CompiledTemplate>>()

function parsed(spec: ScorerSpec, engine: TemplateEngine, text: string): CompiledTemplate {
  const known = parsedOf.get(spec) ?? new Map<string, CompiledTemplate>()
  parsedOf.set(spec, known)
  const found = known.get(text) ?? compileTemplate({ engine, text, path: spec.place.path, line: spec.place.line ?? 1 })
  known.set(text, found)
  return found
}
