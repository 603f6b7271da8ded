// What a scorer gets and gives. `why` states a fact about the answer in few plain words, whatever `not` makes of it.

import type { Answer, Case, Json, JsonObject, Message, Outcome, Request, ScorerSpec, ScoreState } from '../domain.ts'
import type { Sandbox } from '../ports.ts'

export type Verdict = ScoreState

/** A call to a judge model; `key` identifies its verdict, so that equal questions are asked once. */
export type JudgeRequest = {
  readonly key: string
  /** `provider/model`. */
  readonly model: string
  readonly messages: readonly Message[]
  /** None where the parameters have a form of the answer of their own. */
  readonly responseFormat?: Json
  readonly parameters: JsonObject
}
/** `stored`: by a call of an earlier run. */
export type JudgeReply = { readonly outcome: Outcome; readonly stored: boolean }
/** @param round from 0; a further one asks the same again, whatever was replied before */
export type JudgeCall = (request: JudgeRequest, round?: number) => Promise<JudgeReply>

export type ScoreInput = {
  readonly spec: ScorerSpec
  /** The spec's value with the case's variables rendered into it. */
  readonly value: Json | undefined
  readonly answer: Answer
  readonly kase: Case
  /** The case's variables, and `expected`. */
  readonly vars: JsonObject
  readonly request: Request
  /** Null when the call's price is not known. */
  readonly costPico: bigint | null
  readonly sandbox: Sandbox
  readonly judge?: JudgeCall
}

export type Scorer = {
  /**
   * `templated`: the written value is a template for the case's variables. `script`: it is code, into which variables
   * are put as data. `as-is`: it is not touched.
   */
  readonly value: 'templated' | 'script' | 'as-is'
  /** What is wrong with a spec, in words; null when it can run. Called when the configuration is read. */
  readonly check: (spec: ScorerSpec) => string | null | Promise<string | null>
  readonly score: (input: ScoreInput) => Verdict | Promise<Verdict>
  /** Of scorers that compare both sides: called where both have answered, and what it says replaces what `score` said. */
  readonly compare?: (input: PairInput) => Promise<PairVerdict>
}

/** Both answers to one case; everything else is the same for both. */
export type PairInput = Pick<ScoreInput, 'spec' | 'value' | 'kase' | 'vars' | 'judge'> & {
  readonly answers: { readonly base: Answer; readonly head: Answer }
}
export type PairVerdict = { readonly base: Verdict; readonly head: Verdict }

const EVIDENCE_CHARACTERS = 200

/** At most 200 characters of a text, on one line. */
export function evidence(text: string): string {
  const line = text.slice(0, 4 * EVIDENCE_CHARACTERS).replace(/\s+/g, ' ')
  if (line.length <= EVIDENCE_CHARACTERS && text.length <= 4 * EVIDENCE_CHARACTERS) return line
  return `${line.slice(0, EVIDENCE_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Pass or fail as 1 or 0. */
export function binary(pass: boolean, why: string): Verdict {
  return { state: 'scored', value: pass ? 1 : 0, pass, why }
}

/** A score in [0, 1] that passes from `threshold` on. */
export function graded(value: number, threshold: number, why: string): Verdict {
  const score = clamp(value)
  // Sums of fractions may miss a threshold by the last bit.
  return { state: 'scored', value: score, pass: score >= threshold - 1e-9, why }
}

export function missing(why: string): Verdict {
  return { state: 'missing', why: evidence(why) }
}

export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** The opposite verdict, for `not-`; missing stays missing. */
export function inverted(verdict: Verdict): Verdict {
  if (verdict.state !== 'scored') return verdict
  return { ...verdict, value: clamp(1 - verdict.value), pass: !verdict.pass }
}

/** A scalar as the text that promptfoo would compare with. */
export function scalarText(value: Json | undefined): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
