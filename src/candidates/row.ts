// One candidate on one eval set, as the report has it.

import { type CaseComparison, flipKind } from '../compare.ts'
import { dropLimitPoints } from '../config/gates.ts'
import type { EvalSetCalls } from '../cost/input.ts'
import type { Failure } from '../domain.ts'
import type { SliceTest } from '../evaluate/each-slice.ts'
import type { Evaluation } from '../evaluate.ts'
import { estimateOf } from '../gate/estimate.ts'
import { type Measured, tested } from '../gate/measured.ts'
import type { ScoreOptions } from '../gate/score.ts'
import type { SetVerdict } from '../gate/set-verdict.ts'
import type { PriceBook } from '../prices/book.ts'
import type { CandidateRow, CandidateSlice, Holding } from '../report/candidates/report.ts'
import { tokensPerRequest } from '../report/eval-set.ts'
import { endOf } from './ends.ts'
import { holdingOf, isBetter, sliceHolding, type Tested } from './holding.ts'
import { costOf, monthsOf, type Prices, sliceMonths } from './money.ts'
import { refusalRemedy } from './refusal.ts'

/** What one comparison came to. */
export type Compared = {
  readonly evalSet: string
  readonly model: string
  readonly judges: readonly string[]
  readonly evaluation: Evaluation
  readonly measured: Measured
  readonly verdict: SetVerdict
  /** Under the eval set's own name, as routes know it. */
  readonly calls: EvalSetCalls
  /** The candidate, or the model in use, refuses every request. */
  readonly refusal: Failure | null
  readonly baseRefusal: Failure | null
}

export type RowContext = {
  readonly prices: Prices
  /** Every eval set that ran with this candidate. */
  readonly calls: readonly EvalSetCalls[]
  readonly comparisons: number
}

export function rowOf(compared: Compared, context: RowContext): CandidateRow {
  const { measured, model, verdict, calls, evalSet } = compared
  const holding = rowHolding(compared, context.prices.book)
  const kinds = tested(measured).map((one) => flipKind(one, measured.decision?.labels[one.kase.id]))
  const failed = verdict.rows.filter((row) => row.status === 'fail').map((row) => row.rule)
  return {
    model,
    comparison: measured.plan.name,
    holding,
    better: isKnown(holding) && isBetter(compared.evaluation.published, optionsOf(compared, context.comparisons)),
    score: measured.score,
    broken: kinds.filter((kind) => kind === 'broken').length,
    fixed: kinds.filter((kind) => kind === 'fixed').length,
    cases: tested(measured).length,
    breaches: [...new Set(failed)].filter((rule) => rule !== 'score-drop' && rule !== 'must-pass'),
    cost: costOf(calls, context.prices),
    months: isKnown(holding) ? monthsOf(evalSet, context.calls, context.prices) : [],
    latency: latencyOf(verdict),
    tokens: tokensPerRequest(measured),
    slices: isKnown(holding) ? slicesOf(compared, context.prices) : [],
    pareto: null,
    judgesItself: compared.judges.includes(model),
    ends: endOf(model, context.prices.book)?.on ?? null,
  }
}

const isKnown = ({ state }: Holding) => state !== 'error' && state !== 'not-measured'

function rowHolding({ measured, model, refusal, baseRefusal }: Compared, book: PriceBook): Holding {
  if (baseRefusal !== null)
    return {
      state: 'not-measured',
      why: `the model in use refuses: ${baseRefusal.message}`,
      remedy: 'Correct the eval set: nothing can be compared with it.',
    }
  if (refusal !== null) return { state: 'error', why: refusal.message, remedy: refusalRemedy(model, refusal, book) }
  const { decision } = measured
  if (decision === null) throw new Error(`no decision on ${measured.plan.name}`)
  return holdingOf({ decision, ...countsOf(measured.cases.filter((one) => one.role === 'paired')) })
}

function countsOf(cases: readonly CaseComparison[]): Omit<Tested, 'decision'> {
  const losses = cases.reduce((sum, one) => sum + Math.max(0, -(one.difference ?? 0)), 0)
  const measured = cases.filter((one) => one.difference !== null).length
  return { cases: cases.length, losses, measured, missing: cases.filter((one) => one.missing !== null).length }
}

/** Both directions of every comparison are one family. */
function optionsOf({ measured: { plan, cases } }: Compared, comparisons: number): ScoreOptions {
  return {
    cases: plan.order,
    maxDrop: dropLimitPoints(plan.gates) / 100,
    passes: plan.head.passes,
    suites: 2 * comparisons,
    compare: plan.head.compare,
    mustPass: [],
    missing: cases
      .filter((one) => one.role === 'paired' && !one.identical && one.missing !== null)
      .map((one) => one.kase.id),
  }
}

function latencyOf({ latency: { ratio, low, high, p95 } }: SetVerdict): CandidateRow['latency'] {
  return { ratio, low, high, p95 }
}

function slicesOf(compared: Compared, prices: Prices): readonly CandidateSlice[] {
  const { evaluation, measured } = compared
  const tests = measured.plan.sliceTests ?? 1
  const byId = new Map(measured.cases.map((one) => [one.kase.id, one]))
  return (evaluation.eachSlice ?? []).map((slice) => sliceOf(slice, { compared, prices, tests, byId }))
}

type OfSlice = {
  readonly compared: Compared
  readonly prices: Prices
  readonly tests: number
  readonly byId: ReadonlyMap<string, CaseComparison>
}

function sliceOf(slice: SliceTest, { compared, prices, tests, byId }: OfSlice): CandidateSlice {
  const { dimension, value, and, decision, maxDrop } = slice
  const where = { dimension, value, ...(and === undefined ? {} : { and }) }
  const cases = slice.cases.flatMap((id) => byId.get(id) ?? [])
  const ids = new Set(slice.cases)
  const calls = { ...compared.calls, pairs: compared.calls.pairs.filter((pair) => ids.has(pair.caseId)) }
  return {
    ...where,
    cases: cases.length,
    holding: sliceHolding({ decision, ...countsOf(cases) }, { limit: maxDrop, tests, isPair: and !== undefined }),
    score: estimateOf(cases.filter((one) => one.difference !== null)),
    perRequestUsd: costOf(calls, prices).perRequestUsd,
    months: sliceMonths({ evalSet: compared.evalSet, ...where, all: compared.calls.pairs }, calls, prices),
  }
}

/** A model that nothing was run with. */
export function rowWithoutRuns(model: string, holding: Holding, book: PriceBook): CandidateRow {
  const none = { base: null, head: null, delta: null, low: null, high: null }
  const same = { ...none, delta: 0, low: 0, high: 0 }
  const isSame = holding.state === 'holds'
  return {
    ...{ model, comparison: null, holding, better: false, score: isSame ? same : none },
    ...{ broken: 0, fixed: 0, cases: 0, breaches: [], months: [], slices: [], pareto: null, judgesItself: false },
    cost: { state: 'unpriced', why: 'nothing was run', perRequestUsd: none },
    latency: { ratio: isSame ? 1 : null, low: null, high: null, p95: { base: null, head: null } },
    tokens: { input: none, output: none },
    ends: endOf(model, book)?.on ?? null,
  }
}
