// Builders for scorer tests.

import type { Answer, Case, Json, JsonObject, Request, Result, ScorerSpec, TrialOutcome } from '../../src/domain.ts'
import type { Sandbox } from '../../src/ports.ts'
import { resolveScorer } from '../../src/scorers/index.ts'
import { programOf, runProgram } from '../../src/scorers/sandbox.ts'
import { type ScoringDeps, scoreAnswer } from '../../src/scorers/score-answer.ts'

/** A spec from `not-contains` and the like, as the configuration would make it. */
export function specOf(written: string, rest: Partial<ScorerSpec> = {}): ScorerSpec {
  const found = resolveScorer(written)
  if (found.state !== 'known') throw new Error(`no scorer ${written}`)
  const place = { path: 'x.eval.yaml', line: 7, column: 5 }
  return { type: found.type, not: found.not, weight: 1, name: written, options: {}, place, ...rest }
}

export function caseOf(rest: Partial<Case> = {}): Case {
  const place = { path: 'cases.jsonl', line: 1 }
  return { id: 'c1', explicitId: true, vars: {}, tags: [], labels: {}, scorers: [], place, hash: 'h', ...rest }
}

export function answerOf(text: string, rest: Partial<Answer> = {}): Answer {
  return { text, usage: { input: 10, output: 5 }, latencyMs: 800, ...rest }
}

const request: Request = {
  hash: 'r',
  kind: 'model',
  provider: 'openai',
  model: 'm',
  endpoint: 'chat',
  messages: [{ role: 'user', content: 'the prompt' }],
  parameters: {},
  segments: [],
}

export function runOf(outcome: TrialOutcome['outcome']): Pick<TrialOutcome, 'trial' | 'request' | 'outcome'> {
  return { trial: { evalSet: 'e', caseId: 'c1', side: 'head', step: 'pass', index: 0 }, request, outcome }
}

/** The port without threads: nothing ends one long native call. */
export const sandbox: Sandbox = async (body, data) => {
  const program = programOf(body, data)
  return program.state === 'failed' ? program : runProgram(program.text)
}

export type Given = {
  readonly scorer: string
  readonly value?: Json
  readonly output: string | Answer
  readonly threshold?: number
  readonly options?: JsonObject
  readonly vars?: JsonObject
  readonly expected?: Json
  readonly kase?: Partial<Case>
  readonly deps?: Partial<ScoringDeps>
}

/** Scores one answer with one scorer, all the way through `scoreAnswer`. */
export function scoreWith(given: Given): Promise<Result> {
  const { scorer, value, threshold, options = {}, expected } = given
  const rest = { ...(value === undefined ? {} : { value }), ...(threshold === undefined ? {} : { threshold }), options }
  const kase = caseOf({ vars: given.vars ?? {}, ...(expected === undefined ? {} : { expected }), ...given.kase })
  const answer = typeof given.output === 'string' ? answerOf(given.output) : given.output
  const scoring = { scorers: [specOf(scorer, rest)], kase }
  return scoreAnswer(scoring, runOf({ state: 'answered', answer }), {
    costPico: null,
    sandbox,
    ...given.deps,
  })
}

/** `pass 0.5`, `fail 0`, `missing` or `left-out`, for tables. */
export async function verdictOf(given: Given): Promise<string> {
  const [score] = (await scoreWith(given)).scores
  if (score?.state !== 'scored') return score?.state ?? 'missing'
  return `${score.pass ? 'pass' : 'fail'} ${Math.round(score.value * 1000) / 1000}`
}

export async function whyOf(given: Given): Promise<string> {
  return (await scoreWith(given)).scores[0]?.why ?? ''
}
