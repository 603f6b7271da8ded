// Everything measured and everything found, brought before `decide`.

import { failedCalls, feesLeftOut, unscoredAnswers } from './conclude/calls.ts'
import { isCutByCap, spendFindings } from './conclude/spend-cap.ts'
import type { CostProjection } from './cost/project.ts'
import type { WithoutCalls } from './cost/without-calls.ts'
import { INTERRUPTED } from './cut-short.ts'
import type { Detection } from './detect.ts'
import type { Finding, Verdict } from './domain.ts'
import type { EngineStats } from './engine.ts'
import { cacheFindings } from './gate/cache-break.ts'
import { ceilingFindings, estimatedCeilingFindings } from './gate/ceilings.ts'
import { decide } from './gate/decide.ts'
import { endedFindings } from './gate/ended-processes.ts'
import { headlineOf } from './gate/headline.ts'
import type { Measured } from './gate/measured.ts'
import { judgeSet, type SetVerdict } from './gate/set-verdict.ts'
import type { LoosenedGate } from './gate/stricter.ts'
import type { Job } from './job.ts'
import { answeredFindings } from './lifecycle/answered-findings.ts'
import { listedChanges } from './listed-changes.ts'
import type { SideConfigs } from './load.ts'
import { formatUsd } from './money.ts'
import type { Estimate } from './plan/estimate.ts'
import type { NotRun, Selection } from './plan/select.ts'
import { OUT_OF_TIME } from './run/deadline.ts'
import { incompleteOf, type Joined } from './shard/join.ts'

export type ConcludeInput = {
  readonly job: Job
  readonly configs: SideConfigs
  readonly trusted: boolean
  readonly selection: Selection
  readonly detection: Detection
  /** By policy and integrity, without a call. */
  readonly found: readonly Finding[]
  readonly measured: readonly Measured[]
  readonly costs: CostProjection
  readonly estimate: Estimate
  /** What the change would cost, of a run that calls nothing. */
  readonly estimated: WithoutCalls | null
  readonly plannedOnly: string | null
  readonly engine: EngineStats | null
  /** Eval sets of which calls were not made for a cap; left out where `measured` holds all that was run. */
  readonly cutByCap?: readonly string[]
  /** Why the run ended early; null when it did not. */
  readonly incomplete: string | null
  readonly baseSha: string | null
  readonly startedMs: number
  /** About the history: what could not be read or kept. */
  readonly pastNotes?: readonly string[]
  /** The shards that a merge joins; null for a run of its own. */
  readonly joined: Joined | null
}

export type Conclusion = { readonly verdict: Verdict; readonly sets: readonly SetVerdict[] }

export function conclude(input: ConcludeInput): Conclusion {
  const { job, configs, measured, engine } = input
  const today = new Date(input.startedMs).toISOString().slice(0, 10)
  const sets = measured.map((one) =>
    judgeSet(one, { baseSha: input.baseSha, today, waivers: waiversFor(one, input.trusted) }),
  )
  const mode = job.mode ?? configs.config.mode
  const verdict = decide({
    sets,
    findings: runFindings(input),
    plannedOnly: input.selection.plans.length > 0 ? input.plannedOnly : null,
    incomplete: input.incomplete !== null,
    mode,
    onInconclusive: job.onInconclusive,
    onNotMeasured: job.onNotMeasured,
    headline: (ending, findings) =>
      headlineOf(
        {
          measured,
          verdicts: sets,
          routes: engine === null ? [] : input.costs.routes,
          plannedCalls: input.estimate.target.calls.expected + input.estimate.judge.calls.expected,
          plannedUsd: input.estimate.pico.expected === null ? null : formatUsd(input.estimate.pico.expected),
          estimate: input.estimated?.report ?? null,
          stored: input.estimate.stored,
        },
        ending,
        findings,
      ),
  })
  return { verdict, sets }
}

/** A waiver counts from a trusted head, whose review is the approval, else from the base. */
const waiversFor = (measured: Measured, trusted: boolean) =>
  trusted ? measured.plan.head.waivers : (measured.plan.base?.waivers ?? [])

function runFindings(input: ConcludeInput): readonly Finding[] {
  const { configs, selection, costs, measured } = input
  return [
    ...selection.findings,
    ...(measured.length > 0 ? ceilingFindings(costs.checks) : []),
    ...(input.estimated === null ? [] : estimatedCeilingFindings(input.estimated.checks)),
    ...(input.estimated?.findings ?? []),
    ...cacheFindings((input.estimated ?? costs).cacheBreaks),
    ...input.found,
    ...(input.trusted ? listedChanges(configs.base, configs.head) : []),
    ...configs.loosened.map((gate) => loosenedCeiling(gate, configs.config.path)),
    ...selection.notRun.flatMap(notRunFinding),
    ...selection.plans.flatMap((plan) =>
      plan.head.notCarried.map(
        (why): Finding => ({
          ...plain(plan.name),
          rule: 'not-carried',
          level: 'note',
          message: `${plan.head.path}: ${why.replace(/\.$/, '')}.`,
          remedy: 'It is left out of the verdict.',
        }),
      ),
    ),
    ...(input.joined === null ? [] : shardFindings(input.joined)),
    ...measurementFindings(input),
  ]
}

/** What the calls met with, whatever it means for a verdict. */
export function measurementFindings(input: ConcludeInput): readonly Finding[] {
  const { measured, engine, configs } = input
  return [
    ...spendFindings(input),
    // What was cut off by that end says nothing of its own.
    ...(engine?.unpricedCall ? [] : failedCalls(measured)),
    ...unscoredAnswers(measured),
    ...feesLeftOut(measured),
    ...endedFindings(engine?.applications ?? [], new Set(measured.map(({ plan }) => plan.name))),
    ...answeredFindings(measured, engine?.judged ?? [], configs.config.models),
  ]
}

/** A part that is not there is named by itself: the sets only know that cases lack runs. */
function shardFindings(joined: Joined): readonly Finding[] {
  const why = incompleteOf(joined)
  if (why === null) return []
  return [
    {
      ...plain(null),
      rule: 'not-measured',
      level: 'warn',
      message: `${why}; its cases were not measured.`,
      remedy: 'Run that shard again, and then the merge; the other shards are kept.',
    },
  ]
}

function loosenedCeiling({ gate, base, head }: LoosenedGate, path: string): Finding {
  return {
    rule: 'loosened-gate',
    level: 'warn',
    evalSet: null,
    threshold: base,
    value: head,
    message: `\`${gate}\` is loosened from ${base} to ${head}. What the base says applies to this change; the rest takes effect after the merge.`,
    remedy: 'Nothing to do, if it is meant.',
    place: { path },
  }
}

const plain = (evalSet: string | null) => ({ evalSet, threshold: null, value: null })

/** An affected set that did not run is never silent, and never a pass. */
function notRunFinding({ evalSet, why, remedy }: NotRun): readonly Finding[] {
  if (remedy === null) return []
  return [
    { ...plain(evalSet), rule: 'not-measured', level: 'warn', message: `${evalSet} was not run: ${why}.`, remedy },
  ]
}

type Ended = {
  readonly interrupted: boolean
  readonly outOfTime: boolean
  /** A cap kept a call from being made; left out where `measured` says so. */
  readonly capHit?: boolean
}

/** Why a run has fewer answers than it planned for. */
export function incompleteBecause(measured: readonly Measured[], ended: Ended): string | null {
  if (ended.interrupted) return INTERRUPTED
  if (ended.outOfTime) return OUT_OF_TIME
  return (ended.capHit ?? measured.some(isCutByCap)) ? 'the spend cap was reached' : null
}
