// The spend cap of a run: that it was reached, that it could not be kept, and, of a plan, that it would be.

import type { Finding } from '../domain.ts'
import type { EngineStats } from '../engine.ts'
import type { Measured } from '../gate/measured.ts'
import type { Job } from '../job.ts'
import type { SideConfigs } from '../load.ts'
import { formatUsd } from '../money.ts'
import type { Estimate } from '../plan/estimate.ts'
import { plural } from '../report/numbers.ts'
import { capOf, isNotMadeForCap, picoOf, shareOfCalls, shareOfCap, unpricedPlan } from '../run/cap.ts'

export type Spending = {
  readonly job: Job
  readonly configs: SideConfigs
  readonly measured: readonly Measured[]
  readonly estimate: Estimate
  readonly plannedOnly: string | null
  readonly engine: EngineStats | null
  /** Eval sets of which calls were not made for a cap; left out where `measured` holds all that was run. */
  readonly cutByCap?: readonly string[]
}

export function spendFindings(input: Spending): readonly Finding[] {
  return [
    ...unpricedFindings(input),
    ...shortCapFindings(input),
    ...(input.cutByCap ?? input.measured.filter(isCutByCap).map(({ plan }) => plan.name)).map((name) =>
      capFinding(name, input),
    ),
  ]
}

/** Whether cases of a set were not run because the cap was reached. */
export function isCutByCap({ cases }: Measured): boolean {
  return cases.some(({ runs }) => [...runs.base, ...runs.head].some(isNotMadeForCap))
}

/** Null for a merge whose shards hit it: they do not say which of two it was. */
function capHit({ engine, configs }: Spending): 'usd' | 'calls' | null {
  const isSet = { usd: engine?.spendCap != null, calls: configs.config.spend.maxCalls !== undefined }
  if (engine?.capHit != null || (isSet.usd && isSet.calls)) return engine?.capHit ?? null
  return isSet.calls ? 'calls' : 'usd'
}

const CAPS = { usd: '`max-usd`', calls: '`spend.max_calls`' }

function capFinding(evalSet: string, input: Spending): Finding {
  const cap = capHit(input)
  return {
    rule: 'spend-cap',
    level: 'fail',
    evalSet,
    message: `The ${cap === 'calls' ? 'cap on calls' : 'spend cap'} of this run was reached before every case was answered.`,
    ...(cap === 'calls' ? callFigures(input) : usdFigures(input)),
    remedy: `Raise ${cap === null ? Object.values(CAPS).join(' or ') : CAPS[cap]}, or run fewer cases; stored answers are kept and not paid again.`,
  }
}

function callFigures({ engine, configs, job }: Spending): Pick<Finding, 'threshold' | 'value'> {
  const most = shareOfCalls(configs.config.spend.maxCalls, job.shard, 0)
  return {
    threshold: most === null ? null : plural(most, 'call'),
    value: engine === null ? null : plural(engine.calls, 'call'),
  }
}

function usdFigures({ engine, job }: Spending): Pick<Finding, 'threshold' | 'value'> {
  if (engine === null) return { threshold: null, value: null }
  const { spendCap, pico } = engine
  return { threshold: spendCap === null ? null : partOf(spendCap, job.shard).usd, value: `$${formatUsd(pico)}` }
}

/** What a run may spend, as it was written, or a shard of it. */
function partOf(cap: string, shard: Job['shard']): { readonly usd: string; readonly pico: bigint } {
  const pico = shareOfCap(picoOf(cap), shard, 0n)
  return { usd: shard === null ? `$${cap}` : `$${formatUsd(pico)}`, pico }
}

/** Found at the first call of an application, before which nobody could know what it asks for; a plan says it beforehand. */
function unpricedFindings({ engine, job, configs, estimate, plannedOnly }: Spending): readonly Finding[] {
  const cap = capOf(job, configs.config)
  const ended = engine?.unpricedCall ?? null
  const refused = plannedOnly === null ? null : unpricedPlan(cap, estimate)
  const found = ended ?? refused
  if (found === null) return []
  const [level, what] =
    ended === null
      ? (['warn', 'A run that calls would be refused (exit code 2)'] as const)
      : (['fail', 'The run was ended'] as const)
  const message = `${what}: ${found.why}.`
  return [{ ...plain(null), rule: 'spend-cap', level, message, threshold: `$${cap}`, remedy: found.remedy }]
}

/** A plan says beforehand that what is expected is more than a cap allows. */
function shortCapFindings({ job, configs, estimate, plannedOnly }: Spending): readonly Finding[] {
  if (plannedOnly === null) return []
  const cap = capOf(job, configs.config)
  const most = cap === null ? null : partOf(cap, job.shard)
  const mostCalls = shareOfCalls(configs.config.spend.maxCalls, job.shard, 0)
  const { expected } = estimate.pico
  const calls = estimate.target.calls.expected + estimate.judge.calls.expected
  const remedy = (name: string) => `Raise \`${name}\`, or run fewer cases.`
  const short =
    most !== null && expected !== null && expected > most.pico
      ? { threshold: most.usd, value: `$${formatUsd(expected)}`, remedy: remedy('max-usd') }
      : mostCalls !== null && calls > mostCalls
        ? { threshold: plural(mostCalls, 'call'), value: plural(calls, 'call'), remedy: remedy('spend.max_calls') }
        : null
  if (short === null) return []
  const [who, whose] = job.shard === null ? ['A run', 'its cap'] : ['This shard', 'its part of the cap']
  const message = `${who} would take about ${short.value}, more than ${whose} of ${short.threshold} allows, and end as not measured.`
  return [{ ...plain(null), rule: 'spend-cap', level: 'warn', message, ...short }]
}

const plain = (evalSet: string | null) => ({ evalSet, threshold: null, value: null })
