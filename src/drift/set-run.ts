// One eval set in a drift run: what is known of it, what its passes say, and what becomes of it. Pure.

import type { Evaluation } from '../evaluate.ts'
import type { SetPlan } from '../plan.ts'
import type { PriceBook } from '../prices/book.ts'
import { adviceFor } from './advice.ts'
import { extended, levelOf, referenceFor, referenceOf } from './baseline.ts'
import { fallbackOf, liveOf } from './beside-pin.ts'
import { improvementEvent, priceEvent, providerEvents } from './events.ts'
import { recordId } from './lines.ts'
import { liveDays, liveSlideEvent } from './live-slide.ts'
import {
  advance,
  type Judging,
  judge,
  type Limits,
  type Question,
  questionAfter,
  type Standing,
  standardised,
} from './monitor.ts'
import { figuresOfPasses, isRefused, type Pass, refusedWords, rounded, whyUnmeasured } from './passes.ts'
import { type Past, trendOf } from './past.ts'
import type { OtherModel } from './plans.ts'
import type { BaselineRecord, HistoryRecord, MonitorMark, RunRecord } from './records.ts'
import type { DriftEvent, DriftReport, DriftSet, DriftState } from './report.ts'
import { fallbackRecords, keyRecord, liveRecords, runRecord } from './set-records.ts'
import { shiftsOf } from './shifts.ts'

/** A set with what is to be run of it. */
export type SetJob = {
  readonly plan: SetPlan
  readonly key: string
  readonly past: Past
  /** Complete passes of the pin; one of them beside the live model where there is one. */
  readonly passes: number
  readonly live: OtherModel | null
  readonly fallbacks: readonly OtherModel[]
  /** Why nothing of it can be asked. */
  readonly refused: string | null
}

export type Made = {
  readonly job: SetJob
  readonly passes: readonly Pass[]
  readonly live: Pass | null
  readonly fallbacks: readonly { readonly model: string; readonly pass: Pass }[]
  /** The run that the report shows: the first pass of the pin. */
  readonly shown: Evaluation | null
}

export type Run = {
  /** Names the configuration. */
  readonly config: string
  /** Flags of a command that name it. */
  readonly place?: string
  readonly at: string
  readonly commit: string
  readonly runUrl: string | null
  readonly limits: Limits
  readonly book: PriceBook
  readonly nowMs: number
}

/** The run before its confirming run. */
export type Looked =
  | { readonly state: 'unmeasured'; readonly made: Made; readonly why: string }
  | {
      readonly state: 'baseline'
      readonly made: Made
      readonly baseline: BaselineRecord
      readonly passes: readonly Pass[]
    }
  | {
      readonly state: 'compared'
      readonly made: Made
      readonly baseline: BaselineRecord
      readonly pass: Pass
      readonly standing: Standing
      readonly z: number
      readonly judging: Judging
      readonly question: Question | null
    }

export function look(made: Made, run: Run): Looked {
  const { job, passes } = made
  const why = job.refused ?? null
  const good = passes.filter((pass) => whyUnmeasured(pass) === null)
  const [first] = good
  if (why !== null || first === undefined) return { state: 'unmeasured', made, why: why ?? whyNone(passes) }
  const { baseline } = job.past
  const reference = baseline === null ? null : referenceOf(baseline)
  if (baseline === null || reference === null) {
    // A model that is not there has no level to drift from.
    const answered = good.filter((pass) => !isRefused(pass))
    if (answered.length === 0) return { state: 'unmeasured', made, why: refusedWords(first) ?? whyNone(passes) }
    const grown = baselineFrom(baseline, answered, { job, run })
    return { state: 'baseline', made, baseline: grown, passes: answered }
  }
  const level = levelOf(baseline, first)
  if (level === null) return { state: 'unmeasured', made, why: 'it has no case that the baseline has' }
  const z = rounded(standardised(level, referenceFor(reference, baseline, first)))
  const judging = { limits: run.limits, runs: reference.runs }
  const standing = advance(job.past.standing, z, run.at)
  const question = questionAfter(standing, z, judging)
  return { state: 'compared', made, baseline, pass: first, standing, z, judging, question }
}

function whyNone(passes: readonly Pass[]): string {
  const [first] = passes
  return (first === undefined ? null : whyUnmeasured(first)) ?? 'no run of it was made'
}

function baselineFrom(before: BaselineRecord | null, passes: readonly Pass[], { job, run }: { job: SetJob; run: Run }) {
  const sums = extended(before, passes)
  if (sums === null) throw new Error('a baseline of no run')
  const { plan, key } = job
  const record: BaselineRecord = {
    ...{ v: 1, kind: 'baseline', id: recordId('baseline', plan.name, key, run.at, run.config) },
    ...{ at: run.at, config: run.config },
    ...{ evalSet: plan.name, key, model: plan.head.target.model ?? null, commit: run.commit },
    ...sums,
  }
  return record
}

export type Settled = {
  readonly set: DriftSet
  readonly records: readonly HistoryRecord[]
  readonly events: readonly DriftEvent[]
  readonly fallbacks: DriftReport['fallbacks']
}

/** @param confirming the pass that followed at once; null where none was wanted or it could not be made */
export function settle(looked: Looked, confirming: Pass | null, run: Run): Settled {
  const { made } = looked
  const fallbacks = made.fallbacks.map((one) => fallbackOf(made, one))
  const others = [...liveRecords(made, run), ...fallbackRecords(made, run)]
  const settled = settledOf(looked, confirming, run)
  return { ...settled, records: [keyRecord(made.job, run), ...settled.records, ...others], fallbacks }
}

function settledOf(looked: Looked, confirming: Pass | null, run: Run): Omit<Settled, 'fallbacks'> {
  switch (looked.state) {
    case 'unmeasured':
      return unmeasured(looked.made, looked.why, run)
    case 'baseline':
      return baselineMade(looked, run)
    case 'compared':
      return compared(looked, confirming, run)
  }
}

function unmeasured(made: Made, why: string, run: Run): Omit<Settled, 'fallbacks'> {
  const { job } = made
  const { standing, baseline } = job.past
  const records = made.passes.slice(0, 1).map((pass) => runRecord(made, pass, { role: 'pinned', run }))
  const set = {
    ...setFacts(made, run, null),
    ...{ state: 'not-measured' as const, why, score: null, z: null, confirmedZ: null },
    cusum: baseline === null ? null : rounded(standing.cusum),
    since: standing.state === 'in-band' ? null : standing.since,
    ...{ shifts: [], flips: [], advice: [] },
  }
  // A pass with answers that do not suffice would read as a score.
  return { set, events: [], records: records.map((one) => ({ ...one, figures: { ...one.figures, score: null } })) }
}

function baselineMade(looked: Extract<Looked, { state: 'baseline' }>, run: Run): Omit<Settled, 'fallbacks'> {
  const { made, baseline, passes } = looked
  const records: HistoryRecord[] = passes.map((pass, index) => runRecord(made, pass, { role: 'pinned', run, index }))
  const set = {
    ...setFacts(made, run, baseline),
    ...{ state: 'baseline' as const, why: null, score: figuresOfPasses(passes).score },
    ...{ z: null, cusum: null, confirmedZ: null, since: null, shifts: [], flips: [], advice: [] },
  }
  return { set, events: [], records: [...records, baseline] }
}

function compared(
  looked: Extract<Looked, { state: 'compared' }>,
  confirming: Pass | null,
  run: Run,
): Omit<Settled, 'fallbacks'> {
  const { made, baseline, pass, z, judging } = looked
  const { past, plan } = made.job
  const confirmedZ = confirming === null ? null : zOf(confirming, baseline)
  const standing = judge(looked.standing, { z, confirmedZ }, judging)
  const wasDrift = past.standing.state === 'drift'
  const state: DriftState = wasDrift && standing.state !== 'drift' ? 'recovered' : standing.state
  const monitor: MonitorMark = {
    ...{ baseline: baseline.id, z, cusum: rounded(standing.cusum), state: standing.state },
    ...(confirmedZ === null ? {} : { confirmedZ }),
  }
  const told = { evalSet: plan.name, at: run.at }
  const figures = figuresOfPasses([pass])
  const events = [
    ...providerEvents(past, figures, told),
    ...priceEvent(baseline, run.book, { ...told, nowMs: run.nowMs }),
    ...improvementEvent([...past.departures, z], judging, told),
    ...slideOf(made, baseline, { figures, limits: run.limits, at: run.at }),
  ]
  const passes = confirming === null ? [pass] : [pass, confirming]
  const flips = standing.state === 'in-band' ? [] : flipsOf(baseline, passes)
  const facts = setFacts(made, run, baseline)
  const refusal = refusedWords(pass)
  const set: DriftSet = {
    ...facts,
    ...{ state, why: null, score: figures.score, z, cusum: monitor.cusum, confirmedZ, flips },
    since: standing.state === 'in-band' ? null : standing.since,
    shifts: shiftsOf(baseline, pass),
    advice:
      state === 'drift'
        ? [
            ...(refusal === null ? [] : [`${refusal}.`]),
            ...adviceFor({
              ...{ set: facts, events, plan, answeredBefore: baseline.figures.answered, book: run.book },
              ...(run.place === undefined ? {} : { place: run.place }),
            }),
          ]
        : [],
  }
  return { set, events, records: [{ ...runRecord(made, pass, { role: 'pinned', run }), monitor }] }
}

type Today = { readonly figures: RunRecord['figures']; readonly limits: Limits; readonly at: string }

function slideOf({ job, live }: Made, baseline: BaselineRecord, { figures, limits, at }: Today): readonly DriftEvent[] {
  if (job.live === null || live === null || whyUnmeasured(live) !== null) return []
  const { model } = job.live
  const [beside, pin] = [figuresOfPasses([live]).score, figures.score]
  const reference = referenceOf(baseline)
  if (beside === null || pin === null || reference === null) return []
  // What an accept has ended does not count any more.
  const since = job.past.live.filter((one) => Date.parse(one.at) >= Date.parse(baseline.at))
  const days = [...liveDays(since, job.past.pinned, model), { at, difference: beside - pin }]
  return liveSlideEvent(days, 100 * reference.sd, { limits, watched: { evalSet: job.plan.name, model, at } })
}

function zOf(pass: Pass, baseline: BaselineRecord): number | null {
  const [reference, level] = [referenceOf(baseline), levelOf(baseline, pass)]
  if (reference === null || level === null || whyUnmeasured(pass) !== null) return null
  return rounded(standardised(level, referenceFor(reference, baseline, pass)))
}

/** What is said of a set whatever became of it. */
export type SetFacts = Pick<DriftSet, 'evalSet' | 'path' | 'owner' | 'model' | 'baseline' | 'live' | 'trend'>

function setFacts(made: Made, run: Run, fresh: BaselineRecord | null): SetFacts {
  const { plan, past } = made.job
  const baseline = fresh ?? past.baseline
  const [first] = made.passes
  const isMeasured = first !== undefined && whyUnmeasured(first) === null
  const today = { at: run.at, score: isMeasured ? figuresOfPasses([first]).score : null }
  return {
    evalSet: plan.name,
    path: plan.head.path,
    owner: plan.head.owner ?? null,
    model: plan.head.target.model ?? null,
    baseline: shownBaseline(baseline),
    live: liveOf(made),
    trend: trendOf(past.runs, today),
  }
}

function shownBaseline(baseline: BaselineRecord | null): DriftSet['baseline'] {
  if (baseline === null || baseline.figures.score === null) return null
  const reference = referenceOf(baseline, 2)
  if (reference === null) return null
  const { figures, runs, at } = baseline
  return { score: figures.score ?? 0, sd: rounded(100 * reference.sd), runs, at }
}

const SHOWN_FLIPS = 20
const USUALLY = 0.8
const NOW = 0.2

function flipsOf(baseline: BaselineRecord, passes: readonly Pass[]): DriftSet['flips'] {
  const [first] = passes
  const flips = (first?.cases ?? []).flatMap(({ caseId }, i) => {
    const before = baseline.cases[i]?.level ?? null
    const levels = passes.flatMap(({ cases }) => cases[i]?.level ?? [])
    const today = levels.reduce((sum, one) => sum + one, 0) / Math.max(1, levels.length)
    if (before === null || levels.length === 0 || before < USUALLY || today > NOW) return []
    return [{ caseId, baseline: before, today }]
  })
  return flips.sort((a, b) => b.baseline - b.today - (a.baseline - a.today)).slice(0, SHOWN_FLIPS)
}
