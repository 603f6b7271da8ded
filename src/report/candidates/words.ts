// The words of a comparison of models, the same in every rendering.

import type { JsonObject } from '../../domain.ts'
import {
  formatAmount,
  formatMs,
  formatPoints,
  formatPointsChange,
  formatRatio,
  formatUsd,
  formatUsdSigned,
  UNKNOWN,
} from '../numbers.ts'
import type { Report } from '../report.ts'
import type { CandidateRow, CandidateSet, CandidatesReport, Holding } from './report.ts'

const HOLDS = {
  proof: 'holds (by proof)',
  'no-drop-seen': 'holds (no drop seen)',
  'losses-below-limit': 'holds (losses below the limit)',
  're-measured': 'holds (re-measured)',
  identical: 'the model in use',
} as const satisfies { readonly [how in Extract<Holding, { state: 'holds' }>['how']]: string }

const STATES = {
  drops: 'does not hold',
  undecided: 'not decided',
  'too-few': 'too few cases',
  planned: 'planned',
  'not-measured': 'not measured',
  error: 'error',
} as const satisfies { readonly [state in Exclude<Holding['state'], 'holds'>]: string }

export const holdingWords = (holding: Holding): string =>
  holding.state === 'holds' ? HOLDS[holding.how] : STATES[holding.state]

/** `better by proof` is the strongest word there is, and said only where it is proven. */
export function rowWords(row: CandidateRow): string {
  const breaks = row.breaches.length === 0 ? '' : `, breaks ${row.breaches.join(', ')}`
  return `${row.better ? 'better (by proof)' : holdingWords(row.holding)}${breaks}`
}

/** Which model stands out, in a word or two; empty for the others. */
export function marksOf(row: CandidateRow, set: CandidateSet): string {
  const recommended = set.recommendation?.action === 'switch' && set.recommendation.model === row.model
  return [recommended ? 'recommended' : '', row.pareto === true ? 'Pareto' : '']
    .filter((word) => word !== '')
    .join(', ')
}

export type Cells = {
  readonly model: string
  readonly score: string
  readonly holds: string
  readonly cases: string
  readonly cost: string
  readonly month: string
  readonly latency: string
  readonly p95: string
  readonly tokens: string
  readonly marks: string
}

export const TITLES: { readonly [cell in keyof Cells]: string } = {
  model: 'model',
  score: 'score and change',
  holds: 'result',
  cases: 'broken / fixed',
  cost: 'per request',
  month: 'per month',
  latency: 'latency',
  p95: 'p95',
  tokens: 'tokens in / out',
  marks: '',
}

/** The model in use and the candidates. */
export function cellsOf(set: CandidateSet, { startedAt }: Pick<Report, 'startedAt'>): readonly Cells[] {
  return [inUseCells(set, startedAt), ...set.rows.map((row) => rowCells(row, set, startedAt))]
}

/** @param at day or moment from which it is looked at, ISO 8601 */
export const endWords = (on: string, at: string): string => `${on < at.slice(0, 10) ? 'stopped' : 'stops'} on ${on}`

function inUseCells({ inUse }: CandidateSet, at: string): Cells {
  return {
    model: inUse.model,
    score: formatPoints(inUse.score),
    holds: inUse.ends === null ? 'in use' : `in use, ${endWords(inUse.ends.on, at)}`,
    ...{ cases: '', month: '', latency: '1.00x', tokens: '' },
    cost: formatUsd(inUse.perRequestUsd),
    p95: formatMs(inUse.p95Ms),
    marks: inUse.pareto === true ? 'Pareto' : '',
  }
}

function rowCells(row: CandidateRow, set: CandidateSet, at: string): Cells {
  const hasRun = row.cases > 0
  return {
    model: row.model,
    score: scoreCell(row),
    holds: `${rowWords(row)}${row.ends === null ? '' : `, ${endWords(row.ends, at)}`}`,
    cases: hasRun ? `${row.broken} / ${row.fixed} of ${row.cases}` : '',
    cost: hasRun ? formatUsd(row.cost.perRequestUsd.head) : '-',
    month: monthsCell(row),
    latency: latencyCell(row),
    p95: formatMs(row.latency.p95.head),
    tokens: tokensCell(row),
    marks: marksOf(row, set),
  }
}

function scoreCell({ score }: CandidateRow): string {
  const change = formatPointsChange(score)
  return score.head === null ? change : `${formatPoints(score.head)}, ${change}`
}

function monthsCell({ months }: CandidateRow): string {
  const one = ({ route, usd }: CandidateRow['months'][number], named: boolean) =>
    `${usd.delta === null ? UNKNOWN : formatUsdSigned(usd.delta)}${named ? ` (${route})` : ''}`
  return months.map((month) => one(month, months.length > 1)).join(', ')
}

function latencyCell({ latency: { ratio, low, high } }: CandidateRow): string {
  const interval = low === null || high === null ? '' : ` (${formatRatio(low)} to ${formatRatio(high)})`
  return `${formatRatio(ratio)}${interval}`
}

function tokensCell({ tokens: { input, output } }: CandidateRow): string {
  if (input.head === null && output.head === null) return ''
  return `${formatAmount(input.head)} / ${formatAmount(output.head)}`
}

/** `with max_tokens 400, without temperature`. */
export function parameterWords(parameters: JsonObject): string {
  return Object.entries(parameters)
    .map(([name, value]) => (value === null ? `without ${name}` : `with ${name} ${JSON.stringify(value)}`))
    .join(', ')
}

/** Of each candidate that was asked otherwise than the set's own model. */
export function parameterNotes({ rows }: CandidateSet): readonly string[] {
  return rows.flatMap(({ model, parameters }) =>
    parameters === undefined ? [] : [`${model} is asked ${parameterWords(parameters)}.`],
  )
}

/** What went wrong, and what to do: of candidates that could not be compared. */
export function problemOf({ holding }: CandidateRow): string | null {
  return holding.state === 'error' || holding.state === 'not-measured'
    ? `${holding.why.replace(/\.$/, '')}. ${holding.remedy}`
    : null
}

export function adviceOf({ recommendation }: CandidateSet): string | null {
  if (recommendation === null) return null
  const { action, model, why } = recommendation
  const word = action === 'switch' ? 'Switch' : action === 'stay' ? `Stay with ${model}` : 'No recommendation'
  return `${word}: ${why}.`
}

export function judgedByItself({ inUse, rows, judge }: CandidateSet): string | null {
  const own = [inUse, ...rows].filter((one) => one.judgesItself).map(({ model }) => model)
  if (own.length === 0) return null
  return `Judged by itself: ${own.join(', ')} (judge ${judge ?? 'not named'}). Judges favour their own answers: this score does not compare with the others.`
}

export const NAMED = {
  flag: 'named on the command line',
  file: 'named by `candidates:` of the eval sets',
  successor: 'named by the shutdown notice of the model in use',
} as const satisfies { readonly [by in CandidatesReport['named']]: string }
