// From the runs of a set to what its gates look at: cases compared, the score with its interval, the cost per request.

import { type CaseRuns, compareCase, metricOf } from './compare.ts'
import { HELD_CASES } from './config/shelved-cases.ts'
import type { Call, CasePair, CaseRun, EvalSetCalls } from './cost/input.ts'
import type { CostProjection } from './cost/project.ts'
import { changedTiers } from './cost/service-tier.ts'
import type { InputOf } from './cost/token-scale.ts'
import { wireFacts } from './cost/wire-facts.ts'
import type { ModelCall, Result, SideLabel, Target } from './domain.ts'
import type { Evaluation } from './evaluate.ts'
import { factsOf } from './facts-of.ts'
import { estimateOf } from './gate/estimate.ts'
import type { CostMeasured, Measured } from './gate/measured.ts'
import { PICO_PER_USD, type Pico } from './money.ts'
import { pricedModel, termsIn, withTerms } from './prices/terms.ts'

export function measure(evaluation: Evaluation, projection: CostProjection): Measured {
  const { plan, decision } = evaluation
  const cases = evaluation.runs.map((runs) => compareCase(runs, metricOf(plan.head.compare)))
  const role = plan.base === null ? 'head-only' : 'paired'
  const roles: readonly string[] = [role, 'quarantined']
  // Cases that an early verdict left unrun have no level; a level over the others is one of what was run.
  const shown = cases.filter(
    (one) => roles.includes(one.role) && (role === 'head-only' ? one.missing === null : one.difference !== null),
  )
  const rescored = evaluation.rescored ? measure(evaluation.rescored, projection) : null
  const { earlier, past } = evaluation
  return {
    ...{ plan, cases, decision, rescored },
    score: estimateOf(shown),
    cost: costOf(plan.name, projection),
    ...(earlier === undefined ? {} : { earlier }),
    ...(past === undefined ? {} : { past }),
  }
}

/** Calls of the complete passes, for prices: re-runs are a selection and would bias the mean. */
export function callsOf(evaluation: Evaluation): EvalSetCalls {
  const { plan } = evaluation
  return {
    name: plan.name,
    modelBase: plan.base === null ? null : pricedModel(plan.base.target),
    modelHead: pricedModel(plan.head.target),
    ...changedTiers(plan.base?.target, plan.head.target),
    ...(plan.head.target.kind === 'command' &&
    evaluation.runs.some((runs) => [...runs.base, ...runs.head].some(isEstimated))
      ? { counted: 'estimated' as const }
      : {}),
    pairs: pairsOf(evaluation.runs, { base: plan.base?.target, head: plan.head.target }),
    ...wireFacts(plan, inputOf(evaluation.runs)),
  }
}

type RunsOfCase = Pick<CaseRuns, 'kase' | 'identical' | 'base' | 'head'>

/** Asked several times of the same runs, of which there may be a hundred thousand. */
const knownById = new WeakMap<readonly RunsOfCase[], ReadonlyMap<string, RunsOfCase>>()

/** Input tokens that the provider counted for a case: the mean of its runs. */
export function inputOf(all: readonly RunsOfCase[]): InputOf {
  const byId = () => {
    const known = knownById.get(all) ?? new Map(all.map((runs) => [runs.kase.id, runs]))
    knownById.set(all, known)
    return known
  }
  return (caseId, side) => {
    const runs = byId().get(caseId)
    const own = runs === undefined ? [] : runs.identical ? [...runs.base, ...runs.head] : runs[side]
    const counts = own.flatMap(({ outcome }) => factsOf(outcome).usage?.input ?? [])
    return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0) / counts.length
  }
}

/** Tokens of some call are counted from its text, because its stream did not say. */
export const isEstimated = ({ outcome }: Result): boolean =>
  outcome.state === 'answered' && (outcome.answer.calls ?? []).some((call) => call.counted === 'estimated')

type Targets = { readonly [side in SideLabel]: Target | undefined }

/** Of a small set they are held: each is looked at a dozen times. */
function pairsOf(all: readonly CaseRuns[], targets: Targets): readonly CasePair[] {
  const pairs = all.filter((runs) => runs.role !== 'edited').map((runs) => new CallsOfCase(runs, targets))
  if (all.length > HELD_CASES) return pairs
  return pairs.map(({ caseId, identical, labels, base, head }) => ({ caseId, identical, labels, base, head }))
}

/** Looks at the runs when it is asked: the lists of all cases would be as large as the runs themselves. */
class CallsOfCase implements CasePair {
  readonly #runs: CaseRuns
  readonly #targets: Targets

  constructor(runs: CaseRuns, targets: Targets) {
    this.#runs = runs
    this.#targets = targets
  }
  get caseId() {
    return this.#runs.kase.id
  }
  get identical() {
    return this.#runs.identical
  }
  get labels() {
    return this.#runs.kase.labels
  }
  get base() {
    const { identical, head, base } = this.#runs
    return runsOf(identical ? head : base, this.#targets.base)
  }
  get head() {
    return runsOf(this.#runs.head, this.#targets.head)
  }
}

function runsOf(results: readonly Result[], target: Target | undefined): readonly CaseRun[] {
  const runs: CaseRun[] = []
  for (const result of results) {
    const run = runOf(result, target)
    if (run !== null) runs.push(run)
  }
  return runs
}

/**
 * A prompt target is priced by its pin, whatever alias answered, on the terms that did; an application says which model each
 * answer came from.
 */
function runOf({ trial, outcome }: Result, target: Target | undefined): CaseRun | null {
  if (trial.step === 'fresh' || trial.step === 'probe') return null
  const { usage = null, model, terms } = factsOf(outcome)
  // Production pays for an answer that is filtered whole, too; of any other failure nothing is known, or it costs nothing.
  if (outcome.state === 'failed' && usage === null) return null
  if (outcome.state === 'answered' && outcome.answer.calls !== undefined) return outcome.answer.calls.flatMap(priced)
  if (target?.kind === 'prompt')
    return terms === undefined
      ? { usage }
      : { usage, model: withTerms(target.model, termsIn(target.parameters), terms) }
  return model === undefined ? { usage } : { usage, model }
}

/** Calls that failed without counts cost nothing; one that is not counted, or was let go unfinished, has no cost that we know. */
function priced({ provider, model, usage, terms, failure, uncounted }: ModelCall): readonly Call[] {
  if (failure !== undefined && !uncounted && usage === undefined) return []
  return [{ usage: usage ?? null, model: withTerms(`${provider}/${model}`, terms ?? {}) }]
}

function costOf(name: string, projection: CostProjection): CostMeasured {
  const [report, numbers] = [projection.perSet[name], projection.numbers[name]]
  if (report === undefined || numbers === undefined) throw new Error(`no projection for ${name}`)
  const { ratio, headPico, why } = numbers
  return {
    report,
    why,
    ratio: ratio === null ? null : { point: ratio.point, low: ratio.low },
    headUsd:
      headPico === null ? null : { point: usd(headPico.point), low: headPico.low === null ? null : usd(headPico.low) },
  }
}

const usd = (pico: Pico) => Number(pico) / Number(PICO_PER_USD)
