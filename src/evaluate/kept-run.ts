// A run put together again from its parts. Figures are there at once, and texts are read when they are asked for: by getters of
// a class, since an object with getters of its own takes many times the memory. A copy by spread
// leaves the texts behind (`wholeOutcome`).

import type {
  Answer,
  Failure,
  FinishReason,
  Outcome,
  PriceTerms,
  Result,
  Score,
  SideLabel,
  Standing,
  Usage,
} from '../domain.ts'
import { given } from '../targets/outside.ts'
import type { AnswerShape, FailureShape, ScoreShape, Shape, Texts, Words } from './run-parts.ts'

export type Row = {
  readonly shape: Shape
  figure(at: number): number
  readonly words: Words
  /** Read anew each time. */
  texts(): Texts
}
export type RunOf = { readonly caseId: string; readonly side: SideLabel }

export function putTogether(row: Row, of: RunOf): Result {
  switch (row.shape.state) {
    case 'scored':
      return new ScoredRun(row, of)
    case 'missing':
      return new MissingRun(row, of)
    case 'unscored':
      return new UnscoredRun(row, of)
  }
}

abstract class KeptRun {
  protected readonly row: Row
  readonly #of: RunOf

  constructor(row: Row, of: RunOf) {
    this.row = row
    this.#of = of
  }
  get trial() {
    const { evalSet, step, index } = this.row.shape
    return { evalSet, ...this.#of, step, index }
  }
  get outcome(): Outcome {
    const { row } = this
    const { answer, failure } = row.shape
    if (answer !== undefined) return { state: 'answered', answer: new KeptAnswer(row, answer) }
    if (failure === undefined) throw new Error('a run has neither an answer nor a failure')
    return { state: 'failed', failure: new KeptFailure(row, failure) }
  }
  get scores(): readonly Score[] {
    const { row } = this
    let at = firstScore(row.shape)
    return row.shape.scores.map((shape, position) => {
      if (shape.state !== 'scored') return new KeptNoScore(row, position, { ...shape, state: shape.state })
      return new KeptScore(row, position, { shape, value: row.figure(at++) })
    })
  }
}

class ScoredRun extends KeptRun {
  readonly state = 'scored'
  get score() {
    return this.row.figure(0)
  }
  get pass() {
    return this.row.shape.pass ?? false
  }
}

class MissingRun extends KeptRun {
  readonly state = 'missing'
  get why() {
    return this.row.texts().why ?? ''
  }
}

class UnscoredRun extends KeptRun {
  readonly state = 'unscored'
  get why() {
    return this.row.texts().why ?? ''
  }
}

const firstScore = (shape: Shape) => (shape.state === 'scored' ? 1 : 0)
const afterScores = (shape: Shape) => firstScore(shape) + shape.scores.filter((one) => one.state === 'scored').length

class KeptScore {
  readonly state = 'scored'
  readonly scorer: string
  readonly weight: number
  readonly value: number
  readonly pass: boolean
  readonly standing?: Standing
  readonly #row: Row
  readonly #position: number

  constructor(row: Row, position: number, { shape, value }: { readonly shape: ScoreShape; readonly value: number }) {
    this.#row = row
    this.#position = position
    this.scorer = shape.scorer
    this.weight = shape.weight
    this.value = value
    this.pass = shape.pass ?? false
    if (shape.standing !== undefined) this.standing = shape.standing
  }
  get why() {
    return this.#row.texts().whys[this.#position] ?? ''
  }
}

class KeptNoScore {
  readonly state: 'missing' | 'left-out'
  readonly scorer: string
  readonly weight: number
  readonly #row: Row
  readonly #position: number

  constructor(row: Row, position: number, shape: ScoreShape & { readonly state: 'missing' | 'left-out' }) {
    this.#row = row
    this.#position = position
    this.state = shape.state
    this.scorer = shape.scorer
    this.weight = shape.weight
  }
  get why() {
    return this.#row.texts().whys[this.#position] ?? ''
  }
}

/** What comes with an answer, and with one that was filtered whole. */
abstract class KeptFacts {
  readonly model?: string
  readonly fingerprint?: string
  readonly serviceTier?: string
  readonly terms?: PriceTerms
  readonly finishReason?: FinishReason
  readonly toolFees?: true

  constructor({ model, fingerprint, serviceTier, terms, finishReason, toolFees }: AnswerShape | FailureShape) {
    if (model !== undefined) this.model = model
    if (fingerprint !== undefined) this.fingerprint = fingerprint
    if (serviceTier !== undefined) this.serviceTier = serviceTier
    if (terms !== undefined) this.terms = terms
    if (finishReason !== undefined) this.finishReason = finishReason
    if (toolFees !== undefined) this.toolFees = toolFees
  }
}

class KeptFailure extends KeptFacts implements Failure {
  readonly kind: Failure['kind']
  readonly cause: Failure['cause']
  readonly status?: number
  readonly usage?: Usage
  readonly #row: Row

  constructor(row: Row, shape: FailureShape) {
    super(shape)
    this.#row = row
    this.kind = shape.kind
    this.cause = shape.cause
    let at = afterScores(row.shape)
    if (shape.status !== undefined) this.status = shape.status
    if (shape.usage !== undefined) this.usage = usageOf(shape.usage, () => row.figure(at++), row.words)
  }
  get message() {
    return this.#row.texts().message ?? ''
  }
  get requestId() {
    return this.#has('requestId') ? this.#row.texts().requestId : undefined
  }
  get responseId() {
    return this.#has('responseId') ? this.#row.texts().responseId : undefined
  }
  #has(name: FailureShape['texts'][number]): boolean {
    return this.#row.shape.failure?.texts.includes(name) ?? false
  }
}

class KeptAnswer extends KeptFacts implements Answer {
  readonly latencyMs: number | null
  readonly latencyAtMostMs?: number
  readonly usage?: Usage
  readonly timings?: { readonly [stage: string]: number }
  readonly refusal?: boolean
  readonly #row: Row

  constructor(row: Row, shape: AnswerShape) {
    super(shape)
    this.#row = row
    let at = afterScores(row.shape)
    const latencyMs = row.figure(at++)
    this.latencyMs = Number.isNaN(latencyMs) ? null : latencyMs
    if (shape.isBounded) this.latencyAtMostMs = row.figure(at++)
    const { usage, timings, refusal } = shape
    if (usage !== undefined) this.usage = usageOf(usage, () => row.figure(at++), row.words)
    if (timings !== undefined) this.timings = Object.fromEntries(timings.map((stage) => [stage, row.figure(at++)]))
    if (refusal !== undefined) this.refusal = refusal
  }
  get text() {
    return this.#row.texts().text ?? ''
  }
  get requestId() {
    return this.#has('requestId') ? this.#row.texts().requestId : undefined
  }
  get responseId() {
    return this.#has('responseId') ? this.#row.texts().responseId : undefined
  }
  get toolCalls() {
    return this.#has('toolCalls') ? this.#row.texts().toolCalls : undefined
  }
  get retrieved() {
    return this.#has('retrieved') ? this.#row.texts().retrieved : undefined
  }
  #has(name: AnswerShape['texts'][number]): boolean {
    return this.#row.shape.answer?.texts.includes(name) ?? false
  }
}

/** With its texts as members of its own, for those who copy it. */
export function wholeOutcome(outcome: Outcome): Outcome {
  if (outcome.state === 'failed') {
    const { message, requestId, responseId } = outcome.failure
    return { state: 'failed', failure: { ...outcome.failure, message, ...given({ requestId, responseId }) } }
  }
  const { text, requestId, responseId, toolCalls, retrieved } = outcome.answer
  const texts = given({ requestId, responseId, toolCalls, retrieved })
  return { state: 'answered', answer: { ...outcome.answer, text, ...texts } }
}

/** All of it are numbers but what the provider says that the call cost. */
function usageOf(names: readonly (keyof Usage)[], next: () => number, words: Words): Usage {
  const figures: { -readonly [name in keyof Usage]?: number | string } = {}
  for (const name of names) figures[name] = name === 'reportedUsd' ? words.at(next()) : next()
  return figures as Usage
}
