// Runs of both sides made, scored and entered in pairs. Answers that a shard made already are taken instead of calls.

import type { ErrorCause, Outcome, Result, SideLabel, Trial } from '../domain.ts'
import type { EvaluateDeps } from '../evaluate.ts'
import type { NextRun } from '../gate/score.ts'
import { isMustPass } from '../plan/cases.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import type { Ledger } from './ledger.ts'
import { isOutage } from './outage.ts'

export type Context = { readonly plan: SetPlan; readonly ledger: Ledger; readonly deps: EvaluateDeps }

/** Pairs that are asked for at once: far more than run at the same time, far fewer than a large set has. */
const CHUNK = 2_000

/** Base and head next to each other in the queue; a pair counts when both sides were scored. False when it was cut short. */
export async function runPairs(context: Context, runs: readonly NextRun[]): Promise<boolean> {
  for (const pairs of chunks(pairsOf(runs))) {
    await context.deps.rest?.()
    if (context.deps.isCutShort?.()) return false
    const settled = await Promise.all(pairs.map(async (pair) => settlePair(context, await runPair(context, pair))))
    // Entered in the order of the runs, whichever pair a judge took longest for.
    for (const pair of withoutOutage(context, settled)) enterPair(context, pair)
    await context.deps.rows?.flush()
  }
  return true
}

/**
 * Refusals of an earlier run on both sides are asked again: what refused both is no matter of the change, and may be mended
 * since (an address, access to a model).
 */
async function runPair(context: Context, pair: readonly NextRun[]): Promise<readonly Made[]> {
  const trials = pair.map((run) => trialOf(context.plan, run))
  const made = await Promise.all(trials.map((trial) => make(context, trial)))
  const isOver = made.length > 1 && made.every((one) => one.isOldRefusal)
  return isOver ? await Promise.all(trials.map((trial) => make(context, trial, { again: true }))) : made
}

/** The answers of ties, where a gate needs them. */
export async function runTies(context: Context, ids: readonly string[]): Promise<void> {
  for (const chunk of chunks(ids)) {
    await context.deps.rest?.()
    if (context.deps.isCutShort?.()) return
    await Promise.all(
      chunk.map((caseId) =>
        runOne(context, { evalSet: context.plan.name, caseId, side: 'head', step: 'identical', index: 0 }),
      ),
    )
  }
}

function pairsOf(runs: readonly NextRun[]): readonly (readonly NextRun[])[] {
  const pairs = new Map<string, NextRun[]>()
  for (const run of runs) {
    const key = `${run.step} ${run.index} ${run.case}`
    const pair = pairs.get(key)
    if (pair === undefined) pairs.set(key, [run])
    else pair.push(run)
  }
  return [...pairs.values()]
}

export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK)
}

const trialOf = (plan: SetPlan, run: NextRun): Trial => ({
  evalSet: plan.name,
  caseId: run.case,
  side: run.side,
  step: run.step,
  index: run.index,
})

/**
 * `base` is of today, or lent from earlier; one that is lent is in the ledger already. `lost`: what a head that counts as broken
 * was before the base was asked again.
 */
type Settled = {
  readonly base: Result | undefined
  readonly head: Result | undefined
  readonly lent: boolean
  readonly lost?: Result
}

async function settlePair(context: Context, runs: readonly Made[]): Promise<Settled> {
  const pair = runs.map(({ result }) => result)
  const made = pair.find((result) => result.trial.side === 'base')
  const head = pair.find((result) => result.trial.side === 'head')
  // A shard settles its pairs itself: it has the answers.
  if (pair.some(({ trial }) => context.deps.made?.find(context.plan, trial))) return { base: made, head, lent: false }
  const base = made ?? (head === undefined ? undefined : context.ledger.lentFor(head.trial))
  const lost = pair.filter((result) => result.state === 'missing')
  const onlyHead = lost.length === 1 && lost[0] === head && base !== undefined
  const ofHead = runs.find(({ result }) => result === head)
  const settled = onlyHead && ofHead !== undefined ? await probe(context, ofHead) : head
  const isBroken = onlyHead && settled?.state === 'scored' && settled.outcome.state === 'failed'
  const own = isBroken && head !== undefined ? { lost: head } : {}
  const rest = { lent: made === undefined, ...own }
  const planned = context.plan.cases.get(head?.trial.caseId ?? '')
  if (base === undefined || settled === undefined || planned === undefined) return { base, head: settled, ...rest }
  return { ...(await context.deps.scorePair(context.plan, planned, { base, head: settled })), ...rest }
}

/** A provider that loses bases, too, loses some heads twice: then those that count as broken are missing. */
function withoutOutage({ ledger: { lostAlone } }: Context, settled: readonly Settled[]): readonly Settled[] {
  for (const { base, head, lost } of settled) {
    lostAlone.pairs += 1
    if (lost !== undefined) lostAlone.head += 1
    else if (base?.state === 'missing' && head?.state === 'scored' && mayBeItsOwn(base)) lostAlone.base += 1
  }
  if (!isOutage(lostAlone)) return settled
  return settled.map((pair) => (pair.lost === undefined ? pair : { ...pair, head: pair.lost }))
}

function enterPair({ ledger }: Context, { base, head, lent }: Settled): void {
  for (const result of lent ? [head] : [base, head]) if (result !== undefined) ledger.add(result)
  if (base === undefined || head === undefined) return
  if (base.state === 'scored' && head.state === 'scored') ledger.addRows(lent ? [head] : [base, head])
  else ledger.missing.add(base.trial.caseId)
}

/**
 * A transient error on the head alone: the base is called again right away. If it answers and the head's next call still
 * fails, the failure is the head's own and counts as broken; if the base fails too, it is an outage. What the base says of
 * another model than the head's is nothing: that one must have answered somebody, too.
 */
async function probe(context: Context, { result: head, startedAt }: Made): Promise<Result> {
  const { trial } = head
  const again = (side: SideLabel) =>
    runOne(context, { ...trial, side, step: 'probe', index: context.ledger.nextProbe(trial.caseId, side) })
  if (!mayBeItsOwn(head)) return head
  const base = await again('base')
  if (base.state === 'missing') return head
  const second = await again('head')
  if (second.state !== 'missing') return { ...second, trial }
  return mayBeItsOwn(second) && (await isAnswering(context, trial, startedAt))
    ? { ...head, state: 'scored', score: 0, pass: false, scores: [] }
    : head
}

/** Whether the head's model answers others: it did meanwhile, or does when it is asked again what it had answered. */
async function isAnswering(context: Context, trial: Trial, since: string): Promise<boolean> {
  const { plan, ledger, deps } = context
  const prepared = plan.cases.get(trial.caseId)?.head
  if (deps.isAlive === undefined || prepared?.state !== 'ready') return true
  if (deps.isAlive({ trial, request: prepared.request }, Date.parse(since))) return true
  for (const caseId of plan.cases.keys()) {
    if (!ledger.runsOf(caseId).head.some(({ outcome }) => outcome.state === 'answered')) continue
    const index = ledger.nextProbe(caseId, 'head')
    const again = await runOne(context, { ...trial, caseId, step: 'probe', index })
    return again.outcome.state === 'answered'
  }
  return false
}

/** Causes that say nothing about the side: the run's budget or end, the account, our proxy, an answer that was never recorded. */
const NOBODYS: ReadonlySet<ErrorCause> = new Set([
  'budget',
  'unpriced',
  'not-passed-on',
  'cancelled',
  'authentication',
  'quota',
  'no-answer-recorded',
  'echo',
])

/** A call that failed, not a score that is missing: a judge that cannot be read is no failure of the answer. */
const mayBeItsOwn = ({ outcome }: Result) =>
  outcome.state === 'failed' && !NOBODYS.has(outcome.failure.cause) && outcome.failure.isOutage !== true

/** Where a cap runs short: judges of answers that are there (0), must-pass cases, sets whose prompts changed, the others. */
function urgencyOf({ gates, kinds }: SetPlan, { kase }: PlannedCase): number {
  return isMustPass(kase, gates.mustPass ?? []) ? 1 : kinds.has('prompt') ? 2 : 3
}

/** `isOldRefusal`: a provider's refusal that an earlier run recorded stands for it. */
type Made = { readonly result: Result; readonly isOldRefusal: boolean; readonly startedAt: string }

export async function runOne(context: Context, trial: Trial): Promise<Result> {
  return (await make(context, trial)).result
}

async function make({ plan, ledger, deps }: Context, trial: Trial, how: { readonly again?: true } = {}): Promise<Made> {
  const made = deps.made?.find(plan, trial)
  if (made !== undefined) {
    deps.lending?.keep(plan, made.result, made.startedAt)
    if (trial.step === 'identical') ledger.add(made.result)
    return { result: made.result, isOldRefusal: false, startedAt: made.startedAt }
  }
  return call({ plan, ledger, deps }, trial, how)
}

async function call({ plan, ledger, deps }: Context, trial: Trial, how: { readonly again?: true }): Promise<Made> {
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
    return { result, isOldRefusal: false, startedAt: '' }
  }
  const prompt = (trial.side === 'base' ? plan.base : plan.head)?.target
  const made = await deps.submit({
    trial: { ...trial, evalSet: plan.name },
    request: prepared.request,
    scope: plan.contentKey,
    urgency: urgencyOf(plan, planned),
    ...how,
    ...(prompt?.kind === 'prompt' ? { promptHash: prompt.prompt.hash } : {}),
  })
  const result = await deps.score(plan, planned, made)
  deps.lending?.keep(plan, result, made.startedAt)
  if (!how.again) deps.onDone(plan, result)
  if (trial.step === 'identical') ledger.add(result)
  return { result, isOldRefusal: made.stored && isRefusal(made.outcome), startedAt: made.startedAt }
}

/** By a status, for what was asked. A filter looks at each answer anew, and is no matter of an address. */
function isRefusal(outcome: Outcome): boolean {
  if (outcome.state === 'answered' || outcome.failure.kind !== 'behavioural') return false
  return outcome.failure.status !== undefined && outcome.failure.cause !== 'content-filter'
}
