// Gates on the head's own level: score, scorer rates. They fail when the bound is beyond the limit, warn when the point is.

import { type CaseComparison, compareCase, scorerMetric } from '../compare.ts'
import type { GateOutcome, Limit, ScorerSpec, Standing } from '../domain.ts'
import { formatPoints, formatPointsChange } from '../report/numbers.ts'
import type { Estimate, GateRow, ScorerReport } from '../report/report.ts'
import { permWorse } from '../stats/permutation.ts'
import { type Bounds, surely } from '../stats/proportion.ts'
import { estimateOf } from './estimate.ts'
import { capped, lowerLimit, upperLimit } from './limits.ts'
import { lacksPair, lacksScore, lostOf, unlessLost } from './lost-answers.ts'
import { check, type GateCheck, headCases, type Lost, type Measured } from './measured.ts'

const SCORER_ALPHA = 0.01

export function minScoreCheck(measured: Measured): readonly GateCheck[] {
  const limit = measured.plan.gates.minScore
  if (limit === undefined) return []
  const values = headCases(measured).map((one) => one.head ?? 0)
  const level = levelOf(values)
  const lost = lostOf(ofTheTest(measured), lacksScore)
  const row: GateRow = {
    rule: 'min-score',
    metric: 'score of the head',
    base: formatPoints(measured.score.base),
    head: level === null ? '' : formatPoints(level.point),
    change: '',
    limit: `at least ${limit.limit}`,
    status: level === null ? 'not-measured' : lowerLimit(limit, { point: level.point, bound: level.high }),
  }
  const made = check(row, {
    evalSet: measured.plan.name,
    message:
      level === null
        ? 'No case of the head was measured.'
        : `The head scores ${formatPoints(level.point)} (at most ${formatPoints(level.high)} at 95 %); at least ${limit.limit} is wanted.`,
    remedy: 'Improve the prompt, or lower `min_score` with a reason.',
  })
  return [unlessLost(made, lost, staysBelow(values, lost, limit))]
}

/** Edited cases have a table of their own. */
const ofTheTest = ({ cases }: Measured) => cases.filter((one) => one.role !== 'edited')

/** It would be below the limit, too, if all that was lost had been right. */
export function staysBelow(values: readonly number[], lost: Lost, limit: Limit): boolean {
  const level = levelOf([...values, ...lost.cases.map(() => 1)])
  return level !== null && level.high < limit.limit
}

type Level = { readonly point: number; readonly low: number; readonly high: number }

/** Mean on 0-100 with its bounds; for graded scores those of a rate are conservative, since their variance is smaller. */
function levelOf(values: readonly number[]): Level | null {
  if (values.length === 0) return null
  const sum = values.reduce((total, value) => total + value, 0)
  const { low, high }: Bounds = surely(sum, values.length)
  return { point: (100 * sum) / values.length, low: 100 * low, high: 100 * high }
}

export function scorersOf(measured: Measured): {
  readonly reports: readonly ScorerReport[]
  readonly checks: readonly GateCheck[]
} {
  const specs = [...measured.plan.head.scorers, ...measured.plan.head.cases.flatMap((kase) => kase.scorers)]
  const names = [...new Map(specs.map((spec) => [spec.name, spec.weight > 0] as const))]
  const all = names.map(([name, gating]) => ({ name, gating, cases: casesOf(measured, name) }))
  const checks = Object.keys(measured.plan.gates.scorers ?? {}).flatMap((name) => scorerChecks(measured, name))
  const reports = all
    .filter((one) => one.cases.length > 0)
    .map(({ name, gating, cases }): ScorerReport => {
      const own = checks.filter((one) => one.row?.metric.startsWith(name))
      return {
        name,
        gating,
        n: cases.length,
        score: estimateOf(cases),
        status: own.find((one) => one.status !== 'pass')?.status ?? own[0]?.status ?? 'shown',
        ...standingsOf(cases, name),
      }
    })
  return { reports, checks }
}

function casesOf(measured: Measured, name: string): readonly CaseComparison[] {
  const metric = scorerMetric(name)
  return measured.cases
    .filter((one) => one.role !== 'edited')
    .map((one) => compareCase(one.runs, metric))
    .filter((one) => one.head !== null || (one.identical && one.base !== null))
}

/** Of the complete passes: re-runs are a selection. */
function standingsOf(cases: readonly CaseComparison[], name: string): Pick<ScorerReport, 'pairwise'> {
  const standings = cases.flatMap(({ runs }) =>
    runs.head
      .filter((run) => run.trial.step === 'pass' && run.state === 'scored')
      .flatMap((run) => run.scores.filter((score) => score.scorer === name))
      .flatMap((score) => (score.state === 'scored' && score.standing !== undefined ? [score.standing] : [])),
  )
  if (standings.length === 0) return {}
  const count = (of: Standing) => standings.filter((one) => one === of).length
  return { pairwise: { wins: count('win'), losses: count('loss'), ties: count('tie') } }
}

function scorerChecks(measured: Measured, name: string): readonly GateCheck[] {
  const gate = measured.plan.gates.scorers?.[name] ?? {}
  const direct = casesOf(measured, name)
  // `is-refusal: {max_rate_percent}` with a set that scores `not-is-refusal`: the rate is of refusals either way.
  const inverted = direct.length === 0
  const cases = inverted ? casesOf(measured, `not-${name}`) : direct
  const heads = cases.flatMap((one) => (one.head === null ? [] : [inverted ? 1 - one.head : one.head]))
  const level = levelOf(heads)
  const context = { measured, name, cases, level }
  const scored = scoredBy(measured, name)
  const lost = lostOf(scored, lacksScore)
  const { maxRatePercent, minScore, maxDropPoints } = gate
  return [
    ...(maxRatePercent
      ? [
          unlessLost(
            levelCheck(context, 'rate', upperLimitOf(level, maxRatePercent), `at most ${maxRatePercent.limit} %`),
            lost,
            staysAbove(heads, lost, maxRatePercent),
          ),
        ]
      : []),
    ...(minScore
      ? [
          unlessLost(
            levelCheck(context, 'score', lowerLimitOf(level, minScore), `at least ${minScore.limit}`),
            lost,
            staysBelow(heads, lost, minScore),
          ),
        ]
      : []),
    ...(maxDropPoints ? [unlessLost(dropCheck(context, maxDropPoints), lostOf(scored, lacksPair))] : []),
  ]
}

/** Whether or not they have its score: those that a scorer of this name, or its opposite, was to look at. */
function scoredBy(measured: Measured, name: string): readonly CaseComparison[] {
  const isIts = (spec: ScorerSpec) => spec.name === name || spec.name === `not-${name}`
  const all = ofTheTest(measured)
  return measured.plan.head.scorers.some(isIts) ? all : all.filter((one) => one.kase.scorers.some(isIts))
}

/** It would be above the limit, too, if nothing that was lost had counted. */
function staysAbove(values: readonly number[], lost: Lost, limit: Limit): boolean {
  const level = levelOf([...values, ...lost.cases.map(() => 0)])
  return level !== null && level.low > limit.limit
}

type Context = {
  readonly measured: Measured
  readonly name: string
  readonly cases: readonly CaseComparison[]
  readonly level: Level | null
}
type LimitOf = Parameters<typeof upperLimit>[0]

const upperLimitOf = (level: Level | null, limit: LimitOf): GateOutcome =>
  level === null ? 'not-measured' : upperLimit(limit, { point: level.point, bound: level.low })
const lowerLimitOf = (level: Level | null, limit: LimitOf): GateOutcome =>
  level === null ? 'not-measured' : lowerLimit(limit, { point: level.point, bound: level.high })

function levelCheck(context: Context, kind: 'rate' | 'score', status: GateOutcome, limit: string): GateCheck {
  const { measured, name, level } = context
  const unit = kind === 'rate' ? ' %' : ''
  const head = level === null ? '' : `${formatPoints(level.point)}${unit}`
  return check(
    {
      rule: kind === 'rate' ? 'scorer-rate' : 'scorer-min-score',
      metric: `${name} (${kind} of the head)`,
      base: '',
      head,
      change: '',
      limit,
      status,
    },
    {
      evalSet: measured.plan.name,
      message:
        level === null
          ? `No case was scored by \`${name}\`, which a gate names.`
          : `\`${name}\`: ${kind} of the head ${head}, ${limit} wanted.`,
      remedy:
        level === null
          ? 'Add the scorer to the eval set, or remove the gate.'
          : 'Look at the cases that this scorer marks.',
    },
  )
}

function dropCheck(context: Context, limit: LimitOf): GateCheck {
  const { measured, name, cases } = context
  const score: Estimate = estimateOf(cases)
  const strata = cases.filter((one) => one.base !== null && one.head !== null && one.difference !== 0)
  const p = permWorse(
    strata.map((one) => ({ base: [Math.round(20 * (one.base ?? 0))], head: [Math.round(20 * (one.head ?? 0))] })),
  ).midP
  const drop = -(score.delta ?? 0)
  const status: GateOutcome =
    score.delta === null
      ? 'not-measured'
      : drop >= limit.limit && p <= SCORER_ALPHA
        ? capped(limit, 'fail')
        : drop > limit.limit
          ? 'warn'
          : 'pass'
  return check(
    {
      rule: 'scorer-drop',
      metric: name,
      base: formatPoints(score.base),
      head: formatPoints(score.head),
      change: formatPointsChange(score),
      limit: `-${limit.limit} points`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message: `\`${name}\` changes by ${formatPointsChange(score)} (limit ${limit.limit} points).`,
      remedy: 'Look at the cases that this scorer marks.',
    },
  )
}
