// The one loop of the program: ask `decide` what to run next, run it, score it, until there is a verdict. All eval sets
// share one pool; which of them is asked first changes nothing.

import type { CaseRuns } from './compare.ts'
import { dropLimitPoints } from './config/gates.ts'
import type { RecordRow, Result, SideLabel, TrialOutcome } from './domain.ts'
import type { LookBack } from './drift/look-back.ts'
import { type SliceTest, testEachSlice } from './evaluate/each-slice.ts'
import { createLedger, type Ledger } from './evaluate/ledger.ts'
import { type Context, runPairs, runTies } from './evaluate/pairs.ts'
import { rowsToPublish } from './gate/record.ts'
import { missingRuns, readLedger } from './gate/score/ledger.ts'
import { decideScore, type NextRun, type ScoreDecision, type ScoreOptions } from './gate/score.ts'
import { type SliceDrop, testSlices } from './gate/slice-test.ts'
import type { PlannedCase, SetPlan } from './plan.ts'
import type { Shelf } from './ports.ts'
import { rescore } from './rescore.ts'
import { borrow } from './run/borrow.ts'
import { type Earlier, earlierOf } from './run/earlier.ts'
import type { Lending } from './run/lending.ts'
import type { Work } from './run/work.ts'
import type { ResultPair } from './scorers/score-pair.ts'
import type { MadeRuns } from './shard/made.ts'

export type Evaluation = {
  readonly plan: SetPlan
  readonly runs: readonly CaseRuns[]
  /** What `verify` needs to come to the same verdict. */
  readonly published: Iterable<RecordRow>
  /** Null for a set without a base. */
  readonly decision: ScoreDecision | null
  /** What stored base runs did for it, and say of its flakiness; left out where none are kept. */
  readonly earlier?: Earlier
  /** Held against what the history says of the set; left out where it was not asked. */
  readonly past?: LookBack
  /** Each slice by the set's own test, where the plan asks for that. */
  readonly eachSlice?: readonly SliceTest[]
  /** The same answers under the other side's scorers (`plan.rescored`); null when both sides have the same. */
  readonly rescored?: Evaluation | null
}

export type ScoreRun = (plan: SetPlan, planned: PlannedCase, made: RunToScore) => Promise<Result>
/** What scoring needs of a finished run. */
export type RunToScore = Pick<TrialOutcome, 'trial' | 'request' | 'outcome'>

/** What needs both runs of a pair: it comes after each of them was scored, and gives both back. */
export type ScorePair = (plan: SetPlan, planned: PlannedCase, pair: ResultPair) => Promise<ResultPair>

/** For readers while the run goes on. */
export type RowLog = { add(row: RecordRow): void; flush(): Promise<void> }

export type EvaluateDeps = {
  readonly submit: (work: Work) => Promise<TrialOutcome>
  /** Whether the provider of a call has answered anybody since a time (milliseconds). Without it, it has. */
  readonly isAlive?: (work: Pick<Work, 'trial' | 'request'>, sinceMs: number) => boolean
  readonly score: ScoreRun
  readonly scorePair: ScorePair
  /** Gated eval sets of the run: the error budget is shared. */
  readonly suites: number
  /** Base runs of earlier decisions; without it none are used and none kept. */
  readonly lending?: Lending
  /** Runs that shards made: taken where the gate asks for them. */
  readonly made?: MadeRuns
  /** Where the texts of large sets are kept while it goes on; without it they stay in memory. */
  readonly shelf?: Shelf
  /** Between the parts of a large set. */
  readonly rest?: () => Promise<void>
  /** Somebody waits for the end of a run whose sets are too large to be judged meanwhile. */
  readonly isCutShort?: () => boolean
  /** Asks the history about a set that has its verdict; it may make runs of the head. */
  readonly lookBack?: (context: Context) => Promise<LookBack | undefined>
  /** The record as it grows; without it, it is only there at the end. */
  readonly rows?: RowLog
  /** Called after each finished run. */
  readonly onDone: (plan: SetPlan, result: Result) => void
}

/** Without the sets that were cut short. */
export async function evaluate(plans: readonly SetPlan[], deps: EvaluateDeps): Promise<readonly Evaluation[]> {
  const evaluations = await Promise.all(plans.map((plan) => evaluateSet(plan, deps)))
  return evaluations.filter((one) => one !== null)
}

async function evaluateSet(plan: SetPlan, deps: EvaluateDeps): Promise<Evaluation | null> {
  const ledger = createLedger(plan, deps)
  const [first] = await Promise.all([
    plan.base === null ? null : runTest(plan, ledger, deps),
    runOutside(plan, ledger, deps),
  ])
  // New and edited cases may have to pass: what they lost after the test was over is still to be confirmed.
  const isOver = first === null || first.progress === ledger.progress()
  const tested = isOver ? first : await settle(plan, ledger, deps)
  if (deps.isCutShort?.() && tested?.decision.outcome !== 'fail') return null
  // What cannot be run for a slice is missing there, and not in the set's verdict.
  const options = optionsOf(plan, deps, ledger)
  const slices = plan.base === null ? {} : await runSlices(plan, ledger, deps)
  const past = await deps.lookBack?.({ plan, ledger, deps })
  const evaluation: Evaluation = {
    plan,
    runs: ledger.runs(),
    published: plan.base === null ? [] : ledger.record.at(rowsToPublish(ledger.record, options)),
    decision: tested === null ? null : { ...decisionOn(tested, ledger, options), ...slices },
    ...(deps.lending === undefined ? {} : { earlier: earlierOf(plan, deps.lending, ledger) }),
    ...(past === undefined ? {} : { past }),
  }
  // The decision and its rows stand: what runs for the slices comes after them.
  const eachSlice = await testEachSlice({ plan, ledger, deps }, { options, tested: evaluation.decision })
  if (eachSlice !== null) return { ...evaluation, runs: ledger.runs(), eachSlice }
  return { ...evaluation, rescored: await rescore(evaluation, deps, options) }
}

/** Cases outside the paired test: new and edited ones, sets without a base, and ties whose level a gate needs. */
export async function runOutside(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<void> {
  const outside = [...plan.cases.values()].filter((one) => one.role !== 'paired' && !one.identical)
  const sides: readonly SideLabel[] = plan.base === null ? ['head'] : ['base', 'head']
  // Pass by pass: what is cut short has whole passes to show for it.
  const runs = passes(plan).flatMap((index) =>
    outside.flatMap((one) => sides.map((side): NextRun => ({ case: one.kase.id, side, step: 'pass', index }))),
  )
  const context = { plan, ledger, deps }
  await Promise.all([runPairs(context, runs), runTies(context, plan.levels)])
}

const passes = (plan: SetPlan) => Array.from({ length: plan.head.passes }, (_, index) => index)

/** A decision, and how far the ledger was when it was made. */
type Tested = { readonly decision: ScoreDecision; readonly progress: number }

/** The decision stands where nothing came after it; to read a large record again for the same would cost. */
function decisionOn(tested: Tested, ledger: Ledger, options: ScoreOptions): ScoreDecision {
  return tested.progress === ledger.progress() ? tested.decision : decideScore(ledger.record, options)
}

async function runTest(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<Tested> {
  await useStoredBase({ plan, ledger, deps })
  return settle(plan, ledger, deps)
}

async function settle(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<Tested> {
  for (;;) {
    const progress = ledger.progress()
    const decision = decideScore(ledger.record, optionsOf(plan, deps, ledger))
    if (decision.outcome !== 'undecided' || decision.next.length === 0) return { decision, progress }
    const isWhole = await runPairs({ plan, ledger, deps }, decision.next)
    if (!isWhole) return { decision, progress }
    // Runs that could not be made leave the test as missing; if not even that happened, asking again would not end.
    if (ledger.progress() === progress) return { decision, progress }
  }
}

async function useStoredBase(context: Context): Promise<void> {
  const { plan, ledger, deps } = context
  // Shards made both sides of every pass.
  if (deps.lending === undefined || deps.made !== undefined) return
  const borrowed = await borrow({
    plan,
    lending: deps.lending,
    run: async (runs) => void (await runPairs(context, runs)),
    baseRunOf: (caseId) => ledger.runsOf(caseId).base.find((one) => one.trial.step === 'pass' && one.trial.index === 0),
  })
  if (borrowed === null) return
  ledger.moved = borrowed.moved
  for (const results of borrowed.lent.values()) for (const result of results) ledger.lend(result)
}

type Slices = { readonly slices?: readonly SliceDrop[] }

/** After the set's own verdict, which these runs do not move: leaning slices that a gate names run until they are settled. */
async function runSlices(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<Slices> {
  if (!Object.values(plan.gates.slices ?? {}).some((gate) => gate.maxDropPoints !== undefined)) return {}
  for (;;) {
    const slices = testSlices({ plan, runs: ledger.runs(), suites: deps.suites, missing: ledger.missing })
    // A case may be in several slices.
    const wanted = new Map(slices.flatMap((slice) => slice.wanted).map((pair) => [pair.case, pair] as const))
    const before = ledger.progress()
    await runPairs({ plan, ledger, deps }, missingRuns(readLedger(ledger.record), [...wanted.values()]))
    if (ledger.progress() === before) return { slices }
  }
}

function optionsOf(plan: SetPlan, deps: EvaluateDeps, ledger: Ledger): ScoreOptions {
  return {
    cases: plan.order,
    maxDrop: dropLimitPoints(plan.gates) / 100,
    passes: plan.head.passes,
    suites: deps.suites,
    compare: plan.head.compare,
    mustPass: plan.mustPass,
    missing: [...ledger.missing],
    sampled: plan.sampled ?? false,
    stored: ledger.lent > 0,
  }
}
