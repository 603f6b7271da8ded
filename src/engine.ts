// The run stage put together for one job: targets, budget, record, judge and progress behind the two functions that the
// loop needs.

import type { Config } from './config/config.ts'
import type { Sides, Trial } from './domain.ts'
import { openCallers } from './engine/callers.ts'
import { problemOf, unmade } from './engine/keys.ts'
import { createResults, type Results } from './engine/results.ts'
import { scoringBy } from './engine/scoring.ts'
import { createTally, type Tally } from './engine/tally.ts'
import { createUncertain, type Uncertain } from './engine/uncertain.ts'
import { refuseUnset } from './engine/unset.ts'
import type { EvaluateDeps, RowLog } from './evaluate.ts'
import type { Job } from './job.ts'
import { providersOf } from './plan/asked-providers.ts'
import { type Estimate, plannedCalls } from './plan/estimate.ts'
import type { SetPlan } from './plan.ts'
import type {
  Clock,
  CredentialFile,
  Environment,
  Http,
  HttpOpen,
  Log,
  Loopback,
  Processes,
  Sandbox,
  Shelf,
  Store,
  Tree,
  WorkTrees,
} from './ports.ts'
import type { PriceBook } from './prices/book.ts'
import { openBaseRuns } from './run/base-runs.ts'
import type { BatchDeps, BatchRun } from './run/batch-state.ts'
import type { CallRecord } from './run/call-record.ts'
import {
  capOf,
  createUnpricedStop,
  isNotMadeForCap,
  picoOf,
  refuseUnpricedCap,
  shareOfCalls,
  shareOfCap,
  type UnpricedCall,
} from './run/cap.ts'
import { startDeadline } from './run/deadline.ts'
import { createLending } from './run/lending.ts'
import { createPricing } from './run/price.ts'
import { startProgress } from './run/progress.ts'
import { createRunner, type RunStats } from './run/runner.ts'
import { accountOf, batchAtOnce, batched, batchLane, concurrencyOf, withTimeout } from './run/tuned.ts'
import type { Work } from './run/work.ts'
import { createJudge } from './scorers/judge-calls.ts'
import { addCounts, NO_COUNTS } from './shard/header.ts'
import type { JoinedRuns } from './shard/join.ts'
import type { MadeRuns } from './shard/made.ts'
import { type ApplicationFacts, addFacts } from './targets/application-facts.ts'
import { hasBatches } from './targets/batch/providers.ts'
import { checkKeys } from './targets/providers.ts'
import { bodyWithoutKeys, type WithoutKeys } from './targets/without-keys.ts'

export type EngineWorld = {
  readonly clock: Clock
  readonly http: Http
  readonly open: HttpOpen
  readonly loopback: Loopback
  readonly processes: Processes
  readonly sandbox: Sandbox
  readonly environment: Environment
  readonly credentialFile: CredentialFile
  /** Told secrets that come up during the run, so that they are redacted from then on. */
  readonly noteSecret: (value: string) => void
  /** Takes the secrets known so far out of what providers and applications say. */
  readonly withoutKeys: WithoutKeys
  readonly log: Log
  readonly signal: AbortSignal
  /** The state directory. */
  openStore(): Promise<Store & { close(): Promise<void> }>
  /** For the texts of this run; open until the report is written. */
  openShelf(): Shelf
  /** Between the parts of long work: signals and timers have their turn, and memory that is free goes back. */
  rest?(): Promise<void>
  workTrees(sides: Sides, workingDirectory: string): WorkTrees & { dispose(): Promise<void> }
  /** The record in the report directory while it grows; its final form takes the place of the file. */
  openRowLog(): RowLog & { close(): Promise<void> }
  /** The audit record in the report directory, redacted. */
  openCallLog(options: {
    readonly redact: readonly string[]
    readonly texts: boolean
  }): Promise<(record: CallRecord) => void>
}

/** What applications asked and got, in the state directory. */
const MODEL_CALLS_FILE = 'model-calls.jsonl'

export type EngineInput = {
  readonly job: Job
  readonly world: EngineWorld
  readonly sides: Sides
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly plans: readonly SetPlan[]
  readonly config: Config
  readonly book: PriceBook
  readonly estimate: Estimate
  readonly redact: readonly string[]
  /** Parts of this run that other jobs made. */
  readonly shards?: JoinedRuns | null
  /** Calls go through the batch endpoints of the providers that have one. */
  readonly batch?: boolean
  /** What their batches belong to where a run may take several jobs. */
  readonly batchRun?: BatchRun
}

export type EngineStats = RunStats &
  ReturnType<Results['counts']> &
  ReturnType<Uncertain['counts']> & {
    readonly judgeCalls: number
    readonly judgePico: bigint
    readonly targetCalls: number
    /** Calls of models that applications made, seen by the recording proxy, with every attempt; those of them that repeat another. */
    readonly modelCalls: number
    readonly modelRepeats: number
    /** Calls that the proxy turned away, of no case or to no provider. */
    readonly refusedCalls: number
    /** And of cases that had made as many as one may. */
    readonly excessCalls: number
    /** What their processes did beside answering. */
    readonly applications: readonly ApplicationFacts[]
    readonly spendCap: string | null
    /** Eval sets of which calls stayed with a batch endpoint, for a later job. */
    readonly awaited: ReadonlySet<string>
    /** `spend.max_minutes` ended the run. */
    readonly outOfTime: boolean
    readonly interrupted: number
    /** As which model each judge answered. */
    readonly judged: ReturnType<Tally['judges']>
    /** Names of plans of which a call, a judge's included, was not made for a cap. */
    readonly capped: ReadonlySet<string>
    /** Why calls that were wanted were not made: the keys are in another job. */
    readonly refused: string | null
    /** An application's call that could not be made under the cap, and ended the run. */
    readonly unpricedCall: UnpricedCall | null
  }
export type Engine = { readonly deps: EvaluateDeps; stats(): EngineStats; close(): Promise<void> }

export async function startEngine(input: EngineInput): Promise<Engine> {
  const { job, world, plans, config, book, shards = null, batch: isBatch = false } = input
  const { environment, credentialFile, clock } = world
  const endpoints = { environment, credentialFile, configProviders: config.providers }
  // A merge may have nothing left to call: then it needs no key.
  const checked = checkKeys(providersOf(plans), endpoints)
  const keyless = shards === null ? await checked.then(() => null) : await problemOf(checked)
  const spendCap = capOf(job, config)
  const pricing = createPricing(book, clock.now(), (provider) => isBatch && hasBatches(provider))
  const pricer = pricing.price
  refuseUnpricedCap(spendCap, input.estimate)
  if (shards === null) refuseUnset(plans)
  const unpriced = createUnpricedStop(spendCap)
  const store = await world.openStore()
  const callers = await openCallers({
    ...{ ...input, endpoints, directory: job.workingDirectory },
    submit: (work) => runner.submit(work),
    isPriced: (request, side) =>
      pricer({ input: 1, output: 1 }, request, { side }) !== null ||
      unpriced.pass(`${request.provider}/${request.model ?? '?'}`),
    keep: (line) => store.append(MODEL_CALLS_FILE, bodyWithoutKeys(JSON.stringify(line), world.withoutKeys)),
  })
  const { targetOf } = callers
  const log = await world.openCallLog({ redact: input.redact, texts: config.comment.outputs === 'show' })
  const before = shards?.joined.counts ?? NO_COUNTS
  const planned = new Map(plans.map((plan) => [plan.name, plannedCalls(plan)]))
  const progress = startProgress({ log: world.log, clock, planned })
  const tally = createTally()
  const results = createResults(plans)
  const uncertain = createUncertain(pricing)
  const deadline = startDeadline(clock, config.spend.maxMinutes)
  // What fails elsewhere ends the run, too: nothing is called, or called again, for a report that there will not be.
  const over = new AbortController()
  const signal = AbortSignal.any([world.signal, deadline.signal, unpriced.signal, over.signal])
  const run = input.batchRun ?? null
  const batches = isBatch ? await batchCalls({ ...callers, ...world, store, signal, run }) : null
  const runner = await createRunner({
    call: batches?.call ?? callers.call,
    ...{ clock, store, signal, withoutKeys: world.withoutKeys },
    budget: {
      price: pricer,
      maxPico: spendCap === null ? null : shareOfCap(picoOf(spendCap), job.shard, before.pico + before.uncertainPico),
      maxCalls: shareOfCalls(config.spend.maxCalls, job.shard, before.calls),
    },
    concurrencyOf: (work) => batchAtOnce(work) ?? concurrencyOf(work, config, targetOf),
    accountOf: (work) => batchLane(work) ?? accountOf(work, config),
    useStored: () => job.useStored,
    // That a model is gone which answered last week is what a drift monitor is for.
    doubtsRefusals: job.command !== 'drift',
    ...(shards === null ? {} : { wasAnswered: answeredIn(shards.made, plans) }),
    onCall: (record) => {
      tally.note(record)
      uncertain.note(record)
      progress.spent(record.trial.evalSet, record.costPico)
      log(record)
    },
  })
  if (job.useStored && runner.known > 0)
    world.log.info(
      `Stored answers of earlier runs: ${runner.known}. A call that one of them answers is not made again.`,
    )
  const capped = new Set<string>()
  const runWork = async (work: Work) => {
    const done = await runner.submit(isBatch ? batched(work) : work)
    if (isNotMadeForCap(done)) capped.add(work.trial.evalSet)
    return done
  }
  const judge = createJudge(async (work) => {
    const done = await runWork(work)
    tally.judged(work, done)
    return done
  })
  // Without stored answers nothing is lent; what is run is kept all the same.
  const lending = createLending(await openBaseRuns(store, clock), job.useStored ? runner.recorded : null)
  let refused: string | null = null
  const make = (work: Work) => {
    if (keyless === null) return runWork(withTimeout(work, config, targetOf))
    refused ??= `runs are left to make, and this job cannot make them: ${keyless}`
    return Promise.resolve(unmade(work, keyless, clock.now()))
  }
  const submit = async (work: Work) => {
    const done = await make(work)
    results.ended(done)
    return done
  }
  const rows = world.openRowLog()
  const deps: EvaluateDeps = {
    ...{ lending, rows, submit, shelf: world.openShelf() },
    ...(world.rest === undefined ? {} : { rest: world.rest }),
    ...(shards === null ? {} : { made: shards.made }),
    ...scoringBy({ pricer, judge, sandbox: world.sandbox }),
    suites: Math.max(1, plans.filter((plan) => plan.gates.maxDropPoints !== undefined && plan.base !== null).length),
    isAlive: runner.isAlive,
    onDone: (plan, result) => progress.step(plan.name, result.outcome.state === 'failed'),
  }
  const close = async () => {
    over.abort()
    deadline.stop()
    progress.end()
    await callers.close()
    await rows.close()
    await store.close()
  }
  const runStats = () => {
    const own = runner.stats()
    return { ...own, lost: own.lost + (batches?.lost ?? 0) }
  }
  const stats = (): EngineStats => ({
    ...runStats(),
    ...addCounts(before, { ...runStats(), ...tally.counts(), ...results.counts(), ...uncertain.counts() }),
    ...{ spendCap, refusedCalls: callers.refused(), excessCalls: callers.excess(), judged: tally.judges() },
    applications: addFacts([...(shards?.joined.applications ?? []), ...callers.applications()]),
    ...{ refused: refused ?? unpriced.call()?.why ?? null, unpricedCall: unpriced.call() },
    ...{ outOfTime: deadline.signal.aborted, capped, awaited: batches?.awaited ?? new Set() },
  })
  return { deps, stats, close }
}

function answeredIn(made: MadeRuns, plans: readonly SetPlan[]) {
  const byName = new Map(plans.map((plan) => [plan.name, plan]))
  return (trial: Trial) => {
    const plan = byName.get(trial.evalSet)
    return plan !== undefined && made.find(plan, trial)?.result.outcome.state === 'answered'
  }
}

async function batchCalls(deps: BatchDeps) {
  const { openBatches } = await import('./run/batches.ts')
  return openBatches(deps)
}
