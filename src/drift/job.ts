// The drift run: fresh calls of every pin against its frozen baseline, the live model beside it, the fallbacks behind it. The
// loop that runs cases is the one of every other run; what is here is which passes are asked for, and what is made of them.

import type { Config } from '../config/config.ts'
import type { Result } from '../domain.ts'
import { type Engine, type EngineStats, startEngine } from '../engine.ts'
import { type Evaluation, evaluate } from '../evaluate.ts'
import type { HeadSide } from '../head-side.ts'
import { configName, type Job } from '../job.ts'
import { loadLifecycle } from '../lifecycle/load.ts'
import type { World } from '../parity.ts'
import { type Estimate, estimateRun } from '../plan/estimate.ts'
import type { Selection } from '../plan/select.ts'
import type { SetPlan } from '../plan.ts'
import type { HistoryRead } from '../ports.ts'
import type { PriceBook } from '../prices/book.ts'
import { pricesOf } from '../prices/of-config.ts'
import { planOf } from '../report/build.ts'
import { plural } from '../report/numbers.ts'
import { planSentence } from '../report/sentences.ts'
import { costOfAnswer, createPricer } from '../run/price.ts'
import { placeFlags } from './accept-command.ts'
import { BASELINE_RUNS } from './baseline.ts'
import { fresh, lookCloser } from './closer.ts'
import { concludedSets } from './concluded.ts'
import { type EndedSeries, endedSeries } from './ended.ts'
import type { JudgeLook } from './judge-drift.ts'
import { limitsFor } from './monitor.ts'
import { isFuture, ownRecords, watchedElsewhere, withoutOthers } from './own.ts'
import { type CostOf, type Pass, passesOf } from './passes.ts'
import { withPasses } from './plans.ts'
import { namesOf, plansOf, setJobs } from './set-jobs.ts'
import { type Looked, look, type Made, type Run, type SetJob, type Settled, settle } from './set-run.ts'

export type DriftInput = {
  readonly job: Job
  readonly world: World
  readonly side: HeadSide
  readonly history: Pick<HistoryRead, 'records' | 'state'>
  /** One baseline run in each run instead of all at once. */
  readonly spread: boolean
}

/** Everything but what is written to the history and to the issue. */
export type DriftRun = {
  readonly job: Job
  readonly config: Config
  /** Of the configuration. */
  readonly name: string
  readonly selection: Selection
  readonly book: PriceBook
  readonly estimate: Estimate
  readonly plannedOnly: string | null
  readonly startedMs: number
  readonly at: string
  /** Null when nothing was called. */
  readonly engine: EngineStats | null
  /** Names of all eval sets of the configuration. */
  readonly known: readonly string[]
  /** By the names that trials have: eval sets whose run is at its end, so that nothing that was collected for it serves another. */
  readonly over: readonly string[]
  readonly looked: readonly Looked[]
  readonly settled: readonly Settled[]
  /** Sets that were changed while they drifted. */
  readonly ended: ReadonlyMap<string, EndedSeries>
  /** Of sets in question: whether it is their judge. */
  readonly judges: readonly JudgeLook[]
  /** What could not be asked beside the pins, in words. */
  readonly notes: readonly string[]
}

export async function driftRun(asked: DriftInput): Promise<DriftRun> {
  // The store would answer with what was measured before.
  const evals = asked.job.evals === 'affected' ? 'all' : asked.job.evals
  const input = { ...asked, job: { ...asked.job, useStored: false, evals } } as const
  const { facts, jobs, plans } = await prepared(input)
  const { book, startedMs, at, config, known } = facts
  if (input.job.dryRun) return { ...facts, plannedOnly: 'a dry run', ...NOTHING_CALLED }
  if (plans.length > 0)
    input.world.log.info(
      `Plan: ${planSentence(planOf(facts.estimate))}${planNote(jobs, input.spread ? null : config.drift.runs)}`,
    )
  const elsewhere = watchedElsewhere(input.history.records, facts.name, startedMs)
  const run: Run = {
    ...{
      at,
      book,
      nowMs: startedMs,
      config: facts.name,
      place: placeFlags(input.job),
      limits: limitsFor(known.length + elsewhere),
    },
    commit: input.side.sides.head.sha ?? 'working-tree',
    runUrl: input.job.provenance.runUrl,
  }
  const engine = plans.length === 0 ? null : await engineOf(input, { ...facts, plans, jobs })
  try {
    const made = engine === null ? nothingMade(jobs) : await makeAll(engine, jobs, facts)
    const looked = made.map((one) => look(one, run))
    const closer = await lookCloser(engine, looked, { input, costOf: costOf(facts), at })
    const settled = looked.map((one) => settle(one, closer.confirming.get(one) ?? null, run))
    const ended = endedSeries(
      ownRecords(input.history.records, facts.name).filter((one) => !isFuture(one, startedMs)),
      jobs.map(({ plan, key }) => ({ evalSet: plan.name, key })),
    )
    const stats = engine?.stats() ?? null
    return {
      ...facts,
      plannedOnly: null,
      engine: stats,
      over: stats === null || input.world.signal.aborted ? [] : overOf(jobs, stats),
      looked,
      settled,
      judges: closer.judges,
      ended,
    }
  } finally {
    await engine?.close()
  }
}

const NOTHING_CALLED = { engine: null, over: [], looked: [], settled: [], judges: [], ended: new Map() }

type Facts = Omit<DriftRun, 'plannedOnly' | keyof typeof NOTHING_CALLED>
type Prepared = { readonly facts: Facts; readonly jobs: readonly SetJob[]; readonly plans: readonly SetPlan[] }

/** What is to be run, and what it costs. */
async function prepared(input: DriftInput): Promise<Prepared> {
  const { job, world, side } = input
  const { config } = side.configs
  const startedMs = world.clock.now()
  const book = await pricesOf(config, world.environment, await loadLifecycle(config, side.tree))
  const known = (await side.sets()).pairs.flatMap(({ name, head }) => (head === null ? [] : [name]))
  const selection = await side.select(job.evals)
  const { jobs, notes } = await setJobs(input, { selection, book, startedMs })
  const plans = jobs.flatMap(plansOf)
  const estimate = estimateRun(plans, book, startedMs, {
    concurrencyOf: (provider) => config.providers[provider]?.maxConcurrency,
    batch: config.spend.batch === true,
  })
  const at = new Date(startedMs).toISOString()
  const name = configName(job)
  return { facts: { job, config, name, selection, book, estimate, startedMs, at, known, notes }, jobs, plans }
}

/** @param runs of a baseline that is made at once; null for one that grows by a run a day */
function planNote(jobs: readonly SetJob[], runs: number | null): string {
  const fresh = jobs.filter(({ past }) => (past.baseline?.runs ?? 0) < BASELINE_RUNS).length
  if (fresh === 0) return ''
  const how = runs === null ? 'one run of it today' : `${runs} runs at once`
  return ` Of ${plural(jobs.length, 'eval set')} ${fresh} ${fresh === 1 ? 'has' : 'have'} no baseline yet: ${how}.`
}

/** A job that ran out of time or money leaves its run to the next one; so does a set of which calls are still with a provider. */
function overOf(jobs: readonly SetJob[], { outOfTime, capHit, refused, awaited }: EngineStats): readonly string[] {
  if (outOfTime || capHit !== null || refused !== null) return []
  return jobs.flatMap((job) => {
    const names = namesOf(job)
    return names.some((name) => awaited.has(name)) ? [] : names
  })
}

type Means = Pick<Facts, 'book' | 'estimate' | 'at' | 'name' | 'startedMs'> & {
  readonly plans: readonly SetPlan[]
  readonly jobs: readonly SetJob[]
}

function engineOf({ job, world, side, history }: DriftInput, means: Means): Promise<Engine> {
  const { plans, jobs, book, estimate, at, name, startedMs } = means
  const { sides, tree, configs } = side
  const { config } = configs
  const trees = { base: tree, head: tree }
  const batch = config.spend.batch === true
  const own = withoutOthers(history.records, name).filter((one) => !isFuture(one, startedMs))
  const concluded = concludedSets(own, jobs.map(namesOf))
  const batchRun = { at, config: name, concludedAt: (evalSet: string) => concluded.get(evalSet) ?? null }
  return startEngine({
    ...{ job, world, sides, trees, plans, config, book, estimate, batch, batchRun },
    redact: config.redact,
  })
}

const costOf = ({ book, startedMs }: When): CostOf => {
  const pricer = createPricer(book, startedMs)
  return (answer, request) => costOfAnswer(answer, request, { pricer })
}

const nothingMade = (jobs: readonly SetJob[]): readonly Made[] =>
  jobs.map((job) => ({ job, passes: [], live: null, fallbacks: [], shown: null }))

type When = { readonly book: PriceBook; readonly startedMs: number }

async function makeAll(engine: Engine, jobs: readonly SetJob[], when: When): Promise<readonly Made[]> {
  const deps = fresh(engine)
  const plans = jobs.flatMap(plansOf).filter(({ head }) => head.passes > 0)
  const evaluations = new Map((await evaluate(plans, deps)).map((one) => [one.plan.name, one]))
  return jobs.map((job) => madeOf(job, evaluations, costOf(when)))
}

function madeOf(job: SetJob, evaluations: ReadonlyMap<string, Evaluation>, costs: CostOf): Made {
  const alone = evaluations.get(job.plan.name) ?? null
  const beside = job.live === null ? null : (evaluations.get(job.live.plan.name) ?? null)
  const passes = (of: Evaluation | null, side: 'base' | 'head'): readonly Pass[] =>
    of === null ? [] : passesOf(of, side, costs)
  return {
    job,
    passes: [...passes(beside, 'base'), ...passes(alone, 'head')],
    live: passes(beside, 'head')[0] ?? null,
    fallbacks: job.fallbacks.flatMap(({ model, plan }) => {
      const [pass] = passes(evaluations.get(plan.name) ?? null, 'head')
      return pass === undefined ? [] : [{ model, pass }]
    }),
    shown: beside === null ? alone : pinnedAlone(job.plan, beside),
  }
}

/** The pin's side of a pair as the run of a set of its own. */
function pinnedAlone(plan: SetPlan, { runs, published }: Evaluation): Evaluation {
  const own = runs.map((one) => ({
    ...{ kase: one.kase, role: 'head-only' as const, identical: false, passes: 1, base: [] },
    head: one.base.map((run) => onHead(run, plan.name)),
  }))
  return { plan: withPasses(plan, 1), runs: own, published, decision: null }
}

/** Member by member: runs of large sets have getters, which a copy by spread would lose. */
function onHead(run: Result, evalSet: string): Result {
  const { outcome, scores } = run
  const common = { trial: { ...run.trial, evalSet, side: 'head' as const }, outcome, scores }
  return run.state === 'scored'
    ? { ...common, state: 'scored', score: run.score, pass: run.pass }
    : { ...common, state: run.state, why: run.why }
}
