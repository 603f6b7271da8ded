// The one value that everything is rendered from.

import type { ConcludeInput, Conclusion } from '../conclude.ts'
import type { Sides } from '../domain.ts'
import type { Measured } from '../gate/measured.ts'
import { formatUsd } from '../money.ts'
import type { Estimate, Share } from '../plan/estimate.ts'
import type { SetPlan } from '../plan.ts'
import { applicationNotes } from './application-notes.ts'
import { evalSetReport } from './eval-set.ts'
import { plural } from './numbers.ts'
import type { EvalSetReport, Lever, PlanShare, Report } from './report.ts'
import { uncertainNote } from './uncertain.ts'

export type BuildInput = ConcludeInput & {
  readonly conclusion: Conclusion
  readonly sides: Sides
  readonly tool: { readonly version: string; readonly node: string }
  readonly endedMs: number
  readonly levers: readonly Lever[]
  /** About what is there and nothing reads. */
  readonly unread: readonly string[]
}

export function buildReport(input: BuildInput): Report {
  const { job, sides, configs, conclusion } = input
  return {
    schema: 'prompt-parity/1',
    tool: input.tool,
    startedAt: new Date(input.startedMs).toISOString(),
    pair: sides.pair.how,
    sides: {
      base: sides.base === null ? null : { ref: sides.base.ref, sha: sides.base.sha },
      head: { ref: sides.head.ref, sha: sides.head.sha },
    },
    trust: sides.head.trust,
    provenance: { ...job.provenance, configHash: configs.config.hash },
    ...(job.shard === null ? {} : { shard: job.shard }),
    verdict: conclusion.verdict,
    changes: input.detection.changes,
    evalSets: input.measured.map((one, i) => {
      const verdict = conclusion.sets[i]
      if (verdict === undefined) throw new Error(`no verdict of ${one.plan.name}`)
      const report = evalSetReport(one, verdict, routeOf(one.plan.name, input))
      return one.plan.share === undefined ? report : { ...report, ...partOf(one) }
    }),
    // A month is projected from all cases.
    routes: input.measured.length === 0 || job.shard !== null ? [] : input.costs.routes,
    ...(input.estimated === null ? {} : { estimate: input.estimated.report }),
    uncovered: input.detection.uncovered,
    ...(input.levers.length === 0 ? {} : { levers: input.levers }),
    run: runOf(input),
    notRun: input.selection.notRun.map(({ evalSet, why }) => ({ evalSet, why })),
  }
}

/** What a shard says of its part of a set. */
function partOf({ plan, cases }: Measured): Pick<EvalSetReport, 'evidence' | 'pairs' | 'proposedGates'> {
  const pairs = cases.reduce((sum, one) => sum + (one.role === 'paired' ? one.runs.base.length : 0), 0)
  const all = plural(plan.share?.of ?? plan.cases.size, 'case')
  const evidence = `A part of the eval set: ${plan.cases.size} of ${all}. Its figures are of these alone.`
  return { evidence, pairs, proposedGates: null }
}

function routeOf(name: string, { configs }: BuildInput): string | null {
  return configs.config.routes.find((route) => route.evals.includes(name))?.name ?? null
}

function runOf(input: BuildInput): Report['run'] {
  const { engine, measured } = input
  const identical = measured.reduce((sum, one) => sum + one.cases.filter((kase) => kase.identical).length, 0)
  return {
    calls: {
      target: engine?.targetCalls ?? 0,
      judge: engine?.judgeCalls ?? 0,
      identical,
      stored: engine?.stored ?? 0,
      retried: engine?.retried ?? 0,
      failed: engine?.failed ?? 0,
      lost: engine?.lost ?? 0,
      ...(engine === null || engine.modelCalls === 0 ? {} : { model: engine.modelCalls }),
    },
    usd: spent(input),
    seconds: Math.round((input.endedMs - input.startedMs) / 100) / 10,
    spendCap: engine?.spendCap ?? null,
    ...shardsOf(input),
    plan: input.selection.plans.length === 0 ? null : planOf(input.estimate),
    ...incompleteOf(input),
    notes: notes(input),
  }
}

/** Re-runs are planned while it goes on; a sample that shows a loss leads to more passes than were expected. */
function incompleteOf({ engine, estimate, incomplete: reason }: BuildInput): Pick<Report['run'], 'incomplete'> {
  if (reason === null) return {}
  const { passesAsked = 0, rerunsAsked = 0, targetsDone: done = 0 } = engine ?? {}
  return { incomplete: { reason, planned: Math.max(estimate.target.calls.expected, passesAsked) + rerunsAsked, done } }
}

function shardsOf({ joined }: BuildInput): Pick<Report['run'], 'shards'> {
  return joined === null ? {} : { shards: { of: joined.identity.of, missing: joined.missing.map((one) => one.index) } }
}

/** Null as soon as one call is unpriced: a sum that leaves something out is no sum. */
function spent({ engine }: BuildInput): Report['run']['usd'] {
  if (engine === null) return { target: '0', judge: '0' }
  if (engine.unpriced > 0) return { target: null, judge: engine.judgeCalls === 0 ? '0' : null }
  return { target: formatUsd(engine.pico - engine.judgePico), judge: formatUsd(engine.judgePico) }
}

export function planOf({ target, judge, minutes, pico }: Estimate): NonNullable<Report['run']['plan']> {
  const rounded = (value: number) => Math.round(value * 10) / 10
  return {
    calls: target.calls.expected,
    judgeCalls: judge.calls.expected,
    usd: usdOf(pico.expected),
    worstUsd: usdOf(pico.worst),
    target: shareOf(target),
    judge: shareOf(judge),
    minutes: { expected: rounded(minutes.expected), worst: rounded(minutes.worst) },
  }
}

function shareOf({ calls, input, output, pico }: Share): PlanShare {
  const usd = { expected: usdOf(pico.expected), worst: usdOf(pico.worst) }
  return { calls, inputTokens: input, outputTokens: output, usd }
}

const usdOf = (pico: bigint | null) => (pico === null ? null : formatUsd(pico))

const runsApplication = ({ base, head }: SetPlan) => base?.target.kind === 'command' || head.target.kind === 'command'

function notes(input: BuildInput): readonly string[] {
  const { engine, job, plannedOnly, estimate } = input
  const why = job.useStored
    ? 'no answers of an earlier run were stored'
    : 'stored answers of earlier runs are not used, because of --no-cache'
  const fresh = engine !== null && engine.stored === 0 && engine.targetCalls > 0 ? [`A fresh draw: ${why}.`] : []
  const planned = plannedOnly !== null && input.selection.plans.length > 0 ? [`Reason: ${plannedOnly}.`] : []
  const stored =
    estimate.stored > 0
      ? [`${plural(estimate.stored, 'call')} not planned: answers of earlier runs are stored and stand for them.`]
      : []
  const unpriced =
    plannedOnly !== null && estimate.unpriced.length > 0 ? [`Not priced: ${estimate.unpriced.join(', ')}.`] : []
  const hidden = input.selection.plans.some((plan) => plan.head.target.kind === 'http')
    ? ['What an http target spends cannot be seen from here.']
    : []
  const isOpen = input.selection.plans.some(({ head }) => head.target.kind !== 'prompt')
  const open = isOpen
    ? ['The plan counts no tokens of applications: what they will ask of models is not known beforehand.']
    : []
  return [
    ...fresh,
    ...planned,
    ...stored,
    ...unpriced,
    ...open,
    ...(engine === null ? [] : uncertainNote(engine)),
    ...hidden,
    ...(engine !== null && input.selection.plans.some(runsApplication) ? applicationNotes(engine) : []),
    ...input.unread,
    ...(input.pastNotes ?? []),
  ]
}
