// The run stage put together for one job: targets, budget, record, judge and progress behind the two functions that the
// loop needs.

import type { Config } from './config/config.ts'
import type { Sides, TrialOutcome } from './domain.ts'
import { UserError } from './errors.ts'
import type { EvaluateDeps, RowLog, RunToScore } from './evaluate.ts'
import type { Job } from './job.ts'
import { AnswerTally } from './lifecycle/answered.ts'
import { providersOf } from './plan/asked-providers.ts'
import { type Estimate, plannedCalls } from './plan/estimate.ts'
import type { PlannedCase, SetPlan } from './plan.ts'
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
import type { BatchDeps } from './run/batches.ts'
import type { CallRecord } from './run/call-record.ts'
import { capOf, picoOf, refuseUnpricedCap, shareOfCalls, shareOfCap } from './run/cap.ts'
import { startDeadline } from './run/deadline.ts'
import { createLending } from './run/lending.ts'
import { costOfAnswer, createPricer } from './run/price.ts'
import { type Progress, startProgress } from './run/progress.ts'
import { createRunner, type RunStats } from './run/runner.ts'
import { accountOf, batchAtOnce, batched, batchLane, concurrencyOf, type TargetOf, withTimeout } from './run/tuned.ts'
import type { Work } from './run/work.ts'
import { createJudge } from './scorers/judge-calls.ts'
import { scoreAnswer } from './scorers/score-answer.ts'
import { type PairToScore, type ResultPair, scorePair } from './scorers/score-pair.ts'
import { addCounts, NO_COUNTS } from './shard/header.ts'
import type { JoinedRuns } from './shard/join.ts'
import { hasBatches } from './targets/batch/providers.ts'
import { loadReplays } from './targets/load-replays.ts'
import { checkKeys } from './targets/providers.ts'
import { keysOfRun, reachable } from './targets/proxy/environment.ts'
import { createProxy } from './targets/proxy/proxy.ts'
import { createReplay } from './targets/replay.ts'
import { transient } from './targets/shape.ts'
import { createTargets } from './targets/targets.ts'

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
  readonly log: Log
  readonly signal: AbortSignal
  /** The state directory. */
  openStore(): Promise<Store & { close(): Promise<void> }>
  /** For the texts of this run; open until the report is written. */
  openShelf(): Shelf
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
}

export type EngineStats = RunStats & {
  readonly judgeCalls: number
  readonly judgePico: bigint
  readonly targetCalls: number
  /** Calls of models that applications made, seen by the recording proxy; and those that it turned away. */
  readonly modelCalls: number
  readonly refusedCalls: number
  readonly spendCap: string | null
  /** `spend.max_minutes` ended the run. */
  readonly outOfTime: boolean
  readonly interrupted: number
  /** As which model each judge answered. */
  readonly judged: ReturnType<AnswerTally['all']>
  /** Why calls that were wanted were not made: the keys are in another job. */
  readonly refused: string | null
}
export type Engine = { readonly deps: EvaluateDeps; stats(): EngineStats; close(): Promise<void> }

export async function startEngine(input: EngineInput): Promise<Engine> {
  const { job, world, plans, config, book } = input
  const { environment, credentialFile } = world
  const endpoints = { environment, credentialFile, configProviders: config.providers }
  const shards = input.shards ?? null
  // A merge may have nothing left to call: then it needs no key.
  const checked = checkKeys(providersOf(plans), endpoints)
  const keyless = shards === null ? await checked.then(() => null) : await problemOf(checked)
  const spendCap = capOf(job, config)
  const isBatch = input.batch === true
  const pricer = createPricer(book, world.clock.now(), (provider) => isBatch && hasBatches(provider))
  refuseUnpricedCap(spendCap, input.estimate)
  const workTrees = world.workTrees(input.sides, job.workingDirectory)
  const replays = await loadReplays(plans, input.trees)
  const store = await world.openStore()
  const byName = new Map(plans.map((plan) => [plan.name, plan]))
  const targetOf: TargetOf = (name, side) => {
    const plan = byName.get(name)
    const target = (side === 'base' ? plan?.base : plan?.head)?.target
    if (target === undefined) throw new Error(`no target of ${name} on ${side}`)
    return target
  }
  const keys = keysOfRun(endpoints)
  const proxy = createProxy({
    ...world,
    endpoints: plans.some(runsApplication) ? await reachable(endpoints) : new Map(),
    submit: (work) => runner.submit(withTimeout(work, config, targetOf)),
    isPriced: (request) => spendCap === null || pricer({ input: 1, output: 1 }, request) !== null,
    keep: (line) => store.append(MODEL_CALLS_FILE, JSON.stringify(line)),
  })
  const targets = createTargets({
    ...world,
    ...{ workTrees, proxy, keys },
    sources: { trees: input.trees, directory: job.workingDirectory },
    endpoints,
    targetOf,
    replayOf: (name, side) => replays.get(`${side} ${name}`) ?? createReplay([]),
  })
  const log = await world.openCallLog({ redact: input.redact, texts: config.comment.outputs === 'show' })
  const before = shards?.joined.counts ?? NO_COUNTS
  const progress: Progress = startProgress({
    log: world.log,
    clock: world.clock,
    planned: new Map(plans.map((plan) => [plan.name, plannedCalls(plan)])),
  })
  const counts = { target: 0, judge: 0, model: 0, judgePico: 0n }
  let refused: string | null = null
  const onCall = (record: CallRecord) => {
    if (record.attempt > 0) counts[record.purpose] += 1
    progress.spent(record.trial.evalSet, record.costPico)
    if (record.purpose === 'judge') counts.judgePico += record.costPico ?? 0n
    log(record)
  }
  const deadline = startDeadline(world.clock, config.spend.maxMinutes)
  const signal = AbortSignal.any([world.signal, deadline.signal])
  const runner = await createRunner({
    call: isBatch ? await batchCalls({ ...targets, ...world, store, signal }) : targets.call,
    clock: world.clock,
    store,
    budget: {
      price: pricer,
      maxPico: spendCap === null ? null : shareOfCap(picoOf(spendCap), job.shard, before.pico + before.uncertainPico),
      maxCalls: shareOfCalls(config.spend.maxCalls, job.shard, before.calls),
    },
    concurrencyOf: (work) => batchAtOnce(work) ?? concurrencyOf(work, config, targetOf),
    accountOf: (work) => batchLane(work) ?? accountOf(work, config),
    useStored: () => job.useStored,
    onCall,
    signal,
  })
  const run = (work: Work) => runner.submit(isBatch ? batched(work) : work)
  const judged = new AnswerTally()
  const judge = createJudge(async (work) => {
    const done = await run(work)
    const { provider, model } = work.request
    if (done.outcome.state === 'answered')
      judged.add(work.trial.evalSet, `${provider}/${model}`, done.outcome.answer.model)
    return done
  })
  // Without stored answers nothing is lent; what is run is kept all the same.
  const baseRuns = await openBaseRuns(store, world.clock)
  const lending = createLending(baseRuns, job.useStored ? runner.recorded : null)
  const submit = (work: Work) => {
    if (keyless === null) return run(withTimeout(work, config, targetOf))
    refused ??= `runs are left to make, and this job cannot make them: ${keyless}`
    return Promise.resolve(unmade(work, keyless, world.clock.now()))
  }
  const rows = world.openRowLog()
  const deps: EvaluateDeps = {
    lending,
    rows,
    shelf: world.openShelf(),
    ...(shards === null ? {} : { made: shards.made }),
    submit,
    score: (plan, planned, made) =>
      scoreRun({ plan, made, kase: planned.kase }, { pricer, judge, sandbox: world.sandbox }),
    scorePair: (plan, planned, pair) =>
      scorePair(pairToScore(plan, planned, pair), {
        sandbox: world.sandbox,
        judge: judge(pair.head.trial, plan.contentKey),
      }),
    suites: Math.max(1, plans.filter((plan) => plan.gates.maxDropPoints !== undefined && plan.base !== null).length),
    onDone: (plan, result) => progress.step(plan.name, result.outcome.state === 'failed'),
  }
  const close = async () => {
    deadline.stop()
    progress.end()
    targets.close()
    proxy.close()
    await rows.close()
    await store.close()
    await workTrees.dispose()
  }
  const stats = (): EngineStats => ({
    ...runner.stats(),
    ...addCounts(before, {
      ...runner.stats(),
      targetCalls: counts.target,
      judgeCalls: counts.judge,
      modelCalls: counts.model,
      judgePico: counts.judgePico,
    }),
    refusedCalls: proxy.refused(),
    spendCap,
    judged: judged.all(),
    refused,
    outOfTime: deadline.signal.aborted,
  })
  return { deps, stats, close }
}

async function batchCalls(deps: BatchDeps) {
  const { openBatches } = await import('./run/batches.ts')
  return openBatches(deps)
}

type Scored = {
  readonly plan: SetPlan
  readonly made: RunToScore
  readonly kase: Parameters<typeof scoreAnswer>[0]['kase']
}

type Means = {
  readonly pricer: ReturnType<typeof createPricer>
  readonly judge: ReturnType<typeof createJudge>
  readonly sandbox: Sandbox
}

function scoreRun({ plan, made, kase }: Scored, { pricer, judge, sandbox }: Means) {
  const costPico = made.outcome.state === 'answered' ? costOfAnswer(made.outcome.answer, made.request, pricer) : null
  return scoreAnswer({ ...plan.head, kase }, made, { costPico, sandbox, judge: judge(made.trial, plan.contentKey) })
}

const runsApplication = ({ base, head }: SetPlan) => base?.target.kind === 'command' || head.target.kind === 'command'

function pairToScore(plan: SetPlan, { kase, base, head }: PlannedCase, pair: ResultPair): PairToScore {
  const request = (side: PlannedCase['base']) => (side?.state === 'ready' ? side.request : null)
  const requests = { base: request(base), head: request(head) }
  return { scoring: { ...plan.head, kase }, pair, requests }
}

async function problemOf(check: Promise<void>): Promise<string | null> {
  try {
    await check
    return null
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.what ?? error.message
    throw error
  }
}

function unmade({ trial, request }: Work, why: string, nowMs: number): TrialOutcome {
  const outcome = transient('authentication', why)
  return { trial, request, outcome, attempts: 0, stored: false, startedAt: new Date(nowMs).toISOString() }
}
