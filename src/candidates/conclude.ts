// The verdict of a comparison of models: it was measured, or it was not. A candidate that does worse fails nothing.

import { type ConcludeInput, type Conclusion, measurementFindings } from '../conclude.ts'
import type { Finding, RunOutcome } from '../domain.ts'
import { decide } from '../gate/decide.ts'
import type { SetVerdict } from '../gate/set-verdict.ts'
import { formatUsd } from '../money.ts'
import type { CandidateSet } from '../report/candidates/report.ts'
import { formatCount, plural } from '../report/numbers.ts'
import type { Compared } from './row.ts'

export type Concluding = {
  readonly input: ConcludeInput
  readonly compared: readonly Compared[]
  readonly sets: readonly CandidateSet[]
}

export function concludeModels({ input, compared, sets }: Concluding): Conclusion {
  const { job, configs, plannedOnly, incomplete } = input
  const mode = job.mode ?? configs.config.mode
  const verdicts = compared.map((one) => one.verdict)
  const verdict = decide({
    // The mode of a set is about its gates, of which there are none here.
    sets: [...compared.map(measuredOnly), ...sets.flatMap(identical)].map((one) => ({ ...one, mode })),
    findings: findingsOf({ input, compared, sets }),
    plannedOnly,
    incomplete: incomplete !== null,
    mode,
    onInconclusive: 'pass',
    onNotMeasured: job.onNotMeasured,
    headline: ({ outcome }, findings) => headlineOf({ input, compared, sets }, outcome, findings),
  })
  return { verdict, sets: verdicts }
}

type ForOutcome = SetVerdict

/** Whatever the gates of a comparison come to, it was measured; a candidate that refuses is an answer about it, too. */
function measuredOnly({ verdict, refusal, baseRefusal }: Compared): ForOutcome {
  const isLost = baseRefusal !== null || (verdict.outcome === 'not-measured' && refusal === null)
  return { ...verdict, outcome: isLost ? 'not-measured' : 'pass', findings: [] }
}

/** The model in use among the candidates: a tie without a call. */
function identical({ evalSet, rows }: CandidateSet): readonly ForOutcome[] {
  const same = rows.filter(({ holding }) => holding.state === 'holds' && holding.how === 'identical')
  const none = { rows: [], findings: [], slices: [], scorers: [] }
  const latency = { ratio: null, low: null, high: null, p95: { base: null, head: null }, stages: [] }
  return same.map(() => ({ name: evalSet, outcome: 'pass', rule: null, mode: 'report', ...none, latency }))
}

function findingsOf({ input, compared, sets }: Concluding): readonly Finding[] {
  const answered = compared.filter((one) => one.refusal === null && one.baseRefusal === null)
  return [
    ...input.found,
    ...sets.flatMap((set) => set.rows.flatMap((row) => refused(set, row))),
    ...(input.plannedOnly === null && allRefused(sets) ? [nothingCompared()] : []),
    ...measurementFindings({ ...input, measured: answered.map((one) => one.measured) }),
  ]
}

function refused(
  { evalSet, path }: CandidateSet,
  { model, holding }: CandidateSet['rows'][number],
): readonly Finding[] {
  if (holding.state !== 'error') return []
  const { why, remedy } = holding
  return [
    {
      rule: 'provider-error',
      level: 'warn',
      evalSet,
      message: `${model} was not compared: ${why.replace(/\.$/, '')}.`,
      ...{ threshold: null, value: model, remedy, place: { path } },
    },
  ]
}

const allRefused = (sets: readonly CandidateSet[]) =>
  sets.every(({ rows }) => rows.every((row) => row.holding.state === 'error'))

const nothingCompared = (): Finding => ({
  rule: 'not-measured',
  level: 'warn',
  evalSet: null,
  message: 'no candidate could be compared.',
  threshold: null,
  value: null,
  remedy: 'See what each of them refused.',
})

function headlineOf({ input, sets }: Concluding, outcome: RunOutcome, findings: readonly Finding[]): string {
  if (outcome === 'planned') return plannedHeadline(input)
  if (outcome === 'not-measured') return `Not measured: ${whyNot({ input, sets }, findings)}.`
  const [only, ...others] = sets
  if (only !== undefined && others.length === 0) return `${adviceIn(only)}.`
  const able = sets.filter(({ recommendation }) => recommendation?.action === 'switch')
  if (able.length === 0) return `No candidate is better for any of ${plural(sets.length, 'eval set')}.`
  return `${able.length} of ${plural(sets.length, 'eval set')} can switch: ${able.map((set) => `${set.evalSet} to ${set.recommendation?.model}`).join(', ')}.`
}

function plannedHeadline({ estimate }: ConcludeInput): string {
  const calls = estimate.target.calls.expected + estimate.judge.calls.expected
  const { expected } = estimate.pico
  const less = estimate.stored > 0 ? ` (${formatCount(estimate.stored)} more have stored answers)` : ''
  return `Planned, not run: ${plural(calls, 'call')}${expected === null ? '' : `, about $${formatUsd(expected)}`}${less}.`
}

function adviceIn({ evalSet, recommendation }: CandidateSet): string {
  if (recommendation === null) return evalSet
  const { action, model, why } = recommendation
  return action === 'stay' ? `${evalSet}: stay with ${model}, ${why}` : `${evalSet}: ${why}`
}

function whyNot({ input, sets }: Pick<Concluding, 'input' | 'sets'>, findings: readonly Finding[]): string {
  if (input.incomplete !== null) return input.incomplete
  const lost = sets.flatMap((set) => set.rows).find(({ holding }) => holding.state === 'not-measured')
  const found = findings.find(({ rule }) => rule === 'provider-error' || rule === 'not-measured')
  const why =
    lost?.holding.state === 'not-measured' ? `${lost.model}: ${lost.holding.why}` : (found?.message ?? 'no answer')
  return why.replace(/\.$/, '')
}
