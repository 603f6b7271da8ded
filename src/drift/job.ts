// The drift run: fresh calls of every pin against its frozen baseline, the live model beside it, the fallbacks behind it. The
// loop that runs cases is the one of every other run; what is here is which passes are asked for, and what is made of them.

import type { Config } from '../config/config.ts'
import type { Result } from '../domain.ts'
import { type Engine, type EngineStats, startEngine } from '../engine.ts'
import { UserError } from '../errors.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../evaluate.ts'
import type { HeadSide } from '../head-side.ts'
import type { Job } from '../job.ts'
import type { World } from '../parity.ts'
import { providersOf } from '../plan/asked-providers.ts'
import { type Estimate, estimateRun } from '../plan/estimate.ts'
import type { Selection } from '../plan/select.ts'
import type { PlanContext, SetPlan } from '../plan.ts'
import type { HistoryRead } from '../ports.ts'
import type { PriceBook } from '../prices/book.ts'
import { loadPrices } from '../prices/index.ts'
import { planOf } from '../report/build.ts'
import { plural } from '../report/numbers.ts'
import { planSentence } from '../report/sentences.ts'
import { costOfAnswer, createPricer } from '../run/price.ts'
import { checkKeys } from '../targets/providers.ts'
import { BASELINE_RUNS } from './baseline.ts'
import { contentKey } from './key.ts'
import { limitsFor } from './monitor.ts'
import { type CostOf, type Pass, passesOf } from './passes.ts'
import { type Past, pastOf } from './past.ts'
import { fallbackPlans, liveModelOf, livePlan, withPasses } from './plans.ts'
import { type Looked, look, type Made, type Run, type SetJob, type Settled, settle } from './set-run.ts'

export type DriftInput = {
  readonly job: Job
  readonly world: World
  readonly side: HeadSide
  readonly history: Pick<HistoryRead, 'records' | 'state'>
  /** One baseline run a day instead of all at once. */
  readonly spread: boolean
}

/** Everything but what is written to the history and to the issue. */
export type DriftRun = {
  readonly job: Job
  readonly config: Config
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
  readonly looked: readonly Looked[]
  readonly settled: readonly Settled[]
  /** What could not be asked beside the pins, in words. */
  readonly notes: readonly string[]
}

export async function driftRun(input: DriftInput): Promise<DriftRun> {
  const { world, side, spread } = input
  const { config } = side.configs
  // The store would answer with what was measured before.
  const job = {
    ...input.job,
    useStored: false,
    evals: input.job.evals === 'affected' ? 'all' : input.job.evals,
  } as const
  const startedMs = world.clock.now()
  const at = new Date(startedMs).toISOString()
  const book = await loadPrices(config.prices, config.models)
  const known = (await side.sets()).pairs.flatMap(({ name, head }) => (head === null ? [] : [name]))
  const selection = await side.select(job.evals)
  const { jobs, notes } = await setJobs(input, { selection, book, startedMs })
  const plans = jobs.flatMap(plansOf)
  const { providers } = config
  const batch = config.spend.batch === true
  const estimate = estimateRun(plans, book, startedMs, {
    concurrencyOf: (provider) => providers[provider]?.maxConcurrency,
    batch,
  })
  const facts = { job, config, selection, book, estimate, startedMs, at, known, notes }
  if (job.dryRun) return { ...facts, plannedOnly: 'a dry run', engine: null, looked: [], settled: [] }
  if (plans.length > 0) world.log.info(`Plan: ${planSentence(planOf(estimate))}${planNote(jobs, spread)}`)
  const run: Run = {
    ...{ at, book, nowMs: startedMs, limits: limitsFor(known.length) },
    commit: side.sides.head.sha ?? 'working-tree',
    runUrl: job.provenance.runUrl,
  }
  const engine = plans.length === 0 ? null : await engineOf({ ...input, job }, { plans, book, estimate })
  const made = await (engine === null ? nothingMade(jobs) : makeAll(engine, jobs, { book, startedMs })).catch(
    async (error: unknown) => {
      await engine?.close()
      throw error
    },
  )
  const looked = made.map((one) => look(one, run))
  const confirming = await confirm(engine, looked, { input, costOf: costOf(book, startedMs) }).finally(engine?.close)
  const settled = looked.map((one) => settle(one, confirming.get(one) ?? null, run))
  return { ...facts, plannedOnly: null, engine: engine?.stats() ?? null, looked, settled }
}

function planNote(jobs: readonly SetJob[], spread: boolean): string {
  const fresh = jobs.filter(({ past }) => (past.baseline?.runs ?? 0) < BASELINE_RUNS).length
  if (fresh === 0) return ''
  const how = spread ? 'one run of it today' : `${BASELINE_RUNS} runs at once`
  return ` Of ${plural(jobs.length, 'eval set')} ${fresh} ${fresh === 1 ? 'has' : 'have'} no baseline yet: ${how}.`
}

// ------------------------------------------------------------------------------------------------ what to run

type Planning = { readonly selection: Selection; readonly book: PriceBook; readonly startedMs: number }
type Jobs = { readonly jobs: readonly SetJob[]; readonly notes: readonly string[] }

async function setJobs({ world, side, history, spread }: DriftInput, planning: Planning): Promise<Jobs> {
  const { selection, book, startedMs } = planning
  const files = await side.tree.list()
  const context: PlanContext = {
    contentIds: { base: await side.contentId(), head: await side.contentId() },
    environment: world.environment,
    today: new Date(startedMs).toISOString().slice(0, 10),
  }
  const notes: string[] = []
  const refusal = (plan: SetPlan) => keyProblem(plan, side.configs.config, world)
  const jobs: SetJob[] = []
  for (const plan of selection.plans) {
    const key = contentKey(plan, files)
    const past = pastOf(history.records, plan.name, key)
    const refused = unknownPast(past, history.state) ?? (await refusal(plan)) ?? modelProblem(plan)
    const live = liveModelOf(plan.head, book, startedMs)
    const others = [
      ...(live === null ? [] : [{ ...livePlan(plan, live, context), role: 'live' as const }]),
      ...fallbackPlans(plan, context).map((one) => ({ ...one, role: 'fallback' as const })),
    ]
    const asked: typeof others = []
    for (const one of refused === null ? others : []) {
      const why = await refusal(one.plan)
      if (why === null) asked.push(one)
      else notes.push(`${plan.name}: the ${one.role} model ${one.model} was not run: ${why}`)
    }
    jobs.push({
      ...{ plan, key, past, refused },
      passes: refused === null ? passesWanted(past.baseline?.runs ?? 0, spread) : 0,
      live: asked.find(({ role }) => role === 'live') ?? null,
      fallbacks: asked.filter(({ role }) => role === 'fallback'),
    })
  }
  return { jobs, notes }
}

const passesWanted = (runs: number, spread: boolean) => (spread ? 1 : Math.max(1, BASELINE_RUNS - runs))

/** Nobody knows whether there is a baseline: to make another one would cost ten runs, and split the history. */
function unknownPast({ baseline }: Past, state: HistoryRead['state']): string | null {
  if (state !== 'unreachable' || baseline !== null) return null
  return 'the history could not be read, and no baseline of it is known here'
}

/** A key that is missing leaves its sets unmeasured, and the others as they are. */
async function keyProblem(plan: SetPlan, config: Config, world: World): Promise<string | null> {
  const { environment, credentialFile } = world
  try {
    await checkKeys(providersOf([plan]), { environment, credentialFile, configProviders: config.providers })
    return null
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.what ?? error.message
    throw error
  }
}

/** What answers from a file, or with the question, cannot drift. */
function modelProblem({ head: { target } }: SetPlan): string | null {
  if (target.kind !== 'prompt') return null
  if (target.replay !== undefined) return 'its answers are recorded ones (`target.replay`), which cannot drift'
  return target.model === 'echo' ? 'its model is `echo`, which cannot drift' : null
}

/** The pass beside the live model is one of the pin's. */
function plansOf({ plan, passes, live, fallbacks, refused }: SetJob): readonly SetPlan[] {
  if (refused !== null) return []
  const alone = live === null ? passes : passes - 1
  return [
    ...(live === null ? [] : [live.plan]),
    ...(alone > 0 || live !== null ? [withPasses(plan, alone)] : []),
    ...fallbacks.map((one) => one.plan),
  ]
}

// ---------------------------------------------------------------------------------------------------- running

type Means = { readonly plans: readonly SetPlan[]; readonly book: PriceBook; readonly estimate: Estimate }

function engineOf({ job, world, side }: DriftInput, { plans, book, estimate }: Means): Promise<Engine> {
  const { sides, tree, configs } = side
  const { config } = configs
  const trees = { base: tree, head: tree }
  const batch = config.spend.batch === true
  return startEngine({ ...{ job, world, sides, trees, plans, config, book, estimate, batch }, redact: config.redact })
}

/** No base run of an earlier decision stands for a run of today. */
function fresh({ deps }: Engine): EvaluateDeps {
  const { lending: _, ...rest } = deps
  return rest
}

const costOf = (book: PriceBook, atMs: number): CostOf => {
  const pricer = createPricer(book, atMs)
  return (answer, request) => costOfAnswer(answer, request, pricer)
}

const nothingMade = async (jobs: readonly SetJob[]): Promise<readonly Made[]> =>
  jobs.map((job) => ({ job, passes: [], live: null, fallbacks: [], shown: null }))

type When = { readonly book: PriceBook; readonly startedMs: number }

async function makeAll(engine: Engine, jobs: readonly SetJob[], { book, startedMs }: When): Promise<readonly Made[]> {
  const deps = fresh(engine)
  const plans = jobs.flatMap(plansOf).filter(({ head }) => head.passes > 0)
  const evaluations = new Map((await evaluate(plans, deps)).map((one) => [one.plan.name, one]))
  return jobs.map((job) => madeOf(job, evaluations, costOf(book, startedMs)))
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

type Confirming = { readonly input: DriftInput; readonly costOf: CostOf }

/** At once, so that an hour with a bad backend is not taken for two. */
async function confirm(
  engine: Engine | null,
  looked: readonly Looked[],
  { input, costOf: costs }: Confirming,
): Promise<ReadonlyMap<Looked, Pass>> {
  const asked = looked.filter((one) => one.state === 'compared' && one.question !== null)
  if (engine === null || asked.length === 0 || input.world.signal.aborted) return new Map()
  const names = asked.map(({ made }) => made.job.plan.name).join(', ')
  input.world.log.info(`A confirming run of ${names}.`)
  const plans = asked.map(({ made }) => withPasses(made.job.plan, 1))
  const evaluations = await evaluate(plans, fresh(engine))
  return new Map(
    evaluations.flatMap((one, i) => {
      const [pass, of] = [passesOf(one, 'head', costs)[0], asked[i]]
      return pass === undefined || of === undefined ? [] : [[of, pass] as const]
    }),
  )
}
