// A run taken apart: its shape (what many runs share), its figures, and its texts. `kept-run.ts` puts it together.

import type { Answer, Failure, Outcome, Result, Score, Standing, Step, Usage } from '../domain.ts'
import { factsOf } from '../facts-of.ts'
import { given } from '../targets/outside.ts'

export type ScoreShape = Pick<Score, 'scorer' | 'weight' | 'state'> & {
  readonly pass?: boolean
  readonly standing?: Standing
}

/** Said of each run in its own words, so that they go onto the shelf. */
type Id = 'requestId' | 'responseId'
type LongText = Id | 'toolCalls' | 'retrieved'
const IDS: readonly Id[] = ['requestId', 'responseId']
const LONG_TEXTS: readonly LongText[] = [...IDS, 'toolCalls', 'retrieved']

export type AnswerShape = Omit<Answer, 'text' | 'latencyMs' | 'latencyAtMostMs' | 'usage' | 'timings' | LongText> & {
  readonly isBounded?: true
  readonly usage?: readonly (keyof Usage)[]
  readonly timings?: readonly string[]
  readonly texts: readonly LongText[]
}

export type FailureShape = Omit<Failure, 'message' | 'usage' | Id> & {
  readonly usage?: readonly (keyof Usage)[]
  readonly texts: readonly Id[]
}

export type Shape = {
  readonly evalSet: string
  readonly step: Step
  readonly index: number
  readonly state: Result['state']
  readonly pass?: boolean
  readonly scores: readonly ScoreShape[]
  readonly answer?: AnswerShape
  readonly failure?: FailureShape
}

export type Texts = {
  readonly text?: string
  readonly message?: string
  readonly requestId?: string | undefined
  readonly responseId?: string | undefined
  readonly toolCalls?: Answer['toolCalls']
  readonly retrieved?: Answer['retrieved']
  readonly why?: string
  readonly whys: readonly string[]
}

/** What a figure is made of, where it is no number: a decimal that the provider wrote. */
export type Words = { numberOf(word: string): number; at(number: number): string }

export type Parts = { readonly shape: Shape; readonly figures: readonly number[]; readonly texts: Texts }

export function takeApart(result: Result, words: Words): Parts {
  const { trial, outcome, scores } = result
  const shape: Shape = {
    evalSet: trial.evalSet,
    step: trial.step,
    index: trial.index,
    state: result.state,
    ...(result.state === 'scored' ? { pass: result.pass } : {}),
    scores: scores.map(({ scorer, weight, ...rest }) => ({
      ...{ scorer, weight, state: rest.state },
      ...(rest.state === 'scored' ? { pass: rest.pass } : {}),
      ...(rest.state === 'scored' && rest.standing !== undefined ? { standing: rest.standing } : {}),
    })),
    ...(outcome.state === 'answered' ? { answer: answerShape(outcome.answer) } : { failure: failureShape(outcome) }),
  }
  return { shape, figures: figuresOf(result, words), texts: textsOf(result) }
}

function answerShape(answer: Answer): AnswerShape {
  const {
    text: _,
    latencyMs: __,
    toolCalls: ___,
    retrieved: ____,
    requestId: _____,
    responseId: ______,
    ...most
  } = answer
  const { usage, timings, latencyAtMostMs, ...same } = most
  return {
    ...same,
    ...(latencyAtMostMs === undefined ? {} : { isBounded: true as const }),
    ...namesOf(usage),
    ...(timings === undefined ? {} : { timings: Object.keys(timings) }),
    texts: LONG_TEXTS.filter((name) => answer[name] !== undefined),
  }
}

function failureShape({ failure }: Extract<Outcome, { state: 'failed' }>): FailureShape {
  const { message: _, requestId: __, responseId: ___, usage, ...same } = failure
  return { ...same, ...namesOf(usage), texts: IDS.filter((name) => failure[name] !== undefined) }
}

const namesOf = (usage: Usage | undefined) =>
  usage === undefined ? {} : { usage: Object.keys(usage) as (keyof Usage)[] }

/** In this order: the run's score, those of its scorers, the latency, its bound, the usage, the stages. */
function figuresOf(result: Result, words: Words): readonly number[] {
  const { outcome, scores } = result
  const answer = outcome.state === 'answered' ? outcome.answer : null
  return [
    ...(result.state === 'scored' ? [result.score] : []),
    ...scores.flatMap((score) => (score.state === 'scored' ? [score.value] : [])),
    ...(answer === null ? [] : [answer.latencyMs ?? Number.NaN]),
    ...(answer?.latencyAtMostMs === undefined ? [] : [answer.latencyAtMostMs]),
    ...Object.values(factsOf(outcome).usage ?? {}).map((value) =>
      typeof value === 'string' ? words.numberOf(value) : value,
    ),
    ...Object.values(answer?.timings ?? {}),
  ]
}

function textsOf(result: Result): Texts {
  const { outcome, scores } = result
  const why = result.state === 'scored' ? {} : { why: result.why }
  const whys = scores.map((score) => score.why)
  if (outcome.state === 'failed') {
    const { message, requestId, responseId } = outcome.failure
    return { message, ...given({ requestId, responseId }), ...why, whys }
  }
  const { text, requestId, responseId, toolCalls, retrieved } = outcome.answer
  return { text, ...given({ requestId, responseId, toolCalls, retrieved }), ...why, whys }
}
