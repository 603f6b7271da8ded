// runs.jsonl of a shard: one finished run a line, as scored, with what the report may show of it and nothing else.
// It is uploaded, so that its texts are redacted and cut; the answers as they came stay in the state directory.

import { cutText } from '../cut-text.ts'
import type { Answer, AnswerFacts, Failure, Json, ModelCall, Outcome, Result, Retrieved, Score } from '../domain.ts'
import { wholeOutcome } from '../evaluate/kept-run.ts'
import type { Evaluation } from '../evaluate.ts'
import { at, given, isObject, listAt, parseJson, textAt } from '../targets/outside.ts'

export type MadeRun = {
  readonly result: Result
  /** The same answer under the other side's scorers, where they differ. */
  readonly rescored?: Result
}

/** Every run of a shard's part of a set. */
export function* runsOf({ runs, rescored }: Evaluation): Generator<MadeRun> {
  for (const [at, one] of runs.entries()) {
    const again = rescored?.runs[at]
    for (const side of ['base', 'head'] as const)
      for (const [index, result] of one[side].entries()) {
        const other = again?.[side][index]
        yield other === undefined ? { result } : { result, rescored: other }
      }
  }
}

/** Longest stretch of a text that the report shows. */
const SHOWN_CHARACTERS = 4_000

export type TextRules = {
  readonly redact: (text: string) => string
  /** False with `comment.outputs: numbers-only`: no text of a model or a judge is kept. */
  readonly texts: boolean
}

export function runLine({ result, rescored }: MadeRun, rules: TextRules): string {
  const again = rescored === undefined ? {} : { rescored: shared(rescored, rules) }
  return JSON.stringify({ ...shared(result, rules), ...again })
}

function shared(result: Result, rules: TextRules): Result {
  const { trial, outcome } = result
  const scores = result.scores.map((score) => ({ ...score, why: outputText(score.why, rules) }))
  const said = { trial, outcome: sharedOutcome(wholeOutcome(outcome), rules), scores }
  if (result.state !== 'scored') return { ...said, state: result.state, why: rules.redact(result.why) }
  return { ...said, state: result.state, score: result.score, pass: result.pass }
}

function outputText(text: string, { redact, texts }: TextRules): string {
  if (!texts) return ''
  // Cut afterwards: half of an address or of a key is recognised by nobody.
  return cutText(redact(text), SHOWN_CHARACTERS)
}

function sharedOutcome(outcome: Outcome, rules: TextRules): Outcome {
  if (outcome.state === 'answered') return { state: 'answered', answer: sharedAnswer(outcome.answer, rules) }
  return { state: 'failed', failure: sharedFailure(outcome.failure, rules) }
}

function sharedFailure(failure: Failure, rules: TextRules): Failure {
  return { ...failure, ...saidOf(failure, rules), message: rules.redact(failure.message) }
}

/** Texts of retrieved documents are the application's own, and no report shows them. */
function sharedAnswer({ retrieved, toolCalls, calls, ...answer }: Answer, rules: TextRules): Answer {
  const shown =
    toolCalls === undefined || !rules.texts ? {} : { toolCalls: toolCalls.map((one) => sharedCall(one, rules)) }
  const seen = calls === undefined ? {} : { calls: calls.map((one) => sharedModelCall(one, rules)) }
  const found = retrieved === undefined || !rules.texts ? {} : { retrieved: retrieved.map((one) => named(one, rules)) }
  return { ...answer, ...saidOf(answer, rules), text: outputText(answer.text, rules), ...shown, ...found, ...seen }
}

/** The report names what was found on one side alone. */
function named({ id, score }: Retrieved, { redact }: TextRules): Retrieved {
  return { id: redact(id), ...given({ score }) }
}

/** Names and numbers are the provider's own words, too. */
function saidOf({ model, fingerprint, serviceTier, requestId, responseId }: AnswerFacts, { redact }: TextRules) {
  const said = given({ model, fingerprint, serviceTier, requestId, responseId })
  return Object.fromEntries(Object.entries(said).map(([name, text]) => [name, redact(text)]))
}

function sharedModelCall({ prompt, answered, failure, ...call }: ModelCall, rules: TextRules): ModelCall {
  return {
    ...call,
    ...(prompt === undefined || !rules.texts ? {} : { prompt: rules.redact(prompt) }),
    ...(answered === undefined ? {} : { answered: rules.redact(answered) }),
    ...(failure === undefined ? {} : { failure: sharedFailure(failure, rules) }),
  }
}

function sharedCall(call: NonNullable<Answer['toolCalls']>[number], { redact }: TextRules) {
  return { name: redact(call.name), arguments: redacted(call.arguments, redact) }
}

function redacted(value: Json, redact: TextRules['redact']): Json {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item: Json) => redacted(item, redact))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact)]))
}

/** Null for a line that is no run of ours, a torn one among them. */
export function readRunLine(line: string): MadeRun | null {
  const value = parseJson(line)
  const rescored = at(value, 'rescored')
  if (!isResult(value)) return null
  if (rescored === undefined) return { result: value }
  const { rescored: _, ...result } = value as Result & { readonly rescored?: unknown }
  return isResult(rescored) ? { result: result as Result, rescored } : null
}

/** Written by us: the tags and the figures that are summed are enough to tell it from anything else. */
function isResult(value: Json | undefined): value is Json & Result {
  const [evalSet, caseId] = [textAt(value, 'trial', 'evalSet'), textAt(value, 'trial', 'caseId')]
  const [side, step, index] = [
    textAt(value, 'trial', 'side'),
    textAt(value, 'trial', 'step'),
    at(value, 'trial', 'index'),
  ]
  if (evalSet === undefined || caseId === undefined || (side !== 'base' && side !== 'head')) return false
  if ((step !== 'pass' && step !== 'identical') || !Number.isSafeInteger(index)) return false
  if (!isOutcome(at(value, 'outcome')) || !listAt(value, 'scores').every(isScore)) return false
  const state = textAt(value, 'state')
  if (state === 'missing' || state === 'unscored') return textAt(value, 'why') !== undefined
  return state === 'scored' && isShare(at(value, 'score')) && typeof at(value, 'pass') === 'boolean'
}

const isShare = (value: Json | undefined) => typeof value === 'number' && value >= 0 && value <= 1

function isOutcome(value: Json | undefined): value is Json & Outcome {
  if (textAt(value, 'state') === 'answered') return textAt(value, 'answer', 'text') !== undefined
  return textAt(value, 'state') === 'failed' && textAt(value, 'failure', 'message') !== undefined
}

function isScore(value: Json): value is Json & Score {
  const state = textAt(value, 'state')
  if (textAt(value, 'scorer') === undefined || typeof at(value, 'weight') !== 'number') return false
  if (state === 'scored') return typeof at(value, 'value') === 'number' && typeof at(value, 'pass') === 'boolean'
  return state === 'missing' || state === 'left-out'
}
