// Gates on what a request takes: time, tokens, money.

import type { GateOutcome, Limit, Result } from '../domain.ts'
import { formatAmount, formatMs, formatRatio, formatUsd } from '../report/numbers.ts'
import type { LatencyReport } from '../report/report.ts'
import { quantile7, quantileRanks } from '../stats/order.ts'
import { pairedLogRatio } from '../stats/paired.ts'
import { capped, upperLimit } from './limits.ts'
import { lacksAnswer, lostOf, unlessLost } from './lost-answers.ts'
import { check, type GateCheck, type Measured } from './measured.ts'

export function latencyOf(measured: Measured): {
  readonly report: LatencyReport
  readonly checks: readonly GateCheck[]
} {
  const pairs = measured.cases.flatMap((one) => {
    const [base, head] = [latency(one.runs.base), latency(one.runs.head)]
    return base === null || head === null || one.identical || one.role !== 'paired' ? [] : [{ base, head }]
  })
  const ratio = pairedLogRatio(pairs)
  const [base, head] = [p95(measured, 'base'), p95(measured, 'head')]
  const limits = measured.plan.gates.latency ?? {}
  const report: LatencyReport = {
    ratio: ratio?.ratio ?? null,
    low: ratio?.low ?? null,
    high: ratio?.high ?? null,
    p95: {
      base: base.point,
      head: head.point,
      ...(head.low === null ? { note: 'too few answers for an interval' } : {}),
    },
    stages: stagesOf(measured),
  }
  const ratioChecks = limits.maxRatio ? [ratioCheck(measured, report, limits.maxRatio)] : []
  const p95Checks = limits.p95Ms
    ? [
        unlessLost(
          p95Check(measured, { base: base.point, ...head, head: head.point }, limits.p95Ms),
          lostOf(measured.cases, lacksAnswer),
        ),
      ]
    : []
  return { report, checks: [...ratioChecks, ...p95Checks] }
}

function ratioCheck(measured: Measured, report: LatencyReport, limit: Limit): GateCheck {
  const { ratio, low } = report
  if (ratio === null && allTies(measured)) return { row: null, status: 'pass', finding: null }
  // Measured ratio at the limit or beyond, and slower at all: the interval excludes 1.
  const status: GateOutcome =
    ratio === null || low === null
      ? 'not-measured'
      : ratio >= limit.limit && low > 1
        ? capped(limit, 'fail')
        : ratio >= limit.limit
          ? 'warn'
          : 'pass'
  return check(
    {
      rule: 'latency-ratio',
      metric: 'latency',
      base: '',
      head: '',
      change: formatRatio(ratio),
      limit: `at most ${formatRatio(limit.limit)}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message:
        ratio === null
          ? 'Too few pairs of answers have a latency on both sides to compare it.'
          : `Answers take ${formatRatio(ratio)} of the base's time (limit ${formatRatio(limit.limit)}).`,
      remedy: ratio === null ? untimedRemedy(measured) : FASTER,
    },
  )
}

const FASTER = 'Shorten the answer or the prompt, or choose a faster model.'

/** An application that is given one case for each process may say nothing about how long it takes. */
function untimedRemedy({ plan }: Measured): string {
  const { target } = plan.head
  if (target.kind !== 'command') return 'Take more cases, and see why these have no latency.'
  return target.perCase
    ? 'An answer has no latency where we ended the input because nothing came; the next ones do: lower `workers`, or take more cases.'
    : 'The first answer of a process has no latency unless the process says `{"ready": true}` before it: let it, lower `workers`, or take more cases.'
}

type P95 = { readonly point: number | null; readonly low: number | null }

function p95Check(
  measured: Measured,
  value: P95 & { base: number | null; head: number | null },
  limit: Limit,
): GateCheck {
  const status: GateOutcome =
    value.point === null ? 'not-measured' : upperLimit(limit, { point: value.point, bound: value.low })
  return check(
    {
      rule: 'latency-p95',
      metric: 'latency p95',
      base: formatMs(value.base),
      head: formatMs(value.head),
      change: '',
      limit: `at most ${formatMs(limit.limit)}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message:
        value.point === null
          ? 'No answer of the head has a latency.'
          : `The 95th percentile of the head's latency is ${formatMs(value.point)} (limit ${formatMs(limit.limit)}).`,
      remedy: value.point === null ? untimedRemedy(measured) : FASTER,
    },
  )
}

/** One time for each case, its first: re-runs are a selection, and ranks count draws that do not depend on each other. */
function p95(measured: Measured, side: 'base' | 'head'): P95 {
  const values: number[] = []
  for (const one of measured.cases) {
    const first = firstLatency(one.runs[side])
    if (first !== null) values.push(first)
  }
  values.sort((a, b) => a - b)
  const { low } = quantileRanks(values.length, 0.95)
  return { point: quantile7(values, 0.95), low: low === null ? null : (values[low - 1] ?? null) }
}

/** Of an answered run that was a real call. */
function latencyMs({ outcome }: Result): number | null {
  return outcome.state === 'answered' ? outcome.answer.latencyMs : null
}

function firstLatency(runs: readonly Result[]): number | null {
  for (const run of runs) {
    const ms = run.trial.step === 'fresh' ? null : latencyMs(run)
    if (ms !== null) return ms
  }
  return null
}

/** Mean over the answered runs that were real calls. */
function latency(runs: readonly Result[]): number | null {
  let [sum, count] = [0, 0]
  for (const run of runs) {
    const ms = latencyMs(run)
    if (ms === null) continue
    sum += ms
    count += 1
  }
  return count === 0 ? null : sum / count
}

function stagesOf(measured: Measured): LatencyReport['stages'] {
  const [base, head] = [stageMeans(measured, 'base'), stageMeans(measured, 'head')]
  const names = [...new Set([...base.keys(), ...head.keys()])].sort()
  return names.map((stage) => ({ stage, base: base.get(stage) ?? null, head: head.get(stage) ?? null }))
}

/** Mean time of each stage that answers tell of, in one pass over them. */
function stageMeans(measured: Measured, side: 'base' | 'head'): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const one of measured.cases)
    for (const { outcome } of one.runs[side]) {
      const timings = outcome.state === 'answered' ? outcome.answer.timings : undefined
      for (const [stage, ms] of Object.entries(timings ?? {})) {
        const known = sums.get(stage) ?? { sum: 0, count: 0 }
        sums.set(stage, { sum: known.sum + ms, count: known.count + 1 })
      }
    }
  return new Map([...sums].map(([stage, { sum, count }]) => [stage, sum / count]))
}

/** Token limits are exact: the greatest request counts. */
export function tokensChecks(measured: Measured): readonly GateCheck[] {
  const { maxInput, maxOutput } = measured.plan.gates.tokens ?? {}
  return [
    ...(maxInput ? [tokensCheck(measured, 'input', maxInput)] : []),
    ...(maxOutput ? [tokensCheck(measured, 'output', maxOutput)] : []),
  ]
}

function tokensCheck(measured: Measured, kind: 'input' | 'output', limit: Limit): GateCheck {
  const used = (side: 'base' | 'head') =>
    measured.cases.flatMap((one) =>
      one.runs[side].flatMap((run) =>
        run.outcome.state === 'answered' && run.outcome.answer.usage
          ? [{ id: one.kase.id, tokens: run.outcome.answer.usage[kind] }]
          : [],
      ),
    )
  const head = used('head')
  const most = head.reduce<number | null>((max, one) => (max === null || one.tokens > max ? one.tokens : max), null)
  const mostBase = used('base').reduce<number | null>(
    (max, one) => (max === null || one.tokens > max ? one.tokens : max),
    null,
  )
  const status: GateOutcome = most === null ? 'not-measured' : most > limit.limit ? capped(limit, 'fail') : 'pass'
  const made = check(
    {
      rule: kind === 'input' ? 'tokens-input' : 'tokens-output',
      metric: `${kind} tokens, greatest`,
      base: formatAmount(mostBase),
      head: formatAmount(most),
      change: '',
      limit: `at most ${formatAmount(limit.limit)}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message:
        most === null
          ? 'No answer said how many tokens it took.'
          : `A request takes ${formatAmount(most)} ${kind} tokens (limit ${formatAmount(limit.limit)}).`,
      remedy: kind === 'input' ? 'Shorten the prompt or its context.' : 'Ask for shorter answers or set max_tokens.',
      evidence: [...new Set(head.filter((one) => one.tokens > limit.limit).map((one) => one.id))].slice(0, 10),
    },
  )
  // One request beyond the limit is enough, whatever the others take.
  return unlessLost(made, lostOf(measured.cases, lacksAnswer), true)
}

export function costChecks(measured: Measured): readonly GateCheck[] {
  const { maxRatio, perRequestUsd } = measured.plan.gates.cost ?? {}
  if (!maxRatio && !perRequestUsd) return []
  const { cost } = measured
  if (cost.report.state === 'unpriced') return [unpriced(measured, [maxRatio, perRequestUsd])]
  return [
    ...(maxRatio ? [costRatioCheck(measured, maxRatio)] : []),
    ...(perRequestUsd
      ? [unlessLost(perRequestCheck(measured, perRequestUsd), lostOf(ofRequests(measured), lacksAnswer))]
      : []),
  ]
}

/** Cases whose calls are in the cost of a request. */
const ofRequests = ({ cases }: Measured) => cases.filter((one) => one.role !== 'edited')

function unpriced(measured: Measured, limits: readonly (Limit | undefined)[]): GateCheck {
  const status: GateOutcome = limits.some((limit) => limit?.level === 'fail') ? 'fail' : 'warn'
  return check(
    {
      rule: 'unpriced',
      metric: 'cost per request',
      base: 'not known',
      head: 'not known',
      change: '-',
      limit: limitText(measured),
      status,
    },
    {
      evalSet: measured.plan.name,
      message: `A cost gate is set, but the cost is not known: ${unknownBecause(measured)}.`,
      remedy: 'Add the model to `prices:` in parity.yaml, or say by `models:` what the deployment stands for.',
    },
  )
}

/** Without the remedy, which comes after. */
const unknownBecause = ({ cost }: Measured) =>
  (cost.why ?? cost.report.provenance).replace(/; add it to `prices:`$/, '')

function limitText({ plan }: Measured): string {
  const { maxRatio, perRequestUsd } = plan.gates.cost ?? {}
  const limits = [
    maxRatio === undefined ? [] : [`at most ${formatRatio(maxRatio.limit)}`],
    perRequestUsd === undefined ? [] : [`at most $${perRequestUsd.limit}`],
  ]
  return limits.flat().join(', ')
}

function costRatioCheck(measured: Measured, limit: Limit): GateCheck {
  const { ratio, report } = measured.cost
  const isAlone = report.perRequestUsd.base === null && report.perRequestUsd.head !== null
  if (ratio === null && isAlone) return ratioWithoutBase(measured, limit)
  if (ratio === null && allTies(measured)) return { row: null, status: 'pass', finding: null }
  const status: GateOutcome =
    ratio === null ? 'not-measured' : upperLimit(limit, { point: ratio.point, bound: ratio.low })
  return check(
    {
      rule: 'cost-ratio',
      metric: 'cost per request',
      base: formatUsd(report.perRequestUsd.base),
      head: formatUsd(report.perRequestUsd.head),
      change: formatRatio(ratio?.point ?? null),
      limit: `at most ${formatRatio(limit.limit)}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message: `A request costs ${formatRatio(ratio?.point ?? null)} of the base (limit ${formatRatio(limit.limit)}).`,
      remedy: 'Shorten prompt or answers, or choose a cheaper model.',
    },
  )
}

/** There is nothing to be dearer than, which is not the same as not being dearer. */
function ratioWithoutBase({ plan, cost }: Measured, { limit }: Limit): GateCheck {
  const isNew = plan.base === null
  const why = isNew ? 'the base has no such eval set' : 'the base has no answer to compare with'
  const finding = {
    ...({ rule: 'cost-ratio', level: isNew ? 'note' : 'warn', evalSet: plan.name } as const),
    message: `The limit of ${formatRatio(limit)} on the cost per request was not checked: ${why}.`,
    threshold: `at most ${formatRatio(limit)}`,
    value: cost.report.perRequestUsd.head === null ? null : formatUsd(cost.report.perRequestUsd.head),
    remedy: isNew
      ? 'From the merge on, changes are compared with it; `per_request_usd` limits the level meanwhile.'
      : 'See why the base did not answer, and run it again.',
  }
  return { row: null, status: isNew ? 'pass' : 'warn', finding }
}

function perRequestCheck(measured: Measured, limit: Limit): GateCheck {
  const { headUsd, report } = measured.cost
  const status: GateOutcome =
    headUsd === null ? 'not-measured' : upperLimit(limit, { point: headUsd.point, bound: headUsd.low })
  return check(
    {
      rule: 'cost-per-request',
      metric: 'cost per request',
      base: formatUsd(report.perRequestUsd.base),
      head: formatUsd(report.perRequestUsd.head),
      change: '',
      limit: `at most $${limit.limit}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message: `A request of the head costs ${formatUsd(report.perRequestUsd.head)} (limit $${limit.limit}).`,
      remedy: 'Shorten prompt or answers, or choose a cheaper model.',
    },
  )
}

/** Nothing was called, because both sides would send the same: nothing can have become slower or dearer. */
const allTies = (measured: Measured) => measured.cases.every((one) => one.identical)
