// The one loop of the program: ask `decide` what to run next, run it, score it, until there is a verdict. All eval sets
// share one pool; which of them is asked first changes nothing.

import type { CaseRuns } from './compare.ts'
import { dropLimitPoints } from './config/gates.ts'
import type { ErrorCause, RecordRow, Result, SideLabel, Trial, TrialOutcome } from './domain.ts'
import { createLedger, type Ledger } from './evaluate/ledger.ts'
import { recordToPublish } from './gate/record.ts'
import { missingRuns, readLedger } from './gate/score/ledger.ts'
import { decideScore, type NextRun, type ScoreDecision, type ScoreOptions } from './gate/score.ts'
import { type SliceDrop, testSlices } from './gate/slice-test.ts'
import { isMustPass, type PlannedCase, type SetPlan } from './plan.ts'
import { rescore } from './rescore.ts'
import { borrow } from './run/borrow.ts'
import { type Earlier, earlierOf } from './run/earlier.ts'
import type { Lending } from './run/lending.ts'
import type { Work } from './run/work.ts'
import type { ResultPair } from './scorers/score-pair.ts'

export type Evaluation = {
  readonly plan: SetPlan
  readonly runs: readonly CaseRuns[]
  /** What `verify` needs to come to the same verdict. */
  readonly published: readonly RecordRow[]
  /** Null for a set without a base. */
  readonly decision: ScoreDecision | null
  /** What stored base runs did for it, and say of its flakiness; left out where none are kept. */
  readonly earlier?: Earlier
  /** The same answers under the other side's scorers (`plan.rescored`); null when both sides have the same. */
  readonly rescored?: Evaluation | null
}

export type ScoreRun = (plan: SetPlan, planned: PlannedCase, made: RunToScore) => Promise<Result>
/** What scoring needs of a finished run. */
export type RunToScore = Pick<TrialOutcome, 'trial' | 'request' | 'outcome'>

/** What needs both runs of a pair: it comes after each of them was scored, and gives both back. */
export type ScorePair = (plan: SetPlan, planned: PlannedCase, pair: ResultPair) => Promise<ResultPair>

export type EvaluateDeps = {
  readonly submit: (work: Work) => Promise<TrialOutcome>
  readonly score: ScoreRun
  readonly scorePair: ScorePair
  /** Gated eval sets of the run: the error budget is shared. */
  readonly suites: number
  /** Base runs of earlier decisions; without it none are used and none kept. */
  readonly lending?: Lending
  /** Called after each finished run. */
  readonly onDone: (plan: SetPlan, result: Result) => void
}

export async function evaluate(plans: readonly SetPlan[], deps: EvaluateDeps): Promise<readonly Evaluation[]> {
  return Promise.all(plans.map((plan) => evaluateSet(plan, deps)))
}

async function evaluateSet(plan: SetPlan, deps: EvaluateDeps): Promise<Evaluation> {
  const ledger = createLedger(plan)
  await Promise.all([runOutside(plan, ledger, deps), plan.base === null ? undefined : runTest(plan, ledger, deps)])
  // What cannot be run for a slice is missing there, and not in the set's verdict.
  const options = optionsOf(plan, deps, ledger)
  const slices = plan.base === null ? {} : await runSlices(plan, ledger, deps)
  const evaluation: Evaluation = {
    plan,
    runs: ledger.runs(),
    published: plan.base === null ? [] : recordToPublish(ledger.record, options),
    decision: plan.base === null ? null : { ...decideScore(ledger.record, options), ...slices },
    ...(deps.lending === undefined ? {} : { earlier: earlierOf(plan, deps.lending, ledger) }),
  }
  return { ...evaluation, rescored: await rescore(evaluation, deps, options) }
}

/** Cases outside the paired test: new and edited ones, sets without a base, and ties whose level a gate needs. */
async function runOutside(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<void> {
  const outside = [...plan.cases.values()].filter((one) => one.role !== 'paired' && !one.identical)
  const sides: readonly SideLabel[] = plan.base === null ? ['head'] : ['base', 'head']
  const runs = outside.flatMap((one) =>
    passes(plan).flatMap((index) => sides.map((side): NextRun => ({ case: one.kase.id, side, step: 'pass', index }))),
  )
  const levels = plan.levels.map(
    (id): Trial => ({ evalSet: plan.name, caseId: id, side: 'head', step: 'identical', index: 0 }),
  )
  await Promise.all([
    runPairs({ plan, ledger, deps }, runs),
    ...levels.map((trial) => runOne({ plan, ledger, deps }, trial)),
  ])
}

const passes = (plan: SetPlan) => Array.from({ length: plan.head.passes }, (_, index) => index)

async function runTest(plan: SetPlan, ledger: Ledger, deps: EvaluateDeps): Promise<void> {
  await useStoredBase({ plan, ledger, deps })
  for (;;) {
    const decision = decideScore(ledger.record, optionsOf(plan, deps, ledger))
    if (decision.outcome !== 'undecided' || decision.next.length === 0) return
    const before = ledger.progress()
    await runPairs({ plan, ledger, deps }, decision.next)
    // Runs that could not be made leave the test as missing; if not even that happened, asking again would not end.
    if (ledger.progress() === before) return
  }
}

async function useStoredBase(context: Context): Promise<void> {
  const { plan, ledger, deps } = context
  if (deps.lending === undefined) return
  const borrowed = await borrow({
    plan,
    lending: deps.lending,
    run: (runs) => runPairs(context, runs),
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

type Context = { readonly plan: SetPlan; readonly ledger: Ledger; readonly deps: EvaluateDeps }

/** Base and head next to each other in the queue; a pair counts when both sides were scored. */
async function runPairs(context: Context, runs: readonly NextRun[]): Promise<void> {
  const results = await Promise.all(runs.map((run) => runOne(context, trialOf(context.plan, run))))
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const { caseId, step, index } = result.trial
    const key = JSON.stringify([caseId, step, index])
    groups.set(key, [...(groups.get(key) ?? []), result])
  }
  // Entered in the order of the runs, whichever pair a judge took longest for.
  const settled = await Promise.all([...groups.values()].map((pair) => settlePair(context, pair)))
  for (const pair of settled) enterPair(context, pair)
}

const trialOf = (plan: SetPlan, run: NextRun): Trial => ({
  evalSet: plan.name,
  caseId: run.case,
  side: run.side,
  step: run.step,
  index: run.index,
})

/** `base` is of today, or lent from earlier; one that is lent is in the ledger already. */
type Settled = { readonly base: Result | undefined; readonly head: Result | undefined; readonly lent: boolean }

async function settlePair(context: Context, pair: readonly Result[]): Promise<Settled> {
  const made = pair.find((result) => result.trial.side === 'base')
  const head = pair.find((result) => result.trial.side === 'head')
  const base = made ?? (head === undefined ? undefined : context.ledger.lentFor(head.trial))
  const lost = pair.filter((result) => result.state === 'missing')
  const onlyHead = lost.length === 1 && lost[0] === head && base !== undefined
  const settled = onlyHead && head !== undefined ? await probe(context, head) : head
  const lent = made === undefined
  const planned = context.plan.cases.get(head?.trial.caseId ?? '')
  if (base === undefined || settled === undefined || planned === undefined) return { base, head: settled, lent }
  return { ...(await context.deps.scorePair(context.plan, planned, { base, head: settled })), lent }
}

function enterPair({ ledger }: Context, { base, head, lent }: Settled): void {
  for (const result of lent ? [head] : [base, head]) if (result !== undefined) ledger.add(result)
  if (base === undefined || head === undefined) return
  if (base.state === 'scored' && head.state === 'scored') ledger.addRows(lent ? [head] : [base, head])
  else ledger.missing.add(base.trial.caseId)
}

/**
 * A transient error on the head alone: the base is called again right away. If it answers and the head's next call still
 * fails, the failure is the head's own and counts as broken; if the base fails too, it is an outage.
 */
async function probe(context: Context, head: Result): Promise<Result> {
  const { trial } = head
  const again = (side: SideLabel) =>
    runOne(context, { ...trial, side, step: 'probe', index: context.ledger.nextProbe(trial.caseId, side) })
  if (!mayBeItsOwn(head)) return head
  const base = await again('base')
  if (base.state === 'missing') return head
  const second = await again('head')
  if (second.state !== 'missing') return { ...second, trial }
  return mayBeItsOwn(second) ? { ...head, state: 'scored', score: 0, pass: false, scores: [] } : head
}

/** Causes that say nothing about the side: the run's budget or end, the account, an answer that was never recorded. */
const NOBODYS: ReadonlySet<ErrorCause> = new Set([
  'budget',
  'cancelled',
  'authentication',
  'quota',
  'no-answer-recorded',
  'echo',
])

/** A call that failed, not a score that is missing: a judge that cannot be read is no failure of the answer. */
const mayBeItsOwn = ({ outcome }: Result) => outcome.state === 'failed' && !NOBODYS.has(outcome.failure.cause)

/** Where a cap runs short: judges of answers that are there (0), must-pass cases, sets whose prompts changed, the others. */
function urgencyOf({ gates, kinds }: SetPlan, { kase }: PlannedCase): number {
  return isMustPass(kase, gates.mustPass ?? []) ? 1 : kinds.has('prompt') ? 2 : 3
}

async function runOne({ plan, ledger, deps }: Context, trial: Trial): Promise<Result> {
  const planned = plan.cases.get(trial.caseId)
  const prepared = trial.side === 'base' ? planned?.base : planned?.head
  if (!planned || !prepared) throw new Error(`no request for ${trial.caseId} on ${trial.side}`)
  if (prepared.state === 'failed') {
    const result: Result = {
      trial,
      outcome: { state: 'failed', failure: prepared.failure },
      scores: [],
      state: 'scored',
      score: 0,
      pass: false,
    }
    deps.onDone(plan, result)
    return result
  }
  const prompt = (trial.side === 'base' ? plan.base : plan.head)?.target
  const made = await deps.submit({
    trial: { ...trial, evalSet: plan.name },
    request: prepared.request,
    scope: plan.contentKey,
    urgency: urgencyOf(plan, planned),
    ...(prompt?.kind === 'prompt' ? { promptHash: prompt.prompt.hash } : {}),
  })
  const result = await deps.score(plan, planned, made)
  deps.lending?.keep(plan, result, made.startedAt)
  deps.onDone(plan, result)
  if (trial.step === 'identical') ledger.add(result)
  return result
}
