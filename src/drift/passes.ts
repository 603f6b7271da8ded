// From the runs of a set to its complete passes: levels, logs and texts by case, and the figures that the history keeps.

import { metricOf } from '../compare.ts'
import { sha256 } from '../config/canonical.ts'
import type { Answer, Request, Result, SideLabel } from '../domain.ts'
import type { Evaluation } from '../evaluate.ts'
import { MISSING_SHARE } from '../gate/score/levels.ts'
import { formatUsd } from '../money.ts'
import type { SetPlan } from '../plan.ts'
import { refusalIn } from '../scorers/is-refusal.ts'
import { inOrder } from './key.ts'
import type { Figures } from './records.ts'

/** What one run of a case came to; null where there is no such figure. */
export type CaseFigures = {
  readonly caseId: string
  /** 0-1 of what `compare` names; null = missing. */
  readonly level: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly latencyMs: number | null
  readonly costPico: bigint | null
  readonly refuses: boolean | null
  /** Sixteen hex digits over the text of the answer. */
  readonly output: string | null
  readonly answer: Answer | null
}

/** In the order of the key. */
export type Pass = {
  readonly cases: readonly CaseFigures[]
  readonly whyMissing: string | null
  /** Calls that were refused for good, which score 0, and the first reason; left out where there is none. */
  readonly refused?: { readonly calls: number; readonly message: string }
}

export type CostOf = (answer: Answer, request: Request) => bigint | null

/** The complete passes of one side, as far as they were made. */
export function passesOf(evaluation: Evaluation, side: SideLabel, costOf: CostOf): readonly Pass[] {
  const { plan } = evaluation
  const runs = new Map(evaluation.runs.map((one) => [one.kase.id, one]))
  return Array.from({ length: plan.head.passes }, (_, index) => {
    const results = inOrder(plan).map(({ kase }) => runs.get(kase.id)?.[side].find((one) => isOf(one, index)))
    return {
      cases: inOrder(plan).map(({ kase }, i) => figuresOf(kase.id, results[i], { plan, side, costOf })),
      whyMissing: reasonOf(results),
      ...refusedOf(results),
    }
  })
}

/** The answer of a tie stands for the first pass. */
const isOf = ({ trial }: Result, index: number) =>
  trial.index === index && (trial.step === 'pass' || trial.step === 'identical')

function refusedOf(results: readonly (Result | undefined)[]): Pick<Pass, 'refused'> {
  const failures = results.flatMap((one) =>
    one?.state === 'scored' && one.outcome.state === 'failed' ? [one.outcome.failure.message] : [],
  )
  const [message] = failures
  return message === undefined ? {} : { refused: { calls: failures.length, message } }
}

/** In words; null where every call had an answer. */
export const refusedWords = ({ refused, cases }: Pass): string | null =>
  refused === undefined
    ? null
    : `${refused.calls} of ${cases.length} calls were refused: ${refused.message.replace(/\.$/, '')}`

export const isRefused = ({ refused, cases }: Pass) => refused !== undefined && refused.calls === cases.length

/** The commonest reason, since one cause takes most of them. */
function reasonOf(results: readonly (Result | undefined)[]): string | null {
  const reasons = results.flatMap((one) =>
    one === undefined ? ['the run ended before it'] : one.state === 'scored' ? [] : [one.why],
  )
  const counts = new Map<string, number>()
  for (const why of reasons) counts.set(why, (counts.get(why) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}

type Of = { readonly plan: SetPlan; readonly side: SideLabel; readonly costOf: CostOf }

function figuresOf(caseId: string, result: Result | undefined, { plan, side, costOf }: Of): CaseFigures {
  const level = result?.state === 'scored' ? metricOf(plan.head.compare)(result) : null
  const answer = result?.outcome.state === 'answered' ? result.outcome.answer : null
  const prepared = plan.cases.get(caseId)?.[side]
  const request = prepared?.state === 'ready' ? prepared.request : null
  return {
    ...{ caseId, level, answer },
    inputTokens: answer?.usage?.input ?? null,
    outputTokens: answer?.usage?.output ?? null,
    latencyMs: answer?.latencyMs ?? null,
    costPico: answer === null || request === null ? null : costOf(answer, request),
    refuses: answer === null ? null : refuses(answer),
    output: answer === null ? null : sha256(answer.text).slice(0, 16),
  }
}

const refuses = ({ refusal, finishReason, text }: Answer) =>
  refusal === true ||
  finishReason === 'refusal' ||
  finishReason === 'content_filter' ||
  (text.length > 0 && refusalIn(text) !== null)

/** Why a pass is none; null when it counts. */
export function whyUnmeasured({ cases, whyMissing }: Pass): string | null {
  const missing = cases.filter(({ level }) => level === null).length
  if (cases.length > 0 && missing <= MISSING_SHARE * cases.length) return null
  return `${missing} of ${cases.length} cases have no result${whyMissing === null ? '' : `: ${whyMissing}`}`
}

export function figuresOfPasses(passes: readonly Pass[]): Figures {
  const runs = passes.flatMap(({ cases }) => cases)
  const scored = runs.flatMap(({ level }) => (level === null ? [] : [level]))
  const answers = runs.flatMap(({ answer }) => (answer === null ? [] : [answer]))
  // The first answer of each process of an application has none, and the others tell as well.
  const logs = runs.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [Math.log(Math.max(latencyMs, 0.1))]))
  const logMean = mean(logs)
  const score = mean(scored)
  return {
    n: scored.length,
    missing: runs.length - scored.length,
    score: score === null ? null : rounded(100 * score),
    inputTokens: rounded(mean(known(runs, (one) => one.inputTokens))),
    outputTokens: rounded(mean(known(runs, (one) => one.outputTokens))),
    latencyMs: logMean === null ? null : rounded(Math.exp(logMean)),
    refusals: rounded(mean(known(runs, ({ refuses }) => (refuses === null ? null : refuses ? 1 : 0)))),
    costUsd: meanUsd(runs),
    answered: distinct(answers, ({ model }) => model),
    fingerprints: distinct(answers, ({ fingerprint }) => fingerprint),
    tiers: distinct(answers, ({ serviceTier }) => serviceTier),
  }
}

/** Of the runs with an answer; null as soon as one of these lacks the figure. */
function known(runs: readonly CaseFigures[], of: (one: CaseFigures) => number | null): readonly number[] | null {
  const values = runs.filter(({ answer }) => answer !== null).map(of)
  return values.some((value) => value === null) ? null : values.flatMap((value) => value ?? [])
}

function mean(values: readonly number[] | null | undefined): number | null {
  return values === null || values === undefined || values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length
}

function meanUsd(runs: readonly CaseFigures[]): string | null {
  const answered = runs.filter(({ answer }) => answer !== null)
  if (answered.length === 0 || answered.some(({ costPico }) => costPico === null)) return null
  return formatUsd(answered.reduce((sum, { costPico }) => sum + (costPico ?? 0n), 0n) / BigInt(answered.length))
}

const distinct = (answers: readonly Answer[], of: (answer: Answer) => string | undefined) =>
  [...new Set(answers.flatMap((answer) => of(answer) ?? []))].sort()

/** Enough for any figure that is shown, and short in a line of the history. */
export function rounded(value: number): number
export function rounded(value: number | null): number | null
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6
}
