// Everything measured and everything found, brought before `decide`.

import type { CostProjection } from './cost/project.ts'
import type { WithoutCalls } from './cost/without-calls.ts'
import { INTERRUPTED } from './cut-short.ts'
import type { Detection } from './detect.ts'
import type { ErrorCause, Failure, Finding, Verdict } from './domain.ts'
import type { EngineStats } from './engine.ts'
import { factsOf } from './facts-of.ts'
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
import { plural } from './report/numbers.ts'
import { capOf, picoOf, shareOfCalls, unpricedPlan } from './run/cap.ts'
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
    ...unpricedFindings(input),
    ...shortCapFindings(input),
    ...measured.flatMap((one) => (lostTo(one, 'budget') ? [capFinding(one, input)] : [])),
    // What was cut off by that end says nothing of its own.
    ...(engine?.unpricedCall ? [] : providerErrors(measured)),
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

/** Why a run has fewer answers than it planned for. */
export function incompleteBecause(
  measured: readonly Measured[],
  ended: { readonly interrupted: boolean; readonly outOfTime: boolean },
): string | null {
  if (ended.interrupted) return INTERRUPTED
  if (ended.outOfTime) return OUT_OF_TIME
  return measured.some((one) => lostTo(one, 'budget')) ? 'the spend cap was reached' : null
}

function lostTo(measured: Measured, cause: string): boolean {
  return measured.cases.some((one) =>
    [...one.runs.base, ...one.runs.head].some(
      (run) => run.outcome.state === 'failed' && run.outcome.failure.cause === cause,
    ),
  )
}

/** Null for a merge whose shards hit it: they do not say which of two it was. */
function capHit({ engine, configs }: ConcludeInput): 'usd' | 'calls' | null {
  const isSet = { usd: engine?.spendCap != null, calls: configs.config.spend.maxCalls !== undefined }
  if (engine?.capHit != null || (isSet.usd && isSet.calls)) return engine?.capHit ?? null
  return isSet.calls ? 'calls' : 'usd'
}

const CAPS = { usd: '`max-usd`', calls: '`spend.max_calls`' }

function capFinding(measured: Measured, input: ConcludeInput): Finding {
  const cap = capHit(input)
  return {
    rule: 'spend-cap',
    level: 'fail',
    evalSet: measured.plan.name,
    message: `The ${cap === 'calls' ? 'cap on calls' : 'spend cap'} of this run was reached before every case was answered.`,
    ...(cap === 'calls' ? callFigures(input) : usdFigures(input)),
    remedy: `Raise ${cap === null ? Object.values(CAPS).join(' or ') : CAPS[cap]}, or run fewer cases; stored answers are kept and not paid again.`,
  }
}

function callFigures({ engine, configs, job }: ConcludeInput): Pick<Finding, 'threshold' | 'value'> {
  const most = shareOfCalls(configs.config.spend.maxCalls, job.shard, 0)
  return {
    threshold: most === null ? null : plural(most, 'call'),
    value: engine === null ? null : plural(engine.calls, 'call'),
  }
}

function usdFigures({ engine }: ConcludeInput): Pick<Finding, 'threshold' | 'value'> {
  if (engine === null) return { threshold: null, value: null }
  return { threshold: engine.spendCap === null ? null : `$${engine.spendCap}`, value: `$${formatUsd(engine.pico)}` }
}

/** Found at the first call of an application, before which nobody could know what it asks for; a plan says it beforehand. */
function unpricedFindings({ engine, job, configs, estimate, plannedOnly }: ConcludeInput): readonly Finding[] {
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
function shortCapFindings(input: ConcludeInput): readonly Finding[] {
  const { job, configs, estimate, plannedOnly } = input
  if (plannedOnly === null) return []
  const cap = capOf(job, configs.config)
  const { maxCalls = null } = configs.config.spend
  const { expected } = estimate.pico
  const calls = estimate.target.calls.expected + estimate.judge.calls.expected
  const remedy = (name: string) => `Raise \`${name}\`, or run fewer cases.`
  const short =
    cap !== null && expected !== null && expected > picoOf(cap)
      ? { threshold: `$${cap}`, value: `$${formatUsd(expected)}`, remedy: remedy('max-usd') }
      : maxCalls !== null && calls > maxCalls
        ? { threshold: plural(maxCalls, 'call'), value: plural(calls, 'call'), remedy: remedy('spend.max_calls') }
        : null
  if (short === null) return []
  const message = `A run would take about ${short.value}, more than its cap of ${short.threshold} allows, and end as not measured.`
  return [{ ...plain(null), rule: 'spend-cap', level: 'warn', message, ...short }]
}

/** Where another run would end the same way. */
const REMEDIES: { readonly [cause in ErrorCause]?: string } = {
  authentication: 'correct the key, or what it may use, and run it again',
  quota: 'fill the account up, or wait for its next period, and run it again',
  echo: '`echo` calls nobody: name a model',
  'no-answer-recorded': 'record the answers that are missing, and run it again',
}

/** One line per cause, with how often it happened. */
function providerErrors(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const messages = one.cases.flatMap((kase) =>
      [...kase.runs.base, ...kase.runs.head].flatMap((run) =>
        run.outcome.state === 'failed' && run.outcome.failure.kind === 'transient' ? [run.outcome.failure] : [],
      ),
    )
    const first = messages[0]
    if (first === undefined || first.cause === 'budget' || first.cause === 'unpriced') return []
    // Where the head's alone failed, the verdict says it.
    if (first.cause === 'application-crash')
      return one.decision?.outcome === 'fail' ? [] : [failedSetup(one.plan.name, first)]
    return [
      {
        ...plain(one.plan.name),
        rule: 'provider-error' as const,
        level: 'warn' as const,
        message: `${messages.length} calls of ${one.plan.name} ended without an answer (${first.cause}): ${first.message.replace(/\.$/, '')}.`,
        value: String(messages.length),
        remedy: `It is not a result of either side; ${REMEDIES[first.cause] ?? 'run it again'}.`,
      },
    ]
  })
}

/** The one crash that is nobody's doing: no case of the side could be asked, and no provider was. */
function failedSetup(evalSet: string, { message }: Failure): Finding {
  return {
    ...plain(evalSet),
    rule: 'not-measured',
    level: 'warn',
    message: `no case of ${evalSet} could be asked: ${message.replace(/\.$/, '')}.`,
    remedy: 'It is not a result of either side; correct the setup, or run it again.',
  }
}

/** An answer that nobody could grade is missing, too: that a judge was refused is no secret of the list of cases. */
function unscoredAnswers(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const whys = one.cases.flatMap(({ runs }) =>
      [...runs.base, ...runs.head].flatMap((run) =>
        run.state === 'missing' && run.outcome.state === 'answered' ? [run.why] : [],
      ),
    )
    const [first] = whys
    if (first === undefined) return []
    return [
      {
        ...plain(one.plan.name),
        rule: 'provider-error' as const,
        level: 'warn' as const,
        message: `${plural(whys.length, 'answer')} of ${one.plan.name} could not be scored: ${first.replace(/\.$/, '')}.`,
        value: String(whys.length),
        remedy: 'It is not a result of either side: correct the scorer, or run it again.',
      },
    ]
  })
}

/** What a provider bills by the search is in no count of tokens: a cost without it is not all that was paid. */
function feesLeftOut(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const runs = one.cases.flatMap(({ runs }) => [...runs.base, ...runs.head])
    const paid = runs.filter(({ outcome }) => factsOf(outcome).toolFees)
    if (paid.length === 0) return []
    return [
      {
        ...plain(one.plan.name),
        rule: 'unpriced' as const,
        level: 'note' as const,
        message: `For ${plural(paid.length, 'answer')} of ${one.plan.name} the provider used tools of its own that are billed by the use (a web search, say): these fees are not included in any cost.`,
        value: String(paid.length),
        remedy: 'Costs are those of the tokens alone: add the fees by hand, or compare with the provider’s bill.',
      },
    ]
  })
}
