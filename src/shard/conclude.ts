// What a shard says of itself. It holds a part of the cases, so that it decides nothing but whether it could measure them.

import { type ConcludeInput, type Conclusion, measurementFindings } from '../conclude.ts'
import type { Finding } from '../domain.ts'
import type { Measured } from '../gate/measured.ts'
import { latencyOf } from '../gate/resource-checks.ts'
import { isTooMany, MISSING_SHARE } from '../gate/score/levels.ts'
import type { SetVerdict } from '../gate/set-verdict.ts'
import { plural } from '../report/numbers.ts'
import type { Shard } from './share.ts'

export function concludeShard(input: ConcludeInput, shard: Shard): Conclusion {
  const { measured, incomplete, job } = input
  const sets = measured.map(setOf)
  const planned = input.plannedOnly !== null && input.selection.plans.length > 0
  const notMeasured = incomplete !== null || sets.some((one) => one.outcome === 'not-measured')
  const outcome = notMeasured
    ? 'not-measured'
    : planned
      ? 'planned'
      : measured.length === 0
        ? 'nothing-affected'
        : 'inconclusive'
  const enforced =
    incomplete !== null
      ? (job.mode ?? input.configs.config.mode) === 'enforce'
      : sets.some((one) => one.outcome === 'not-measured' && one.mode === 'enforce')
  const blocks = notMeasured && enforced && job.onNotMeasured === 'fail'
  const findings = [...sets.flatMap((one) => one.findings), ...measurementFindings(input)]
  return { verdict: { outcome, blocks, headline: headlineOf(input, shard, outcome), findings }, sets }
}

function headlineOf(
  { measured, incomplete }: ConcludeInput,
  shard: Shard,
  outcome: Conclusion['verdict']['outcome'],
): string {
  const name = `Shard ${shard.index}/${shard.of}`
  if (outcome === 'not-measured')
    return `${name}, not measured: ${incomplete ?? 'too many of its cases have no answer'}.`
  if (outcome === 'planned') return `${name}, planned and not run.`
  if (outcome === 'nothing-affected') return `${name}: no eval set is affected.`
  const all = measured.reduce((sum, { plan }) => sum + (plan.share?.of ?? plan.cases.size), 0)
  const mine = measured.reduce((sum, { plan }) => sum + plan.cases.size, 0)
  return `${name}, not decided here: ${mine} of ${plural(all, 'case')} are its part; the verdict is that of the merge.`
}

function setOf(measured: Measured): SetVerdict {
  const { plan, cases } = measured
  const missing = cases.filter((one) => one.missing !== null)
  const tooMany = isTooMany(missing.length, cases.length)
  return {
    name: plan.name,
    outcome: tooMany ? 'not-measured' : 'inconclusive',
    rule: null,
    mode: plan.mode,
    rows: [],
    findings: tooMany ? [missingFinding(plan.name, missing.length, cases.length)] : [],
    slices: [],
    scorers: [],
    latency: latencyOf(measured).report,
  }
}

function missingFinding(evalSet: string, missing: number, cases: number): Finding {
  return {
    rule: 'missing-runs',
    level: 'fail',
    evalSet,
    message: `${missing} of the shard's ${plural(cases, 'case')} have no usable answer.`,
    threshold: `${100 * MISSING_SHARE} %`,
    value: String(missing),
    remedy: 'Run the shard again when the provider answers; stored answers are kept.',
  }
}
