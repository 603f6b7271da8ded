// The report of a drift run. Drift is no red check: the job fails only by what it could not measure.

import type { ConcludeInput, Conclusion } from '../conclude.ts'
import { incompleteBecause, measurementFindings } from '../conclude.ts'
import { projectCost } from '../cost/project.ts'
import type { Finding, RunOutcome } from '../domain.ts'
import { decide } from '../gate/decide.ts'
import { judgeSet, type SetVerdict } from '../gate/set-verdict.ts'
import type { HeadSide } from '../head-side.ts'
import { callsOf, measure } from '../measure.ts'
import { formatUsd, parseUsd } from '../money.ts'
import { buildReport } from '../report/build.ts'
import { formatPoints, plural } from '../report/numbers.ts'
import type { Report } from '../report/report.ts'
import { BASELINE_RUNS } from './baseline.ts'
import { endedEvents } from './ended.ts'
import { nextEnd, shutdownEvents } from './endings.ts'
import { canaryEvent } from './events.ts'
import type { ForecastRow } from './forecasts.ts'
import type { DriftRun } from './job.ts'
import type { HistoryRecord } from './records.ts'
import type { DriftEvent, DriftReport, DriftSet } from './report.ts'
import { movedCanaries } from './shifts.ts'

export type Written = Pick<DriftReport, 'history' | 'issue'> & {
  /** As they are after this run. */
  readonly records: readonly HistoryRecord[]
  readonly events: readonly DriftEvent[]
  readonly forecasts: readonly ForecastRow[]
}

export function driftReportOf(run: DriftRun, written: Written): DriftReport {
  const sets = run.settled.map(({ set }) => advised(set, run))
  const watched = run.selection.plans.map(({ head }) => head)
  return {
    sets,
    events: [
      ...eventsOf(run),
      ...shutdownEvents(watched, run.book, { at: run.at, nowMs: run.startedMs }),
      ...written.events,
    ],
    fallbacks: run.settled.flatMap(({ fallbacks }) => fallbacks),
    monthUsd: monthUsd(written.records, run.at),
    nextShutdown: nextEnd(watched, run.book, run.startedMs),
    ...{ history: written.history, issue: written.issue },
    ...(written.forecasts.length === 0 ? {} : { forecasts: written.forecasts }),
  }
}

/** A judge that moved is the first thing to look at, whatever else there is to do. */
function advised(set: DriftSet, { judges }: DriftRun): DriftSet {
  const moved = judges.some((one) => one.moved && one.event.evalSet === set.evalSet)
  if (!moved || set.advice.length === 0) return set
  const first =
    'Its judge grades the same texts otherwise than before: pin the judge to a dated version before you look at the model.'
  return { ...set, advice: [first, ...set.advice] }
}

function eventsOf({ settled, looked, judges, ended, at }: DriftRun): readonly DriftEvent[] {
  const canaries = looked.flatMap((one) =>
    one.state === 'compared' ? [{ evalSet: one.made.job.plan.name, baseline: one.baseline, pass: one.pass }] : [],
  )
  const sets = settled.map(({ set }) => set)
  return [
    ...settled.flatMap(({ events }) => events),
    ...endedEvents(ended, sets, at),
    ...judges.map(({ event }) => event),
    ...movedCanaries(canaries).map((one) => canaryEvent(one, at)),
  ]
}

/** Null as soon as one job of the month is not priced: a sum that leaves something out is no sum. */
function monthUsd(records: readonly HistoryRecord[], at: string): string | null {
  const month = at.slice(0, 7)
  let pico = 0n
  for (const record of records) {
    if (record.kind !== 'run' || record.jobUsd === undefined || !record.at.startsWith(month)) continue
    const parsed = record.jobUsd === null ? null : parseUsd(record.jobUsd)
    if (parsed?.state !== 'ok') return null
    pico += parsed.pico
  }
  return formatUsd(pico)
}

/** All records of the run; the first of its runs says what the job cost. */
export function recordsOf({ settled, engine }: DriftRun): readonly HistoryRecord[] {
  const records = settled.flatMap((one) => one.records)
  const jobUsd = engine === null || engine.unpriced > 0 ? null : formatUsd(engine.pico)
  const first = records.find((one) => one.kind === 'run')
  return records.map((one) => (one === first ? { ...first, jobUsd } : one))
}

export type Around = {
  readonly side: HeadSide
  readonly tool: Report['tool']
  readonly interrupted: boolean
  readonly endedMs: number
}

export function reportOf(run: DriftRun, drift: DriftReport, { side, tool, interrupted, endedMs }: Around): Report {
  const { config, selection, book, engine, estimate, plannedOnly, startedMs } = run
  const shown = run.looked.flatMap(({ made }) => (made.shown === null ? [] : [made.shown]))
  const costs = projectCost({
    ...{ evalSets: shown.map(callsOf), routes: config.routes, book, atMs: startedMs, limit: config.cost },
  })
  const measured = shown.map((one) => measure(one, costs))
  // What is shown of a set is its first pass: the cap may have kept others, or a model beside the pin, from being run.
  const ended = { interrupted, outOfTime: engine?.outOfTime ?? false, capHit: (engine?.capHit ?? null) !== null }
  const incomplete = engine?.refused ?? incompleteBecause(measured, ended)
  const facts: ConcludeInput = {
    ...{ job: run.job, configs: side.configs, trusted: true, selection, measured, costs, estimate, plannedOnly },
    detection: { changes: [], uncovered: [], selections: [], texts: [], pins: [] },
    ...{ found: [], engine, incomplete, estimated: null, baseSha: null, startedMs, joined: null },
    cutByCap: cutByCap(run),
  }
  const conclusion = conclude(run, drift, facts)
  const report = buildReport({
    ...facts,
    costs: { ...costs, routes: [] },
    conclusion,
    sides: side.sides,
    tool,
    unread: [],
    levers: [],
    endedMs,
  })
  // That nothing was stored is the point of it.
  const notes = [...run.notes, ...report.run.notes.filter((note) => !note.startsWith('A fresh draw'))]
  // Prompts are shown where they change.
  const evalSets = report.evalSets.map((set) => ({ ...set, prompts: null }))
  return { ...report, evalSets, run: { ...report.run, notes }, ...(plannedOnly === null ? { drift } : {}) }
}

/** Sets of which the cap kept a pass, the live model or a fallback from being run to its end, or a judge from being asked. */
function cutByCap({ looked, engine }: DriftRun): readonly string[] {
  return looked.flatMap(({ made: { job } }) => {
    const asked = [job.plan, ...(job.live === null ? [] : [job.live.plan]), ...job.fallbacks.map(({ plan }) => plan)]
    return asked.some(({ name }) => engine?.capped.has(name)) ? [job.plan.name] : []
  })
}

function conclude(run: DriftRun, drift: DriftReport, facts: ConcludeInput): Conclusion {
  const { job, configs, measured, selection } = facts
  const mode = job.mode ?? configs.config.mode
  const today = run.at.slice(0, 10)
  const states = new Map(drift.sets.map((set) => [set.evalSet, set]))
  const sets = measured.map((one): SetVerdict => {
    const verdict = judgeSet(one, { baseSha: null, today, waivers: [] })
    const isMeasured = states.get(one.plan.name)?.state !== 'not-measured'
    // Gates are for changes; what a scheduled run finds is told by its state.
    return { ...verdict, mode, outcome: isMeasured ? 'pass' : 'not-measured', rule: null, rows: [], findings: [] }
  })
  const verdict = decide({
    sets,
    findings: [
      ...drift.sets.flatMap(findingOf),
      ...drift.fallbacks.flatMap(fallbackFinding),
      ...selection.notRun.map(({ evalSet, why }) => unmeasuredFinding(evalSet, why)),
      ...measurementFindings(facts),
    ],
    plannedOnly: selection.plans.length > 0 ? run.plannedOnly : null,
    incomplete: facts.incomplete !== null,
    mode,
    ...{ onInconclusive: 'pass', onNotMeasured: job.onNotMeasured },
    headline: ({ outcome }) => headline(outcome, drift, { run, incomplete: facts.incomplete }),
  })
  return { verdict, sets }
}

function findingOf(set: DriftSet): readonly Finding[] {
  if (set.state === 'not-measured') return [unmeasuredFinding(set.evalSet, set.why ?? '')]
  if (set.state !== 'drift') return []
  return [
    {
      rule: 'drift',
      level: 'warn',
      evalSet: set.evalSet,
      message: `${set.evalSet} scores ${levels(set)}, and no commit changed it.`,
      threshold: null,
      value: set.score === null ? null : formatPoints(set.score),
      remedy: set.advice[0] ?? '',
      evidence: set.flips.map(({ caseId }) => caseId),
      place: { path: set.path },
    },
  ]
}

function fallbackFinding({ evalSet, model, score, holds, why }: DriftReport['fallbacks'][number]): readonly Finding[] {
  if (holds !== false) return []
  return [
    {
      rule: 'drift',
      level: 'warn',
      evalSet,
      message: `The fallback ${model} of ${evalSet} does not hold: ${why ?? `it scores ${formatPoints(score)}, below the pin by more than the limit`}.`,
      threshold: null,
      value: score === null ? null : formatPoints(score),
      remedy: 'Name another model in `target.fallbacks`, or mend the prompt for this one, before the pin is down.',
    },
  ]
}

function unmeasuredFinding(evalSet: string, why: string): Finding {
  return {
    rule: 'not-measured',
    level: 'warn',
    evalSet,
    message: `${evalSet} could not be measured: ${why.replace(/\.$/, '')}.`,
    threshold: null,
    value: null,
    remedy: 'It counts neither as drift nor as a recovery; the next run goes on from where the last one stood.',
  }
}

const levels = ({ score, baseline, since }: DriftSet) =>
  `${formatPoints(score)} against ${formatPoints(baseline?.score ?? null)} of its baseline${since === null ? '' : ` (since ${since.slice(0, 10)})`}`

type Headlined = { readonly run: DriftRun; readonly incomplete: string | null }

function headline(outcome: RunOutcome, { sets }: DriftReport, { run, incomplete }: Headlined): string {
  if (outcome === 'planned') {
    const { calls } = run.estimate.target
    return `Planned, not run: ${plural(calls.expected + run.estimate.judge.calls.expected, 'call')}.`
  }
  const of = (state: DriftSet['state']) => sets.filter((set) => set.state === state)
  const [drifting, lost] = [of('drift'), of('not-measured')]
  const [first] = drifting
  if (first !== undefined) {
    const more = drifting.length > 1 ? `${drifting.length} of ${plural(sets.length, 'eval set')} drift; ` : 'Drift: '
    return `${more}${first.evalSet} scores ${levels(first)}.`
  }
  if (lost.length > 0) {
    const rest = sets.length - lost.length
    return `Not measured: ${lost[0]?.evalSet ?? ''}: ${(lost[0]?.why ?? '').replace(/\.$/, '')}${rest > 0 ? `; ${plural(rest, 'other set')} measured, no drift` : ''}.`
  }
  if (outcome === 'not-measured') return `Not measured to the end: ${cutShort(sets, incomplete)}.`
  if (sets.length === 0) return 'There is no eval set to watch.'
  const parts = [
    counted(of('in-band').length, 'inside its band', 'inside their band'),
    counted(of('recovered').length, 'is back at its baseline', 'are back at their baseline'),
    counted(of('suspect').length, 'looked at closer, not confirmed', 'looked at closer, not confirmed'),
    counted(of('baseline').length, 'has a new baseline', 'have new baselines'),
  ].filter((part) => part !== '')
  return `No drift: ${parts.join(', ')}.`
}

/** Every set has something, and not what was asked for. */
function cutShort(sets: readonly DriftSet[], because: string | null): string {
  const why = because ?? 'the run was cut short'
  const grown = sets.flatMap(({ evalSet, state, baseline }) =>
    state === 'baseline' && baseline !== null && baseline.runs < BASELINE_RUNS
      ? [
          `the baseline of ${evalSet} has ${baseline.runs} of ${BASELINE_RUNS} runs, and the next run goes on from there`,
        ]
      : [],
  )
  return [why, ...grown].join('; ')
}

const counted = (count: number, one: string, many: string) =>
  count === 0 ? '' : `${plural(count, 'eval set')} ${count === 1 ? one : many}`
